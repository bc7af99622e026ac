"""Which promotions may be told to a buyer now (有什么优惠), each by its own title."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.money import ZERO, Money
from xiaoer.kernel.shop_facts import Offer
from xiaoer.slices.promotions.rules.basket import Basket
from xiaoer.slices.promotions.rules.wording import say_end
from xiaoer.slices.promotions.types import Benefit, Cart, CartLine, Level, Promotion

_LASTING = timedelta(days=90)  # what holds longer is a rule of the shop, and its end is no news


def running_offers(
    promotions: Sequence[Promotion],
    now: datetime,
    *,
    product_id: str = "",
    category: str = "",
    variant_ids: Sequence[str] = (),
    channel: str = "",
    every: bool = False,
    zone: ZoneInfo = SHOP_ZONE,
) -> tuple[Offer, ...]:
    """Promotions in force, by priority; those that fit one of the product's variants when a product is named,
    or `every` one with whether it does."""
    live = in_force(promotions, now, channel)
    fitting = {p.id for p in live}
    if product_id:
        lines = tuple(CartLine(variant, 1, ZERO, product_id, category) for variant in variant_ids or ("",))
        basket = Basket(Cart(lines), live)
        fitting = {p.id for p in live if basket.fit(p.id)}
    live = sorted((p for p in live if every or p.id in fitting), key=lambda p: (p.priority, p.id))
    return tuple(
        Offer(p.id, p.shown, _kind(p), _detail(p, now, zone), p.ends_at, _steps(p), _who(p), _code(p), p.id in fitting)
        for p in live
    )


def in_force(promotions: Sequence[Promotion], now: datetime, channel: str) -> list[Promotion]:
    """What may be told of here and now, whoever asks."""
    return [
        p
        for p in promotions
        if p.enabled
        and not p.private
        and p.starts_at <= now < p.ends_at
        and p.level is not Level.PAYMENT
        and (not p.channels or channel in p.channels)
        and (p.budget_left is None or p.budget_left.fen > 0)
    ]


def _steps(promotion: Promotion) -> tuple[tuple[Money, Money], ...]:
    """From which amount how much is off; empty for what does not go by amounts."""
    if promotion.threshold != "amount" or promotion.repeat:
        return ()
    if promotion.benefit is Benefit.AMOUNT_OFF:
        return tuple((Money(tier.threshold), Money(tier.value)) for tier in promotion.tiers if tier.threshold)
    if promotion.benefit is Benefit.FREIGHT_OFF:
        return tuple((Money(tier.threshold), ZERO) for tier in promotion.tiers if tier.threshold and not tier.value)
    return ()


def _kind(promotion: Promotion) -> str:
    if promotion.level is Level.FREIGHT:
        return "freight"
    if promotion.benefit is Benefit.PRESALE:
        return "presale"
    return "coupon" if promotion.needs_coupon else "activity"


def _detail(promotion: Promotion, now: datetime, zone: ZoneInfo) -> str:
    """Who may use it when not everyone may, and when it ends, if that is soon."""
    who = f"限{who}" if (who := _who(promotion)) else ""
    ends = "" if promotion.ends_at - now > _LASTING else f"{say_end(promotion.ends_at, zone, now)}结束"
    return "，".join(part for part in (who, ends) if part)


def _who(promotion: Promotion) -> str:
    tiers = "、".join(sorted(promotion.audience.values))
    return {"new_customer": "新客", "member_tier": f"{tiers}会员", "tag": "指定买家"}.get(promotion.audience.kind, "")


def _code(promotion: Promotion) -> str:
    return promotion.coupon.code if promotion.coupon else ""
