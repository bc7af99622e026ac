"""The shop's own buyers (买家), read from the tables."""

from collections.abc import Sequence

from xiaoer.infra.db import Database
from xiaoer.kernel.commerce import Buyer
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.buyers import store


class EmbeddedBuyers:
    """`CustomerSource` over the shop's own rows."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def buyer(self, shop: ShopId, buyer_id: str) -> Buyer | None:
        return await self._db.read(lambda c: store.get(c, shop, buyer_id))

    async def buyers(self, shop: ShopId, buyer_ids: Sequence[str]) -> dict[str, Buyer]:
        """Several buyers at once, by id."""
        return await self._db.read(lambda c: store.many(c, shop, buyer_ids))

    async def named(self, shop: ShopId, words: str) -> tuple[Buyer, ...]:
        """Buyers whose nick holds these words, at most 50."""
        return await self._db.read(lambda c: store.named(c, shop, words))

    async def buyers_by_phone_ending(self, shop: ShopId, ending: str) -> tuple[Buyer, ...]:
        return await self._db.read(lambda c: store.by_phone_ending(c, shop, ending))

    async def same_person(self, shop: ShopId, buyer_id: str) -> tuple[str, ...]:
        """The accounts known to be one person with this one, itself among them; always in the same order."""
        return await self._db.read(lambda c: store.same_person(c, shop, buyer_id))
