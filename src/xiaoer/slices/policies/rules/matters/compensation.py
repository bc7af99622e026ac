"""Money for an annoyance (补偿, 返现): by the shop's own rule, else people decide, and no amount is named."""

import re

from xiaoer.slices.policies.rules.eligibility import FAULTS
from xiaoer.slices.policies.rules.matters import choosing, reading
from xiaoer.slices.policies.rules.matters.moves import done, new_matter, say, todo
from xiaoer.slices.policies.types import Ask, Move

_WOULD_BE = re.compile(r"赔不赔|赔吗|赔么|会赔|怎么赔|咋赔|赔多少|有赔")


def is_of_fault(ask: Ask) -> bool:
    """草莓烂了三分之一，赔钱: a fault of goods that have come, which is looked at like any other."""
    order = choosing.order_of(ask)
    has_come = order is not None and order.status in ("delivered", "completed")
    return has_come and reading.reason_of(ask.segment.text) in FAULTS


def start_compensation(ask: Ask) -> Move | None:
    """Compensation by the shop's own rule when the order is late; else people decide, and no amount is named."""
    order = choosing.order_of(ask)
    if order is None:
        return None
    promise, rule = order.promise_ship_at, ask.facts.terms.late_rule
    if rule and promise is not None and order.status == "paid" and ask.situation.now > promise:
        return Move(say(ask, "after.late_rule", order, late_rule=rule, promise=promise, rule="policy.late"))
    if promise is not None and ask.situation.now <= promise and _WOULD_BE.search(ask.segment.text):
        return None  # 48 小时不发赔不赔: what would be, of an order that is not late; the shop's texts tell
    matter = new_matter(ask, "compensation", order.id)
    wanted = todo(matter, "ticket", "complaint", about=ask.segment.text[:200])
    return done(ask, matter, wanted, order, "compensation")


_CASHBACK = re.compile(r"返现|(?:晒单|晒图|好评|评价).{0,6}(?:返|红包|有礼|奖励|登记)")


def is_of_cashback(text: str) -> bool:
    """Whether money back for a shown purchase or a good word is asked about, no offer of the engine's."""
    return _CASHBACK.search(text) is not None


def start_cashback(ask: Ask) -> Move | None:
    """Money back for a shown purchase (晒单返现): people check the picture; nothing is promised, nothing looked up."""
    if not is_of_cashback(ask.segment.text):
        return None
    if ask.facts.answerable.get(ask.index) and not ask.segment.entities.order_no:
        return None  # the shop's own words on its campaign
    order = choosing.order_of(ask)
    matter = new_matter(ask, "cashback", order.id if order else "")
    about = f"晒单返现核对：{ask.segment.text[:180]}"
    return done(ask, matter, todo(matter, "ticket", "callback", about=about), order, "cashback")
