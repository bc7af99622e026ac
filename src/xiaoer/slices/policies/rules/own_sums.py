"""Sums of the buyer's own orders (自己订单的账): what is still to be paid, and what comes back in all.

What an unpaid order costs is what it says; a coupon that would make it cheaper counts only for an order placed anew, so
it is told as that. Amounts come from the orders, their refunds and the engine.
"""

import re

from xiaoer.kernel.commerce import Order
from xiaoer.kernel.decision import Act, Need
from xiaoer.kernel.money import Money
from xiaoer.slices.policies.rules.matters import choosing
from xiaoer.slices.policies.rules.matters.moves import say
from xiaoer.slices.policies.rules.refunds import is_over, newest
from xiaoer.slices.policies.rules.sources import order_source
from xiaoer.slices.policies.types import Ask, Move

_UNPAID = re.compile(r"(?:未|没有?|待|还没)付(?:款|钱)?|没给钱")
_OF_ALL = re.compile(r"一共|总共|合计|加起来|[几哪][个些]|都有|多少[个单]")
_ALL_BACK = re.compile(
    r"(?:一共|总共|加起来|合计|[两俩三几]个|都|全部)[^，。]{0,6}退[^，。]{0,4}(?:多少|几)|退[^，。]{0,5}(?:一共|总共)"
)
_OF_REFUND = ("after.refund_progress", "after.progress", "after.refund_only", "after.return")
_OF_PRICE = ("price.query", "promo.coupon")
_BARE = re.compile(r"到手|(?:一共|总共|要|得|该|还要)?(?:付|给)?多少(?:钱)?|能便宜|便宜")


def answer(ask: Ask) -> Move | None:
    """One of these sums; None when the words ask for none, or no own order bears on it."""
    orders = ask.facts.orders or ()
    unpaid = tuple(order for order in orders if order.status == "unpaid" and not order.currency)
    text, intent = ask.segment.text, ask.segment.intent
    if intent.startswith("order.") and unpaid and _UNPAID.search(text) and _OF_ALL.search(text):
        return Move(_of_several(ask, "order.unpaid_sum", [(order, order.pay_amount) for order in unpaid]))
    if intent in _OF_REFUND and _ALL_BACK.search(text):
        open_ = [
            (order, refund.amount)
            for order in orders
            if (refund := newest(order)) and not is_over(refund) and refund.amount.fen
        ]
        return Move(_of_several(ask, "refund.sum", open_)) if len(open_) > 1 else None
    if intent == "price.query" and ask.product_id is None and _BARE.search(text):
        order = choosing.by_id(ask, ask.told_of or ask.memory.order_id)
        return _to_pay(ask, order) if order is not None and order in unpaid else None
    return None


def _of_several(ask: Ask, template: str, rows: list[tuple[Order, Money]]) -> Act:
    total = Money(sum(amount.fen for _, amount in rows))
    told = [
        [order.items[0].title if order.items else "", order.id[-6:], order.status, order.raw_status, amount]
        for order, amount in rows
    ]
    sources = tuple(order_source(order) for order, _ in rows)
    return say(ask, template, type_="lookup", rule="order.sum", sources=sources, orders=told, amount=total)


def _to_pay(ask: Ask, order: Order) -> Move:
    """What is to be paid of an unpaid order, and what it would be with a coupon that may still be taken."""
    key = ",".join(f"{item.variant_id}*{item.quantity}" for item in order.items)
    need = Need("priced", ask.index, key)
    if key not in ask.facts.priced and need not in ask.facts.asked:
        return Move(needs=(need,))
    priced = ask.facts.priced.get(key)
    claim = priced.claim if priced is not None else None
    if claim is None or claim.payable >= order.pay_amount:
        return Move(say(ask, "order.to_pay_sum", order, type_="lookup", amount=order.pay_amount))
    return Move(
        say(
            ask,
            "order.to_pay_claim",
            order,
            type_="lookup",
            amount=order.pay_amount,
            coupon=claim.title,
            payable=claim.payable,
        )
    )
