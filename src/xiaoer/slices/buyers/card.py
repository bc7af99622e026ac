"""What colleagues keep about a buyer (买家备注): own tags and one note, seen by the whole shop, never by the buyer.

The shop's system owns level and tags; these stand beside them, so that an import never wipes what people wrote.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, select

from xiaoer.infra.upsert import upsert
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.buyers.tables import buyer_cards


class Card(Struct, frozen=True):
    """`note` has at most 500 characters; `by_name` wrote it last, `at` then. All empty when nobody wrote."""

    tags: tuple[str, ...] = ()
    note: str = ""
    by_name: str = ""
    at: datetime | None = None


def card_of(connection: Connection, shop: ShopId, buyer_id: str) -> Card:
    """The card, an empty one when nobody wrote."""
    where = (buyer_cards.c.shop == shop, buyer_cards.c.buyer_id == buyer_id)
    row = connection.execute(select(buyer_cards).where(*where)).one_or_none()
    return Card(tuple(row.tags), row.note, row.by_name, row.at) if row else Card()


def save_card(
    connection: Connection, shop: ShopId, buyer_id: str, tags: Sequence[str], note: str, by_name: str, now: datetime
) -> Card:
    """Keep tags (each once, in the order given) and note."""
    kept = Card(tuple(dict.fromkeys(tag.strip() for tag in tags if tag.strip())), note.strip(), by_name[:100], now)
    row = {"shop": shop, "buyer_id": buyer_id, "tags": kept.tags, "note": kept.note, "by_name": kept.by_name, "at": now}
    upsert(connection, buyer_cards, [row])
    return kept
