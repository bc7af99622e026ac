"""Red lines (红线): what a person must take over at once.

Words decide, not a model: every rule of the pack's `red_lines.toml` is tried on the buyer's text without spaces and
punctuation (so that spreading the characters hides nothing) and on its sound (so that a homophone hides nothing).
An exception silences its own rule only: 「会不会过敏」 asks before buying, 「过敏了」 reports an injury.
Understanding adds two signals: an intent that is a red line by itself, and the anger of the turn.
"""

import re
import tomllib
from collections.abc import Sequence

from msgspec import Struct

from xiaoer.kernel.decision import HandoffReason
from xiaoer.kernel.heard import Heard, TextForms
from xiaoer.slices.policies.types import RedLineHit

_CLAUSE = re.compile(r"[,。!?;\s]+")
_BARE = re.compile(r"[^0-9a-z\u3400-\u9fff]+")


class RedLine(Struct, frozen=True):
    """One rule. `intents` maps codes to the confidence from which they trip it; `anger` 0 means never by itself."""

    id: str
    reason: HandoffReason
    skill: str
    patterns: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    unless_anywhere: re.Pattern[str] | None = None
    sounds: tuple[str, ...] = ()
    intents: tuple[tuple[str, float], ...] = ()
    anger: float = 0.0


def parse_red_lines(text: str) -> tuple[RedLine, ...]:
    """The rules of a `red_lines.toml`, in file order; the first that is crossed gives the reason."""
    return tuple(
        RedLine(
            id=name,
            reason=row["reason"],
            skill=row["skill"],
            patterns=_any(row.get("patterns", ())),
            unless=_any(row.get("unless", ())),
            unless_anywhere=_any(row.get("unless_anywhere", ())),
            sounds=tuple(row.get("sounds", ())),
            intents=tuple(row.get("intents", {}).items()),
            anger=row.get("anger", 0.0),
        )
        for name, row in tomllib.loads(text).items()
    )


def match_red_lines(heard: Heard, forms: TextForms, rules: Sequence[RedLine]) -> tuple[RedLineHit, ...]:
    """The red lines that a turn crosses, in the order of the rules. `forms` are of the whole turn."""
    # Clause by clause, then as one: an exception in one clause does not excuse the next.
    clauses = [bare for clause in _CLAUSE.split(forms.normal.lower()) if (bare := _BARE.sub("", clause))]
    texts = [*clauses, forms.compact] if len(clauses) > 1 else [forms.compact]
    sound = f" {forms.pinyin} "
    hits = []
    for rule in rules:
        by = _tripped(rule, heard, texts, sound)
        if by is not None:
            hits.append(RedLineHit(rule.id, rule.reason, rule.skill, by))
    return tuple(hits)


def _tripped(rule: RedLine, heard: Heard, texts: Sequence[str], sound: str) -> str | None:
    if rule.unless_anywhere is not None and rule.unless_anywhere.search(texts[-1]):
        return None
    excused = False
    for text in texts:
        found = rule.patterns.search(text) if rule.patterns is not None else None
        if rule.unless is not None and rule.unless.search(text):
            excused = True
            continue
        if found is not None:
            # The joined text must not trip a rule over words that only became neighbours by joining.
            if excused and text is texts[-1] and len(texts) > 1:
                continue
            return found.group()
    if not excused:
        for syllables in rule.sounds:
            if f" {syllables} " in sound:
                return syllables
        for code, confidence in rule.intents:
            if any(segment.intent == code and segment.confidence >= confidence for segment in heard.segments):
                return code
    if rule.anger and heard.sentiment.anger >= rule.anger:
        return "anger"
    return None


def _any(patterns: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{p})" for p in patterns)) if patterns else None
