"""Before shipping (发货前): cancel, change the address, leave a note; and what people must do (改规格, 合并).

Each is ask → confirm → done. Nothing is changed before the buyer agreed in so many words to what was read back to
him, and nothing is said to be changed before the shop's system told so. An order that was shipped meanwhile is told as
it is.
"""

import re

from msgspec.structs import replace

from xiaoer.kernel.commerce import Order
from xiaoer.kernel.decision import Need, Todo
from xiaoer.kernel.memory import MOST, Matter
from xiaoer.kernel.shop_facts import TicketBrief
from xiaoer.slices.policies.rules.matters import (
    apart,
    choosing,
    combining,
    lessening,
    reading,
    several,
    swap_words,
    swapping,
)
from xiaoer.slices.policies.rules.matters.moves import done, new_matter, question, say, todo
from xiaoer.slices.policies.types import Ask, Move

_CHANGEABLE = ("paid", "unpaid")
_SENT = ("shipped", "delivered", "completed")
KINDS = ("cancel", "change_address", "note", "change_item", "combine")
BY_INTENT = {
    "order.cancel": "cancel",
    "order.change_address": "change_address",
    "order.note": "note",
    "order.change_item": "change_item",
    "order.combine": "combine",
}
# 改好没, 赶紧的: of what was registered, no new wish
_TELLS_WISH = re.compile(r"[改换](?!好|完|了没|了吗|没)")


def start(ask: Ask, kind: str) -> Move | None:
    """Begin one of these matters, or take it up where it was left; None when no order bears on it."""
    left = ask.memory.of_kind(kind)
    if left is not None and (order := choosing.by_id(ask, left.order_id)) and not choosing.names_another(ask, order.id):
        new = _heard(ask, new_matter(ask, kind, order.id)) if kind == "cancel" else left
        return apart.more_of_it(ask, left, new, order) or _next(ask, _heard(ask, left), order)
    if kind == "combine" and (together := combining.start(ask)) is not None:
        return together
    found, orders = choosing.choose(_without_note(ask) if kind == "note" else ask, _CHANGEABLE)
    if found == "none":
        return None
    fitting = tuple(order for order in ask.facts.orders or () if order.status in _CHANGEABLE)
    if kind == "cancel" and len(fitting) > 1 and several.means_all_orders(ask.segment.text):
        first, *rest = (_heard(ask, new_matter(ask, kind, order.id)) for order in fitting[:MOST])
        return apart.beside(ask, rest, fitting[0], lambda ask: _next(ask, first, fitting[0]))
    if found == "which":
        matter = new_matter(ask, kind, asks="which", said=ask.said[:300])
        return question(ask, matter, f"{kind}.which", options=choosing.titles(orders))
    order = orders[0]
    matter = _heard(ask, new_matter(ask, kind, order.id))
    return apart.in_turn(ask, (matter,), order, _next(ask, matter, order))


def _without_note(ask: Ask) -> Ask:
    """The words without the note itself: 放门口 names no 门口鞋柜."""
    text = ask.segment.text.replace(reading.note_of(ask.segment.text), "")
    return replace(ask, segment=replace(ask.segment, text=text))


def resume(ask: Ask, matter: Matter) -> Move | None:
    """Take up what was put aside."""
    order = choosing.by_id(ask, matter.order_id)
    return _next(ask, matter, order) if order is not None else None


def go_on(ask: Ask, matter: Matter) -> Move | None:
    """The buyer answers what was asked for; None when these words do not answer it."""
    if matter.asks == "which":
        _, orders = choosing.choose(ask, _CHANGEABLE)
        fitting = tuple(o for o in ask.facts.orders or () if o.status in _CHANGEABLE)[:5] if len(orders) < 2 else orders
        order = choosing.picked(ask, fitting)
        if order is None:
            again = reading.is_yes(ask.segment.text) and fitting
            return question(ask, matter, f"{matter.kind}.which", options=choosing.titles(fitting)) if again else None
        return _next(ask, _heard(ask, replace(matter, order_id=order.id, asks="")), order)
    order = choosing.by_id(ask, matter.order_id)
    if order is None:
        return None
    if matter.asks == "confirm":
        insists = matter.kind == "cancel" and reading.cancels(ask.segment.text)
        if reading.is_yes(ask.segment.text) or reading.is_yes(ask.said) or insists:
            return _next(ask, replace(matter, asks="", slots={**matter.slots, "yes": "1"}), order)
        if reading.is_no(ask.segment.text):
            return Move(say(ask, "matter.dropped", order), memory=ask.memory.without(matter.id))
        if reading.asks_of_it(ask.segment.text):
            return _next(ask, matter, order)
    if matter.kind == "change_item":
        return swapping.next_step(ask, matter, order) or _pieces(ask, matter, order)
    heard = _heard(ask, matter)
    return _next(ask, heard, order) if heard.slots != matter.slots else None


def _heard(ask: Ask, matter: Matter) -> Matter:
    """The matter with what these words tell about it."""
    said = ask.said if len(ask.situation.heard.segments) == 1 or matter.asks == "address" else ask.segment.text
    earlier = matter.slots.get("said", "")
    slots = {name: value for name, value in matter.slots.items() if name not in ("said", "yes")}
    match matter.kind:
        case "change_address":
            slots |= reading.contact_of(ask.said)
            slots |= reading.address_of(said) or reading.address_of(ask.said) or reading.address_of(earlier)
        case "note":
            note = reading.note_of(ask.segment.text) or reading.note_of(earlier)
            if not note and matter.asks == "note" and ask.is_free and len(ask.segment.text.strip()) >= 2:
                note = ask.segment.text.strip()[:100]
            if note:
                slots["note"] = note
        case "change_item":
            if earlier:
                slots["told"] = earlier
        case "combine":
            slots["wish"] = combining.wish_in(said + earlier)
        case _:
            reason = reading.reason_of(said)
            if reason:
                slots["reason"] = reason
            order = choosing.by_id(ask, matter.order_id)
            slots |= lessening.heard(earlier or ask.segment.text, order) if order is not None else {}
    return replace(matter, slots=slots)


def _next(ask: Ask, matter: Matter, order: Order) -> Move:
    """The next step: what cannot be, what is still to be asked, the confirmation, or the deed."""
    confirmed = "yes" in matter.slots  # then the shop's system tells, also when this turn is decided a second time
    if order.status in _SENT and not confirmed:
        return _too_late(ask, matter, order)
    if order.status == "unknown" and not confirmed:
        return Move(say(ask, "order.unclear_state", order, type_="fallback"), memory=ask.memory.without(matter.id))
    if order.status not in _CHANGEABLE and not confirmed:
        template = "order.closed" if order.status == "closed" else "order.in_after_sale"
        return Move(say(ask, template, order), memory=ask.memory.without(matter.id))
    match matter.kind:
        case "cancel":
            return _cancel(ask, matter, order)
        case "change_address":
            return _address(ask, matter, order)
        case "note":
            return _note(ask, matter, order)
        case _:
            return _by_people(ask, matter, order)


def _too_late(ask: Ask, matter: Matter, order: Order) -> Move:
    """Shipped already: say so, and offer what the trade has for it (拦截, 退换)."""
    memory = ask.memory.without(matter.id)
    if order.status != "shipped":
        return Move(say(ask, f"{matter.kind}.received", order), memory=memory)
    if matter.kind in ("cancel", "change_address"):
        wish = "拦截退回" if matter.kind == "cancel" else "改送新地址"
        next_ = new_matter(ask, "redirect", order.id, asks="confirm", wish=wish, **_only(matter, "address", "phone"))
        return question(replace(ask, memory=memory), next_, f"{matter.kind}.shipped", order, wish=wish)
    return Move(say(ask, f"{matter.kind}.shipped", order), memory=memory)


def _only(matter: Matter, *names: str) -> dict[str, str]:
    return {name: matter.slots[name] for name in names if name in matter.slots}


def _cancel(ask: Ask, matter: Matter, order: Order) -> Move:
    if (part := lessening.part_of(matter, order)) is not None:
        return lessening.next_step(ask, matter, order, part)
    if "yes" not in matter.slots:
        template = "cancel.confirm_unpaid" if order.status == "unpaid" else "cancel.confirm"
        return question(ask, replace(matter, asks="confirm"), template, order, amount=order.pay_amount)
    wanted = todo(matter, "action", "cancel", reason=matter.slots.get("reason", "不想要"))
    outcome = ask.facts.outcomes.get(wanted.id)
    prefix = "cancel" if outcome is None or outcome.status != "closed" else "cancel_unpaid"
    return done(ask, matter, wanted, order, prefix)


def _address(ask: Ask, matter: Matter, order: Order) -> Move:
    slots = matter.slots
    if "address" not in slots and (slots.get("phone") or slots.get("receiver")):
        return _contact(ask, matter, order)
    if "address" not in slots:
        return question(ask, replace(matter, asks="address"), "change_address.ask", order)
    if "yes" not in slots:
        new = {"new_address": slots["address"], "new_receiver": slots.get("receiver", "")}
        return question(
            ask,
            replace(matter, asks="confirm"),
            "change_address.confirm",
            order,
            **new,
            new_phone=slots.get("phone", ""),
        )
    wanted = todo(
        matter,
        "action",
        "change_address",
        address=slots["address"],
        receiver=slots.get("receiver", ""),
        phone=slots.get("phone", ""),
    )
    return done(ask, matter, wanted, order, "change_address", new_address=slots["address"])


def _contact(ask: Ask, matter: Matter, order: Order) -> Move:
    """Another phone or receiver at the same address: people do it; the whole number stays in the talk."""
    phone, receiver = matter.slots.get("phone", ""), matter.slots.get("receiver", "")
    wish = (
        f"收货电话改成 {phone[:3]}****{phone[-4:]}（完整号码见会话）"
        if phone
        else f"收货人改成 {receiver[:1]}**（全名见会话）"
    )
    return done(
        ask, matter, todo(matter, "ticket", "change_order", wish=wish), order, "contact", wish=wish.partition("（")[0]
    )


def _note(ask: Ask, matter: Matter, order: Order) -> Move:
    note = matter.slots.get("note", "")
    if not note:
        return question(ask, replace(matter, asks="note"), "note.ask", order)
    if "yes" not in matter.slots:
        return question(ask, replace(matter, asks="confirm"), "note.confirm", order, note=note)
    return done(ask, matter, todo(matter, "action", "change_note", note=note), order, "note", note=note)


def _by_people(ask: Ask, matter: Matter, order: Order) -> Move:
    """No shop system changes lines or parcels of a paid order safely: people do, with the facts filled in."""
    if order.status == "unpaid":
        return Move(say(ask, "order.unpaid_change", order), memory=ask.memory.without(matter.id))
    if matter.kind == "change_item":
        return _item(ask, matter, order)
    wish = matter.slots["wish"]
    wanted: Todo = todo(matter, "ticket", "change_order", wish=wish)
    goods = [item.title for item in order.items[:MOST]]
    return done(ask, matter, wanted, order, matter.kind, wish=wish, goods=goods)


def _item(ask: Ask, matter: Matter, order: Order) -> Move:
    """Another spec, another number of pieces; what was registered before; else the question what it shall be."""
    if (move := swapping.next_step(ask, matter, order)) is not None:
        return move
    if (move := _pieces(ask, matter, order)) is not None:
        return move
    if _TELLS_WISH.search(ask.segment.text) is None:
        need = Need("tickets", ask.index)
        if ask.facts.tickets is None and need not in ask.facts.asked:
            return Move(needs=(need,))
        if (known := _open_ticket(ask, order)) is not None:
            memory = ask.memory.without(matter.id)
            return Move(say(ask, "change_item.open", order, no=known.no, due=known.due_at), memory=memory)
    return question(ask, replace(matter, asks="wish"), "change_item.ask", order)


def _pieces(ask: Ask, matter: Matter, order: Order) -> Move | None:
    """Fewer pieces are a part that is cancelled; more of them are another order. None where no number is told."""
    words = f"{matter.slots.get('told', '')}\n{ask.segment.text}"
    told = swap_words.read(words, (), None)
    if not (told.counts or told.only > 1):
        return None
    gone = ask.memory.without(matter.id)
    slots = lessening.heard(words, order)
    line = several.of_ids(slots.get("line", ""), order) or (order.items[0] if len(order.items) == 1 else None)
    if told.more or (line is not None and max(told.left, told.only) > line.quantity):
        return Move(say(ask, "change_item.more", order), memory=gone)
    if "count" not in slots and line is None:
        return None
    cancel = new_matter(ask, "cancel", order.id, **slots)
    left = gone.of_kind("cancel")
    follows = apart.more_of_it(replace(ask, memory=gone), left, cancel, order) if left is not None else None
    return follows or _cancel(replace(ask, memory=gone), cancel, order)


def _open_ticket(ask: Ask, order: Order) -> TicketBrief | None:
    """What is registered for this order already and not done yet."""
    tickets = ask.facts.tickets or ()
    mine = (one for one in tickets if one.type == "change_order" and one.order_id == order.id)
    return next((one for one in mine if one.state not in ("done", "closed")), None)
