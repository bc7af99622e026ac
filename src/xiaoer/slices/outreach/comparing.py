"""The shop's comparisons (对照组): which share of buyers is held out of which automation, and a buyer's place in it."""

from xiaoer.infra.db import Database
from xiaoer.infra.rulebook import Rulebook
from xiaoer.kernel.decision import Trial
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.outreach.rules.steps import arm_of
from xiaoer.slices.outreach.types import Comparing


class Comparisons:
    """Settings, and assignment by a stable hash; journeys carry their own share."""

    def __init__(self, db: Database) -> None:
        self.book = Rulebook(db, "comparing", Comparing)

    async def settings(self, shop: ShopId) -> Comparing:
        """The shop's settings, or the product's."""
        return next(iter(await self.book.values(shop)), Comparing())

    async def __call__(self, shop: ShopId, automation: str, buyer_id: str, variant: int = 0) -> Trial | None:
        """A buyer's place in the comparison of `greeting:ID`, `scene:ID`, `recommend` or `bargain`.

        None for somebody without an id and for what is not compared: then the automation acts.
        """
        share: int = getattr(await self.settings(shop), automation.split(":", maxsplit=1)[0])
        if not share or not buyer_id:
            return None
        return Trial(automation, arm_of(shop, automation, buyer_id, share), variant)


async def nobody(shop: ShopId, automation: str, buyer_id: str) -> Trial | None:
    """Compares nobody; for rehearsals."""
    return None
