"""A regular expression that is nearly always absent (快筛): tried only where letters stand that every match holds.

Rules in words are long alternations, hundreds are tried on each message, and nearly none is there. From its parse tree
each pattern gets a set of *needles*, single letters or pairs, of which every match holds at least one; a text whose
letters and pairs share none with them is passed over by one look at two sets. What is found is what `re` finds.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_PAIRS = 400  # pairs of neighbouring sets that are still written out
_WIDE = 60  # members of a set that are still written out
_COMMON = frozenset("的了吗呢吧啊不没能可以会要有是这那么什怎我你他它用到个多少大小一二上下来去就都还也给在和")
_OFTEN, _SELDOM, _PAIR = 5.0, 1.0, 0.02  # how much letter and pair let through


class Sieve:
    """Which of many patterns a text may match: one look at its letters and pairs instead of a search for each."""

    __slots__ = ("_by_needle", "_needles", "_unsure")

    def __init__(self, patterns: Sequence[re.Pattern[str]]) -> None:
        self._by_needle: dict[str, list[int]] = {}
        self._unsure: list[int] = []
        for number, pattern in enumerate(patterns):
            needles = needles_of(pattern)
            for needle in needles or ():
                self._by_needle.setdefault(needle, []).append(number)
            if needles is None:
                self._unsure.append(number)
        self._needles = frozenset(self._by_needle)

    def worth(self, text: str) -> list[int]:
        """The numbers of the patterns that are worth a search, in order; mostly few or none."""
        there = self._needles & letters_and_pairs(text)
        if not there:
            return self._unsure
        return sorted({one for needle in there for one in self._by_needle[needle]}.union(self._unsure))


class QuickPattern:
    """`search` over an alternation, quick to say no. Its branches are tried one by one, so numbers and names of groups
    are those of the branch that matched."""

    __slots__ = ("_branches", "_sieve")

    def __init__(self, *patterns: str, flags: int = 0) -> None:
        self._branches = [re.compile(branch, flags) for pattern in patterns for branch in _branches(pattern)]
        self._sieve = Sieve(self._branches)

    @classmethod
    def any_of(cls, patterns: Iterable["QuickPattern"]) -> "QuickPattern":
        """One that finds what any of them finds."""
        joined = cls()
        joined._branches = [branch for pattern in patterns for branch in pattern._branches]
        joined._sieve = Sieve(joined._branches)
        return joined

    def search(self, text: str) -> re.Match[str] | None:
        """The leftmost match, of the first branch that matches there; as `re` would find it."""
        best: re.Match[str] | None = None
        for number in self._sieve.worth(text):
            found = self._branches[number].search(text)
            if found is not None and (best is None or found.start() < best.start()):
                best = found
        return best


@lru_cache(maxsize=64)
def letters_and_pairs(text: str) -> frozenset[str]:
    """The characters of a text and its pairs of neighbours."""
    return frozenset((*text, *map(str.__add__, text, text[1:])))


def needles_of(pattern: re.Pattern[str]) -> frozenset[str] | None:
    """Letters and pairs of which every match holds at least one; None where nothing is sure."""
    if pattern.flags & re.VERBOSE:
        return None
    return _of_sequence(parser.parse(pattern.pattern, pattern.flags).data, bool(pattern.flags & re.IGNORECASE))


def _branches(pattern: str) -> list[str]:
    """The alternatives of a pattern at its top; brackets, classes and escapes are passed over."""
    branches, depth, opened, start, at = [], 0, -1, 0, 0  # opened: where the class that is open begins, or -1
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            at += 1
        elif opened >= 0:
            opened = -1 if sign == "]" and at > opened + 1 else opened
        elif sign == "[":
            opened = at + (pattern[at + 1 : at + 2] == "^")
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == "|" and depth == 0:
            branches.append(pattern[start:at])
            start = at + 1
        at += 1
    return [*branches, pattern[start:]]


def _of_sequence(items: list[Any], any_case: bool) -> frozenset[str] | None:
    """The best needles of what must stand in a row."""
    found: list[frozenset[str]] = []
    before: frozenset[str] | None = None
    for op, value in _flat(items):
        if op in (ops.AT, ops.ASSERT, ops.ASSERT_NOT):
            continue  # takes no room: what stands around it are neighbours
        letters = _letters(op, value, any_case)
        if letters is not None:
            found.append(letters)
            if before is not None and len(before) * len(letters) <= _PAIRS:
                found.append(frozenset(one + two for one in before for two in letters))
        elif (within := _of_group(op, value, any_case)) is not None:
            found.append(within)
        before = letters
    return min(found, key=_lets_through, default=None)


def _flat(items: list[Any]) -> list[Any]:
    """The items, those of plain groups among them."""
    flat: list[Any] = []
    for op, value in items:
        if op is ops.SUBPATTERN and not value[1] and not value[2]:
            flat += _flat(value[3].data)
        else:
            flat.append((op, value))
    return flat


def _of_group(op: Any, value: Any, any_case: bool) -> frozenset[str] | None:
    if op is ops.BRANCH:
        branches = [_of_sequence(branch.data, any_case) for branch in value[1]]
        return frozenset().union(*branches) if all(branch is not None for branch in branches) else None  # type: ignore[arg-type]
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT) and value[0] > 0:
        return _of_sequence(value[2].data, any_case)
    return None


def _letters(op: Any, value: Any, any_case: bool) -> frozenset[str] | None:
    """The characters that may stand here; None where that are too many or unknown."""
    if op is ops.LITERAL:
        return _cased({chr(value)}, any_case)
    if op is not ops.IN:
        return None
    found: set[str] = set()
    for kind, what in value:
        if kind is ops.LITERAL:
            found.add(chr(what))
        elif kind is ops.RANGE and what[1] - what[0] < _WIDE:
            found |= {chr(code) for code in range(what[0], what[1] + 1)}
        elif kind is ops.CATEGORY and what is ops.CATEGORY_DIGIT and not any_case:
            return None
        else:
            return None
    return _cased(found, any_case) if len(found) <= _WIDE else None


def _cased(letters: set[str], any_case: bool) -> frozenset[str] | None:
    if any_case and any(not one.isascii() and one.lower() != one.upper() for one in letters):
        return None
    return frozenset(case for one in letters for case in ((one.lower(), one.upper()) if any_case else (one,)))


def _lets_through(needles: frozenset[str]) -> float:
    """How many texts the needles let through, about."""
    return sum(_PAIR if len(one) > 1 else _OFTEN if one in _COMMON else _SELDOM for one in needles)
