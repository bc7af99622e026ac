"""Rows of buyers. `shop` first, always."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import Connection, Row, bindparam, select

from xiaoer.infra.statement import ListStatement, Statement
from xiaoer.infra.upsert import existing_hashes, upsert
from xiaoer.kernel.commerce import Buyer
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.buyers.rules import is_whole_number, read_phone_ending
from xiaoer.slices.buyers.tables import buyers

_GET = Statement(select(buyers).where(buyers.c.shop == bindparam("shop"), buyers.c.id == bindparam("id")))
_MANY = ListStatement(lambda ids: select(buyers).where(buyers.c.shop == bindparam("shop"), buyers.c.id.in_(ids)))
_CHUNK = 500  # ids a statement, below SQLite's parameter limit
_MOST = 50  # one in 10,000 numbers shares an ending, so more than this tells nobody apart


def _buyer(row: Row[Any]) -> Buyer:
    return Buyer(row.id, row.nick, row.level, tuple(row.tags), row.phone, row.created_at)


def get(connection: Connection, shop: ShopId, buyer_id: str) -> Buyer | None:
    row = _GET.one(connection, {"shop": shop, "id": buyer_id})
    return _buyer(row) if row else None


def many(connection: Connection, shop: ShopId, buyer_ids: Sequence[str]) -> dict[str, Buyer]:
    """Buyers by id; unknown ones are left out."""
    found: dict[str, Buyer] = {}
    for start in range(0, len(buyer_ids), _CHUNK):
        chunk = buyer_ids[start : start + _CHUNK]
        found |= {row.id: _buyer(row) for row in _MANY.all(connection, {"shop": shop}, chunk)}
    return found


def named(connection: Connection, shop: ShopId, words: str) -> tuple[Buyer, ...]:
    """Buyers whose nick holds these words."""
    rows = connection.execute(
        select(buyers)
        .where(buyers.c.shop == shop, buyers.c.nick.contains(words, autoescape=True))
        .order_by(buyers.c.id)
        .limit(_MOST)
    )
    return tuple(_buyer(row) for row in rows)


def groups(connection: Connection, shop: ShopId) -> frozenset[str]:
    """Every level and tag that a buyer of the shop has."""
    levels = connection.scalars(select(buyers.c.level).where(buyers.c.shop == shop).distinct())
    tags = connection.scalars(select(buyers.c.tags).where(buyers.c.shop == shop).distinct())
    return frozenset(filter(None, (*levels, *(tag for row in tags for tag in row))))


def by_phone_ending(connection: Connection, shop: ShopId, ending: str) -> tuple[Buyer, ...]:
    """Buyers whose phone ends with these four digits; an ending that is not four digits finds nobody."""
    if len(ending) != 4 or not (ending.isascii() and ending.isdigit()):
        return ()
    rows = connection.execute(
        select(buyers).where(buyers.c.shop == shop, buyers.c.phone_ending == ending).order_by(buyers.c.id).limit(_MOST)
    )
    return tuple(_buyer(row) for row in rows)


def same_person(connection: Connection, shop: ShopId, buyer_id: str) -> tuple[str, ...]:
    """The accounts known to be one person with this one, by their whole phone number; the smallest id first."""
    phone = connection.scalar(select(buyers.c.phone).where(buyers.c.shop == shop, buyers.c.id == buyer_id)) or ""
    if not is_whole_number(phone):
        return (buyer_id,)
    ending = read_phone_ending(phone)
    same = (buyers.c.shop == shop, buyers.c.phone_ending == ending, buyers.c.phone == phone)
    found = connection.scalars(select(buyers.c.id).where(*same).order_by(buyers.c.id).limit(_MOST)).all()
    return tuple(sorted({buyer_id, *found}))


class BuyerSink:
    """Takes imported buyers."""

    def existing_hashes(self, connection: Connection, shop: ShopId, ids: Sequence[str]) -> dict[str, str]:
        return existing_hashes(connection, buyers, shop, ids)

    def upsert(
        self,
        connection: Connection,
        shop: ShopId,
        rows: Sequence[tuple[Buyer, str]],
        now: datetime,
        keep: Collection[str] = (),
    ) -> None:
        extra = {"shop": shop, "updated_at": now}
        values = [
            asdict(row) | extra | {"hash": hashed, "phone_ending": read_phone_ending(row.phone)} for row, hashed in rows
        ]
        upsert(connection, buyers, values, {*keep, "phone_ending"} if "phone" in keep else keep)
