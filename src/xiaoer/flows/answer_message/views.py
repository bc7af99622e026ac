"""A decided turn as others see it (一轮的记录): the answer as JSON, counters, and the event facts of metrics."""

from typing import Any

from xiaoer.infra.idgen import new_id
from xiaoer.kernel.answer import ActView, HandoffView, TurnView, feeling, heard_segments
from xiaoer.kernel.decision import Act, Decision
from xiaoer.kernel.events import Event
from xiaoer.kernel.heard import Body, Heard, Segment, Sentiment
from xiaoer.kernel.reply import Reply
from xiaoer.kernel.turn import Turn
from xiaoer.slices.conversations.types import Conversation
from xiaoer.slices.insights import api as insights
from xiaoer.slices.policies.rules.sizes import measures_of
from xiaoer.slices.policies.types import Situation


def unheard(turn: Turn) -> Heard:
    """What is left when understanding itself failed."""
    text = " ".join(message.text for message in turn.messages)
    return Heard((Segment(text, "oos.unclear", 0.0, by="error"),), Sentiment("neutral", 0.0), "normal", text)


def view_of(heard: Heard, decision: Decision, reply: Reply) -> TurnView:
    """The turn as the API shows it: what was heard, which acts by which rules, and their sources."""
    handoff = decision.handoff
    return TurnView(
        heard_segments(heard),
        feeling(heard.sentiment),
        heard.urgency,
        tuple(ActView(act.type, act.segment, act.template, act.rule_id) for act in decision.acts),
        HandoffView(handoff.reason, handoff.rule_id, handoff.skill, handoff.summary, handoff.agent_name)
        if handoff
        else None,
        reply.sources,
    )


def meta_of(turn: Turn, heard: Heard, decision: Decision, reply: Reply) -> dict[str, Any]:
    """What the first message of the answer carries for later turns: intents, acts, what was asked for, measures."""
    meta: dict[str, Any] = {
        "intents": [segment.intent for segment in heard.segments],
        "acts": [act.type for act in decision.acts]
        + [act.rule_id.replace(".", ":", 1) for act in decision.acts if act.rule_id.startswith("scene.")],
        "asked_for": list(reply.asked_for),
        "sources": [[source.kind, source.id] for source in reply.sources],
        "because": [[source.kind, source.title] for source in reply.sources if source.title],
    }
    body = turn.body
    for segment in heard.segments:
        body = measures_of(segment.bodies, body)
    if body != Body():
        meta["body"] = body
    if heard.sentiment.anger > 0:
        meta["anger"] = round(heard.sentiment.anger, 2)
    return meta


def counters(conversation: Conversation, heard: Heard, decision: Decision) -> dict[str, Any]:
    """Tries that failed, kept with the conversation; a satisfied buyer or a real answer clears them."""
    if not decision.acts:
        return {}
    unsure = all(act.type == "fallback" or act.template == "unclear" for act in decision.acts)
    unsatisfied = conversation.unsatisfied + 1 if heard.satisfied is False else conversation.unsatisfied
    return {
        "unsure": conversation.unsure + 1 if unsure else 0,
        "unsatisfied": 0 if heard.satisfied else unsatisfied,
    }


_CLAIMS_NOTHING = (
    "chat.",
    "talk.",
    "matter.",
    "need.",
    "recommend.none",
    "unsubscribe.",
    "outreach.",
    "silent",
    "order.where",
)


def _claims(act: Act) -> bool:
    """Whether an act tells something about the shop that must rest on a source; a price rests on the engine."""
    return act.type in ("answer", "lookup") and not act.template.startswith(_CLAIMS_NOTHING)


def facts_of(
    conversation: Conversation, situation: Situation, decision: Decision, turn_id: str, reply: Reply, elapsed_us: int
) -> list[Event]:
    """The event facts of a turn: what was decided, what was sent, what was handed over; no words of the buyer."""
    turn, heard = situation.turn, situation.heard

    def fact(type_: str, data: dict[str, Any]) -> Event:
        return Event(turn.shop, new_id(), type_, situation.now, turn.conversation_id, turn.buyer_id, data)

    facts = [
        fact(
            "turn.decided",
            {
                "turn_id": turn_id,
                "channel": turn.channel,
                "owner": conversation.state,
                "intents": [segment.intent for segment in heard.segments],
                "words": [insights.wording_key(segment.text) for segment in heard.segments],
                "acts": [act.type for act in decision.acts],
                "sentiment": heard.sentiment.score,
                "anger": heard.sentiment.anger,
                "urgency": heard.urgency,
                "satisfied": heard.satisfied,
                "sources": [[source.kind, source.id] for source in reply.sources],
                "sourced": bool(reply.sources) or not any(map(_claims, decision.acts)),
                "product_id": turn.product_in_focus,
                "elapsed_us": elapsed_us,
            },
        )
    ]
    if reply.parts:
        facts.append(fact("message.sent", {"author": "bot", "turn_id": turn_id, "count": len(reply.parts)}))
    if decision.handoff:
        handoff = decision.handoff
        facts.append(
            fact("handoff.requested", {"reason": handoff.reason, "rule_id": handoff.rule_id, "skill": handoff.skill})
        )
    return facts
