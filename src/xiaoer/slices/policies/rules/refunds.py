"""Where a refund stands (退款进度): the state, who must act, and by when. Amounts come from the request itself."""

import re
from datetime import datetime, timedelta

from xiaoer.kernel.commerce import Order, Refund
from xiaoer.kernel.decision import Act, Source
from xiaoer.kernel.terms import Terms
from xiaoer.slices.policies.types import Ask

_SENT_BACK = re.compile(
    r"(?:已经?|昨天|今天|刚|早就?|都)[^，。]{0,3}(?:寄|发)(?:回去?|出去?|走|过去)了?|寄(?:回去?|出去?|走)了|^我?(?:已经?|刚刚?|早就?|昨天|今天)寄了"
)
ENDED = ("refunded", "rejected", "withdrawn", "timed_out", "completed")


def newest(order: Order) -> Refund | None:
    """The request that is open, else the last one."""
    live = [refund for refund in order.refunds if not is_over(refund)]
    return (live or list(order.refunds) or [None])[-1]  # type: ignore[list-item]


def is_over(refund: Refund) -> bool:
    return refund.status in ENDED or "成功" in refund.status


def tell_refund(ask: Ask, order: Order) -> Act:
    """Say where the newest request of an order stands."""
    source = Source("order", order.id, order.items[0].title if order.items else "")
    refund = newest(order)
    if refund is None:
        template = "refund.none" if order.status not in ("refunding", "refunded") else "refund.unknown"
        if template == "refund.none" and any(part.intent == "after.return" for part in ask.situation.heard.segments):
            template = "refund.once_back"
        days = ask.facts.terms.refund_within_days
        return Act("lookup", ask.index, template, {"order": order, "days": days}, (source,), "refund.progress")
    terms = ask.facts.terms
    status = "refunded" if order.status == "refunded" or "成功" in refund.status else refund.status
    slots: dict[str, object] = {"order": order, "refund": refund, "by": _by_when(refund, terms)}
    if status == "waiting_return":
        slots["return_address"] = terms.return_address
        status = "sent_back" if _SENT_BACK.search(ask.segment.text) else status
    template = f"refund.{status}" if status in _TOLD else "refund.open"
    if refund.kind == "exchange" and status in _OF_EXCHANGE:
        template = _OF_EXCHANGE[status]
    return Act("lookup", ask.index, template, slots, (source,), "refund.progress")


_OF_EXCHANGE = {
    "completed": "refund.exchanged",
    "waiting_receipt": "refund.exchange_receipt",
    "sent_back": "refund.exchange_sent",
}
_TOLD = frozenset(
    {
        "pending_review",
        "waiting_return",
        "sent_back",
        "waiting_receipt",
        "waiting_refund",
        "waiting_reship",
        "reshipped",
        "refunded",
        "rejected",
        "withdrawn",
        "timed_out",
        "platform_review",
    }
)


def _by_when(refund: Refund, terms: Terms) -> datetime | None:
    """The end of the time that the side who must act has; None when no rule sets one from what is known."""
    if refund.created_at is None:
        return None
    if refund.status == "pending_review":
        return refund.created_at + timedelta(hours=terms.review_within_hours)
    if refund.status == "waiting_refund":
        return refund.created_at + timedelta(days=terms.refund_within_days)
    return None
