"""Where orders and parcels come from: the shop's own rows here, or a connector to the shop's system."""

from typing import Protocol

from xiaoer.kernel.commerce import Order, Shipment
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.shop_facts import Outcome
from xiaoer.slices.orders.types import ActionKind, OrderAction


class OrderSource(Protocol):
    """Reads orders (订单) of one shop, each with its lines, parcels and refunds.

    An unknown order is None; raise `SourceUnavailable` when the system behind cannot be asked. Never raise
    anything else. Who may see an order is decided by the caller (`buyer_id` tells whose it is); contact
    data come as stored and are masked before anybody sees them.
    """

    async def order(self, shop: ShopId, order_id: str) -> Order | None: ...

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int = 10) -> tuple[Order, ...]:
        """Return the buyer's orders, newest first."""
        ...

    async def order_with_phone(self, shop: ShopId, order_id: str, ending: str) -> Order | None:
        """Return the order when the receiver's phone ends with these four digits, else None."""
        ...


class ShipmentSource(Protocol):
    """Reads parcels (物流包裹) of one shop.

    Return None when the parcel does not exist; raise `SourceUnavailable` when it cannot be asked. Never
    raise anything else. Of orders sent together, the parcel names one.
    """

    async def track(self, shop: ShopId, waybill_no: str) -> Shipment | None: ...


class OrderActions(Protocol):
    """Changes orders of one shop after the buyer confirmed (自动操作).

    The outcome is read back from the system, never assumed: `done` only when it holds there now. The same action
    again does nothing more and tells `done` or `already`. An order that moved on meanwhile is `too_late`, one that is
    not there `refused`. None: the system cannot do this one (a refund without a return, say), people must. Raise
    `SourceUnavailable` when the system cannot be asked; never raise anything else.
    """

    async def supported(self, shop: ShopId) -> frozenset[ActionKind]:
        """What the system behind can do; the rest becomes a ticket."""
        ...

    async def act(self, shop: ShopId, action: OrderAction) -> Outcome | None: ...
