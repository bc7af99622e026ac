"""The shop's greetings, scenes and pick rules, what was learned about its products, and who said no."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from xiaoer.infra.db import Database
from xiaoer.infra.rulebook import Rulebook
from xiaoer.infra.upsert import upsert
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.selling.tables import product_facts, refusals
from xiaoer.slices.selling.types import Greeting, PickRules, Scene

NO_LASTS = timedelta(days=90)
_CHUNK = 400


class SellingRules:
    """Rulebooks and facts of selling."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.greetings = Rulebook(db, "greeting", Greeting)
        self.scenes = Rulebook(db, "scene", Scene)
        self.picks = Rulebook(db, "picks", PickRules)

    async def pick_rules(self, shop: ShopId) -> PickRules:
        """The shop's pick rules, or the product's."""
        found = await self.picks.values(shop)
        return found[0] if found else PickRules()

    async def fact(self, shop: ShopId, product_id: str, kind: str) -> Any:
        """What was learned about a product: `asked` (chips) or `together` (products, lift, orders)."""
        query = select(product_facts.c.data).where(
            product_facts.c.shop == shop, product_facts.c.product_id == product_id, product_facts.c.kind == kind
        )
        return await self._db.read(lambda c: c.execute(query).scalar_one_or_none()) or []

    async def learn(self, shop: ShopId, kind: str, facts: Mapping[str, Sequence[Any]], now: datetime) -> None:
        """Replace what is known of one kind."""
        rows = [
            {"shop": shop, "product_id": product, "kind": kind, "data": list(data), "updated_at": now}
            for product, data in facts.items()
        ]

        def change(connection: Connection) -> None:
            connection.execute(delete(product_facts).where(product_facts.c.shop == shop, product_facts.c.kind == kind))
            for start in range(0, len(rows), _CHUNK):
                connection.execute(insert(product_facts), rows[start : start + _CHUNK])

        await self._db.write(change)

    async def has_refused(self, shop: ShopId, buyer_id: str, kind: str, now: datetime) -> bool:
        """Whether the buyer said a clear no that still holds."""
        query = select(refusals.c.until).where(
            refusals.c.shop == shop, refusals.c.buyer_id == buyer_id, refusals.c.kind == kind
        )
        until = await self._db.read(lambda c: c.execute(query).scalar_one_or_none())
        return until is not None and now < until


def refuse(connection: Connection, shop: ShopId, buyer_id: str, kind: str, now: datetime) -> None:
    """Remember a clear no."""
    upsert(connection, refusals, [{"shop": shop, "buyer_id": buyer_id, "kind": kind, "until": now + NO_LASTS}])
