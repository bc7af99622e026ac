"""Whether a promotion or coupon is in force for this buyer, here and now (生效条件); periods are half-open."""

from datetime import datetime
from typing import NamedTuple

from xiaoer.slices.promotions.types import BuyerFacts, Coupon, Promotion


class Refusal(NamedTuple):
    """Machine reason, and the instant it holds since or ends at."""

    reason: str
    at: datetime | None = None


def in_category(wanted: frozenset[str], category: str) -> bool:
    """Whether `category` is one of `wanted` or below one (「服装」 includes 「服装/女装」 and 「服装 > 女装」)."""
    if category in wanted:
        return True
    for mark in ("/", ">"):
        if mark in category:
            parts = [part.strip() for part in category.split(mark)]
            return any(part in wanted or mark.join(parts[: i + 1]) in wanted for i, part in enumerate(parts))
    return False


def refuse_promotion(promotion: Promotion, now: datetime, channel: str, buyer: BuyerFacts | None) -> Refusal | None:
    """Why a promotion does not count whatever is in the cart; None when it may."""
    if not promotion.enabled:
        return Refusal("disabled")
    if now < promotion.starts_at:
        return Refusal("not_started", promotion.starts_at)
    ends_at = promotion.ends_at
    if promotion.presale and promotion.presale.balance_ends_at:
        ends_at = max(ends_at, promotion.presale.balance_ends_at)
    if now >= ends_at:
        return Refusal("ended", ends_at)
    if promotion.channels and channel not in promotion.channels:
        return Refusal("channel")
    if not is_meant(promotion, buyer):
        return Refusal("audience")
    if promotion.per_user_limit and buyer and buyer.used.get(promotion.id, 0) >= promotion.per_user_limit:
        return Refusal("user_limit")
    if promotion.budget_left is not None and promotion.budget_left.fen <= 0 and not promotion.needs_coupon:
        return Refusal("budget_exhausted")
    return None


def is_meant(promotion: Promotion, buyer: BuyerFacts | None) -> bool:
    """Whether a promotion is for this buyer (新客, 会员, 标签); of one who is not known, only when it is for all."""
    audience = promotion.audience
    if audience.kind == "all":
        return True
    if buyer is None:
        return False
    if audience.kind == "new_customer":
        return buyer.is_new
    if audience.kind == "member_tier":
        return buyer.level in audience.values
    return bool(audience.values & buyer.tags)


def refuse_coupon(coupon: Coupon, promotion: Promotion, now: datetime) -> Refusal | None:
    """Why a held coupon cannot be used now; None when it can."""
    if coupon.state == "used":
        return Refusal("coupon_used")
    budget = promotion.budget_left
    if coupon.state == "issued" and budget is not None and budget.fen <= 0:
        return Refusal("budget_exhausted")
    terms = promotion.coupon
    starts = coupon.valid_from or (terms.valid_from if terms else None)
    ends = coupon_end(coupon, promotion)
    if starts and now < starts:
        return Refusal("coupon_not_started", starts)
    if coupon.state == "expired" or now >= ends:
        return Refusal("coupon_expired", ends)
    return None


def coupon_end(coupon: Coupon, promotion: Promotion) -> datetime:
    """The instant from which the coupon is void."""
    ends = coupon.valid_to or (promotion.coupon.valid_to if promotion.coupon else None)
    return min(ends, promotion.ends_at) if ends else promotion.ends_at
