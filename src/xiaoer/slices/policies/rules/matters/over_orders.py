"""Several orders in one breath (两单都退, 卫衣退货，鞋取消): what is wanted of each, one after the other.

What has come goes back or is exchanged, what is not sent yet is cancelled or changed. Nothing here is done for two
orders on one 「确认」; the second is taken up when the first is settled (`apart`).
"""

from msgspec.structs import replace

from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.memory import MOST, Matter
from xiaoer.slices.policies.rules.eligibility import last_day
from xiaoer.slices.policies.rules.matters import after_sale, apart, changes, several
from xiaoer.slices.policies.rules.matters.after_sale_words import heard
from xiaoer.slices.policies.rules.matters.moves import new_matter
from xiaoer.slices.policies.types import Ask, Move

_CAME = ("delivered", "completed")


def start(ask: Ask) -> Move | None:
    """Begin with the first of them; None when the words do not mean several orders."""
    if ask.memory.of_kind("after_sale", "cancel") is not None:
        return None
    found = [(order, _matter(ask, order, words)) for order, words in _meant(ask)[:MOST]]
    matters = [(order, matter) for order, matter in found if matter is not None]
    if len(matters) < 2:
        return None
    (order, first), *rest = matters
    begin = changes.resume if first.kind in changes.KINDS else _after_sale
    return apart.beside(ask, [matter for _, matter in rest], order, lambda ask: begin(ask, first) or Move())


def _after_sale(ask: Ask, matter: Matter) -> Move | None:
    return after_sale.resume(ask, matter, is_open=False)


def _meant(ask: Ask) -> list[tuple[Order, str]]:
    """The orders that the words name apart, with what they say of each; or all that may still go back."""
    today, terms = ask.situation.now.astimezone(SHOP_ZONE).date(), ask.facts.terms
    orders = [order for order in ask.facts.orders or () if order.status in ("paid", *_CAME)]
    if not several.means_all_orders(ask.segment.text):
        return several.parts_over(ask.segment.text, orders)
    open_ = [o for o in orders if o.status == "paid" or (o.delivered_at and today <= last_day(o.delivered_at, terms))]
    return [(order, ask.segment.text) for order in sorted(open_, key=lambda order: order.status == "paid")]


def _matter(ask: Ask, order: Order, words: str) -> Matter | None:
    """What these words want of this order: before it is sent, to send it back is to cancel it. None when they want
    nothing (衣服小了想退，你们鞋也不错)."""
    told = heard(apart.hearing(ask, words), new_matter(ask, "after_sale", order.id))
    if "改成" in words and "退" not in words:  # 耳机改成白色的，卫衣换L码
        told = replace(told, slots={**told.slots, "goal": "exchange"})
    cancels = any(word in words for word in ("取消", "不要了"))
    if "goal" not in told.slots and not cancels:
        return told if "reason" in told.slots and order.status in _CAME else None  # 座椅扣不上，跑鞋磨脚
    if order.status != "paid" or told.slots.get("goal") == "exchange":
        return told if "goal" in told.slots else replace(told, slots={**told.slots, "goal": "return"})
    reason = {name: told.slots[name] for name in ("reason",) if name in told.slots}
    return new_matter(ask, "cancel", order.id, **reason)
