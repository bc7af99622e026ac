"""Small parts that every matter is made of: its id, what is said about an order, and what an outcome becomes."""

from typing import Any

from xiaoer.kernel.commerce import Order
from xiaoer.kernel.decision import Act, ActType, Source, Todo, TodoKind
from xiaoer.kernel.memory import Matter
from xiaoer.kernel.shop_facts import Outcome
from xiaoer.slices.policies.rules.sources import order_source
from xiaoer.slices.policies.types import Ask, Move

# what people are at already is told so, not registered in the same words once more
_TOLD_AGAIN = ("urge", "urge_late", "stuck", "hasten", "lost", "unscanned")


def new_matter(ask: Ask, kind: str, order_id: str = "", asks: str = "", **slots: str) -> Matter:
    """A matter that begins with this turn; begun again in the same turn it is the same."""
    turn = ask.situation.turn
    return Matter(f"{turn.conversation_id}:{turn.messages[0].id}:{kind}:{order_id}", kind, order_id, asks, slots)


def say(
    ask: Ask,
    template: str,
    order: Order | None = None,
    *,
    type_: ActType = "answer",
    rule: str = "",
    sources: tuple[Source, ...] = (),
    **slots: Any,
) -> Act:
    """One act about this segment, and about `order` when there is one."""
    if order is not None:
        slots["order"] = order
        sources = (order_source(order), *sources)
    return Act(type_, ask.index, template, dict(slots), sources, rule or f"matter.{template}")


def question(ask: Ask, matter: Matter, template: str, order: Order | None = None, rule: str = "", **slots: Any) -> Move:
    """Ask the buyer for `matter.asks` and keep the matter open."""
    act = say(ask, template, order, type_="ask", rule=rule, asks=matter.asks, **slots)
    return Move(act, memory=ask.memory.keeping(matter), matter=matter.id)


def todo(matter: Matter, kind: TodoKind, name: str, /, **data: str) -> Todo:
    """Something to be done for a matter; its id makes it happen once."""
    return Todo(f"{matter.id}:{name}", kind, name, matter.order_id, {k: v for k, v in data.items() if v})


def done(ask: Ask, matter: Matter, wanted: Todo, order: Order | None, prefix: str, **slots: Any) -> Move:
    """Have `wanted` done; once its outcome is known, say it and end the matter.

    Wordings: `<prefix>.done`, `.already`, `.too_late`; the rest is the same for every matter.
    """
    outcome = ask.facts.outcomes.get(wanted.id)
    if outcome is None:
        return Move(todo=wanted)
    return Move(told(ask, outcome, order, prefix, **slots), memory=ask.memory.without(matter.id), matter=matter.id)


def told(ask: Ask, outcome: Outcome, order: Order | None, prefix: str, **slots: Any) -> Act:
    """The words for an outcome, with what was read back."""
    if outcome.state == "done" and outcome.status == "appended" and prefix in _TOLD_AGAIN:
        known = {"no": outcome.no, "due": outcome.due_at}
        return say(ask, f"{prefix}.again", order, rule="action.again", **{**known, **slots})
    values: dict[str, Any] = {"no": outcome.no, "due": outcome.due_at, "back": outcome.status}
    if outcome.amount is not None:
        values["amount"] = outcome.amount
    if outcome.state in ("done", "already", "too_late"):
        return say(ask, f"{prefix}.{outcome.state}", order, rule=f"action.{outcome.state}", **{**values, **slots})
    kind: ActType = "ticket" if outcome.state == "ticket" else "fallback" if outcome.state == "failed" else "answer"
    return say(ask, f"action.{outcome.state}", order, type_=kind, rule=f"action.{outcome.state}", **{**values, **slots})
