"""What came out of a turn, and how two outcomes differ (对比).

Only what a buyer notices is compared: the words, the entries that they rest on, what was understood, whether a person
takes over and why, and the amounts of money that are named.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from xiaoer.kernel.rehearsal import Rehearsal
from xiaoer.slices.learning.rules.approved import OTHER_WORDS, is_same
from xiaoer.slices.learning.types import Change, Golden, Outcome

_AMOUNT = re.compile(r"[¥￥]\s?(\d+(?:\.\d{1,2})?)|(\d+(?:\.\d{1,2})?)\s?(?:元|块)")
_SPACE = re.compile(r"\s+")
_DRAWN = re.compile(r"(?<=券码)[：:\s]*[A-Z0-9]{6,}")  # codes are drawn anew for every trial


def prices_in(text: str) -> tuple[int, ...]:
    """The amounts that a text names, in fen, smallest first, each once."""
    found = {int(Decimal(one or other) * 100) for one, other in _AMOUNT.findall(text)}
    return tuple(sorted(found))


def outcome_of(rehearsal: Rehearsal) -> Outcome:
    """The outcome of a rehearsed turn."""
    decision, reply = rehearsal.decision, rehearsal.reply
    text = "\n".join(part.text for part in reply.parts)
    acts = [(act.type, act.template) for act in decision.acts]
    handoff = decision.handoff
    return Outcome(
        text,
        tuple(segment.intent for segment in rehearsal.heard.segments),
        handoff.reason if handoff else "",
        handoff.rule_id if handoff else "",
        tuple(source.id for source in reply.sources if source.kind == "knowledge"),
        _answered(acts, bool(handoff)),
        prices_in(text),
    )


def outcome_then(response: Mapping[str, Any], trace: Mapping[str, Any]) -> Outcome:
    """The outcome of a turn as it was stored at the time."""
    turn = response.get("turn") or {}
    text = "\n".join(str(reply.get("text", "")) for reply in response.get("replies") or ())
    handoff = trace.get("handoff") or {}
    acts = [(str(act[0]), str(act[2])) for act in trace.get("acts") or ()]
    return Outcome(
        text,
        tuple(str(segment.get("intent", "")) for segment in turn.get("segments") or ()),
        str(handoff.get("reason") or ""),
        str(handoff.get("rule_id") or ""),
        tuple(str(s.get("id")) for s in trace.get("sources") or () if s.get("kind") == "knowledge"),
        _answered(acts, bool(handoff)),
        prices_in(text),
    )


def _answered(acts: Sequence[tuple[str, str]], handed: bool) -> bool:
    """Whether the bot had an answer: not all that it did was to say that it has none."""
    if handed or not acts:
        return False
    return not all(type_ == "fallback" or template == "unclear" for type_, template in acts)


def differences(before: Outcome, after: Outcome) -> tuple[Change, ...]:
    """What differs, the weightiest first; empty when a buyer would notice nothing."""
    found: list[Change] = []
    if (before.handoff, before.rule) != (after.handoff, after.rule):
        found.append("handoff")
    if before.prices != after.prices:
        found.append("price")
    if not before.answered and after.answered:
        found.append("gained")
    if before.answered and not after.answered:
        found.append("lost")
    if before.intents != after.intents:
        found.append("intent")
    if _said(before.text) != _said(after.text):
        found.append("answer")
    if before.entries != after.entries:
        found.append("source")
    return tuple(found)


def _said(text: str) -> str:
    """A text without what differs by layout or chance alone."""
    return _SPACE.sub("", _DRAWN.sub("", text))


def failure_of(golden: Golden, outcome: Outcome, written: str = "") -> str:
    """Why an outcome is not what a golden question expects, in the merchant's words; "" when it is.

    `written` is what the question's entry says, as it is written.
    """
    if golden.handoff is not None and golden.handoff != bool(outcome.handoff):
        return "应该转人工，现在没有转" if golden.handoff else "不该转人工，现在转了"
    if golden.intent and golden.intent not in outcome.intents:
        return f"应该听成 {golden.intent}，现在听成 {'、'.join(outcome.intents) or '没听懂'}"
    if golden.entry_id and golden.entry_id not in outcome.entries:
        now = "现在用的是别的知识" if outcome.entries else "现在没有用到任何知识"
        return f"没有用指定的知识回答，{now}"
    text = _SPACE.sub("", outcome.text)
    for words in golden.must_contain:
        if _SPACE.sub("", words) not in text:
            return f"回答里应该有「{words}」，现在没有"
    for words in golden.must_not_contain:
        if _SPACE.sub("", words) in text:
            return f"回答里不该有「{words}」，现在有"
    return OTHER_WORDS if golden.answer and not is_same(golden.answer, written) else ""
