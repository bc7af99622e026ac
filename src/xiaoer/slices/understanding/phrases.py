"""Longest-match phrase tables: the one way the lexicons are looked up.

A table maps phrases to values and finds them in a text by the first character, the longest phrase first.
A regular expression of the first characters leaps from one candidate to the next, a dictionary of lengths does the
rest: several times faster than an expression of a thousand alternatives, and a shop may add its own words to a copy.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple


class Found(NamedTuple):
    """One phrase in a text: `[start, end)` and what the lexicon says of it."""

    start: int
    end: int
    value: str


class PhraseTable:
    """Phrases with values. Immutable once built; `plus` gives an extended copy."""

    __slots__ = ("_by_first", "_starts", "_values")

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)
        by_first: dict[str, dict[int, dict[str, str]]] = {}
        for phrase, value in self._values.items():
            if phrase:
                by_first.setdefault(phrase[0], {}).setdefault(len(phrase), {})[phrase] = value
        self._by_first = {first: tuple(sorted(lengths.items(), reverse=True)) for first, lengths in by_first.items()}
        firsts = "".join(re.escape(first) for first in sorted(by_first))
        self._starts = re.compile(f"[{firsts}]" if firsts else r"(?!)").search

    def __len__(self) -> int:
        return len(self._values)

    def get(self, phrase: str) -> str | None:
        return self._values.get(phrase)

    def items(self) -> Iterable[tuple[str, str]]:
        return self._values.items()

    def plus(self, more: Mapping[str, str]) -> "PhraseTable":
        """A copy with more phrases; the new value wins for a phrase that both hold."""
        return PhraseTable({**self._values, **more}) if more else self

    def find(self, text: str) -> Iterator[Found]:
        """Phrases from left to right, longest first, not overlapping."""
        by_first, starts = self._by_first, self._starts
        start = starts(text)
        while start is not None:
            at = start.start()
            after = at + 1
            for length, phrases in by_first[text[at]]:
                value = phrases.get(text[at : at + length])
                if value is not None:
                    after = at + length
                    yield Found(at, after, value)
                    break
            start = starts(text, after)

    def values_in(self, text: str) -> list[str]:
        """Values of every phrase in the text, also of those inside longer ones; in order, each once."""
        by_first, starts = self._by_first, self._starts
        seen: dict[str, None] = {}
        start = starts(text)
        while start is not None:
            at = start.start()
            for length, phrases in by_first[text[at]]:
                value = phrases.get(text[at : at + length])
                if value is not None:
                    seen[value] = None
            start = starts(text, at + 1)
        return list(seen)

    def replace(self, text: str, keep: Callable[[str, Found], bool] | None = None) -> str:
        """The text with every phrase replaced by its value; `keep` may veto a find and leave the words."""
        pieces: list[str] = []
        last = 0
        for found in self.find(text):
            if keep is not None and keep(text, found):
                continue
            pieces.append(text[last : found.start])
            pieces.append(found.value)
            last = found.end
        if not pieces:
            return text
        pieces.append(text[last:])
        return "".join(pieces)
