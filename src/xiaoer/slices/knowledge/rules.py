"""What makes an entry fit to be kept (校验), and what changed between two of its versions.

Validity is half-open and to the second: an entry is live from `valid_from` on and no longer at `valid_to`,
so 「到今晚8点」 means that 20:00:00 is already too late. An answer may name variables (`{发货时间}`);
their values are filled in when it is said. Only known names pass, and a shop's own variables may
use one another but never in a circle.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from xiaoer.kernel.errors import InvalidBody
from xiaoer.slices.knowledge.types import EntryDraft, FieldChange

MAX_ANSWER = 20_000
MAX_QUESTION = 500
MAX_SIMILAR = 200
_MAX_LABEL = 100
_MAX_ATTACHMENTS = 20
_STATUSES = ("draft", "review", "published", "archived")

# Filled from live facts when an answer is said; a shop's own variables come on top of these.
LIVE_VARIABLES = frozenset(
    {
        "发货时间", "承诺发货时间", "截单时间", "预计送达", "快递公司", "运单号", "物流状态", "订单号", "订单状态",
        "优惠券", "优惠活动", "满减活动", "活动结束时间", "运费", "包邮门槛", "发货地", "退货地址", "退款进度",
        "客服时间", "店铺名", "商品名", "价格", "库存", "尺码", "颜色", "昵称", "会员等级",
    }
)  # fmt: skip

_VARIABLE = re.compile(r"\{([^{}\s]{1,20})\}")
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


def variables_in(text: str) -> tuple[str, ...]:
    """Names of the variables in `text`, each once, in order."""
    return tuple(dict.fromkeys(_VARIABLE.findall(text)))


def check_variable(name: str, value: str, own: Mapping[str, str]) -> None:
    """Refuse a shop variable whose value names an unknown variable or, through others, itself.

    Raises:
        InvalidEntry: bad name, or a value over 2,000 characters. UnknownVariable, CyclicVariable.
    """
    if not _NAME.fullmatch(name) or name in LIVE_VARIABLES:
        raise InvalidEntry(f"“{name[:40]}” cannot name a variable: use 1 to 20 letters or Han characters, not taken.")
    if len(value) > 2_000:
        raise InvalidEntry(f"The variable {name} is {len(value)} characters long; the limit is 2000.")
    table = {**own, name: value}
    for used in variables_in(value):
        if used not in table and used not in LIVE_VARIABLES:
            raise UnknownVariable(used)
    circle = _circle(name, table, ())
    if circle:
        raise CyclicVariable(circle)


def _circle(name: str, table: Mapping[str, str], path: tuple[str, ...]) -> tuple[str, ...]:
    if name in path:
        return (*path[path.index(name) :], name)
    for used in variables_in(table.get(name, "")):
        found = _circle(used, table, (*path, name))
        if found:
            return found
    return ()


def fill_variables(text: str, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Return `text` with its variables filled, and the names for which there is no value (left as they are)."""
    missing: list[str] = []

    def value_of(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in values:
            missing.append(name)
            return match.group(0)
        return values[name]

    for _ in range(8):  # a shop variable may use others; check_variable has refused circles
        filled = _VARIABLE.sub(value_of, text)
        if filled == text or missing:
            break
        text = filled
    return filled, tuple(dict.fromkeys(missing))


def check_entry(draft: EntryDraft, own_variables: Collection[str] = ()) -> EntryDraft:
    """Return the entry as it will be kept: trimmed, similar questions without blanks and repeats.

    Raises:
        InvalidEntry: empty or too long, too many similar questions, contradictory dates, unknown status.
        UnknownVariable: the answer names a variable that does not exist.
    """
    question, answer = _clean(draft.question), _storable(draft.answer).replace("\r\n", "\n").strip()
    _check_length("question", question, MAX_QUESTION)
    _check_length("answer", answer, MAX_ANSWER)
    similar = tuple(dict.fromkeys(text for text in map(_clean, draft.similar) if text and text != question))
    if len(similar) > MAX_SIMILAR:
        raise InvalidEntry(f"The entry has {len(similar)} similar questions; the limit is {MAX_SIMILAR}.")
    for text in similar:
        _check_length("similar question", text, MAX_QUESTION)
    for name in ("product_id", "category", "channel", "audience", "order_state"):
        if len(getattr(draft, name)) > _MAX_LABEL:
            raise InvalidEntry(f"The field {name} is longer than {_MAX_LABEL} characters.")
    if len(draft.attachments) > _MAX_ATTACHMENTS:
        raise InvalidEntry(f"The entry has {len(draft.attachments)} attachments; the limit is {_MAX_ATTACHMENTS}.")
    if draft.status not in _STATUSES:
        raise InvalidEntry(f"“{draft.status[:40]}” is not a status. Use one of {', '.join(_STATUSES)}.")
    if draft.valid_from and draft.valid_to and draft.valid_from >= draft.valid_to:
        raise InvalidEntry(
            f"The entry ends ({draft.valid_to.isoformat()}) before it starts ({draft.valid_from.isoformat()}). "
            "Correct one of the two dates."
        )
    for name in variables_in(answer):
        if name not in LIVE_VARIABLES and name not in own_variables:
            raise UnknownVariable(name)
    return msgspec.structs.replace(
        draft,
        question=question,
        answer=answer,
        similar=similar,
        product_id=draft.product_id.strip(),
        category=draft.category.strip(),
        channel=draft.channel.strip(),
        audience=draft.audience.strip(),
        order_state=draft.order_state.strip(),
    )


def _clean(text: str) -> str:
    return " ".join(_storable(text).split())


def _storable(text: str) -> str:
    """Without what no database keeps: NUL and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def _check_length(name: str, text: str, limit: int) -> None:
    if not text:
        raise InvalidEntry(f"The {name} is empty. Write at least one character.")
    if len(text) > limit:
        raise InvalidEntry(f"The {name} is {len(text)} characters long; the limit is {limit}.")


def content_hash(draft: EntryDraft) -> str:
    """The fingerprint of everything that an import file can say about an entry."""
    parts = (
        draft.question, draft.answer, list(draft.similar), draft.product_id, draft.category, draft.channel,
        draft.valid_from and draft.valid_from.timestamp(), draft.valid_to and draft.valid_to.timestamp(),
    )  # fmt: skip
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:32]


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
