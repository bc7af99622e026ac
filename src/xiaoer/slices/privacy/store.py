"""Rows that belong to a buyer, wherever they are kept: found, removed and unlinked by the list of `rules.holdings`."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, select, update

from xiaoer.infra.db import metadata
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.privacy.rules.holdings import HOLDINGS, Holding

_PART = 1_000  # rows that one sweep takes of one table


def rows_of(connection: Connection, shop: ShopId, buyer_id: str) -> Iterator[tuple[Holding, list[dict[str, Any]]]]:
    """Everything that is kept about a buyer, table after table."""
    for holding in HOLDINGS:
        table = _table(holding)
        found = connection.execute(select(table).where(table.c.shop == shop, _of_buyer(holding, table, shop, buyer_id)))
        yield holding, [dict(row) for row in found.mappings()]


def forget(connection: Connection, shop: ShopId, buyer_id: str) -> dict[str, int]:
    """Delete and unlink a buyer's rows; how many by table. What must be kept stays."""
    done: dict[str, int] = {}
    for holding in HOLDINGS:
        table = _table(holding)
        mine = (table.c.shop == shop, _of_buyer(holding, table, shop, buyer_id))
        if holding.deal == "delete":
            done[holding.table] = connection.execute(delete(table).where(*mine)).rowcount
        elif holding.deal == "unlink":
            done[holding.table] = connection.execute(update(table).where(*mine).values({holding.buyer: ""})).rowcount
    return {name: count for name, count in done.items() if count}


def expire(connection: Connection, shop: ShopId, holding: Holding, before: datetime) -> int:
    """Delete up to a thousand rows that were written before `before`; how many went."""
    table = _table(holding)
    old = select(*table.primary_key.columns).where(table.c.shop == shop, table.c[holding.at] < before)
    keys = [tuple(row) for row in connection.execute(old.limit(_PART))]
    names = list(table.primary_key.columns)
    for key in keys:
        connection.execute(
            delete(table).where(table.c.shop == shop, *(c == v for c, v in zip(names, key, strict=True)))
        )
    return len(keys)


def _table(holding: Holding) -> Table:
    return metadata.tables[holding.table]


def _of_buyer(holding: Holding, table: Table, shop: ShopId, buyer_id: str) -> ColumnElement[bool]:
    if holding.buyer:
        return table.c[holding.buyer] == buyer_id
    talks = metadata.tables["conversations"]
    own = select(talks.c.id).where(talks.c.shop == shop, talks.c.buyer_id == buyer_id)
    return table.c[holding.conversation].in_(own)
