"""Rows of golden questions. `shop` first, always."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update

from xiaoer.kernel.ids import ShopId
from xiaoer.slices.learning.tables import golden
from xiaoer.slices.learning.types import Golden


def _golden(row: Row[Any]) -> Golden:
    values = {name: getattr(row, name) for name in Golden.__struct_fields__}
    values["must_contain"] = tuple(row.must_contain)
    values["must_not_contain"] = tuple(row.must_not_contain)
    return Golden(**values)


def all_golden(connection: Connection, shop: ShopId, *, enabled: bool = False, limit: int = 5_000) -> list[Golden]:
    """Golden questions, the oldest first; with `enabled` those only that are checked."""
    where = [golden.c.shop == shop] + ([golden.c.enabled] if enabled else [])
    rows = connection.execute(select(golden).where(*where).order_by(golden.c.created_at, golden.c.id).limit(limit))
    return [_golden(row) for row in rows]


def get(connection: Connection, shop: ShopId, id_: str) -> Golden | None:
    row = connection.execute(select(golden).where(golden.c.shop == shop, golden.c.id == id_)).one_or_none()
    return _golden(row) if row else None


def keep(connection: Connection, shop: ShopId, value: Golden) -> None:
    """Keep a golden question, new or changed."""
    values = msgspec.structs.asdict(value)
    where = (golden.c.shop == shop, golden.c.id == value.id)
    if not connection.execute(update(golden).where(*where).values(**values)).rowcount:
        connection.execute(insert(golden).values(shop=shop, **values))


def drop(connection: Connection, shop: ShopId, id_: str) -> bool:
    return connection.execute(delete(golden).where(golden.c.shop == shop, golden.c.id == id_)).rowcount == 1


def approve(connection: Connection, shop: ShopId, words: Mapping[str, str]) -> None:
    """Take other words for what is approved from now on: answer by id."""
    for id_, answer in words.items():
        where = (golden.c.shop == shop, golden.c.id == id_)
        connection.execute(update(golden).where(*where).values(answer=answer))


def keep_results(connection: Connection, shop: ShopId, results: Sequence[tuple[str, str]], at: datetime) -> None:
    """Keep the outcome of a run: (id, failure), an empty failure is a pass."""
    for id_, failure in results:
        connection.execute(
            update(golden)
            .where(golden.c.shop == shop, golden.c.id == id_)
            .values(checked_at=at, passed=not failure, failure=failure)
        )
