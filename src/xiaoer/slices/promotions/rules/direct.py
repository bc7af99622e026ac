"""What one piece costs everybody now (直降价): the list price less the item-level discounts that need no condition."""

from collections.abc import Sequence
from datetime import datetime

from xiaoer.kernel.money import ZERO, Money
from xiaoer.slices.promotions.rules.basket import Basket
from xiaoer.slices.promotions.rules.diagnosis import screen
from xiaoer.slices.promotions.rules.item_prices import price_items
from xiaoer.slices.promotions.types import Benefit, Cart, CartLine, Level, Promotion

_CONDITIONAL = (Benefit.BUNDLE_PRICE, Benefit.PRESALE)


def direct_prices(lines: Sequence[CartLine], promotions: Sequence[Promotion], now: datetime) -> dict[str, Money]:
    """The price of one piece by variant id, for the variants that cost less than their list price now."""
    live = [p for p in promotions if p.level is Level.ITEM and _is_for_all(p)]
    live = list(screen(live, (), now, "", None).live) if live else []
    found: dict[str, Money] = {}
    for line in lines if live else ():
        basket = Basket(Cart((line,)), live)
        price_items(basket, live, now)
        if basket.lines[0].item_total < line.price.fen:
            found[line.variant_id] = Money(basket.lines[0].item_total)
    return found


def _is_for_all(promotion: Promotion) -> bool:
    """Whether every buyer gets it on one piece, on every channel, with no coupon."""
    free = promotion.threshold == "none" or not any(tier.threshold > 1 for tier in promotion.tiers)
    open_ = promotion.audience.kind == "all" and not promotion.private and not promotion.channels
    left = promotion.budget_left is None or promotion.budget_left > ZERO
    return open_ and free and left and not promotion.needs_coupon and promotion.benefit not in _CONDITIONAL
