"""The shop's own rules (店铺规则): what it promises beyond the law, and what the bot may do by itself.

The law cannot be undercut here: days of return below seven count as seven. Amounts are yuan as decimal strings,
as the settings page writes them. A promise that is not set is not made: no price protection, no compensation.
"""

import re
from typing import Literal

from msgspec import Struct, field

from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.money import Money

LAW_RETURN_DAYS = 7  # 《消费者权益保护法》 art. 25
LAW_REFUND_DAYS = 7  # 《网络购买商品七日无理由退货暂行办法》 art. 13

_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


class AutoActions(Struct, frozen=True):
    """What the bot may do in the shop's system once the buyer has confirmed; the rest becomes a ticket.

    `refund_limit` is the highest refund, in yuan, for which it may cancel or open an after-sale request.
    """

    cancel: bool = True
    change_address: bool = True
    change_note: bool = True
    after_sale: bool = True
    coupon: bool = False
    refund_limit: str = "2000.00"


class Terms(Struct, frozen=True):
    """Promises and limits of one shop.

    `never_returned` and `sealed` are words looked for in category, title and tags of a product: goods that the
    seven days never cover (定制, 生鲜), and goods that they do not cover once the seal is broken.
    `ship_within_hours` is
    the shop's promise from payment to shipping (0: none beside the goods page's); what is paid before `ship_cutoff`
    (HH:MM) ships the same day.
    """

    return_days: int = LAW_RETURN_DAYS
    return_address: str = ""
    freight_insurance: bool = False
    never_returned: tuple[str, ...] = (
        "定制",
        "定做",
        "刻字",
        "生鲜",
        "鲜果",
        "现摘",
        "活鲜",
        "花束",
        "充值",
        "激活码",
        "报纸",
        "期刊",
    )
    sealed: tuple[str, ...] = ("食品", "美妆", "护肤", "内衣", "内裤", "口罩", "奶粉", "纸尿裤", "计生", "医疗")
    refund_mode: Literal["share", "recompute"] = "recompute"
    refund_only_limit: str = "0.00"
    refund_within_days: int = LAW_REFUND_DAYS
    review_within_hours: int = 48
    price_protect_days: int = 0
    price_protect_starts: Literal["ordered", "delivered"] = "ordered"
    late_rule: str = ""
    invoice_within_hours: int = 48
    ship_within_hours: int = 0
    ship_cutoff: str = ""
    auto: AutoActions = field(default_factory=AutoActions)

    @property
    def days(self) -> int:
        """Days of return without a reason that count: never fewer than the law gives."""
        return max(self.return_days, LAW_RETURN_DAYS)


def check_terms(terms: Terms) -> Terms:
    """Refuse rules that cannot be meant.

    Raises:
        InvalidBody: a number outside its range, or an amount that is not one.
    """
    ranges = {
        "return_days": (terms.return_days, 0, 365),
        "refund_within_days": (terms.refund_within_days, 0, LAW_REFUND_DAYS),
        "review_within_hours": (terms.review_within_hours, 1, 720),
        "price_protect_days": (terms.price_protect_days, 0, 365),
        "invoice_within_hours": (terms.invoice_within_hours, 1, 720),
        "ship_within_hours": (terms.ship_within_hours, 0, 720),
    }
    for name, (value, low, high) in ranges.items():
        if not low <= value <= high:
            raise InvalidBody(f"{name} is {value}; write a number from {low} to {high}.")
    if terms.ship_cutoff and not _CLOCK.fullmatch(terms.ship_cutoff):
        raise InvalidBody(f"ship_cutoff is {terms.ship_cutoff}; write a time such as 16:00.")
    for amount in (terms.refund_only_limit, terms.auto.refund_limit):
        if Money.from_yuan(amount).fen < 0:
            raise InvalidBody("A limit cannot be negative.")
    return terms
