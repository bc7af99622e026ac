"""运费: beside all levels. 满减 never lowers it; 包邮 and 运费券 do, each tested on the base that the shop chose."""

from collections.abc import Sequence
from typing import NamedTuple

from xiaoer.slices.promotions.rules.benefits import measure
from xiaoer.slices.promotions.rules.levels import Working
from xiaoer.slices.promotions.types import Cart, Coupon, FreightBase, Promotion


class FreightMiss(NamedTuple):
    """Why 包邮 does not count; base and pieces in scope when it was tested."""

    promotion: Promotion
    coupon: Coupon | None
    reason: str
    base: int
    pieces: int


class FreightOutcome(NamedTuple):
    """`charged` before and `payable` after; `used` are (promotion, coupon, amount off)."""

    charged: int
    payable: int
    used: tuple[tuple[Promotion, Coupon | None, int], ...]
    misses: tuple[FreightMiss, ...]


def price_freight(
    cart: Cart,
    working: Working,
    promotions: Sequence[Promotion],
    coupons: Sequence[tuple[Coupon, Promotion]],
) -> FreightOutcome:
    """Charge the cart's freight, or the freight that the shop's 包邮 rule names, less the best automatic
    promotion, less the smallest 运费券 that covers most of the rest."""
    fitting = [p for p in sorted(promotions, key=lambda p: (p.priority, p.id)) if working.basket.fit(p.id)]
    if cart.freight is not None:
        charged = cart.freight.fen
    else:
        charged = max((p.freight.fen for p in fitting if p.freight), default=0)
    if not working.basket.lines:
        return FreightOutcome(0, 0, (), ())
    payable = charged
    used: list[tuple[Promotion, Coupon | None, int]] = []
    misses: list[FreightMiss] = []
    offers: list[tuple[int, Promotion]] = []
    for promotion in fitting:
        reached, base, pieces = _reached(working, promotion)
        if reached is None:
            misses.append(FreightMiss(promotion, None, "below_threshold", base, pieces))
        elif charged:
            offers.append((min(reached or charged, charged), promotion))
    if offers:
        amount, promotion = max(offers, key=lambda offer: offer[0])
        payable -= amount
        used.append((promotion, None, amount))
        misses += [FreightMiss(p, None, "not_best", 0, 0) for _, p in offers if p.id != promotion.id]
    tickets: list[tuple[int, int, str, Coupon, Promotion]] = []
    for coupon, promotion in coupons:
        if not working.basket.fit(promotion.id):
            misses.append(FreightMiss(promotion, coupon, "out_of_scope", 0, 0))
            continue
        reached, base, pieces = _reached(working, promotion)
        if reached is None:
            misses.append(FreightMiss(promotion, coupon, "below_threshold", base, pieces))
        elif payable == 0:
            misses.append(FreightMiss(promotion, coupon, "nothing_left", base, pieces))
        else:
            full = coupon.amount.fen if coupon.amount else reached or payable
            tickets.append((min(full, payable), full, coupon.id, coupon, promotion))
    if tickets:
        tickets.sort(key=lambda ticket: (-ticket[0], ticket[1], ticket[2]))
        amount, _, _, coupon, promotion = tickets[0]
        payable -= amount
        used.append((promotion, coupon, amount))
        misses += [FreightMiss(p, c, "not_best", 0, 0) for _, _, _, c, p in tickets[1:]]
    return FreightOutcome(charged, payable, tuple(used), tuple(misses))


def _reached(working: Working, promotion: Promotion) -> tuple[int | None, int, int]:
    """Return (amount off, 0 for all of it, None when not reached), base, pieces."""
    base_kind: FreightBase = promotion.threshold_base or working.rules.freight_base
    lines = working.basket.fit(promotion.id)
    if base_kind == "goods_payable":
        base = sum([working.left[i] for i in lines])
    else:
        base = sum([working.basket.lines[i].item_total for i in lines])
    pieces = sum([working.basket.lines[i].quantity for i in lines])
    if promotion.threshold == "none" or not promotion.tiers:
        return max((tier.value for tier in promotion.tiers), default=0), base, pieces
    measured = measure(promotion, base, pieces)
    reached = [tier.value for tier in promotion.tiers if tier.threshold <= measured]
    if not reached:
        return None, base, pieces
    return (0 if 0 in reached else max(reached)), base, pieces
