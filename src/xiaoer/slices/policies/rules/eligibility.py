"""May it go back (退换资格): what law and shop allow for one item, who pays the freight, what must be shown.

Law first (《消费者权益保护法》 art. 24, 25; 《网络购买商品七日无理由退货暂行办法》, below 办法), then the shop's
kinder rules.
The clock begins on the day after signing (办法 10) and counts days of the shop's zone. Opening and reasonable trying
never stand in the way (办法 8); a broken one-time seal of food, cosmetics and the like does (办法 9).
"""

from datetime import date, datetime, timedelta
from typing import Literal

from msgspec import Struct

from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.commerce import OrderItem, Product
from xiaoer.kernel.terms import Terms

Goal = Literal["return", "exchange", "refund_only", "repair", "resend"]
FAULTS = frozenset({"质量", "破损", "少件", "错发", "描述不符"})


class Verdict(Struct, frozen=True):
    """`may`: yes, no, people decide, or `ask_sealed` first. `why` names the wording, `rule` the article."""

    may: Literal["yes", "no", "people", "ask_sealed"]
    why: str
    rule: str
    freight: Literal["buyer", "seller", ""] = ""
    photo: bool = False


def last_day(delivered_at: datetime, terms: Terms) -> date:
    """The last day, in the shop's zone, on which a return without a reason may be asked for."""
    return delivered_at.astimezone(SHOP_ZONE).date() + timedelta(days=terms.days)


def is_never_returned(item: OrderItem, product: Product | None, terms: Terms) -> bool:
    """Whether the seven days do not cover these goods at all (定作, 鲜活, 数字化商品, 报刊)."""
    return any(word in _words(item, product) for word in terms.never_returned)


def _words(item: OrderItem, product: Product | None) -> str:
    return " ".join((item.title, product.title, product.category, *product.tags) if product else (item.title,))


def decide_eligibility(
    goal: Goal,
    reason: str,
    item: OrderItem,
    product: Product | None,
    delivered_at: datetime | None,
    terms: Terms,
    now: datetime,
    sealed: bool | None = None,
    spoilt: bool = False,
) -> Verdict:
    """Decide one item. `sealed` says whether the one-time seal is whole, None when it was not asked yet; `spoilt` that
    its label is off or it was washed, as the buyer told."""
    if reason == "假货":
        return Verdict("people", "people", "stop.counterfeit")
    in_time = delivered_at is None or now.astimezone(SHOP_ZONE).date() <= last_day(delivered_at, terms)
    if reason in FAULTS or goal in ("repair", "resend"):
        photo = goal != "repair"
        if in_time or goal in ("repair", "resend"):
            return Verdict("yes", "fault", "law.24", "seller", photo)
        return Verdict("people", "fault_late", "law.24", "seller", photo)
    if reason == "快递问题":
        return Verdict("people", "people", "policy.carrier")
    if is_never_returned(item, product, terms):
        return Verdict("no", "never", "law.25.exceptions")
    if not in_time:
        return Verdict("no", "late", "law.25.clock")
    if spoilt:
        return Verdict("no", "spoilt", "law.9")
    if any(word in _words(item, product) for word in terms.sealed):
        if sealed is None:
            return Verdict("ask_sealed", "sealed", "law.7")
        if not sealed:
            return Verdict("no", "opened", "law.9")
    return Verdict("yes", "no_reason", "law.25", "buyer")
