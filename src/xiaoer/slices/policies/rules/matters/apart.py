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


def is_of_this_turn(ask: Ask, matter: Matter) -> bool:
    """Whether the matter began with an earlier part of this very message."""
    turn = ask.situation.turn
    return matter.id.startswith(f"{turn.conversation_id}:{turn.messages[0].id}:")


def noted(ask: Ask, matter: Matter, order: Order) -> Act:
    """That this is noted, and follows when the one before it is settled."""
    goods = several.goods_of(matter.slots.get("line", ""), order)
    goal = matter.slots.get("goal", "")
    return say(ask, "matter.noted", order, rule="matter.noted", next_kind=matter.kind, goal=goal, goods=goods)


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
