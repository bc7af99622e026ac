"""Writes migration 0001 anew from the tables: `make migration`.

For the time before the first release only. From then on a change of tables is a migration of its own, and
this module refuses to run because 0001 is no longer the newest one.
"""

import sys
from pathlib import Path
from typing import Any, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.types import TypeDecorator

from xiaoer.infra.migrate import newest
from xiaoer.migrations.tables import load_tables

_FILE = Path(__file__).parent / "versions" / "m0001_initial.py"
_TEMPLATE = '''"""The tables of the first version. Written by `make migration`; do not edit."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    {upgrade}


def downgrade() -> None:
    """Drop every table."""
    {downgrade}
'''


def _plain_type(kind: str, value: Any, context: AutogenContext) -> str | Literal[False]:
    """Write our own column types as what they are in the database, so that old migrations never need our code."""
    return f"sa.{value.impl!r}" if kind == "type" and isinstance(value, TypeDecorator) else False


def source() -> str:
    """Return the text of migration 0001 for the tables as they are now."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        options = {"target_metadata": load_tables(), "render_item": _plain_type, "user_module_prefix": None}
        context = MigrationContext.configure(connection, opts=options)
        script = produce_migrations(context, load_tables())
        assert script.upgrade_ops is not None
        assert script.downgrade_ops is not None
        upgrade, downgrade = (
            render_python_code(ops, render_item=_plain_type, migration_context=context)
            for ops in (script.upgrade_ops, script.downgrade_ops)
        )
    engine.dispose()
    return _TEMPLATE.format(upgrade=upgrade, downgrade=downgrade)


def main() -> None:
    """Write the file, unless a later migration exists."""
    if _FILE.exists() and newest() != "0001":
        sys.exit("Migration 0001 has successors: write a new migration for the change instead.")
    _FILE.write_text(source(), encoding="utf-8")


if __name__ == "__main__":
    main()
