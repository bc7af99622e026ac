"""Matters of one kind beside each other (先办这件，再办那件): one is asked about, the others wait and are named.

Several goods of an order, or several orders: nothing is done for two of them on one 「确认」, and none is forgotten.
"""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from xiaoer.kernel.commerce import Order
from xiaoer.kernel.decision import Act
from xiaoer.kernel.memory import Matter
from xiaoer.slices.policies.rules.matters import several
from xiaoer.slices.policies.rules.matters.moves import say
from xiaoer.slices.policies.types import Ask, Move

_TAKEN_UP = ("after_sale", "cancel", "change_address", "note", "change_item")  # `run.take_up`


def is_of_this_turn(ask: Ask, matter: Matter) -> bool:
    """Whether the matter began with an earlier part of this very message."""
    turn = ask.situation.turn
    return matter.id.startswith(f"{turn.conversation_id}:{turn.messages[0].id}:")


def in_turn(ask: Ask, matters: Sequence[Matter], order: Order, move: Move) -> Move:
    """The move, or these matters put aside when it would ask a second question beside that of an earlier part of this
    very message about another order."""
    asked = ask.memory.asked
    asks = move.act is not None and "asks" in move.act.slots
    if asked is None or not asks or asked.kind not in _TAKEN_UP or not is_of_this_turn(ask, asked):
        return move
    if asked.order_id in ("", order.id):
        return move
    memory, kept = ask.memory, [_of_lines(ask, matter, order) for matter in matters]
    for matter in kept:
        memory = memory.parking(matter)
    return Move(noted(ask, kept[0], order), memory=memory, matter=kept[0].id)


def more_of_it(ask: Ask, left: Matter, new: Matter, order: Order) -> Move | None:
    """Another part of an order that shall go, named in the same breath as the first: it follows when that is
    settled."""
    line = new.slots.get("line", "")
    if not line or line == left.slots.get("line", "") or not is_of_this_turn(ask, left):
        return None
    new = replace(new, id=f"{new.id}{line}")
    return Move(noted(ask, new, order), memory=ask.memory.parking(new), matter=new.id)


def _of_lines(ask: Ask, matter: Matter, order: Order) -> Matter:
    """The matter with the lines that the words name, since these words are gone when it is taken up."""
    lines = several.lines_named(ask.segment.text, order)
    if not lines or "line" in matter.slots or matter.kind != "after_sale":
        return matter
    return replace(matter, slots={**matter.slots, "line": several.as_one(lines, order).variant_id})


def noted(ask: Ask, matter: Matter, order: Order) -> Act:
    """That this is noted, and follows when the one before it is settled."""
    goods = several.goods_of(matter.slots.get("line", ""), order)
    goal = matter.slots.get("goal", "")
    return say(ask, "matter.noted", order, rule="matter.noted", next_kind=matter.kind, goal=goal, goods=goods)


def naming(acts: Sequence[Act]) -> list[Act]:
    """The acts, with the goods named that are asked about, when something else is put aside until they are settled."""
    if not any(act.template == "matter.noted" for act in acts):
        return list(acts)
    return [
        replace(act, slots={**act.slots, "goods": [act.slots["order"].items[0].title]})
        if act.type == "ask" and act.slots.get("goods") == [] and len(act.slots["order"].items) == 1
        else act
        for act in acts
    ]


def beside(ask: Ask, rest: Sequence[Matter], order: Order, first: Callable[[Ask], Move]) -> Move:
    """What `first` does, with the rest put aside and named; `order` is that of the first."""
    memory = ask.memory
    for matter in rest:
        memory = memory.parking(matter)
    move = first(replace(ask, memory=memory))
    if move.act is None or not rest:
        return move
    orders = {one.id: one for one in ask.facts.orders or ()}
    notes = tuple(noted(ask, matter, orders.get(matter.order_id, order)) for matter in rest)
    return replace(move, beside=notes)


def hearing(ask: Ask, words: str) -> Ask:
    """The ask with these of its words only, whatever the whole was heard as."""
    told = ask.segment.entities
    size, color, defect = (
        value if value and value.lower() in words.lower() else None for value in (told.size, told.color, told.defect)
    )
    entities = replace(told, size=size, color=color, defect=defect)
    return replace(ask, segment=replace(ask.segment, text=words, intent="after.part", entities=entities))
