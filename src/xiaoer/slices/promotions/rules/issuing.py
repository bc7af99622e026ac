"""Handing out coupons (发券): never above the budget, the number made, or a buyer's share.

A coupon reserves the most that it can cost when it is issued; what expires unused gives that back.
"""

from datetime import datetime
from typing import NamedTuple

from xiaoer.kernel.money import ZERO, Money
from xiaoer.slices.promotions.rules.eligibility import coupon_end
from xiaoer.slices.promotions.types import Benefit, Coupon, Promotion, Scope


class IssueState(NamedTuple):
    """What was handed out so far: fen reserved, coupons made, coupons that this buyer got."""

    budget: Money | None
    reserved: Money
    total: int | None
    issued: int
    owned: int


def coupon_cost(promotion: Promotion, amount: Money | None = None) -> Money | None:
    """The most that one coupon can take off; None when nothing limits it (a percent without a cap)."""
    if amount is not None:
        return amount
    if promotion.benefit is Benefit.AMOUNT_OFF and not (promotion.repeat and not promotion.repeat_cap):
        times = promotion.repeat_cap if promotion.repeat else 1
        return Money(max((tier.value for tier in promotion.tiers), default=0) * times)
    if promotion.benefit is Benefit.FREIGHT_OFF:
        value = max((tier.value for tier in promotion.tiers), default=0)
        return Money(value) if value else promotion.freight
    return promotion.cap


def is_plain(promotion: Promotion) -> bool:
    """Whether one amount comes off from one amount on, once (满 199 减 20)."""
    plain = promotion.benefit is Benefit.AMOUNT_OFF and promotion.threshold == "amount" and len(promotion.tiers) == 1
    return plain and not promotion.repeat


def fixed_terms(promotion: Promotion, coupon: Coupon) -> dict[str, str]:
    """A coupon's terms in words that other shop systems know too: `off_fen` from `least_fen`, until `valid_to`.

    Empty when they cannot say it: a percentage, several steps, or goods that are picked out.
    """
    if not is_plain(promotion) or promotion.scope != Scope():
        return {}
    (tier,) = promotion.tiers
    return {
        "off_fen": str(coupon.amount.fen if coupon.amount else tier.value),
        "least_fen": str(tier.threshold),
        "valid_to": coupon_end(coupon, promotion).isoformat(),
    }


def refuse_issue(promotion: Promotion, state: IssueState, cost: Money | None, now: datetime, coupon: Coupon) -> str:
    """The reason why `coupon` may not be issued now; empty when it may."""
    if not promotion.needs_coupon:
        return "not_a_coupon"
    if not promotion.enabled:
        return "disabled"
    if now >= coupon_end(coupon, promotion):
        return "ended"
    if promotion.per_user_limit and state.owned >= promotion.per_user_limit:
        return "user_limit"
    if state.total is not None and state.issued >= state.total:
        return "sold_out"
    if state.budget is not None:
        if cost is None:
            return "cost_unknown"
        if state.reserved + (cost or ZERO) > state.budget:
            return "budget_exhausted"
    return ""
