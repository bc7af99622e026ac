"""Long numbers that are goods (商品编号), not orders: 「商品ID 100188628450」, or a link to a goods page.

Platforms give goods and orders numbers of one length, so what a number is cannot be heard. One that is no order of the
buyer's is looked for among the goods before a proof is asked for it.
"""

import re

from msgspec.structs import replace

from xiaoer.kernel.decision import Need
from xiaoer.slices.policies.types import Ask, Move

_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{5,19}(?![0-9A-Za-z])")
_SENT_BACK = re.compile(r"寄(?:出|回|走|过去|给你)|退(?:货|回)")
_OF_PARCELS = re.compile(r"快递|运单|物流|包裹|派送|签收|驿站")
_MOST = 4  # goods of one question


def as_meant(ask: Ask) -> Ask:
    """The question with a number that is of no parcel of the buyer's taken for what it is: the parcel of goods that he
    sends back (退货寄出去了，运单号…), or an order (亲戚下的单，单号…)."""
    entities, text = ask.segment.entities, ask.segment.text
    number, orders = entities.waybill_no, ask.facts.orders
    if not number or orders is None or any(s.waybill_no == number for order in orders for s in order.shipments):
        return ask
    if ask.segment.intent.startswith("after.") and _SENT_BACK.search(text):
        entities = replace(entities, waybill_no=None)
    elif number.isdigit() and not _OF_PARCELS.search(text):
        entities = replace(entities, waybill_no=None, order_no=number)
    return replace(ask, segment=replace(ask.segment, entities=entities))


def _candidates(ask: Ask) -> tuple[str, ...]:
    own = {order.id for order in ask.facts.orders or ()}
    said = [ask.segment.entities.order_no or "", *_NUMBER.findall(ask.segment.text)]
    return tuple(dict.fromkeys(number for number in said if number and number not in own))[:_MOST]


def look_up(ask: Ask) -> Move | None:
    """Read whether a number that is no order of the buyer's is a product; None when that is known or there is none."""
    if not ask.segment.entities.order_no or ask.facts.orders is None:
        return None
    wanted = [
        need for id_ in _candidates(ask) for need in (Need("product", ask.index, id_), Need("variants", ask.index, id_))
    ]
    missing = tuple(need for need in wanted if need not in ask.facts.asked)
    return Move(needs=missing) if missing else None


def as_goods(ask: Ask) -> Ask:
    """The question with the goods that its numbers name; unchanged when they name none."""
    if not ask.segment.entities.order_no:
        return ask
    known = tuple(id_ for id_ in _candidates(ask) if id_ in ask.facts.products)
    if not known or ask.segment.entities.order_no not in known:
        return ask
    entities = replace(ask.segment.entities, order_no=None, product_ids=known)
    return replace(ask, segment=replace(ask.segment, entities=entities), product_id=known[0])
