"""Rows of import runs. `shop` first, always."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import asdict
from sqlalchemy import Connection, Row, func, insert, select, update

from xiaoer.kernel.ids import ShopId
from xiaoer.slices.imports.tables import imports
from xiaoer.slices.imports.types import ImportRun, Refusal

_STOPPED = "导入中途停下了，已经写入的部分还在，再导入一次同样的文件就能补全。"


def _run(row: Row[Any]) -> ImportRun:
    values = {name: value for name, value in row._mapping.items() if name != "shop"}
    values["refusals"] = msgspec.convert(row.refusals, tuple[Refusal, ...])
    values["warnings"] = tuple(row.warnings)
    return ImportRun(**values)


def add(connection: Connection, shop: ShopId, run: ImportRun) -> None:
    connection.execute(insert(imports).values(shop=shop, **asdict(run)))


def save(connection: Connection, shop: ShopId, run: ImportRun) -> None:
    values = asdict(run)
    connection.execute(update(imports).where(imports.c.shop == shop, imports.c.id == run.id).values(**values))


def set_done(connection: Connection, shop: ShopId, run_id: str, done: int, total: int) -> None:
    """Keep how far the run is, for those who watch it."""
    connection.execute(
        update(imports).where(imports.c.shop == shop, imports.c.id == run_id).values(done=done, total=total)
    )


def get(connection: Connection, shop: ShopId, run_id: str) -> ImportRun | None:
    row = connection.execute(select(imports).where(imports.c.shop == shop, imports.c.id == run_id)).one_or_none()
    return _run(row) if row else None


def newest(connection: Connection, shop: ShopId, kinds: str, limit: int) -> list[ImportRun]:
    """The newest runs whose kind begins so."""
    where = (imports.c.shop == shop, imports.c.kind.startswith(kinds, autoescape=True))
    query = select(imports).where(*where).order_by(imports.c.at.desc(), imports.c.id.desc())
    return [_run(row) for row in connection.execute(query.limit(limit))]


def has_done(connection: Connection, shop: ShopId, by: str) -> bool:
    """Whether an import by `by` has ended well."""
    found = select(imports.c.id).where(imports.c.shop == shop, imports.c.by == by, imports.c.status == "done").limit(1)
    return connection.execute(found).first() is not None


def page(connection: Connection, shop: ShopId, offset: int = 0, limit: int = 50) -> tuple[list[ImportRun], int]:
    """One page of runs, newest first, and the number of all."""
    rows = connection.execute(
        select(imports)
        .where(imports.c.shop == shop)
        .order_by(imports.c.at.desc(), imports.c.id.desc())
        .offset(offset)
        .limit(limit)
    )
    total = connection.scalar(select(func.count()).select_from(imports).where(imports.c.shop == shop)) or 0
    return [_run(row) for row in rows], total


def fail_unfinished(connection: Connection, shop: ShopId, before: datetime, now: datetime, but: str = "") -> int:
    """Close runs that began before `before` and never ended, because their process died; return how many.

    Runs whose kind begins with `but` are somebody else's care.
    """
    others = [~imports.c.kind.startswith(but, autoescape=True)] if but else []
    changed = connection.execute(
        update(imports)
        .where(imports.c.shop == shop, imports.c.status == "running", imports.c.at < before, *others)
        .values(status="failed", error=_STOPPED, error_code="interrupted", finished_at=now)
    )
    return changed.rowcount
