"""价保: a promise of the shop or platform, never an entitlement by law.

Inside the promised days, the buyer gets paid price per piece less the current price per piece. What lowers
the current price and counts is configured: direct price cuts, 满减 and 折扣 do; coupons, gifts, bundles,
limited quantities and promotions marked `price_protected = false` (秒杀) do not.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from xiaoer.kernel.money import ZERO, Money
from xiaoer.slices.promotions.rules.quoting import quote
from xiaoer.slices.promotions.types import Benefit, Cart, CartLine, ChannelRules, Level, Promotion

_COUNTED = frozenset(
    {Benefit.AMOUNT_OFF, Benefit.PERCENT_OFF, Benefit.FIXED_PRICE, Benefit.NTH_PIECE_RATE},
)


class ProtectionTerms(Struct, frozen=True):
    """The promise: `days` 0 means none; the clock starts at the order or at signing for the goods."""

    days: int = 0
    starts: Literal["ordered", "delivered"] = "ordered"
    claims: int = 1
    needs_stock: bool = True


class Purchase(Struct, frozen=True):
    """One bought line: `paid` for all its pieces, claims granted before, and what happened since."""

    line: CartLine
    paid: Money
    ordered_at: datetime
    delivered_at: datetime | None = None
    claims: int = 0
    in_after_sale: bool = False
    in_stock: bool = True


class Protection(Struct, frozen=True):
    """`granted` with the difference, or the reason why not; `ends_at` when the promise ends."""

    granted: bool
    reason: str
    difference: Money = ZERO
    paid_each: Money = ZERO
    current_each: Money = ZERO
    ends_at: datetime | None = None
    words: str = ""


def current_price(
    line: CartLine, promotions: Sequence[Promotion], now: datetime, rules: ChannelRules, channel: str = ""
) -> Money:
    """What the same pieces cost now without coupons, gifts and bundles."""
    counted = [
        p
        for p in promotions
        if p.level in (Level.ITEM, Level.SHOP_ACTIVITY)
        and p.benefit in _COUNTED
        and p.price_protected
        and not p.needs_coupon
        and not p.per_order_limit
    ]
    return quote(Cart((line,)), counted, now=now, rules=rules, channel=channel).goods_payable


def protect_price(purchase: Purchase, current: Money, terms: ProtectionTerms, now: datetime) -> Protection:
    """Decide a price-protection claim; `current` is the price of all pieces now (see `current_price`)."""
    if terms.days <= 0:
        return Protection(False, "no_promise", words="这件商品没有价保服务")
    start = purchase.ordered_at if terms.starts == "ordered" else purchase.delivered_at
    ends_at = start + timedelta(days=terms.days) if start else None
    if ends_at and now >= ends_at:
        return Protection(False, "too_late", ends_at=ends_at, words=f"已超过{terms.days}天价保期")
    if purchase.in_after_sale:
        return Protection(False, "in_after_sale", ends_at=ends_at, words="订单正在售后处理中，暂时不能申请价保")
    if terms.claims and purchase.claims >= terms.claims:
        return Protection(False, "already_claimed", ends_at=ends_at, words=f"价保次数（{terms.claims}次）已经用完")
    if terms.needs_stock and not purchase.in_stock:
        return Protection(False, "out_of_stock", ends_at=ends_at, words="商品现在无货，不能申请价保")
    pieces = purchase.line.quantity
    paid_each, current_each = Money(purchase.paid.fen // pieces), Money(current.fen // pieces)
    difference = purchase.paid - current
    if difference.fen <= 0:
        return Protection(False, "not_lower", ZERO, paid_each, current_each, ends_at, "现在的价格没有比您付的更低")
    words = f"您付了{purchase.paid.spoken}元，现在是{current.spoken}元，可以退差价{difference.spoken}元"
    return Protection(True, "granted", difference, paid_each, current_each, ends_at, words)
