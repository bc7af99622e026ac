"""The answer to a message as outside programs see it (`POST /api/v1/messages`); the API contract fixes it."""

from typing import Any

from msgspec import Struct, field

from xiaoer.kernel.decision import ActType, HandoffReason, Source
from xiaoer.kernel.heard import Entities, Heard, Sentiment, Urgency
from xiaoer.kernel.reply import ReplyContent
from xiaoer.kernel.turn import State


class HeardSegment(Struct, frozen=True):
    text: str
    intent: str
    confidence: float
    entities: Entities


class Feeling(Struct, frozen=True):
    label: str
    score: float


class ActView(Struct, frozen=True):
    """One act; `template` and `rule_id` tell which wording and rule were used."""

    type: ActType
    segment: int
    template: str = ""
    rule_id: str = ""


class HandoffView(Struct, frozen=True):
    reason: HandoffReason
    rule_id: str
    skill: str
    summary: str
    agent_name: str | None


class TurnView(Struct, frozen=True):
    segments: tuple[HeardSegment, ...]
    sentiment: Feeling
    urgency: Urgency
    acts: tuple[ActView, ...] = ()
    handoff: HandoffView | None = None
    sources: tuple[Source, ...] = ()


class ReplyView(Struct, frozen=True):
    id: str
    author: str
    content: ReplyContent
    text: str


class Answer(Struct, frozen=True):
    conversation_id: str
    message_id: str
    state: State
    replies: tuple[ReplyView, ...]
    turn: TurnView
    elapsed_ms: float


class UnderstoodItem(Struct, frozen=True):
    """One item of `POST /api/v1/understand`."""

    segments: tuple[HeardSegment, ...]
    sentiment: Feeling
    urgency: Urgency
    red_line: dict[str, Any] | None = field(default=None)


def heard_segments(heard: Heard) -> tuple[HeardSegment, ...]:
    return tuple(HeardSegment(s.text, s.intent, round(s.confidence, 4), s.entities) for s in heard.segments)


def feeling(sentiment: Sentiment) -> Feeling:
    return Feeling(sentiment.label, round(sentiment.score, 3))
