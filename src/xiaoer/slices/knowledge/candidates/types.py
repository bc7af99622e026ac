"""Proposals for the knowledge base (候选): what was found somewhere, with its evidence, until a person decides."""

from datetime import datetime
from typing import Literal

from msgspec import Struct, field

from xiaoer.slices.knowledge.types import EntryDraft

Origin = Literal["text", "document", "chat", "gap", "agent", "pack"]
CandidateStatus = Literal["open", "accepted", "rejected"]
Decision = Literal["accept", "merge", "reject"]


class Evidence(Struct, frozen=True, omit_defaults=True):
    """Where a candidate comes from: a passage of a text, or one exchange of a conversation, masked."""

    passage: str = ""
    place: str = ""
    conversation_id: str = ""
    at: datetime | None = None
    buyer: str = ""
    agent: str = ""
    agent_name: str = ""


class Proposal(Struct, frozen=True):
    """A candidate to be. `conversations` and `buyers` count the distinct ones that asked; `target_id` names the
    entry that it would change or join."""

    draft: EntryDraft
    origin: Origin
    evidence: tuple[Evidence, ...] = ()
    conversations: int = 0
    buyers: int = 0
    target_id: str = ""
    note: str = ""


class Near(Struct, frozen=True):
    """The entry that answers nearly the same already."""

    id: str
    question: str
    answer: str
    score: float


class Candidate(Struct, frozen=True):
    """A kept proposal. `near` is the like entry that was there when it was found; `position` its place in the text."""

    id: str
    origin: Origin
    batch: str
    status: CandidateStatus
    draft: EntryDraft
    evidence: tuple[Evidence, ...]
    conversations: int
    buyers: int
    created_at: datetime
    created_by: str = ""
    near: Near | None = None
    target_id: str = ""
    note: str = ""
    decided_at: datetime | None = None
    decided_by: str = ""
    entry_id: str = ""
    position: int = 0


class CandidateFilter(Struct, frozen=True):
    """Which candidates a list shows; empty fields do not filter."""

    status: str = "open"
    origin: str = ""
    batch: str = ""
    text: str = ""


class CandidatePage(Struct, frozen=True):
    """One page, most asked first; `counts` by status over the same origin and batch, for the progress bar."""

    items: tuple[Candidate, ...]
    total: int
    counts: dict[str, int] = field(default_factory=dict)


class Verdict(Struct, frozen=True):
    """What a person decides about one candidate. `draft` is his edit of it; `note` the reason of a refusal."""

    id: str
    decision: Decision
    draft: EntryDraft | None = None
    target_id: str = ""
    note: str = ""


class Decided(Struct, frozen=True):
    """The outcome of many verdicts: entry ids made or changed by candidate, and refusals with the reason."""

    entries: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    rejected: tuple[str, ...] = ()


class Earlier(Struct, frozen=True):
    """An intake that had found the same candidates before: its batch, when it was, and how many are decided."""

    batch: str
    at: datetime
    found: int
    decided: int


class Proposed(Struct, frozen=True):
    """How many proposals are new, how many were known, and the earlier intake that most of those came from."""

    added: int
    known: int
    earlier: Earlier | None = None
