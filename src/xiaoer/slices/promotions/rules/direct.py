"""What one piece costs everybody now (直降价): the list price less the item-level discounts that need no condition."""

from collections.abc import Sequence
from datetime import datetime

from xiaoer.kernel.money import ZERO, Money
from xiaoer.slices.promotions.rules.basket import Basket
from xiaoer.slices.promotions.rules.diagnosis import screen
from xiaoer.slices.promotions.rules.item_prices import price_items
from xiaoer.slices.promotions.types import Benefit, Cart, CartLine, Level, Promotion

_CONDITIONAL = (Benefit.BUNDLE_PRICE, Benefit.PRESALE)


def in_force(promotions: Sequence[Promotion], now: datetime) -> tuple[Promotion, ...]:
    """The promotions that lower the price of one piece for every buyer now; a presale is over for a new buyer when it
    ends, whenever its balance may be paid."""
    free = [p for p in promotions if p.level is Level.ITEM and _is_for_all(p)]
    return tuple(p for p in screen(free, (), now, "", None).live if now < p.ends_at) if free else ()


def direct_price(line: CartLine, live: Sequence[Promotion], now: datetime) -> Money | None:
    """The price of one piece by the promotions `in_force`, the same as long as these are; None where it costs its
    list price."""
    basket = Basket(Cart((line,)), live)
    price_items(basket, live, now)
    total = basket.lines[0].item_total
    return Money(total) if total < line.price.fen else None


def _is_for_all(promotion: Promotion) -> bool:
    """Whether every buyer gets it on one piece, on every channel, with no coupon."""
    free = promotion.threshold == "none" or not any(tier.threshold > 1 for tier in promotion.tiers)
    open_ = promotion.audience.kind == "all" and not promotion.private and not promotion.channels
    left = promotion.budget_left is None or promotion.budget_left > ZERO
    return open_ and free and left and not promotion.needs_coupon and promotion.benefit not in _CONDITIONAL
