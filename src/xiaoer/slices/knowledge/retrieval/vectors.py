"""Meaning as a direction (语义向量): texts that ask alike point alike, also when they share no word.

Every mark has a learnt vector; a text is the sum of its marks' vectors, of length one. The table is trained by
`retrieval.train` on our own utterances and paraphrases, and ships with the product: no model is downloaded.
A character that was never seen in training gets a fixed random direction, so that two unknown names
(two products, two services) are not taken for the same thing.
"""

import math
import zlib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from xiaoer.kernel.heard import TextForms
from xiaoer.slices.knowledge.retrieval.concepts import builtin
from xiaoer.slices.knowledge.retrieval.features import CHAR, FAMILIES, SENSE, SOUND_PAIR, Marks, marks_of
from xiaoer.slices.knowledge.retrieval.rows import Ints, Longs, Rows

Vectors = NDArray[np.float32]
LEARNT = (CHAR, SOUND_PAIR, SENSE)  # families whose marks have vectors
_NAMED = ("u", "s")  # families whose unknown marks get a direction of their own
_DIRECTIONS = 1024
_CHUNK = 4_096


class _Rows(dict[str, int]):
    """Where the vector of a mark stands: its own, a fixed one for an unknown character, or the last one, zero."""

    def __missing__(self, mark: str) -> int:
        if mark[0] in _NAMED:
            return len(self) + zlib.crc32(mark.encode("utf-8", "replace")) % _DIRECTIONS
        return len(self) + _DIRECTIONS


class VectorTable:
    """Marks and their vectors; scaled so that plain sums are right."""

    def __init__(self, marks: list[str], vectors: Vectors, unknown_length: float) -> None:
        self.size = vectors.shape[1]
        self.learnt = len(marks)
        self._row = _Rows({mark: at for at, mark in enumerate(marks)})
        directions = np.random.default_rng(0).normal(0.0, 1.0, (_DIRECTIONS, self.size))
        directions *= unknown_length / np.linalg.norm(directions, axis=1, keepdims=True)
        nothing = np.zeros((1, self.size))
        self._rows: Vectors = np.concatenate([vectors, directions, nothing]).astype(np.float32)

    def places(self, marks: Iterable[str]) -> list[int]:
        """Where the vectors of marks stand, for `at`; learnt ones stand before `learnt`."""
        row = self._row
        return [row[mark] for mark in marks]

    def places_of(self, marks: Marks) -> list[int]:
        """The same for the learnt marks of one text, family after family."""
        return self.places(mark for family in LEARNT for mark in marks.families[family])

    def at(self, places: Sequence[int] | Ints) -> Vectors:
        """The vectors that stand at some places."""
        return self._rows.take(places, 0)

    def direction(self, places: Sequence[int]) -> Vectors:
        """The direction of one text from the places of its learnt marks; zero when nothing in it is known."""
        total: Vectors = np.add.reduce(self.at(places), 0)
        return total / max(math.sqrt(float(total @ total)), 1e-6)

    def directions(self, rows: Rows, where: Ints) -> Vectors:
        """Directions of many texts; `where` are the places of their vocabulary."""
        out: Vectors = np.zeros((rows.size, self.size), np.float32)
        for family in LEARNT:
            begins, ends = rows.ends[family :: len(FAMILIES)][: rows.size], rows.ends[family + 1 :: len(FAMILIES)]
            for at in range(0, rows.size, _CHUNK):
                self._add(out[at : at + _CHUNK], begins[at : at + _CHUNK], ends[at : at + _CHUNK], where, rows)
        return _unit(out)

    def _add(self, sums: Vectors, begins: Longs, ends: Longs, where: Ints, rows: Rows) -> None:
        """Add up the marks between `begins` and `ends`, one of each text at a time."""
        left = np.arange(len(sums))
        while len(left := left[begins[left] < ends[left]]):
            sums[left] += self._rows[where[rows.marks[begins[left]]]]
            begins = begins + 1


def _unit(sums: Vectors) -> Vectors:
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6), np.float32)


def pack_table(marks: list[str], vectors: Vectors, unknown_length: float) -> bytes:
    """The table as a file."""
    buffer = BytesIO()
    np.savez_compressed(
        buffer,
        marks=np.frombuffer("\n".join(marks).encode(), np.uint8),
        vectors=vectors.astype(np.float16),
        unknown_length=np.float32(unknown_length),
    )
    return buffer.getvalue()


@cache
def shipped() -> VectorTable:
    """The table that comes with the product."""
    content = files("xiaoer.slices.knowledge.retrieval").joinpath("vectors.npz").read_bytes()
    with np.load(BytesIO(content), allow_pickle=False) as arrays:
        marks = arrays["marks"].tobytes().decode().split("\n")
        return VectorTable(marks, arrays["vectors"].astype(np.float32), float(arrays["unknown_length"]))


def direction_of(forms: TextForms) -> Vectors:
    """The direction of one text by the shipped table."""
    table = shipped()
    return table.direction(table.places_of(marks_of(forms, builtin())))
