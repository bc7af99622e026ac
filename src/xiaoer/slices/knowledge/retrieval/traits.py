"""What must not differ (对立): the kind of answer asked for, opposites, and the shop's own alternatives.

「开通」 and 「关闭」 make two questions different however alike the rest is, and so do two things that a shop treats
side by side (two payment products, two series). The first are known beforehand; the second are learnt: two phrases that
are both frequent in the shop's questions and hardly ever stand in the same one.
A text's traits are the bits of one integer, so that a thousand texts are compared in one step.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from xiaoer.slices.knowledge.retrieval.concepts import Concepts
from xiaoer.slices.knowledge.retrieval.features import FAMILIES, SENSE, SOUND_PAIR, Marks
from xiaoer.slices.knowledge.retrieval.rows import Rows
from xiaoer.slices.knowledge.retrieval.weighing import background

Bits = NDArray[np.int64]
_MOST = 40  # phrases that are looked at; they and the fixed traits fit into 63 bits
_SHARE = 0.04  # of the shop's questions that must hold a phrase
_EVERYDAY = 0.02  # a phrase of everyday shop talk is no name
_EXPECTED = 8.0  # joint appearances that chance alone would give; fewer prove nothing
_TOGETHER = 0.15  # of those may be seen


class Traits:
    """The bits of one shop."""

    def __init__(self, concepts: Concepts, questions: Sequence[Marks]) -> None:
        self._bit = {"s" + ask: 1 << n for n, ask in enumerate(sorted(concepts.asks))}
        self.asks = sum(self._bit.values())
        self.pairs: list[tuple[int, int]] = []
        for one, other in concepts.opposites:
            self._oppose("s" + one, "s" + other)
        for one, other in _alternatives(questions):
            self._oppose(one, other)

    def _oppose(self, one: str, other: str) -> None:
        bits = [self._bit.setdefault(mark, 1 << len(self._bit)) for mark in (one, other)]
        if max(bits) < 1 << 62:
            self.pairs.append((bits[0], bits[1]))

    def of(self, marks: Marks) -> int:
        bit = self._bit
        found = 0
        for family in (SOUND_PAIR, SENSE):
            for mark in marks.families[family]:
                if mark in bit:
                    found |= bit[mark]
        return found

    def of_rows(self, rows: Rows) -> Bits:
        """The same for many texts at once."""
        bits = np.zeros(len(rows.vocabulary) + 1, np.int64)
        for mark, bit in self._bit.items():
            bits[rows.vocabulary.get(mark, -1)] = bit
        bits[-1] = 0
        begins = rows.ends[:: len(FAMILIES)]
        found: Bits = np.bitwise_or.reduceat(np.append(bits[rows.marks], 0), begins[:-1]) if rows.size else bits[:0]
        found[np.diff(begins) == 0] = 0
        return found

    def asks_differ(self, question: int, documents: Bits) -> Bits:
        """1 where both say what kind of answer they want, and share none."""
        if not question & self.asks:
            return np.zeros(len(documents), np.int64)
        theirs = documents & self.asks
        return np.asarray((theirs != 0) & ((theirs & question) == 0), np.int64)

    def opposed(self, question: int, documents: Bits) -> Bits:
        """How many pairs stand against each other: this one here without that, that one there without this."""
        count = np.zeros(len(documents), np.int64)
        for one, other in self.pairs:
            both = one | other
            mine = question & both
            if mine in (one, other):
                count += (documents & both) == (both ^ mine)
        return count


def _alternatives(questions: Sequence[Marks]) -> list[tuple[str, str]]:
    everyday = background()
    holders: dict[str, set[int]] = {}
    counts = Counter(mark for marks in questions for mark in marks.families[SOUND_PAIR])
    least = max(_EXPECTED, _SHARE * len(questions))
    frequent = [
        mark for mark, count in counts.most_common(_MOST) if count >= least and everyday.get(mark, 0.0) < _EVERYDAY
    ]
    for number, marks in enumerate(questions):
        for mark in marks.families[SOUND_PAIR]:
            if counts[mark] >= least:
                holders.setdefault(mark, set()).add(number)
    found: list[tuple[str, str]] = []
    for one, other in combinations(frequent, 2):
        expected = counts[one] * counts[other] / len(questions)
        if expected >= _EXPECTED and len(holders[one] & holders[other]) <= _TOGETHER * expected:
            found.append((one, other))
    return found[:12]
