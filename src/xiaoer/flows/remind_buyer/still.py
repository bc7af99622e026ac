"""Does the reason still hold (还成立吗): looked at once more, through the shop's own systems, before a step is sent.

Not every shop tells of a payment or of a sold-out size; whoever has paid meanwhile must not be reminded all the same.
"""

from datetime import datetime
from typing import Protocol

from msgspec import Struct, field

from xiaoer.kernel.commerce import Order, Variant
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.outreach.store import Run
from xiaoer.slices.outreach.types import SERVICE
from xiaoer.slices.promotions.types import Coupon

_BACK = frozenset({"refunding", "refunded"})
_ORDERS = 5


class Still(Struct, frozen=True):
    """Why the run is over, empty when it is not; `unknown` when the shop's system could not be asked."""

    settled: str = ""
    unknown: bool = False
    values: dict[str, str] = field(default_factory=dict)


class ReadsOrders(Protocol):
    """Orders as the shop's system has them now."""

    async def order(self, shop: ShopId, order_id: str) -> Order | None: ...
    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int) -> tuple[Order, ...]: ...


class ReadsVariants(Protocol):
    """Price and stock as the shop's system has them now."""

    async def variant(self, shop: ShopId, variant_id: str) -> Variant | None: ...


class ReadsCoupons(Protocol):
    """One coupon."""

    async def coupon(self, shop: ShopId, coupon_id: str) -> Coupon | None: ...


class LookAgain:
    """Asks what a run rests on."""

    def __init__(self, orders: ReadsOrders, variants: ReadsVariants, coupons: ReadsCoupons) -> None:
        self._orders = orders
        self._variants = variants
        self._coupons = coupons

    async def __call__(self, shop: ShopId, run: Run, now: datetime) -> Still:
        """Tell whether the run is over."""
        try:
            settled = await self._of_order(shop, run) if run.trigger in SERVICE else await self._of_buyer(shop, run)
            return Still(settled or await self._of_subject(shop, run, now))
        except (SourceUnavailable, TimeoutError):
            return Still(unknown=True)

    async def _of_order(self, shop: ShopId, run: Run) -> str:
        order = await self._orders.order(shop, run.values.get("order_id", ""))
        if order is None:
            return "closed"
        if order.status in _BACK or (run.trigger != "order_unpaid" and order.status == "closed"):
            return "refund"
        if run.trigger == "order_unpaid" and order.status != "unpaid":
            return "closed" if order.status == "closed" else "paid"
        return ""

    async def _of_buyer(self, shop: ShopId, run: Run) -> str:
        kept = await self._orders.orders_of(shop, run.buyer_id, _ORDERS)
        mine = run.values.get("order_id", "")
        if any(order.status == "refunding" or (order.id == mine and order.status in _BACK) for order in kept):
            return "refund"
        for order in kept:
            if order.paid_at and order.paid_at > run.started_at and await self._ends(shop, run, order):
                return "paid"
        return ""

    async def _ends(self, shop: ShopId, run: Run, order: Order) -> bool:
        """Whether a payment ends the run: a 复购 only by the goods that it is about, where what was bought is told."""
        if run.trigger != "replenish" or not order.items:
            return True
        bought = [await self._variants.variant(shop, item.variant_id) for item in order.items if item.variant_id]
        return not any(bought) or run.values.get("product_id") in [variant.product_id for variant in bought if variant]

    async def _of_subject(self, shop: ShopId, run: Run, now: datetime) -> str:
        if run.trigger in ("back_in_stock", "price_drop"):
            variant = await self._variants.variant(shop, run.values.get("variant_id", ""))
            if variant is None or variant.stock <= 0:
                return "sold_out"
            if run.trigger == "price_drop" and variant.price.fen > int(run.values.get("new") or 0):
                return "price_back"
        if run.trigger == "coupon_expiring":
            coupon = await self._coupons.coupon(shop, run.values.get("coupon_id", ""))
            if coupon is None or coupon.state == "expired" or (coupon.valid_to is not None and coupon.valid_to <= now):
                return "expired"
            if coupon.state != "claimed":
                return "used"
        return ""
