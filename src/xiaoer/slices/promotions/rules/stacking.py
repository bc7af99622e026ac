"""Which tools combine (叠加): the custom of each level, unless a promotion says otherwise.

One 店铺券 or 店铺红包 per shop and order; one 商品券 (`item_coupon`) per matching goods, and not together
with a 店铺券; one activity per line; one use of a cross-shop tool per line; assets as many as there are.
"""

from collections.abc import Sequence

from xiaoer.slices.promotions.types import Level, Promotion

ITEM_COUPON = "item_coupon"
ANY_GROUP = "*"
_ONE_PER_ORDER = frozenset({"shop_coupon", "platform_coupon"})
_ONE_PER_LINE = frozenset({Level.ITEM, Level.SHOP_ACTIVITY, Level.PLATFORM})


def order_limit(promotion: Promotion) -> int:
    """How many of the promotion's group one order takes; 0 means any number."""
    if promotion.max_per_order is not None:
        return promotion.max_per_order
    if promotion.level is Level.SHOP_COUPON:
        return 0 if promotion.group == ITEM_COUPON else 1
    return 1 if promotion.group in _ONE_PER_ORDER else 0


def line_limit(promotion: Promotion) -> int:
    """How many of the promotion's group may touch one line; 0 means any number."""
    if promotion.max_per_line is not None:
        return promotion.max_per_line
    return 1 if promotion.level in _ONE_PER_LINE or promotion.group == ITEM_COUPON else 0


def excluded_groups(promotion: Promotion) -> frozenset[str]:
    """Groups that never go together with this promotion; `*` means every other coupon."""
    if not promotion.excludes and promotion.group == ITEM_COUPON:
        return frozenset({Level.SHOP_COUPON.value})
    return promotion.excludes


def is_free(promotion: Promotion) -> bool:
    """Whether coupons of it go together with anything that does not refuse them."""
    return not (order_limit(promotion) or promotion.per_order_limit or excluded_groups(promotion))


def may_combine(chosen: Sequence[Promotion], extra: Promotion) -> bool:
    """Whether a coupon of `extra` may join coupons of `chosen` in one order."""
    same_group = [p for p in chosen if p.group == extra.group and p.scope.sellers == extra.scope.sellers]
    limits = [limit for p in [extra, *same_group] if (limit := order_limit(p)) > 0]
    if limits and len(same_group) >= min(limits):
        return False
    if extra.per_order_limit and sum(p.id == extra.id for p in chosen) >= extra.per_order_limit:
        return False
    for other in chosen:
        if other.scope.sellers != extra.scope.sellers and other.scope.sellers and extra.scope.sellers:
            continue
        for one, two in ((other, extra), (extra, other)):
            groups = excluded_groups(one)
            if ANY_GROUP in groups or (two.group in groups and two.group != one.group):
                return False
    return True
