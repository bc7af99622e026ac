"""Misspelt searches (拼音打错): what somebody may have meant who typed a wrong letter of pinyin, or a wrong character.

A shop's texts hold a few hundred syllables and some thousands of pairs of them. A word that is found nowhere is changed
by one letter, or two that change places, in every way; what then reads as syllables that stand side by side in the
shop's texts is what may have been meant. Sound-alikes (退或 for 退货) need no change: they sound right. Pure.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST = 5  # letters; shorter words have too many neighbours
_LONGEST = 24
_LONGEST_SYLLABLE = 6
_MOST = 4  # spellings that are searched for


class Syllables:
    """The syllables of some texts, and which of them follow each other."""

    def __init__(self, sounds: Iterable[Sequence[str]]) -> None:
        self._known: set[str] = set()
        self._pairs: set[tuple[str, str]] = set()
        for row in sounds:
            self._known.update(row)
            self._pairs.update(pairwise(row))

    def meant(self, typed: str) -> list[str]:
        """Spellings one mistake away from what was typed that the texts may hold, at most four."""
        if not _SHORTEST <= len(typed) <= _LONGEST:
            return []
        found: dict[str, None] = {}
        for word in _neighbours(typed):
            if word not in found and self._reads(word, 0, ""):
                found[word] = None
                if len(found) == _MOST:
                    break
        return list(found)

    def _reads(self, word: str, at: int, before: str) -> bool:
        """Whether the rest of a word reads as syllables that follow each other."""
        if at == len(word):
            return True
        for end in range(min(at + _LONGEST_SYLLABLE, len(word)), at, -1):
            syllable = word[at:end]
            follows = not before or (before, syllable) in self._pairs
            if follows and syllable in self._known and self._reads(word, end, syllable):
                return True
        return False


def _neighbours(word: str) -> Iterator[str]:
    """Words one mistake away, the likeliest kinds first: letters swapped, one left out, one too many, a wrong one."""
    for at in range(len(word) - 1):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    for at in range(len(word) + 1):
        for letter in _LETTERS:
            yield word[:at] + letter + word[at:]
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
    for at in range(len(word)):
        for letter in _LETTERS:
            yield word[:at] + letter + word[at + 1 :]
