"""An immutable block of indexed texts: postings to find candidates, rows to weigh them.

A text of an entry (its question or a similar one) is a document; documents are numbered from 0 and so are the
block's marks. Postings list the documents of a mark; rows list the marks of a document, family by family. Both
are flat arrays: about 1.5 kB a document with its direction.

Why not a search library: the ranking needs the rows anyway, a change must be live without a commit and a reload, and
fetching candidates out of a library costs as much as finding them here.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xiaoer.slices.knowledge.retrieval.features import CHAR, FAMILIES, SENSE, SOUND, SOUND_PAIR, Marks
from xiaoer.slices.knowledge.retrieval.rows import Rows
from xiaoer.slices.knowledge.retrieval.traits import Traits
from xiaoer.slices.knowledge.retrieval.vectors import LEARNT, Vectors, VectorTable
from xiaoer.slices.knowledge.retrieval.weighing import Weighing

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
_F = len(FAMILIES)
_BOUNDS = np.arange(_F + 1, dtype=np.int32)
# Postings read for one question, rarest marks first: bounds the time in a shop of any size.
_READ = 3_000
# Families that find candidates; the other two say little that these do not.
_SEEKING = (SOUND, SOUND_PAIR, SENSE)
# Documents of a block in which they are numbered by their place and not by their mention.
_SMALL = 4_096
# Documents that are weighed in full.
KEPT = 64


class Weighed:
    """A question ready for matching: count, number (in the main block) and mass of each of its marks."""

    def __init__(self, marks: Marks, weighing: Weighing, table: VectorTable) -> None:
        self.marks = marks
        self.places = table.places_of(marks)
        self.direction = table.direction(self.places)
        self.numbers = weighing.numbers
        self.found = [weighing.of(family) for family in marks.families]
        self.totals = np.array([sum([mass for _, _, mass in found]) for found in self.found], np.float32)

    def unknown_share(self, beside: "Segment | None") -> float:
        """The share of the characters' mass that neither the main block nor the one beside it knows."""
        unknown = total = 0.0
        for (_, at, mass), mark in zip(self.found[CHAR], self.marks.families[CHAR], strict=True):
            total += mass
            if at < 0 and (beside is None or mark not in beside.vocabulary):
                unknown += mass
        return unknown / total if total else 0.0


class Located(NamedTuple):
    """A question's marks that a block knows: their numbers and masses, and those that find candidates by rarity."""

    ids: list[int]
    masses: list[float]
    seeking: list[tuple[int, int, float]]


class Segment:
    """Built once from the marks of its documents. `owner[d]` is the entry number of document `d`."""

    def __init__(self, rows: Rows, owner: Sequence[int], traits: Traits, table: VectorTable) -> None:
        self.size = rows.size
        self.vocabulary = rows.vocabulary
        self.owner: Ints = np.array(owner, np.int32)
        self._row_marks: Ints = rows.marks
        self._row_ends: NDArray[np.int64] = rows.ends
        self.traits: NDArray[np.int64] = traits.of_rows(rows)
        counts = np.bincount(rows.marks, minlength=len(rows.vocabulary))
        self.counts: list[int] = counts.tolist()
        self._postings, self._starts = _postings(rows, counts)
        self.masses: Floats = np.zeros((self.size, _F), np.float32)
        self.places: Ints = np.array(table.places(rows.vocabulary), np.int32)
        self.directions: Vectors = table.directions(rows, self.places)
        self.mark_masses: Floats = np.zeros(0, np.float32)
        self._scratch: Floats = np.zeros(len(rows.vocabulary) + 1, np.float32)
        self._stamps: NDArray[np.int64] = np.zeros(self.size, np.int64)
        self._root: Floats = np.ones(self.size, np.float32)

    def weigh(self, weighing: Weighing) -> None:
        """Sum the mass of every document; to be called once, before the first search."""
        own = weighing.numbers is self.vocabulary
        masses = weighing.masses if own else [mass for _, _, mass in weighing.of(self.vocabulary)]
        self.mark_masses = np.array(masses, np.float32)
        sums = np.concatenate(([0.0], np.cumsum(self.mark_masses[self._row_marks], dtype=np.float64)))
        self.masses = np.diff(sums[self._row_ends]).reshape(self.size, _F).astype(np.float32)
        self._root = np.sqrt(np.maximum(self.masses.sum(1), 1e-6)).astype(np.float32)

    def known(self, question: Weighed) -> list[list[tuple[int, int, float]]]:
        """Count and number (-1: none) in this block, and mass, of each of the question's marks."""
        if question.numbers is self.vocabulary:
            return question.found
        return [
            [(self.counts[at] if (at := self.vocabulary.get(mark, -1)) >= 0 else 0, at, mass)
             for (_, _, mass), mark in zip(found, family, strict=True)]
            for found, family in zip(question.found, question.marks.families, strict=True)
        ]  # fmt: skip

    def locate(self, question: Weighed) -> Located:
        """Find the question's marks in this block."""
        ids: list[int] = []
        masses: list[float] = []
        seeking: list[tuple[int, int, float]] = []
        for family, found in enumerate(self.known(question)):
            known = [mark for mark in found if mark[1] >= 0]
            ids += [at for _, at, _ in known]
            masses += [mass for _, _, mass in known]
            if family in _SEEKING:
                seeking += known
        seeking.sort()
        return Located(ids, masses, seeking)

    def candidates(self, located: Located, may: Callable[[Ints], NDArray[np.bool_]] | None = None) -> Ints:
        """The `KEPT` documents that share most of the question's rarest marks, in no order.

        `may` says which documents count at all; None means all.
        """
        starts, all_postings = self._starts, self._postings
        lists: list[Ints] = []
        counts: list[int] = []
        masses: list[float] = []
        read = 0
        for count, at, mass in located.seeking:
            read += count
            if lists and read > _READ:
                break
            start = starts[at]
            lists.append(all_postings[start : start + count])
            counts.append(count)
            masses.append(mass)
        if not lists:
            return np.zeros(0, np.int32)
        touched = np.concatenate(lists)
        weights = np.array(masses).repeat(counts)
        if self.size <= _SMALL:  # adding up over all documents is cheaper than telling them apart first
            sums = np.bincount(touched, weights, self.size)
            unique: Ints = sums.nonzero()[0].astype(np.int32)
            sums = sums.take(unique)
        else:
            # A document is listed once for each mark it shares: add up at the place of its last mention.
            places = np.arange(len(touched))
            self._stamps[touched] = places
            last = self._stamps.take(touched)
            at = (last == places).nonzero()[0]
            unique, sums = touched.take(at), np.bincount(last, weights, len(touched)).take(at)
        if may is not None:
            allowed = may(unique)
            unique, sums = unique[allowed], sums[allowed]
        if len(unique) > KEPT:
            rough = sums / self._root.take(unique)
            unique = unique.take(rough.argpartition(len(rough) - KEPT)[len(rough) - KEPT :])
        return np.asarray(unique, np.int32)

    def learnt_marks_of(self, document: int) -> tuple[set[int], list[int]]:
        """The numbers of a document's marks that have vectors, and of these its senses."""
        ends: list[int] = self._row_ends[document * _F : (document + 1) * _F + 1].tolist()
        marks: list[int] = self._row_marks[ends[0] : ends[-1]].tolist()
        by_family = [marks[ends[family] - ends[0] : ends[family + 1] - ends[0]] for family in LEARNT]
        return set().union(*by_family), by_family[LEARNT.index(SENSE)]

    def shared(self, documents: Ints, located: Located) -> Floats:
        """The mass that each document shares with the question, family by family: (documents, families)."""
        scratch = self._scratch
        scratch[located.ids] = located.masses
        bounds = self._row_ends.take((documents * _F)[:, None] + _BOUNDS)
        starts = bounds[:, 0]
        sizes = bounds[:, _F] - starts
        before = sizes.cumsum()
        total = int(before[-1])
        shift = starts - (before - sizes)
        rows = shift.repeat(sizes)
        rows += np.arange(total)
        sums = np.zeros(total + 1, np.float32)
        scratch.take(self._row_marks.take(rows)).cumsum(out=sums[1:])
        scratch[located.ids] = 0.0
        ends = sums.take(bounds - shift[:, None])
        return np.asarray(ends[:, 1:] - ends[:, :-1], np.float32)


def _postings(rows: Rows, counts: NDArray[np.int64]) -> tuple[Ints, list[int]]:
    """The documents of every mark that finds candidates, mark after mark, and where each mark's begin."""
    bounds = (*rows.first, len(rows.vocabulary))
    seeks = np.zeros(len(counts), np.bool_)
    for family in _SEEKING:
        seeks[bounds[family] : bounds[family + 1]] = True
    documents = np.repeat(np.arange(rows.size, dtype=np.int64), np.diff(rows.ends[::_F]))
    kept = seeks[rows.marks]
    keys = np.sort((rows.marks[kept].astype(np.int64) << 32) | documents[kept])
    return (keys & 0xFFFFFFFF).astype(np.int32), [0, *np.cumsum(np.where(seeks, counts, 0)).tolist()]
