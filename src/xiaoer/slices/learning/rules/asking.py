"""Which questions went wrong (哪些没答好), read from the stored traces of one conversation.

A segment counts when the bot found nothing, did not understand, said an entry that was only near, asked back and got
nowhere, when a person had to take over because of it, when an agent corrected the answer, or when the buyer was not
satisfied, asked again or called for a person (that blames the question before). Small talk, calls for a person and
questions about the buyer's own order are not gaps of the knowledge: an entry could not answer them.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from xiaoer.kernel.decision import UNANSWERED
from xiaoer.slices.learning.types import Ask, Reason

_SHORTEST = 2  # letters of a question
_LONGEST = 120
_AGAIN_WITHIN = timedelta(minutes=30)  # an unhappy word later than this is about something else
_SURE = 0.5  # confidence of an intent below which asking back is guessing
_WHICH = ("product.", "order.which")  # templates that ask which one is meant
_NO_QUESTION = ("chat.", "service.human", "service.complaint", "service.bot", "oos.abuse")


class PastTurn(Struct, frozen=True):
    """One stored turn, as far as it matters here."""

    id: str
    at: datetime
    trace: Mapping[str, Any]
    product_id: str = ""
    channel: str = ""


def find_asks(
    conversation_id: str,
    buyer_id: str,
    turns: Sequence[PastTurn],
    corrections: Mapping[str, str],
    low_score: float,
    own_case: Set[str],
    mask: Callable[[str], str],
) -> list[Ask]:
    """The questions of one conversation that went wrong, oldest first.

    `corrections` are agents' words by turn; intents of `own_case` are answered by the live systems, so they count
    only when an agent corrected them.
    """
    found: dict[str, Ask] = {}
    before: PastTurn | None = None
    for turn, after in zip(turns, (*turns[1:], None), strict=True):
        heard = turn.trace.get("heard") or {}
        segments = heard.get("segments") or ()
        for index, segment in enumerate(segments):
            reasons = _own_reasons(turn.trace, index, segment, low_score)
            if not reasons and _asked_back(turn.trace, index) and (after is None or not _tells(after.trace)):
                reasons.append("unanswered")
            if turn.id in corrections:
                reasons.append("corrected")
            if reasons:
                _blame(found, conversation_id, buyer_id, turn, index, segment, reasons, corrections, own_case, mask)
        unhappy = heard.get("satisfied") is False or (heard.get("repeats") or 0) > 0
        handed = _handoff(turn.trace) in ("unsatisfied", "requested")
        if before is not None and (unhappy or handed) and turn.at - before.at <= _AGAIN_WITHIN:
            more: list[Reason] = ["asked_again"] if unhappy else []
            more += ["handed_over"] if handed else []
            for index, segment in enumerate((before.trace.get("heard") or {}).get("segments") or ()):
                _blame(found, conversation_id, buyer_id, before, index, segment, more, corrections, own_case, mask)
        if handed and len(segments) > 1:  # 能定制吗，转人工 in one breath
            for index, segment in enumerate(segments):
                _blame(
                    found, conversation_id, buyer_id, turn, index, segment, ["handed_over"], corrections, own_case, mask
                )
        if any(_is_question(segment) for segment in segments):
            before = turn
    return list(found.values())


def _own_reasons(trace: Mapping[str, Any], index: int, segment: Mapping[str, Any], low_score: float) -> list[Reason]:
    """What the turn's own trace says against the answer to one segment."""
    reasons: list[Reason] = []
    for type_, place, template, rule_id in trace.get("acts") or ():
        if place != index:
            continue
        if type_ == "fallback" and template != "source.down":
            reasons.append("unanswered")
        elif type_ == "ask" and template == "unclear":
            reasons.append("unclear")
        elif type_ == "ask" and float(segment.get("confidence") or 0) < _SURE:
            reasons.append("low_confidence")  # asked back without being sure of what was asked
        elif type_ == "answer" and str(rule_id).startswith("knowledge"):
            hits = (trace.get("knowledge") or {}).get(str(index)) or ()
            if hits and hits[0][2] < low_score:
                reasons.append("low_confidence")
    if _handoff(trace) == "low_confidence":
        reasons.append("handed_over")
    return list(dict.fromkeys(reasons))


def _handoff(trace: Mapping[str, Any]) -> str:
    return str((trace.get("handoff") or {}).get("reason") or "")


def _asked_back(trace: Mapping[str, Any], index: int) -> bool:
    """Whether all that a segment got was the question which product or order is meant."""
    own = [(type_, str(template)) for type_, place, template, _ in trace.get("acts") or () if place == index]
    return bool(own) and all(type_ == "ask" and template.startswith(_WHICH) for type_, template in own)


def _looked_up_in_vain(trace: Mapping[str, Any], index: int) -> bool:
    """Whether the knowledge was asked, not an order (能帮忙刻字吗), and had nothing."""
    return any(place == index and template in UNANSWERED for _, place, template, _ in trace.get("acts") or ())


def _tells(trace: Mapping[str, Any]) -> bool:
    """Whether a turn says something beside questions and excuses."""
    return any(type_ not in ("ask", "fallback") for type_, *_ in trace.get("acts") or ()) and not _handoff(trace)


def _is_question(segment: Mapping[str, Any]) -> bool:
    return not str(segment.get("intent", "")).startswith(_NO_QUESTION)


def _blame(
    found: dict[str, Ask],
    conversation_id: str,
    buyer_id: str,
    turn: PastTurn,
    index: int,
    segment: Mapping[str, Any],
    reasons: Sequence[Reason],
    corrections: Mapping[str, str],
    own_case: Set[str],
    mask: Callable[[str], str],
) -> None:
    text, intent = str(segment.get("text", "")).strip(" ，,。.~～!！"), str(segment.get("intent", ""))
    if not _is_question(segment) or not _SHORTEST <= len(text) <= _LONGEST:
        return
    general = {"corrected", "unclear"} & set(reasons) or _looked_up_in_vain(turn.trace, index)
    if intent in own_case and not general:  # what was not understood, or asked of no order, is no case yet
        return
    id_ = f"{turn.id}:{index}"
    known = found.get(id_)
    why = tuple(dict.fromkeys((*(known.reasons if known else ()), *reasons)))
    found[id_] = Ask(
        id_, turn.at, conversation_id, mask(text), intent, why, buyer_id, turn.channel, turn.product_id,
        mask(corrections.get(turn.id, ""))[:2_000],
    )  # fmt: skip
