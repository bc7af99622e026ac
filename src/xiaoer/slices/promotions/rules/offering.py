"""Which promotions may be told to a buyer now (有什么优惠), each by its own title."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.decision import Offer
from xiaoer.kernel.money import ZERO
from xiaoer.slices.promotions.rules.basket import Basket
from xiaoer.slices.promotions.rules.wording import say_instant
from xiaoer.slices.promotions.types import Cart, CartLine, Level, Promotion


def running_offers(
    promotions: Sequence[Promotion],
    now: datetime,
    *,
    product_id: str = "",
    category: str = "",
    variant_ids: Sequence[str] = (),
    channel: str = "",
    zone: ZoneInfo = SHOP_ZONE,
) -> tuple[Offer, ...]:
    """Promotions in force, by priority; those that fit one of the product's variants when a product is named."""
    live = [
        p
        for p in promotions
        if p.enabled and not p.private and p.starts_at <= now < p.ends_at and p.level is not Level.PAYMENT
    ]
    live = [p for p in live if not p.channels or channel in p.channels]
    live = [p for p in live if p.budget_left is None or p.budget_left.fen > 0]
    if product_id:
        lines = tuple(CartLine(variant, 1, ZERO, product_id, category) for variant in variant_ids or ("",))
        basket = Basket(Cart(lines), live)
        live = [p for p in live if basket.fit(p.id)]
    live.sort(key=lambda p: (p.priority, p.id))
    return tuple(Offer(p.id, p.shown, _kind(p), _detail(p, zone), p.ends_at) for p in live)


def _kind(promotion: Promotion) -> str:
    if promotion.level is Level.FREIGHT:
        return "freight"
    return "coupon" if promotion.needs_coupon else "activity"


def _detail(promotion: Promotion, zone: ZoneInfo) -> str:
    """Who may use it when not everyone may, and when it ends."""
    audience = promotion.audience
    limits = {
        "all": "",
        "new_customer": "限新客，",
        "member_tier": f"限{'、'.join(sorted(audience.values))}会员，",
        "tag": "限指定买家，",
    }
    return f"{limits[audience.kind]}{say_instant(promotion.ends_at, zone)}结束"
