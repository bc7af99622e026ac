"""A conversation from its event facts (会话还原).

The facts are put in order by time first, so the outcome does not depend on the order in which they arrived:
a fact that comes a day late gives the same talk as one that came at once.
"""

from collections.abc import Sequence
from typing import Any

from xiaoer.kernel.events import Event
from xiaoer.slices.insights.rules.days import micros
from xiaoer.slices.insights.types import AGENT, ASSIST, BOT, BUYER, Ask, Beat, Step, Talk

_FIRST = {"conversation.opened": 0, "message.received": 1, "turn.decided": 2, "handoff.requested": 3}
_OPEN_ACTS = frozenset({"fallback", "handoff"})
_STEPS = {
    "handoff.requested": ("handoff", "reason", "rule_id"),
    "conversation.assigned": ("assigned", "agent_id", "why"),
    "conversation.transferred": ("transferred", "from", "by"),
    "conversation.returned": ("returned", "by", "agent_id"),
    "conversation.closed": ("closed", "by", "wrap_up"),
    "ticket.opened": ("ticket", "type", "ticket_id"),
    "ticket.state": ("ticket_state", "to", "ticket_id"),
    "answer.denied": ("denied", "entry_id", "message_id"),
    "answer.left_out": ("left_out", "about", "message_id"),
    "promise.broken": ("broken", "promise_id", "agent_id"),
}


def derive_talk(facts: Sequence[Event]) -> Talk | None:
    """The talk of these facts (all of one conversation); None when no message and no turn is among them."""
    ordered = sorted(facts, key=lambda fact: (fact.at, _FIRST.get(fact.type, 4), fact.id))
    spoken = [f for f in ordered if f.type in ("message.received", "message.sent", "turn.decided")]
    if not spoken:
        return None
    begin = micros(ordered[0].at if ordered[0].type == "conversation.opened" else spoken[0].at)
    beats: list[Beat] = []
    asks: list[Ask] = []
    steps: list[Step] = []
    head: dict[str, Any] = {}
    rating, invited = 0, False
    for fact in ordered:
        at, data = (micros(fact.at) - begin) // 1000, fact.data
        match fact.type:
            case "conversation.opened":
                head |= {key: str(data[key]) for key in ("entry", "campaign_id", "product_id") if data.get(key)}
            case "message.received":
                beats.append(Beat(at, BUYER, owner=str(data.get("state", ""))))
            case "message.sent" if not data.get("proactive"):
                beats.append(_said(at, data))
            case "turn.decided":
                asks.append(_ask(at, data))
            case "conversation.rated":
                rating = int(data.get("score") or 0)
            case "csat.invited":
                invited = True
            case type_ if type_ in _STEPS:
                what, by, more = _STEPS[type_]
                steps.append(Step(at, what, str(data.get(by) or ""), str(data.get(more) or "")))
                invited = invited or bool(data.get("invited"))
    channel = next((str(f.data["channel"]) for f in ordered if f.data.get("channel")), "")
    products = [ask.product for ask in asks if ask.product]
    return Talk(
        ordered[0].conversation_id,
        next((f.buyer_id for f in ordered if f.buyer_id), ""),
        channel,
        begin,
        head.get("entry", ""),
        head.get("campaign_id", ""),
        max(products, key=products.count) if products else head.get("product_id", ""),
        tuple(beats),
        tuple(asks),
        tuple(steps),
        rating,
        invited,
    )


def _said(at: int, data: dict[str, Any]) -> Beat:
    if data.get("author") == "agent":
        agent = str(data.get("agent_id") or data.get("agent") or "")
        flags = tuple(str(flag) for flag in data.get("flags") or ())
        owes = at + 1000 * int(data["owes_s"]) if data.get("owes_s") else 0
        leaves, offers = str(data.get("leaves") or ""), data.get("offers")
        offered = -1 if offers is None else int(bool(offers))
        return Beat(at, AGENT, agent, int(data.get("chars") or 0), "", flags, leaves, owes, offered)
    return Beat(at, ASSIST if data.get("mode") == "assist" else BOT)


def _ask(at: int, data: dict[str, Any]) -> Ask:
    intents = tuple(str(intent) for intent in data.get("intents") or ())
    acts = tuple(str(act) for act in data.get("acts") or ())
    mine = data.get("owner", "bot") == "bot"
    answered = not mine or (bool(acts) and not set(acts) & _OPEN_ACTS)
    says = bool(set(acts) & {"answer", "lookup"})  # of facts that were written before turns told it themselves
    return Ask(
        at,
        intents,
        tuple(str(key) for key in data.get("words") or ()),
        str(data.get("product_id") or ""),
        round(float(data.get("sentiment") or 0.0), 3),
        round(float(data.get("anger") or 0.0), 3),
        data.get("satisfied"),
        answered,
        acts,
        bool(data.get("sourced", not says or bool(data.get("sources")))),
    )
