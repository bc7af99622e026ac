"""Rows of own words. `shop` first, always; every change counts the revision up."""

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from xiaoer.kernel.ids import ShopId
from xiaoer.slices.wording.tables import wording_revisions, wordings
from xiaoer.slices.wording.types import Wording


def all_of(connection: Connection, shop: ShopId) -> list[Wording]:
    rows = connection.execute(select(wordings).where(wordings.c.shop == shop).order_by(wordings.c.kind, wordings.c.id))
    return [Wording(r.id, r.kind, r.text, r.means, r.intent, tuple(r.examples)) for r in rows]


def put(connection: Connection, shop: ShopId, value: Wording) -> None:
    """Add it, or replace the one with its id."""
    connection.execute(delete(wordings).where(wordings.c.shop == shop, wordings.c.id == value.id))
    row = {**msgspec.structs.asdict(value), "examples": list(value.examples)}
    connection.execute(insert(wordings).values(shop=shop, **row))
    _count(connection, shop)


def remove(connection: Connection, shop: ShopId, id_: str) -> bool:
    gone = connection.execute(delete(wordings).where(wordings.c.shop == shop, wordings.c.id == id_)).rowcount
    if gone:
        _count(connection, shop)
    return bool(gone)


def revision(connection: Connection, shop: ShopId) -> int:
    found = connection.scalar(select(wording_revisions.c.revision).where(wording_revisions.c.shop == shop))
    return int(found or 0)


def _count(connection: Connection, shop: ShopId) -> None:
    table = wording_revisions
    found = connection.execute(update(table).where(table.c.shop == shop).values(revision=table.c.revision + 1))
    if not found.rowcount:
        connection.execute(insert(table).values(shop=shop, revision=1))
