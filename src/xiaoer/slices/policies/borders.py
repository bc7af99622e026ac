"""Word borders (词界): what stands only across two other words is not said: 家里亲人|工作日, 一起|诉说, 列举|报价."""

import re
from functools import lru_cache
from itertools import accumulate

import rjieba

from xiaoer.kernel.quick_pattern import QuickPattern

_SHORT = 4  # characters; what is longer is no accident
_NOTHING = "□"


@lru_cache(maxsize=256)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, as they are read."""
    return tuple(rjieba.cut(text, False))


def find_said(patterns: QuickPattern, text: str) -> re.Match[str] | None:
    """The first match that is not made of the end of one word and the beginning of another."""
    while (found := patterns.search(text)) is not None and _is_accident(text, *found.span()):
        start, end = found.span()
        text = f"{text[:start]}{_NOTHING * (end - start)}{text[end:]}"
    return found


def _is_accident(text: str, start: int, end: int) -> bool:
    if not 1 < end - start <= _SHORT or text[start:end].isascii():
        return False
    edges = {0, *accumulate(map(len, words_of(text)))}
    return start not in edges and end not in edges
