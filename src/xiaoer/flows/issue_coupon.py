"""A person gives a buyer a coupon (发券): within the budget first, then made known to the shop's own system, if any.

The coupon is in the own rows before another system is asked, so its budget is never exceeded; what that system does not
take is told to the person who gave it, who makes it there by hand. The same request again gives the same coupon.
"""

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from xiaoer.kernel.errors import InvalidBody, SourceUnavailable
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.shop_facts import Outcome
from xiaoer.slices.orders.types import ActionKind, OrderAction
from xiaoer.slices.promotions.rules.issuing import fixed_terms
from xiaoer.slices.promotions.service import Promotions
from xiaoer.slices.promotions.types import Coupon


class ActsInShop(Protocol):
    """The system that makes coupons, or the own rows."""

    async def supported(self, shop: ShopId) -> frozenset[ActionKind]: ...
    async def act(self, shop: ShopId, action: OrderAction) -> Outcome | None: ...


class Given(Struct, frozen=True):
    """The coupon, and whether the shop's system knows it."""

    coupon: Coupon
    in_shop: bool


class IssueCoupon:
    """Issues, then tells."""

    def __init__(self, promotions: Promotions, shops_system: ActsInShop) -> None:
        self._promotions = promotions
        self._system = shops_system

    async def __call__(
        self, shop: ShopId, promotion_id: str, buyer_id: BuyerId, request_id: str, code: str, valid_to: datetime | None
    ) -> Given:
        """Give one coupon.

        Raises:
            NotFound: no such promotion. InvalidBody: its coupons come from bargaining only.
            CouponRefused: budget, number or the buyer's share is used up, or it is over.
        """
        promotion = await self._promotions.get(shop, promotion_id)
        if promotion.private:
            raise InvalidBody("Coupons of this promotion come from bargaining only.")
        id_ = f"i-{request_id}"[:64]
        coupon = await self._promotions.issue(shop, promotion_id, buyer_id, coupon_id=id_, code=code, valid_to=valid_to)
        data = {"promotion_id": promotion.id, "buyer_id": buyer_id, "title": promotion.shown}
        data |= {"code": coupon.code or coupon.id, **fixed_terms(promotion, coupon)}
        try:
            if "issue_coupon" not in await self._system.supported(shop):
                return Given(coupon, False)
            told = await self._system.act(shop, OrderAction(id_, "issue_coupon", "", data))
        except (SourceUnavailable, TimeoutError):
            return Given(coupon, False)
        return Given(coupon, told is not None and told.state in ("done", "already"))
