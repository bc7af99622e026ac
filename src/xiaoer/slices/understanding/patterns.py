"""Closed classes (定式): wordings of greetings, thanks, assent, a call for a person; read from the pack.

A wording that covers the whole segment decides before the classifier; one inside a longer text is a hint to it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_BARE = re.compile(r"[^0-9a-zA-Z\u3400-\u9fff]+")
# A greeting or an assent longer than this is something else.
_LONGEST_WHOLE = 24


@dataclass(frozen=True, slots=True)
class Pattern:
    """The wordings of one code."""

    code: str
    whole: re.Pattern[str] | None
    part: re.Pattern[str] | None
    unless: re.Pattern[str] | None


def compile_patterns(rows: Mapping[str, Mapping[str, Any]]) -> tuple[Pattern, ...]:
    return tuple(
        Pattern(code, _any(row.get("whole")), _any(row.get("part")), _any(row.get("unless")))
        for code, row in rows.items()
    )


def decide_by_pattern(normal: str, patterns: Sequence[Pattern]) -> str | None:
    """The code of a wording that covers the whole segment and leaves no doubt; None when none does."""
    bare = _BARE.sub("", normal)
    if not bare or len(bare) > _LONGEST_WHOLE:
        return None
    for pattern in patterns:
        if pattern.whole is not None and pattern.whole.fullmatch(bare) and not _excepted(pattern, bare):
            return pattern.code
    return None


def hints_of(normal: str, patterns: Sequence[Pattern]) -> list[str]:
    """Codes whose wording stands somewhere in the text: a feature for the classifier, not yet a decision."""
    bare = _BARE.sub("", normal)
    return [p.code for p in patterns if p.part is not None and p.part.search(bare) and not _excepted(p, bare)]


def _excepted(pattern: Pattern, bare: str) -> bool:
    return pattern.unless is not None and pattern.unless.search(bare) is not None


def _any(patterns: Sequence[str] | None) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{p})" for p in patterns)) if patterns else None
