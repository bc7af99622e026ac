"""Who does what a buyer confirmed (谁来办): the bot by itself, or people with a ticket."""

from typing import Literal

from xiaoer.kernel.money import Money
from xiaoer.kernel.terms import AutoActions


def decide_by_whom(
    auto: AutoActions, kind: str, amount: Money, supported: frozenset[str]
) -> tuple[Literal["bot", "people"], str]:
    """The bot does it when the system can, the shop allows it and no refund is above the shop's limit; else why not."""
    if kind not in supported:
        return "people", "unsupported"
    allowed = {
        "cancel": auto.cancel,
        "change_address": auto.change_address,
        "change_note": auto.change_note,
        "open_after_sale": auto.after_sale,
        "withdraw_after_sale": auto.after_sale,
        "issue_coupon": auto.coupon,
    }
    if not allowed.get(kind, False):
        return "people", "switched_off"
    if kind in ("cancel", "open_after_sale") and amount > Money.from_yuan(auto.refund_limit):
        return "people", "above_limit"
    return "bot", ""


_POSSIBLE = {
    "unpaid": ("cancel", "change_address", "change_note"),
    "paid": ("cancel", "change_address", "change_note", "open_after_sale"),
    "shipped": ("open_after_sale",),
    "delivered": ("open_after_sale",),
    "completed": ("open_after_sale",),
    "refunding": ("withdraw_after_sale",),
}


def possible_kinds(status: str, supported: frozenset[str]) -> tuple[str, ...]:
    """What a person may do with an order in this state, where its system can; in the order in which it is offered."""
    return tuple(kind for kind in _POSSIBLE.get(status, ()) if kind in supported)
