"""After-sales (售后): return, exchange, refund only, repair, resend, from the first word to the request itself.

The order of steps is the trade's: which order, which item, why, what the buyer wants instead, whether law and shop
allow it (`rules/eligibility.py`), the picture when something must be shown, the amount from the engine, the
confirmation, then the request. Nothing is promised before the reason is known: it decides freight and evidence.
"""

from typing import Any, cast

from msgspec.structs import replace

from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.commerce import Order, OrderItem
from xiaoer.kernel.decision import Need
from xiaoer.kernel.memory import Matter
from xiaoer.kernel.money import Money
from xiaoer.slices.policies.rules import parcels, refunds
from xiaoer.slices.policies.rules.eligibility import (
    FAULTS,
    Goal,
    Verdict,
    decide_eligibility,
    is_never_returned,
    last_day,
)
from xiaoer.slices.policies.rules.matters import apart, before_receipt, changes, choosing, exchanging, reading, several
from xiaoer.slices.policies.rules.matters.after_sale_words import heard
from xiaoer.slices.policies.rules.matters.moves import done, new_matter, question, say, todo
from xiaoer.slices.policies.types import Ask, Move

KINDS = ("after_sale",)
_STATES = ("delivered", "completed")
_EARLIER = ("paid", "shipped", "delivered")
_BEFORE_IT_COMES = ("不想要", "未按时发货", "快递问题", "价格")
_TICKET_OF = {
    "return": "return",
    "exchange": "exchange",
    "refund_only": "refund",
    "repair": "repair",
    "resend": "resend",
}
_KIND_OF = {"return": "return_refund", "exchange": "exchange", "refund_only": "refund_only"}


def start(ask: Ask) -> Move | None:
    """Begin an after-sale matter, or take it up again; None when no order bears on it."""
    left = ask.memory.of_kind("after_sale")
    order = choosing.by_id(ask, left.order_id) if left is not None else None
    if left is not None and order is not None and not choosing.names_another(ask, order.id):
        if not exchanging.is_of_another(ask, left, order):
            return _next(ask, heard(ask, left), order)
        if apart.is_of_this_turn(ask, left):
            return _after(ask, left, order)
        kept = ask.memory.without(left.id) if reading.corrects(ask.segment.text) else ask.memory.parking(left)
        ask = replace(ask, memory=kept)
    matter = heard(ask, new_matter(ask, "after_sale"))
    found, orders = choosing.choose(ask, _states(matter))
    if found == "none":
        return None
    if found == "which":
        return question(ask, replace(matter, asks="which"), "after_sale.which", options=choosing.titles(orders))
    first, *rest = _parts(ask, orders[0]) or [replace(matter, id=f"{matter.id}{orders[0].id}", order_id=orders[0].id)]
    move = apart.beside(ask, rest, orders[0], lambda ask: _next(ask, first, orders[0]))
    return apart.in_turn(ask, (first, *rest), orders[0], move)


def _after(ask: Ask, left: Matter, order: Order) -> Move:
    """Other goods of an order, in one breath with those that are asked about: taken together where the same is wanted
    of them for the same reason, else after them."""
    named = several.as_one(several.lines_named(ask.segment.text, order), order)
    new = heard(ask, new_matter(ask, "after_sale", order.id))
    new = replace(new, id=f"{new.id}{named.variant_id}", slots={**new.slots, "line": named.variant_id})
    if _sort(new) == _sort(left):
        lines = several.lines_of(f"{left.slots.get('line', '')},{named.variant_id}", order)
        both = several.as_one(lines, order).variant_id
        return _next(ask, replace(left, slots={**left.slots, "line": both}), order)
    return Move(apart.noted(ask, new, order), memory=ask.memory.parking(new), matter=new.id)


def _parts(ask: Ask, order: Order) -> list[Matter]:
    """One matter for each part of the words that wants something of its own of other goods; none where one does."""
    parts = several.parts_of(ask.segment.text, order) if len(order.items) > 1 else []
    whole, found = heard(ask, new_matter(ask, "after_sale", order.id)), []
    for ids, words in parts:
        part = heard(apart.hearing(ask, words), new_matter(ask, "after_sale", order.id))
        slots = {**part.slots, "line": ids}
        if "goal" in whole.slots:
            slots.setdefault("goal", whole.slots["goal"])
        found.append(replace(part, id=f"{part.id}{ids}", slots=slots))
    apart_ = len({_sort(part) for part in found}) > 1
    return found if apart_ or (len(found) == 1 and several.spares(ask.segment.text)) else []


def _sort(matter: Matter) -> tuple[str, str]:
    """What is wanted, and the reason as far as it decides freight and evidence."""
    reason = matter.slots.get("reason", "")
    return matter.slots.get("goal", ""), "fault" if reason in FAULTS else reason


def resume(ask: Ask, matter: Matter, is_open: bool) -> Move | None:
    """Take up what was put aside. `is_open`: the order has another request now, so people see to this one."""
    order = choosing.by_id(ask, matter.order_id)
    if order is None:
        return None
    beside = is_open or order.status in ("refunding", "refunded")
    slots = {**matter.slots, **({"beside": "1"} if beside else {})}
    return _next(apart.hearing(ask, matter.slots.get("about", "")), replace(matter, slots=slots), order)


def tell_window(ask: Ask) -> Move | None:
    """Until when the order that is meant may go back without a reason; None without one that has come."""
    order, terms = choosing.order_of(ask), ask.facts.terms
    if order is None or order.delivered_at is None or order.status not in _STATES:
        return None
    limit, signed = last_day(order.delivered_at, terms), order.delivered_at.astimezone(SHOP_ZONE).date()
    in_time = ask.situation.now.astimezone(SHOP_ZONE).date() <= limit
    template = "after_sale.window" if in_time else "after_sale.window_over"
    return Move(say(ask, template, order, rule="law.25.clock", limit=limit, signed=signed, days=terms.days))


def go_on(ask: Ask, matter: Matter) -> Move | None:
    """The buyer answers what was asked for; None when these words do not answer it."""
    if matter.asks == "which":
        states = _states(matter)
        _, orders = choosing.choose(ask, states)
        fitting = tuple(o for o in ask.facts.orders or () if o.status in states)[:5] if len(orders) < 2 else orders
        options = choosing.titles(fitting)
        picked = reading.choice_of(ask.segment.text, options)
        named = next((o for o in fitting if o.id == ask.segment.entities.order_no), None)
        order = named or (fitting[options.index(picked)] if picked else None)
        return _next(ask, replace(matter, order_id=order.id, asks=""), order) if order else None
    order = choosing.by_id(ask, matter.order_id)
    if order is None or (matter.asks != "item" and exchanging.is_of_another(ask, matter, order)):
        return None
    if matter.asks == "confirm":
        if reading.is_yes(ask.segment.text):
            return _next(ask, replace(matter, asks="", slots={**matter.slots, "yes": "1"}), order)
        if reading.is_no(ask.segment.text):
            return Move(say(ask, "matter.dropped", order), memory=ask.memory.without(matter.id))
        if reading.asks_of_it(ask.segment.text):
            return _next(ask, matter, order)
    told = heard(ask, matter)
    if told.slots == matter.slots and not reading.is_yes(
        ask.segment.text
    ):  # a yes to another question: it is asked again
        return None
    return _next(ask, told, order)


def _states(matter: Matter) -> tuple[str, ...]:
    """不想要了，退钱 may be about what has not come yet; a fault, or what was worn, is about what has."""
    slots = matter.slots
    unwanted = slots.get("goal") in ("return", "refund_only") and slots.get("reason") in _BEFORE_IT_COMES
    return _EARLIER if unwanted and not choosing.has_it(slots.get("about", "")) else _STATES


def _next(ask: Ask, matter: Matter, order: Order) -> Move:
    gone = ask.memory.without(matter.id)
    if "yes" in matter.slots:  # the shop's system tells, also when this turn is decided a second time
        return _for_item(ask, matter, order)
    if order.status == "unknown":
        return Move(say(ask, "order.unclear_state", order, type_="fallback"), memory=gone)
    if order.status == "unpaid" and matter.slots.get("goal") == "exchange":
        return Move(say(ask, "order.unpaid_change", order), memory=gone)
    if order.status in ("unpaid", "closed"):
        return Move(say(ask, "after.not_received", order), memory=gone)
    if order.status == "paid":
        goal, reason = matter.slots.get("goal"), matter.slots.get("reason")
        kind = (
            "change_item" if goal == "exchange" or (reason == "尺码" and goal != "return") else "cancel"
        )  # 裤子拍大了
        return changes.start(replace(ask, memory=replace(gone, order_id=order.id)), kind) or Move(memory=gone)
    if order.status == "shipped" and choosing.says_it_came(matter.slots.get("about", "")):
        return _for_item(ask, matter, replace(order, delivered_at=order.delivered_at or ask.situation.now))
    if order.status == "shipped" and order.shipments and parcels.is_stuck(order.shipments[-1], ask.situation.now):
        type_ = "resend" if matter.slots.get("goal") in ("exchange", "resend") else "refund"
        return _people(ask, matter, order, type_, "快递问题")  # lost on its way: the shop's risk until it is signed for
    if order.status == "shipped" and before_receipt.is_returning(order):
        asking = before_receipt.ask_which_way(ask, matter, order)
        return asking or _people(ask, matter, order, before_receipt.type_of(matter), "快递问题")
    if order.status == "shipped":
        return Move(before_receipt.tell(ask, matter, order), memory=gone)
    if order.status in ("refunding", "refunded") and "beside" not in matter.slots:
        return Move(refunds.tell_refund(ask, order), memory=gone)
    return _for_item(ask, matter, order)


def _for_item(ask: Ask, matter: Matter, order: Order) -> Move:
    item = exchanging.item_of(ask, matter, order)
    if item is None:
        options = [line.title for line in order.items[:5]]
        return question(ask, replace(matter, asks="item"), "after_sale.item", order, options=options)
    if len(order.items) > 1:
        matter = replace(matter, slots={**matter.slots, "line": item.variant_id})
    key = f"of:{item.variant_id}"
    if Need("product", ask.index, key) not in ask.facts.asked and key not in ask.facts.products:
        return Move(needs=(Need("product", ask.index, key), Need("variants", ask.index, key)))
    return _judged(ask, matter, order, item, key)


def _judged(ask: Ask, matter: Matter, order: Order, item: OrderItem, key: str) -> Move:
    slots, terms = matter.slots, ask.facts.terms
    limit = last_day(order.delivered_at, terms) if order.delivered_at else None
    if "reason" not in slots and slots.get("goal") != "repair":
        today = ask.situation.now.astimezone(SHOP_ZONE).date()
        in_time = limit is not None and today <= limit
        never = is_never_returned(item, ask.facts.products.get(key), terms)
        fresh = "reason_spoilt" if "spoilt" in slots else "reason"
        template = "never" if never else fresh if in_time else "reason_late"
        told: dict[str, Any] = {
            "limit": limit,
            "days": terms.days,
            "goods": several.goods_of(slots.get("line", ""), order),
        }
        return question(ask, replace(matter, asks="reason"), f"after_sale.{template}", order, **told)
    reason, goal = slots.get("reason", "质量"), cast(Goal, slots.get("goal", ""))
    if reason == "假货":
        return _people(ask, matter, order, "complaint", reason)
    if not goal:
        goods = several.goods_of(slots.get("line", ""), order)
        return question(ask, replace(matter, asks="goal"), "after_sale.goal", order, reason_words=reason, goods=goods)
    product = ask.facts.products.get(key)
    sealed = {"1": True, "0": False}.get(slots.get("sealed", ""))
    verdict = decide_eligibility(
        goal,
        reason,
        item,
        product,
        order.delivered_at,
        terms,
        ask.situation.now,
        sealed,
        spoilt="spoilt" in slots,
    )
    if verdict.may == "ask_sealed":
        return question(ask, replace(matter, asks="sealed"), "after_sale.sealed", order)
    if verdict.may == "no":
        act = say(ask, f"after_sale.{verdict.why}", order, rule=verdict.rule, limit=limit, days=terms.days)
        return Move(act, memory=ask.memory.without(matter.id), matter=matter.id)
    if goal == "exchange":
        step = exchanging.stepped(ask, matter, order, item, key)
        if isinstance(step, Move):
            return step
        if (move := exchanging.ask_wish(ask, step, order, key)) is not None:
            return move
        matter, slots = step, step.slots
    if verdict.photo and "photo" not in slots:
        goods = several.goods_of(slots.get("line", ""), order)
        return question(ask, replace(matter, asks="photo"), "after_sale.photo", order, rule=verdict.rule, goods=goods)
    if verdict.may == "people" or goal in ("repair", "resend"):
        return _people(ask, matter, order, _TICKET_OF[goal], reason)
    return _request(ask, matter, order, item, verdict)


def _people(ask: Ask, matter: Matter, order: Order, type_: str, reason: str) -> Move:
    slots = matter.slots
    data = {"reason": reason, "about": slots.get("about", ask.segment.text)[:200], "photo": slots.get("photo", "")}
    data |= {"fault": data["about"], "missing": data["about"], "wish": slots.get("wish", "")}
    wanted = todo(matter, "ticket", type_, **data)
    goods = several.goods_of(slots.get("line", ""), order)
    return done(ask, matter, wanted, order, "after_sale_ticket", goal=slots.get("goal", ""), goods=goods)


def _request(ask: Ask, matter: Matter, order: Order, item: OrderItem, verdict: Verdict) -> Move:
    """The amount, the confirmation, and the request itself."""
    slots, terms, goal = matter.slots, ask.facts.terms, matter.slots["goal"]
    if "beside" in slots:
        return _people(ask, matter, order, _TICKET_OF[goal], slots["reason"])
    amount = Money(0)
    if goal != "exchange":
        key = f"{order.id}|{exchanging.counted(item, order)}"
        if key not in ask.facts.refundable:
            need = Need("refundable", ask.index, key)
            if need not in ask.facts.asked:
                return Move(needs=(need,))
            return _people(ask, matter, order, _TICKET_OF[goal], slots["reason"])
        amount = ask.facts.refundable[key]
    if goal == "refund_only" and amount > Money.from_yuan(terms.refund_only_limit):
        return _people(ask, matter, order, "refund", slots["reason"])
    told: dict[str, Any] = {
        "freight": verdict.freight,
        "insurance": terms.freight_insurance,
        "wish": slots.get("wish", ""),
    }
    told["goods"] = several.goods_of(item.variant_id, order)
    if item.quantity > 1 or "#" in exchanging.counted(item, order):
        told |= {"goods": [item.title], "pieces": item.quantity}
    if "yes" not in slots:
        return question(ask, replace(matter, asks="confirm"), f"after_sale.confirm_{goal}", order, rule=verdict.rule,
                        amount=amount, **told)  # fmt: skip
    wanted = todo(
        matter,
        "action",
        "open_after_sale",
        kind=_KIND_OF[goal],
        reason=slots["reason"],
        amount_fen=str(amount.fen),
        variant_id=item.variant_id,
        quantity=exchanging.counted(item, order).partition("#")[2],
        wish=slots.get("wish", ""),
        photo=slots.get("photo", ""),
    )
    told |= {"goal": goal, "return_address": terms.return_address, "hours": terms.review_within_hours}
    return done(ask, matter, wanted, order, "after_sale", **told)
