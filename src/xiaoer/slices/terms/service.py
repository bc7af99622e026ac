"""The shop's own rules (店铺规则), read in every turn and changed rarely: kept in memory for a moment."""

import time

import msgspec
from sqlalchemy import select

from xiaoer.infra.db import Database
from xiaoer.infra.upsert import upsert
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.terms import Terms, check_terms
from xiaoer.slices.terms.tables import shop_terms

_HELD_S = 2.0  # a changed rule holds in every worker within this time


class ShopTerms:
    """Reads and changes the rules of a shop; a shop that has set none has the defaults."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._held: dict[ShopId, tuple[float, Terms]] = {}

    async def of(self, shop: ShopId) -> Terms:
        """The rules in force."""
        held = self._held.get(shop)
        if held is not None and held[0] > time.monotonic():
            return held[1]
        query = select(shop_terms.c.data).where(shop_terms.c.shop == shop)
        data = await self._db.read(lambda c: c.scalar(query))
        found = msgspec.convert(data, Terms) if data else Terms()
        self._held[shop] = (time.monotonic() + _HELD_S, found)
        return found

    async def save(self, shop: ShopId, terms: Terms, by: str) -> Terms:
        """Put new rules in force; they hold here at once.

        Raises:
            InvalidBody: a rule cannot be meant.
        """
        row = {"shop": shop, "data": check_terms(terms), "updated_at": self._clock.now(), "updated_by": by[:100]}
        await self._db.write(lambda c: upsert(c, shop_terms, [row]))
        self._held.pop(shop, None)
        return terms
