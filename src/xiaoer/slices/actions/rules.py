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
