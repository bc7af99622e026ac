"""Which offers of a shop go together (叠加), told in the kinds that buyers speak of: coupons, 满减, 直降, 会员价.

The engine's own rules (`stacking.py`) decide each pair of promotions in force.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import combinations_with_replacement, product

from xiaoer.kernel.shop_facts import OfferKind, Stacking
from xiaoer.slices.promotions.rules.offering import in_force
from xiaoer.slices.promotions.rules.stacking import line_limit, may_combine
from xiaoer.slices.promotions.types import Level, Promotion

_KINDS: tuple[OfferKind, ...] = ("coupon", "activity", "direct", "member", "platform", "asset")


def stackings(promotions: Sequence[Promotion], now: datetime, channel: str) -> tuple[Stacking, ...]:
    """Every two kinds of which something is in force, with the titles of a pair that goes together and one that does
    not. Activities of one line at a time count as apart: they meet on other goods only."""
    of_kind: dict[OfferKind, list[Promotion]] = {kind: [] for kind in _KINDS}
    for promotion in in_force(promotions, now, channel):
        if (kind := _kind(promotion)) is not None:
            of_kind[kind].append(promotion)
    found = (_compare(a, b, of_kind[a], of_kind[b]) for a, b in combinations_with_replacement(_KINDS, 2))
    return tuple(one for one in found if one.together or one.apart)


def _compare(first: OfferKind, second: OfferKind, some: list[Promotion], others: list[Promotion]) -> Stacking:
    together: list[tuple[str, str]] = []
    apart: list[tuple[str, str]] = []
    for one, other in product(some, others):
        if first == second and (one.id > other.id or (one.id == other.id and not one.needs_coupon)):
            continue
        (together if go_together(one, other) else apart).append((one.shown, other.shown))
    return Stacking(first, second, tuple(together), tuple(apart))


def go_together(one: Promotion, other: Promotion) -> bool:
    """Whether both count on one order and the same goods."""
    same_group = one.group == other.group
    if same_group and not one.needs_coupon and (one.level is Level.ITEM or line_limit(one) == 1):
        return False
    return may_combine([one], other)


def _kind(promotion: Promotion) -> OfferKind | None:
    if promotion.audience.kind == "member_tier" and not promotion.needs_coupon:
        return "member"
    match promotion.level:
        case Level.SHOP_COUPON:
            return "coupon"
        case Level.SHOP_ACTIVITY:
            return "activity"
        case Level.ITEM:
            return "direct"
        case Level.PLATFORM:
            return "platform"
        case Level.ASSET:
            return "asset"
        case _:
            return None
