"""What to do at once when a buyer tells of harm (误食, 烫伤, 鼓包): one sentence of the pack's `first_aid.toml`.

It is said before the words that somebody takes over: he may come in a minute, and the first minute counts.
"""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

_PACKS = Path(__file__).resolve().parents[2] / "packs"


class _Row(NamedTuple):
    red_lines: frozenset[str]
    said: re.Pattern[str]
    unless: re.Pattern[str] | None
    say: str


def first_aid(red_line: str, text: str, pack: str = "ecommerce") -> str:
    """The advice for a message that crossed this red line; empty for what harms nobody's body."""
    for row in _rows(pack):
        if red_line in row.red_lines and row.said.search(text) and not (row.unless and row.unless.search(text)):
            return row.say
    return ""


@lru_cache(maxsize=4)
def _rows(pack: str) -> tuple[_Row, ...]:
    path = _PACKS / pack / "first_aid.toml"
    if not path.exists():
        return ()
    return tuple(
        _Row(
            frozenset(row["red_lines"]),
            re.compile(row.get("said", "")),
            re.compile(row["unless"]) if "unless" in row else None,
            row["say"],
        )
        for row in tomllib.loads(path.read_text("utf-8"))["advice"]
    )
