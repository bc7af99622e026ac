"""Who changes an order (办理): the system connected for it, else the shop's own rows where no system owns them.

A shop whose orders live in a system that was not connected for acting gets tickets: nothing is changed behind its back.
"""

from msgspec.structs import replace

from xiaoer.app.sources import LiveOrders
from xiaoer.app.systems import Connected, Systems
from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.shop_facts import Outcome
from xiaoer.slices.orders.acting import EmbeddedOrderActions
from xiaoer.slices.orders.types import ActionKind, OrderAction


class LiveOrderActions(EmbeddedOrderActions):
    """`OrderActions` of one process: the connected system's, or the own rows'."""

    def __init__(self, db: Database, clock: Clock, systems: Systems, orders: LiveOrders) -> None:
        super().__init__(db, clock)
        self._systems = systems
        self._orders = orders

    async def supported(self, shop: ShopId) -> frozenset[ActionKind]:
        one = await self._acting(shop)
        if one is not None:
            return frozenset(await one.source.supported(shop))
        if await self._systems.serving(shop, "orders"):
            return frozenset()
        return await super().supported(shop) | {"issue_coupon"}

    async def act(self, shop: ShopId, action: OrderAction) -> Outcome | None:
        one = await self._acting(shop)
        if one is None:
            if action.kind == "issue_coupon":  # it is in the own rows, which are the shop's
                return Outcome("done")
            return await super().act(shop, action)
        if action.kind == "issue_coupon" and "off_fen" not in action.data:
            return None  # its terms (goods picked out, steps, percent) cannot be said to another system
        outcome: Outcome | None = await one.source.act(shop, action)
        if outcome is not None and action.order_id:
            try:
                order = await self._orders.order(shop, action.order_id)  # the own rows follow
            except SourceUnavailable:
                return outcome
            return replace(outcome, status=outcome.status or (order.status if order else ""))
        return outcome

    async def _acting(self, shop: ShopId) -> Connected | None:
        return next(iter(await self._systems.serving(shop, "actions")), None)
