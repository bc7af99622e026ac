"""What makes an entry fit to be kept (校验), and what changed between two of its versions.

Validity is half-open and to the second: an entry is live from `valid_from` on and no longer at `valid_to`,
so 「到今晚8点」 means that 20:00:00 is already too late. An answer may name variables (`{发货时间}`);
their values are filled in when it is said. Only known names pass, and a shop's own variables may
use one another but never in a circle.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.variables import LIVE, VARIABLE, fill, variables_in
from xiaoer.slices.knowledge.types import EntryDraft, FieldChange

MAX_ANSWER = 20_000
MAX_QUESTION = 500
MAX_SIMILAR = 200
_MAX_LABEL = 100
_MAX_ATTACHMENTS = 10
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
ORDER_STATES = ("none", "unpaid", "paid", "shipped", "delivered", "completed", "closed", "refunding", "refunded")
# what an attachment must tell, by its type
ATTACHMENTS = {"image": ("url",), "link": ("url", "title"), "file": ("url", "title"), "product": ("product_id",)}
_ADDRESS = re.compile(r"(https?://|/)[^\s<>\"']{1,2000}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MAX_SOURCE = 8_192
_LABELS = ("product_id", "category", "channel", "audience", "order_state", "product_category")
_STATUSES = ("draft", "review", "published", "archived")

_NAME = re.compile(r"[\w\u4e00-\u9fff]{1,20}")


class InvalidEntry(InvalidBody):
    """An entry cannot be kept as it is written."""

    code = "invalid_entry"


class UnknownVariable(InvalidEntry):
    code = "unknown_variable"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The answer names the variable {{{name}}}, which does not exist. "
            "Choose one from the list, or add it in Console > Knowledge > Variables."
        )
        self.name = name


class CyclicVariable(InvalidEntry):
    code = "cyclic_variable"

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(f"Variables use each other in a circle: {' → '.join(names)}. Write one of them out.")


def check_variable(name: str, value: str, own: Mapping[str, str]) -> None:
    """Refuse a shop variable whose value names an unknown variable or, through others, itself.

    Raises:
        InvalidEntry: bad name, or a value over 2,000 characters. UnknownVariable, CyclicVariable.
    """
    if not _NAME.fullmatch(name):
        raise InvalidEntry(f"“{name[:40]}” cannot name a variable: use 1 to 20 letters, digits or Han characters.")
    if len(value) > 2_000:
        raise InvalidEntry(f"The variable {name} is {len(value)} characters long; the limit is 2000.")
    table = {**own, name: value}
    for used in variables_in(value):
        if used not in table and used not in LIVE:
            raise UnknownVariable(used)
    for known in table:
        circle = _circle(known, table, ())
        if circle:
            raise CyclicVariable(circle)
        if _spread(known, table, {}) > MAX_ANSWER:
            raise InvalidEntry(f"Written out, the variable {known} is longer than {MAX_ANSWER} characters.")


def _spread(name: str, table: Mapping[str, str], known: dict[str, int]) -> int:
    """The length of a variable's value with everything it uses written out; there are no circles."""
    if name not in known:
        value = table.get(name, "")
        known[name] = len(value) + sum(_spread(used, table, known) for used in VARIABLE.findall(value))
    return known[name]


def expand(text: str, own: Mapping[str, str]) -> str:
    """`text` with the shop's own variables written out; live ones stay for the moment of answering."""
    for _ in range(8):  # a variable may use others; `check_variable` has refused circles
        filled = fill(text, {name: value for name, value in own.items() if name not in LIVE})
        if filled == text:
            break
        text = filled
    return text


def _circle(name: str, table: Mapping[str, str], path: tuple[str, ...]) -> tuple[str, ...]:
    if name in path:
        return (*path[path.index(name) :], name)
    for used in variables_in(table.get(name, "")):
        found = _circle(used, table, (*path, name))
        if found:
            return found
    return ()


def check_entry(draft: EntryDraft, own_variables: Collection[str] = ()) -> EntryDraft:
    """Return the entry as it will be kept: trimmed, similar questions without blanks and repeats.

    Raises:
        InvalidEntry: empty or too long, too many similar questions, contradictory dates, unknown status or scope, a
            card that lacks something.
        UnknownVariable: the answer names a variable that does not exist.
    """
    question, answer = _clean(draft.question), _answer(draft.answer)
    _check_length("question", question, MAX_QUESTION)
    _check_length("answer", answer, MAX_ANSWER)
    similar = tuple(dict.fromkeys(text for text in map(_clean, draft.similar) if text and text != question))
    if len(similar) > MAX_SIMILAR:
        raise InvalidEntry(f"The entry has {len(similar)} similar questions; the limit is {MAX_SIMILAR}.")
    for text in similar:
        _check_length("similar question", text, MAX_QUESTION)
    labels = {name: _clean(getattr(draft, name)) for name in _LABELS}
    for name, label in labels.items():
        if len(label) > _MAX_LABEL:
            raise InvalidEntry(f"The field {name} is longer than {_MAX_LABEL} characters.")
    unknown = set(filter(None, labels["order_state"].split("|"))) - set(ORDER_STATES)
    if unknown:
        raise InvalidEntry(f"“{min(unknown)}” is not an order state. Use {', '.join(ORDER_STATES)}, joined by |.")
    channel_answers = {_clean(name): _answer(text) for name, text in draft.channel_answers.items()}
    for name, text in channel_answers.items():
        _check_length("channel of an answer", name, 32)
        _check_length(f"answer on {name}", text, MAX_ANSWER)
    if draft.status not in _STATUSES:
        raise InvalidEntry(f"“{draft.status[:40]}” is not a status. Use one of {', '.join(_STATUSES)}.")
    if draft.valid_from and draft.valid_to and draft.valid_from >= draft.valid_to:
        raise InvalidEntry(
            f"The entry ends ({draft.valid_to.isoformat()}) before it starts ({draft.valid_from.isoformat()}). "
            "Correct one of the two dates."
        )
    for moment in (draft.valid_from, draft.valid_to):
        if moment and not _EARLIEST <= moment < _LATEST:
            raise InvalidEntry(f"The date {moment.isoformat()} is not between the years 2000 and 2099.")
    for name in (name for text in (answer, *channel_answers.values()) for name in variables_in(text)):
        if name not in LIVE and name not in own_variables:
            raise UnknownVariable(name)
    if len(msgspec.json.encode(draft.source)) > _MAX_SOURCE:
        raise InvalidEntry(f"The source is longer than {_MAX_SOURCE} bytes. Keep a shorter passage.")
    return msgspec.structs.replace(
        draft,
        question=question,
        answer=answer,
        similar=similar,
        attachments=_check_attachments(draft.attachments),
        channel_answers=channel_answers,
        **labels,
    )


def _check_attachments(attachments: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Each with its type and what that needs, and nothing else."""
    kept = []
    for attachment in attachments:
        kind = attachment.get("type")
        names = ATTACHMENTS.get(kind) if isinstance(kind, str) else None
        if names is None:
            raise InvalidEntry(f"An attachment has no known type. Use one of {', '.join(ATTACHMENTS)}.")
        fit: dict[str, Any] = {"type": kind}
        for name in names:
            value = attachment.get(name)
            fit[name] = _clean(value) if isinstance(value, str) else ""
            _check_length(f"{name} of the attachment {kind}", fit[name], 2_000)
        if "url" in fit and not _ADDRESS.fullmatch(fit["url"]):
            raise InvalidEntry(f"“{fit['url'][:60]}” is not a web address. It begins with https://, http:// or /.")
        kept.append(fit)
    if len(kept) > _MAX_ATTACHMENTS:
        raise InvalidEntry(f"The entry has {len(kept)} attachments; the limit is {_MAX_ATTACHMENTS}.")
    return tuple(kept)


def _answer(text: str) -> str:
    return _storable(text).replace("\r\n", "\n").replace("\r", "\n").strip()


def _clean(text: str) -> str:
    return " ".join(_storable(text).split())


def _storable(text: str) -> str:
    """Without what no database keeps or nobody sees: control characters and halves of surrogate pairs."""
    return _CONTROL.sub("", text).encode("utf-8", "ignore").decode()


def _check_length(name: str, text: str, limit: int) -> None:
    if not text:
        raise InvalidEntry(f"The {name} is empty. Write at least one character.")
    if len(text) > limit:
        raise InvalidEntry(f"The {name} is {len(text)} characters long; the limit is {limit}.")


def content_hash(draft: EntryDraft) -> str:
    """The fingerprint of an entry's whole content."""
    return hashlib.sha256(msgspec.json.encode(draft)).hexdigest()[:32]


def is_live(draft: EntryDraft, now: datetime) -> bool:
    """Whether the entry may be cited at `now`."""
    return (
        draft.status == "published"
        and (draft.valid_from is None or draft.valid_from <= now)
        and (draft.valid_to is None or now < draft.valid_to)
    )


def diff_drafts(before: EntryDraft, after: EntryDraft) -> tuple[FieldChange, ...]:
    """The fields that differ, in the order in which an editor shows them."""
    old: dict[str, Any] = msgspec.structs.asdict(before)
    new: dict[str, Any] = msgspec.structs.asdict(after)
    return tuple(FieldChange(name, old[name], new[name]) for name in old if old[name] != new[name])
