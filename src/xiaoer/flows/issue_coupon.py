"""A person gives a buyer a coupon (发券): within the budget first, then made known to the shop's own system, if any.

The coupon is in the own rows before another system is asked, so its budget is never exceeded; what that system does not
take is told to the person who gave it, who makes it there by hand. The same request again gives the same coupon.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from xiaoer.kernel.errors import InvalidBody, SourceUnavailable
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.shop_facts import Outcome
from xiaoer.slices.orders.types import ActionKind, OrderAction
from xiaoer.slices.promotions.rules.eligibility import is_meant
from xiaoer.slices.promotions.rules.issuing import fixed_terms
from xiaoer.slices.promotions.service import CouponRefused, Promotions
from xiaoer.slices.promotions.types import BuyerFacts, Coupon, Promotion

BuyerOf = Callable[[ShopId, BuyerId], Awaitable[BuyerFacts]]


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

    def __init__(self, promotions: Promotions, shops_system: ActsInShop, buyer_of: BuyerOf) -> None:
        self._promotions = promotions
        self._system = shops_system
        self._buyer_of = buyer_of

    async def __call__(
        self, shop: ShopId, promotion_id: str, buyer_id: BuyerId, request_id: str, code: str, valid_to: datetime | None
    ) -> Given:
        """Give one coupon.

        Raises:
            NotFound: no such promotion. InvalidBody: its coupons come from bargaining only.
            CouponRefused: budget, number or the buyer's share is used up, it is over, or it is not for this buyer.
        """
        promotion = await self._promotions.get(shop, promotion_id)
        if promotion.private:
            raise InvalidBody("Coupons of this promotion come from bargaining only.")
        if not await self._may_have(shop, promotion, buyer_id):
            raise CouponRefused(promotion_id, "audience")
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

    async def _may_have(self, shop: ShopId, promotion: Promotion, buyer_id: BuyerId) -> bool:
        """Whether the buyer could use it; where the shop's system cannot be asked, the cart decides later."""
        if promotion.audience.kind == "all":
            return True
        try:
            return is_meant(promotion, await self._buyer_of(shop, buyer_id))
        except (SourceUnavailable, TimeoutError):
            return True
