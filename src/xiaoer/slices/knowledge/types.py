"""The shop's questions and answers (知识), as other rooms see them."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct, field

from xiaoer.kernel.decision import KnowledgeHit
from xiaoer.kernel.ids import EntryId

Status = Literal["draft", "review", "published", "archived"]
Action = Literal["create", "update", "publish", "review", "archive", "rollback", "import"]


class EntryDraft(Struct, frozen=True):
    """What an editor writes. Empty scope fields mean everywhere and everybody.

    `valid_from` is the first instant of validity, `valid_to` the first instant after it (half-open);
    None leaves that side open. Scope fields may name several values, separated by `|`. `attachments` are pictures,
    links, files and product cards as plain JSON; `channel_answers` says it otherwise on a channel (channel -> answer);
    `source` tells where the entry came from: `kind` (`import`, `document`, `text`, `chat`, `pack`, …) and what fits it.
    """

    question: str
    answer: str
    similar: tuple[str, ...] = ()
    product_id: str = ""
    category: str = ""
    channel: str = ""
    audience: str = ""
    order_state: str = ""
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    status: Status = "published"
    attachments: tuple[dict[str, Any], ...] = ()
    product_category: str = ""
    channel_answers: dict[str, str] = field(default_factory=dict)
    source: dict[str, Any] = field(default_factory=dict)

    def said_on(self, channel: str) -> str:
        """The answer in the words of a channel."""
        return self.channel_answers.get(channel, self.answer)

    @property
    def is_for_everybody(self) -> bool:
        """Whether a visitor whom nobody knows gets it, today and for good; goods are named one by one, if at all."""
        dated = self.valid_from or self.valid_to
        by_kind = self.product_category and not self.product_id
        return not (self.audience or self.order_state or dated or by_kind)


class Entry(Struct, frozen=True):
    """One kept entry (知识条目). `version` counts its changes from 1; `hash` is of its content."""

    id: EntryId
    draft: EntryDraft
    version: int
    hash: str
    updated_at: datetime
    updated_by: str

    @property
    def question(self) -> str:
        return self.draft.question

    @property
    def answer(self) -> str:
        return self.draft.answer


class EntryVersion(Struct, frozen=True):
    """One line of an entry's history: the whole content as it was after `action`."""

    entry_id: EntryId
    version: int
    action: Action
    draft: EntryDraft
    at: datetime
    by: str


class FieldChange(Struct, frozen=True):
    """One field that differs between two versions."""

    field: str
    before: Any
    after: Any


class EntryFilter(Struct, frozen=True):
    """Which entries a list shows. Empty fields do not filter; `text` is searched in question, similar and answer.

    `status` `review` also shows published entries with a change that waits for review."""

    text: str = ""
    status: str = ""
    category: str = ""
    product_id: str = ""
    channel: str = ""


class EntryPage(Struct, frozen=True):
    """One page of a list. `total` counts over all pages."""

    entries: tuple[Entry, ...]
    total: int


class Outcome(Struct, frozen=True):
    """What a bulk change did: ids changed, ids refused with the reason, and those of `changed` that wait for review."""

    changed: tuple[str, ...] = ()
    refused: dict[str, str] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()


class SearchResult(Struct, frozen=True):
    """What the knowledge says to a question. Not `answerable`: the hits are near, but no answer."""

    answerable: bool
    hits: tuple[KnowledgeHit, ...] = ()
