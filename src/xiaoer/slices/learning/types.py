"""What the shop learns from its own talks (学习): unanswered questions, golden questions, replays."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct, field

Reason = Literal["unanswered", "unclear", "low_confidence", "corrected", "asked_again", "handed_over"]
GapStatus = Literal["open", "approved", "merged", "dismissed"]


class Ask(Struct, frozen=True):
    """One question that went wrong, masked. `id` is its turn and segment; `correction` what an agent says instead."""

    id: str
    at: datetime
    conversation_id: str
    text: str
    intent: str
    reasons: tuple[Reason, ...]
    buyer_id: str = ""
    channel: str = ""
    product_id: str = ""
    correction: str = ""
    gap_id: str = ""


class GapAnswer(Struct, frozen=True):
    """What people answered to a gap, masked; counts are of distinct conversations and agents."""

    text: str
    conversations: int
    agents: int
    conversation_id: str = ""
    kind: Literal["agent", "correction"] = "agent"


class Gap(Struct, frozen=True):
    """A cluster of questions that ask the same (知识缺口). Its identity stays: later questions join it by its wordings.

    `product_id` is set where the answer depends on the product. `note` is the reason of a dismissal.
    """

    id: str
    intent: str
    question: str
    wordings: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    product_id: str = ""
    status: GapStatus = "open"
    answers: tuple[GapAnswer, ...] = ()
    note: str = ""
    decided_at: datetime | None = None
    decided_by: str = ""
    entry_id: str = ""


class GapCount(Struct, frozen=True):
    """How often a gap was asked in a period, in how many conversations, by how many buyers."""

    asks: int = 0
    conversations: int = 0
    buyers: int = 0
    last_at: datetime | None = None


class GapSettings(Struct, frozen=True):
    """Which gaps are worth a person's time. `low_score`: an entry said with a lower score counts as a guess.

    `min_conversations` distinct conversations must have asked; with `human_backed` one is enough when a person
    answered it or corrected the bot.
    """

    min_conversations: int = 2
    human_backed: bool = True
    low_score: float = 0.55
    days: int = 28


class Golden(Struct, frozen=True):
    """A golden question (回归题) and what must come out. Empty expectations are not checked; `handoff` None is free.

    `answer` is what somebody approved that the entry says, as it is written: with the names of its variables.
    """

    id: str
    question: str
    entry_id: str = ""
    answer: str = ""
    must_contain: tuple[str, ...] = ()
    must_not_contain: tuple[str, ...] = ()
    intent: str = ""
    handoff: bool | None = None
    product_id: str = ""
    channel: str = ""
    enabled: bool = True
    origin: Literal["manual", "approved"] = "manual"
    created_at: datetime | None = None
    created_by: str = ""
    checked_at: datetime | None = None
    passed: bool | None = None
    failure: str = ""


class Outcome(Struct, frozen=True):
    """What came out of one turn, as far as it is compared. `prices` are amounts in fen, in order of size."""

    text: str
    intents: tuple[str, ...] = ()
    handoff: str = ""
    rule: str = ""
    entries: tuple[str, ...] = ()
    answered: bool = True
    prices: tuple[int, ...] = ()


Change = Literal["answer", "source", "intent", "handoff", "price", "gained", "lost"]


class Difference(Struct, frozen=True):
    """One past turn that comes out otherwise, masked."""

    turn_id: str
    conversation_id: str
    at: datetime
    asked: str
    changes: tuple[Change, ...]
    before: Outcome
    after: Outcome


class Replay(Struct, frozen=True):
    """One rehearsal (发布前预演). `proposal` is what would be published; `counts` are turns by kind of change.

    `baseline` is `now` (the shop as it is against the shop with the proposal) or `then` (what was said at the time
    against the shop as it is). `total` and `done` count turns, `messages` the buyers' messages in them.
    """

    id: str
    title: str
    proposal: dict[str, Any]
    baseline: Literal["now", "then"]
    days: int
    status: Literal["waiting", "running", "done", "failed", "cancelled", "approved", "discarded"]
    created_at: datetime
    created_by: str
    total: int = 0
    done: int = 0
    messages: int = 0
    changed: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    cpu_ms: int = 0
    ended_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: str = ""
    note: str = ""
