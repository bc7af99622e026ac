"""Rows of canned replies. `shop` first, always."""

import msgspec
from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from xiaoer.kernel.ids import ShopId
from xiaoer.slices.canned.tables import canned_replies
from xiaoer.slices.canned.types import Canned, Reader


def visible(connection: Connection, shop: ShopId, reader: Reader) -> list[Canned]:
    """The shop's, the reader's own and those of his group (of every group for who leads), in their order."""
    of_team = canned_replies.c.scope == "team"
    rows = connection.execute(
        select(canned_replies)
        .where(
            canned_replies.c.shop == shop,
            or_(
                canned_replies.c.scope == "shop",
                and_(canned_replies.c.scope == "own", canned_replies.c.owner == reader.staff_id),
                of_team if reader.leads else and_(of_team, canned_replies.c.owner == reader.team),
            ),
        )
        .order_by(canned_replies.c.folder, canned_replies.c.position, canned_replies.c.id)
    )
    return [
        Canned(r.id, r.scope, r.owner, r.folder, r.title, r.text, r.code, r.uses, r.position, tuple(r.images))
        for r in rows
    ]


def add(connection: Connection, shop: ShopId, value: Canned) -> None:
    connection.execute(insert(canned_replies).values(shop=shop, **msgspec.structs.asdict(value)))


def save(connection: Connection, shop: ShopId, value: Canned) -> None:
    connection.execute(
        update(canned_replies)
        .where(canned_replies.c.shop == shop, canned_replies.c.id == value.id)
        .values(**msgspec.structs.asdict(value))
    )


def remove(connection: Connection, shop: ShopId, canned_id: str) -> None:
    connection.execute(delete(canned_replies).where(canned_replies.c.shop == shop, canned_replies.c.id == canned_id))


def count_use(connection: Connection, shop: ShopId, canned_id: str) -> None:
    connection.execute(
        update(canned_replies)
        .where(canned_replies.c.shop == shop, canned_replies.c.id == canned_id)
        .values(uses=canned_replies.c.uses + 1)
    )
