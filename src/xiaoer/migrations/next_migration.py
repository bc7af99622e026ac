"""Writes a migration for what changed in the tables: `make migration NAME=what_changed`.

The tables that all migrations so far build are held against those of the code; the difference becomes the next
migration, to be read before it is committed. A home keeps its data through every version from 0001 on.
"""

import re
import sys
import tempfile
from pathlib import Path
from typing import Any, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.types import TypeDecorator

from xiaoer.infra.migrate import newest, upgrade
from xiaoer.migrations.tables import load_tables

_VERSIONS = Path(__file__).parent / "versions"
_TEMPLATE = '''"""{what}. Written by `make migration`; read before it was committed."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    """To {revision}."""
    {upgrade}


def downgrade() -> None:
    """Back to {before}."""
    {downgrade}
'''


def _plain_type(kind: str, value: Any, context: AutogenContext) -> str | Literal[False]:
    """Write our own column types as what they are in the database, so that old migrations never need our code."""
    return f"sa.{value.impl!r}" if kind == "type" and isinstance(value, TypeDecorator) else False


def source(name: str) -> tuple[str, str] | None:
    """Revision and text of the migration from what the migrations build to the tables of the code; None: they agree."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/migrated.sqlite3"
        upgrade(url)
        engine = create_engine(url)
        with engine.connect() as connection:
            options = {"target_metadata": load_tables(), "render_item": _plain_type, "render_as_batch": True}
            context = MigrationContext.configure(connection, opts={**options, "user_module_prefix": None})
            script = produce_migrations(context, load_tables())
            assert script.upgrade_ops is not None
            assert script.downgrade_ops is not None
            if script.upgrade_ops.is_empty():
                return None
            up, down = (
                render_python_code(ops, render_item=_plain_type, migration_context=context, render_as_batch=True)
                for ops in (script.upgrade_ops, script.downgrade_ops)
            )
        engine.dispose()
    before = newest()
    revision = f"{int(before) + 1:04d}"
    what = name.replace("_", " ").capitalize()
    return revision, _TEMPLATE.format(what=what, revision=revision, before=before, upgrade=up, downgrade=down)


def main() -> None:
    """Write the next migration's file."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if not re.fullmatch(r"[a-z][a-z0-9_]{2,40}", name):
        sys.exit("Say what changed: make migration NAME=tokens_of_systems")
    written = source(name)
    if written is None:
        sys.exit("The tables and the migrations agree: there is nothing to write.")
    (_VERSIONS / f"m{written[0]}_{name}.py").write_text(written[1], encoding="utf-8")


if __name__ == "__main__":
    main()
