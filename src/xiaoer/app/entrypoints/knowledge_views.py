"""The shapes in which knowledge entries travel over HTTP."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field

from xiaoer.kernel.errors import Forbidden, InvalidBody
from xiaoer.kernel.moments import parse_moment
from xiaoer.slices.knowledge.pending import Pending
from xiaoer.slices.knowledge.types import Entry, EntryDraft, FieldChange
from xiaoer.slices.shops.types import Principal, Role

MAX_BODY = 8 * 1_048_576  # a million Han characters as JSON escapes: refused with the limit, not cut off
Text = Annotated[str, Meta(max_length=2_000)]
Answer = Annotated[str, Meta(max_length=1_100_000)]
Similar = Annotated[tuple[Text, ...], Meta(max_length=1000)]
Label = Annotated[str, Meta(max_length=200)]
Moment = Annotated[str, Meta(max_length=40, description="ISO 8601, 2026-06-18 20:00, or words such as 今晚8点")]
Cards = Annotated[tuple[dict[str, Any], ...], Meta(max_length=100)]
Named = Annotated[dict[str, Answer], Meta(max_length=100)]
StatusIn = Annotated[str, Meta(pattern="^(draft|review|published|archived)$")]
Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]
EXAMPLE = {"question": "多久发货", "answer": "付款后 48 小时内发出。", "similar": ["什么时候发货"], "category": "发货"}


class EntryIn(Struct, frozen=True):
    """An entry as an editor writes it; `version` is the one that was edited (updates only)."""

    question: Text
    answer: Answer
    similar: Similar = ()
    product_id: Label | None = None
    product_category: Label | None = None
    category: Label | None = None
    channel: Label | None = None
    channel_answers: Named = field(default_factory=dict)
    audience: Label | None = None
    order_state: Label | None = None
    valid_from: Moment | None = None
    valid_to: Moment | None = None
    attachments: Cards = ()
    source: dict[str, Any] = field(default_factory=dict)
    status: StatusIn = "published"
    version: Version = 0


class EntryChange(Struct, frozen=True):
    """Some fields of an entry; what is left out stays."""

    version: Version
    question: Text | UnsetType = UNSET
    answer: Answer | UnsetType = UNSET
    similar: Similar | UnsetType = UNSET
    product_id: Label | UnsetType | None = UNSET
    product_category: Label | UnsetType | None = UNSET
    category: Label | UnsetType | None = UNSET
    channel: Label | UnsetType | None = UNSET
    channel_answers: Named | UnsetType = UNSET
    audience: Label | UnsetType | None = UNSET
    order_state: Label | UnsetType | None = UNSET
    valid_from: Moment | UnsetType | None = UNSET
    valid_to: Moment | UnsetType | None = UNSET
    attachments: Cards | UnsetType = UNSET
    status: StatusIn | UnsetType = UNSET


class WaitingOut(Struct, frozen=True):
    """A change of a live entry that waits for review: by whom, when, what it changes, and how it would be."""

    by: str
    at: datetime
    changes: tuple[FieldChange, ...]
    entry: dict[str, Any]


class EntryOut(Struct, frozen=True):
    id: str
    question: str
    answer: str
    similar: tuple[str, ...]
    product_id: str
    product_category: str
    category: str
    channel: str
    channel_answers: dict[str, str]
    audience: str
    order_state: str
    valid_from: datetime | None
    valid_to: datetime | None
    attachments: tuple[dict[str, Any], ...]
    source: dict[str, Any]
    status: str
    version: int
    updated_at: datetime
    updated_by: str
    waiting: WaitingOut | None = None


def view(entry: Entry, change: Pending | None = None) -> EntryOut:
    """An entry for the outside, with the change that waits for review."""
    draft = msgspec.structs.asdict(entry.draft)
    waiting = None
    if change is not None:
        waiting = WaitingOut(change.by, change.at, change.changes(entry), msgspec.to_builtins(change.draft))
    return EntryOut(
        id=entry.id, version=entry.version, updated_at=entry.updated_at, updated_by=entry.updated_by,
        waiting=waiting, **draft,
    )  # fmt: skip


def draft_of(body: EntryIn, now: datetime) -> EntryDraft:
    """What an editor wrote, as a draft; moments in words are told from `now`.

    Raises:
        InvalidBody: a date is none.
    """
    values = msgspec.structs.asdict(body)
    values.pop("version")
    return EntryDraft(**{name: value_of(name, value, now) for name, value in values.items()})


def changed(draft: EntryDraft, body: EntryChange, now: datetime) -> EntryDraft:
    """`draft` with the fields that `body` names; moments in words are told from `now`.

    Raises:
        InvalidBody: a date is none.
    """
    named = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not UNSET}
    values = {name: value_of(name, value, now) for name, value in named.items()}
    values.pop("version")
    return msgspec.structs.replace(draft, **values)


def value_of(name: str, value: Any, now: datetime) -> Any:
    """A field as a draft holds it: dates as instants, nothing as an empty text.

    Raises:
        InvalidBody: a date is none.
    """
    if not name.startswith("valid_"):
        return "" if value is None else value
    if value is None or not value.strip():
        return None
    try:
        return parse_moment(value, now)
    except InvalidBody as error:
        raise InvalidBody(f"{name}: {error.detail}") from None


def who(principal: Principal) -> str:
    """The author as histories name him."""
    return principal.name or principal.staff_id


def check_may_write(principal: Principal, new_status: str, stored: Entry | None = None, reviewed: bool = False) -> None:
    """Agents write drafts and send them to review; what is live is for operators, supervisors and the owner.

    Where changes of live entries wait for review (`reviewed`), agents may propose them too.

    Raises:
        Forbidden: the caller is an agent, and the entry is or would be live.
    """
    if principal.role is not Role.AGENT:
        return
    if reviewed and new_status == "published" and (stored is None or stored.draft.status != "archived"):
        return
    if new_status not in ("draft", "review") or (stored and stored.draft.status not in ("draft", "review")):
        raise Forbidden("Agents may write drafts and send them to review. Ask an operator to publish the entry.")
