"""Every table, found by name: a module called `tables` under `xiaoer`, and the own tables of parts of `infra`."""

from importlib import import_module
from pathlib import Path

from sqlalchemy import MetaData

import xiaoer
from xiaoer.infra.db import metadata

_ROOT = Path(str(xiaoer.__file__)).parent
_WITH_A_TABLE = ("xiaoer.infra.audit", "xiaoer.infra.bus", "xiaoer.infra.jobs", "xiaoer.infra.rulebook")


def load_tables() -> MetaData:
    """Import all modules that define tables and return the metadata they filled."""
    for name in _WITH_A_TABLE:
        import_module(name)
    for folder in ("infra", "slices"):
        for path in sorted((_ROOT / folder).rglob("tables.py")):
            import_module(".".join(("xiaoer", *path.relative_to(_ROOT).with_suffix("").parts)))
    return metadata
