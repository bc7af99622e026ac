"""What is remembered of a buyer (买家记忆): what he told in earlier talks, newest first, from the traces alone.

A measure counts for whom it was said: 「我家孩子 110」 is the child's, not the buyer's. Contact data are never
remembered here. Every line carries the day on which it was said, because people grow and move.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

_MOST_ASKED = 3
_QUIET = ("chat.", "service.")


class Heard(Struct, frozen=True):
    """One earlier turn: when, and the segments as the trace keeps them."""

    at: datetime
    segments: tuple[dict[str, Any], ...]


class Remembered(Struct, frozen=True):
    """One line: 身高 170 cm (since when)."""

    label: str
    value: str
    at: datetime | None = None


_FACTS: tuple[tuple[str, str, str], ...] = (
    ("height_cm", "身高", " cm"),
    ("weight_kg", "体重", " kg"),
    ("foot_length_mm", "脚长", " mm"),
    ("age_months", "月龄", " 个月"),
    ("age_years", "年龄", " 岁"),
    ("size", "提过的尺码", ""),
    ("color", "问过的颜色", ""),
)


def remember(
    turns: Sequence[Heard], intent_label: dict[str, str], open_matters: Sequence[str]
) -> tuple[Remembered, ...]:
    """Facts said (the newest of each), what is asked most, and what a talk has open."""
    found: dict[tuple[str, str], Remembered] = {}
    asked: Counter[str] = Counter()
    for turn in sorted(turns, key=lambda turn: turn.at, reverse=True):
        for segment in turn.segments:
            intent = str(segment.get("intent", ""))
            if intent and not intent.startswith(_QUIET) and intent in intent_label:
                asked[intent_label[intent]] += 1
            entities = segment.get("entities") or {}
            whose = str(entities.get("relation") or "")
            for name, label, unit in _FACTS:
                value = entities.get(name)
                if value is not None and (whose, name) not in found:
                    text = f"{value:g}{unit}" if isinstance(value, int | float) else f"{value}{unit}"
                    found[whose, name] = Remembered(f"{whose}{label}", text, turn.at)
    lines = list(found.values())
    often = [(title, count) for title, count in asked.most_common(_MOST_ASKED) if count > 1]
    if often:
        lines.append(Remembered("问得多", "、".join(f"{title} {count} 次" for title, count in often)))
    lines += [Remembered("没办完", matter) for matter in open_matters]
    return tuple(lines)
