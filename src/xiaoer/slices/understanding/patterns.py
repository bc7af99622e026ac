"""Closed classes (定式): wordings that mean one thing whatever else stands there; read from the pack, decided first."""

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


def decide_by_pattern(normal: str, patterns: Sequence[Pattern]) -> tuple[str, bool] | None:
    """The code that a wording leaves no doubt about, and whether it covers the whole segment; None when none does."""
    bare = _BARE.sub("", normal)
    if not bare:
        return None
    for pattern in patterns:
        whole = pattern.whole is not None and len(bare) <= _LONGEST_WHOLE and pattern.whole.fullmatch(bare) is not None
        part = not whole and pattern.part is not None and pattern.part.search(bare) is not None
        if (whole or part) and (pattern.unless is None or pattern.unless.search(bare) is None):
            return pattern.code, whole
    return None


def _any(patterns: Sequence[str] | None) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{p})" for p in patterns)) if patterns else None
