"""Goods that have not come yet (签收前的售后): what can be done while they are on their way here or back.

One of several goods cannot be refused alone, and for an exchange they must be tried first. A parcel that comes back is
sent anew or paid back, whichever the buyer wants; people see to it.
"""

import re

from msgspec.structs import replace

from xiaoer.kernel.commerce import Order
from xiaoer.kernel.decision import Act
from xiaoer.kernel.memory import Matter
from xiaoer.kernel.parcels import Stage, stage_of
from xiaoer.slices.policies.rules.matters import exchanging
from xiaoer.slices.policies.rules.matters.moves import question, say
from xiaoer.slices.policies.types import Ask, Move

_EITHER = re.compile(r"发[^，。]{0,4}还是[^，。]{0,4}退|退[^，。]{0,4}还是[^，。]{0,4}发")


def tell(ask: Ask, matter: Matter, order: Order) -> Act:
    """What can be done of goods on their way to her."""
    part = exchanging.named_in(ask.segment.text, order) if len(order.items) > 1 else None
    days = ask.facts.terms.days
    if matter.slots.get("goal") == "exchange":
        return say(ask, "after.before_receipt_exchange", order, days=days)
    if part is not None and part.variant_id != "*":
        return say(ask, "after.before_receipt_part", order, days=days, goods=[part.title])
    return say(ask, "after.before_receipt", order)


def is_returning(order: Order) -> bool:
    """Whether the parcel is on its way back."""
    return bool(order.shipments) and stage_of(order.shipments[-1]) is Stage.RETURNING


def ask_which_way(ask: Ask, matter: Matter, order: Order) -> Move | None:
    """Anew or the money, of a parcel that comes back; None once it is told."""
    if "goal" in matter.slots and not _EITHER.search(ask.segment.text):
        return None
    return question(ask, replace(matter, asks="goal"), "after_sale.returning", order)


def type_of(matter: Matter) -> str:
    """The ticket for what was chosen."""
    return "resend" if matter.slots.get("goal") in ("exchange", "resend") else "refund"
