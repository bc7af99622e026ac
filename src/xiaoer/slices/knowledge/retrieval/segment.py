"""An immutable block of indexed texts: postings to find candidates, rows to weigh them.

A text of an entry (its question or a similar one) is a document; documents are numbered from 0 and so are the
block's marks. Postings list the documents of a mark; rows list the marks of a document, family by family. Both
are flat arrays: about 0.5 kB a document.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from xiaoer.slices.knowledge.retrieval.features import FAMILIES, Marks
from xiaoer.slices.knowledge.retrieval.weighing import Weighing

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
_F = len(FAMILIES)
# Postings read for one question, rarest marks first: bounds the time in a shop of any size.
_READ = 6_000
# Documents that are weighed in full.
KEPT = 192


class Weighed:
    """A question ready for matching: the mass of its marks."""

    def __init__(self, marks: Marks, weighing: Weighing) -> None:
        self.asks = marks.asks
        self.masses = [[weighing.mass(mark) for mark in family] for family in marks.families]
        self.families = marks.families
        self.totals = np.array([sum(masses) for masses in self.masses], np.float32)


class Segment:
    """Built once from the marks of its documents. `owner[d]` is the entry number of document `d`."""

    def __init__(self, documents: Sequence[Marks], owner: Sequence[int], ask_bits: dict[str, int]) -> None:
        vocabulary: dict[str, int] = {}
        flat: list[int] = []
        ends: list[int] = []
        number = vocabulary.setdefault
        for marks in documents:
            for family in marks.families:
                flat += [number(mark, len(vocabulary)) for mark in family]
                ends.append(len(flat))
        self.size = len(documents)
        self.vocabulary = vocabulary
        self.owner: Ints = np.array(owner, np.int32)
        self.asks: Ints = np.array([sum(ask_bits[a] for a in m.asks) for m in documents], np.int32)
        self._row_marks: Ints = np.array(flat, np.int32)
        self._row_ends: NDArray[np.int64] = np.zeros(self.size * _F + 1, np.int64)
        self._row_ends[1:] = ends
        sizes = np.diff(self._row_ends[::_F]) if self.size else np.zeros(0, np.int64)
        order = np.argsort(self._row_marks, kind="stable")
        self._postings: Ints = np.repeat(np.arange(self.size, dtype=np.int32), sizes)[order]
        counts = np.bincount(self._row_marks, minlength=len(vocabulary))
        self.counts: list[int] = counts.tolist()
        self._starts: list[int] = [0, *np.cumsum(counts).tolist()]
        self.masses: Floats = np.zeros((self.size, _F), np.float32)
        self._scratch: Floats = np.zeros(len(vocabulary) + 1, np.float32)
        self._found: Floats = np.zeros(self.size, np.float32)
        self._stamps: Ints = np.zeros(self.size, np.int32)
        self._root: Floats = np.ones(self.size, np.float32)

    def weigh(self, weighing: Weighing) -> None:
        """Sum the mass of every document; to be called once, before the first search."""
        masses = np.array([weighing.mass(mark) for mark in self.vocabulary], np.float32)
        sums = np.concatenate(([0.0], np.cumsum(masses[self._row_marks], dtype=np.float64)))
        self.masses = np.diff(sums[self._row_ends]).reshape(self.size, _F).astype(np.float32)
        self._root = np.sqrt(np.maximum(self.masses.sum(1), 1e-6)).astype(np.float32)

    def candidates(self, question: Weighed, may: Callable[[Ints], NDArray[np.bool_]] | None = None) -> Ints:
        """The `KEPT` documents that share most of the question's rarest marks, in no order.

        `may` says which documents count at all; None means all.
        """
        known = [
            (self.counts[at], at, mass)
            for family, masses in zip(question.families, question.masses, strict=True)
            for mark, mass in zip(family, masses, strict=True)
            if (at := self.vocabulary.get(mark)) is not None
        ]
        if not known:
            return np.zeros(0, np.int32)
        known.sort()
        lists: list[Ints] = []
        found, read = self._found, 0
        for count, at, mass in known:
            read += count
            if lists and read > _READ:
                break
            start = self._starts[at]
            postings = self._postings[start : start + count]
            found[postings] += mass
            lists.append(postings)
        touched = np.concatenate(lists)
        # A document is listed once for each mark it shares: keep its last mention only.
        places = np.arange(len(touched), dtype=np.int32)
        self._stamps[touched] = places
        unique = touched[self._stamps[touched] == places]
        gathered = found[unique]
        found[unique] = 0.0
        if may is not None:
            allowed = may(unique)
            unique, gathered = unique[allowed], gathered[allowed]
        if len(unique) > KEPT:
            rough = gathered / self._root[unique]
            unique = unique[np.argpartition(rough, len(rough) - KEPT)[len(rough) - KEPT :]]
        return np.asarray(unique, np.int32)

    def shared(self, documents: Ints, question: Weighed) -> Floats:
        """The mass that each document shares with the question, family by family: (documents, families)."""
        scratch = self._scratch
        used: list[int] = []
        for family, masses in zip(question.families, question.masses, strict=True):
            for mark, mass in zip(family, masses, strict=True):
                at = self.vocabulary.get(mark)
                if at is not None:
                    scratch[at] = mass
                    used.append(at)
        bounds = self._row_ends[documents[:, None].astype(np.int64) * _F + np.arange(_F + 1)]
        starts, sizes = bounds[:, 0], bounds[:, -1] - bounds[:, 0]
        before = np.cumsum(sizes) - sizes
        rows = np.arange(int(sizes.sum())) + np.repeat(starts - before, sizes)
        sums = np.zeros(len(rows) + 1, np.float64)
        np.cumsum(scratch[self._row_marks[rows]], out=sums[1:])
        scratch[used] = 0.0
        cuts = bounds - (starts - before)[:, None]
        return np.asarray(np.diff(sums[cuts], axis=1), np.float32)
