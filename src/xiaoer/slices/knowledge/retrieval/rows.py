"""Many texts taken apart at once: the marks of `features.marks_of`, as rows of numbers.

Building the index of a large shop is bound by this. Only reading the tokens of each text is done text by text; pairs,
repeats and numbering are done for all texts together on arrays, several times faster than with strings. A test
holds both ways against each other.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xiaoer.kernel.heard import TextForms
from xiaoer.slices.knowledge.retrieval.concepts import Concepts
from xiaoer.slices.knowledge.retrieval.features import FAMILIES, tokens_of

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
_LOW = (1 << 32) - 1


class Rows(NamedTuple):
    """Marks of many texts in a line. Those of family `f` of text `n` are `marks[ends[i] : ends[i + 1]]`,
    `i = n * len(FAMILIES) + f`; `vocabulary` numbers every mark, family after family from `first[f]` on."""

    vocabulary: dict[str, int]
    first: tuple[int, ...]
    marks: Ints
    ends: Longs

    @property
    def size(self) -> int:
        """How many texts there are."""
        return (len(self.ends) - 1) // len(FAMILIES)


class _Names(dict[str, int]):
    """Numbers tokens in the order of their first appearance."""

    def __missing__(self, name: str) -> int:
        self[name] = number = len(self)
        return number


class _Line:
    """One kind of token of all texts: numbers in a line, and how many each text has."""

    def __init__(self) -> None:
        self.names, self.flat, self.counts = _Names(), list[int](), list[int]()

    def add(self, tokens: list[str]) -> None:
        self.flat += map(self.names.__getitem__, tokens)
        self.counts.append(len(tokens))

    def read(self) -> tuple[list[str], Longs, Longs]:
        """The names in their own order, and for each token its text and the place of its name."""
        names = sorted(self.names)
        place = np.empty(len(names), np.int64)
        place[[self.names[name] for name in names]] = np.arange(len(names))
        texts = np.repeat(np.arange(len(self.counts), dtype=np.int64), self.counts)
        return names, texts, place[np.array(self.flat, np.int64)] if names else texts


def rows_of(texts: Iterable[TextForms], concepts: Concepts) -> Rows:
    """Take texts apart. Pure; about 15 µs for a usual question."""
    chars, sounds, senses = _Line(), _Line(), _Line()
    for forms in texts:
        for line, tokens in zip((chars, sounds, senses), tokens_of(forms, concepts), strict=True):
            line.add(tokens)
    families = [_single("u", chars), _single("p", sounds), _pairs("q", sounds), _single("s", senses)]
    families.append(_pairs("t", senses, near=True))
    vocabulary: dict[str, int] = {}
    first: list[int] = []
    for names, _ in families:
        first.append(len(vocabulary))
        vocabulary.update(zip(names, range(len(vocabulary), len(vocabulary) + len(names)), strict=True))
    count, width = len(chars.counts), len(families)
    sizes = np.zeros((count, width), np.int64)
    for at, (_, keys) in enumerate(families):
        sizes[:, at] = np.bincount(keys >> 32, minlength=count)
    ends = np.concatenate(([0], np.cumsum(sizes.ravel())))
    marks = np.empty(int(ends[-1]), np.int32)
    for at, (_, keys) in enumerate(families):
        before = np.cumsum(sizes[:, at]) - sizes[:, at]
        shift = ends[:-1].reshape(count, width)[:, at] - before
        marks[np.arange(len(keys)) + np.repeat(shift, sizes[:, at])] = (keys & _LOW) + first[at]
    return Rows(vocabulary, tuple(first), marks, ends)


def _single(sign: str, line: _Line) -> tuple[list[str], Longs]:
    """Names of a family of single tokens, and its marks as keys: the text above 32 bits, the name below."""
    names, texts, tokens = line.read()
    return [sign + name for name in names], _distinct(texts, tokens)


def _pairs(sign: str, line: _Line, *, near: bool = False) -> tuple[list[str], Longs]:
    """The same for pairs of neighbours; with `near` also of those one apart, in either order and never of equals."""
    names, texts, tokens = line.read()
    texts_now, left, right = [], [], []
    for step in (1, 2) if near else (1,):
        together = texts[:-step] == texts[step:]
        texts_now.append(texts[:-step][together])
        left.append(tokens[:-step][together])
        right.append(tokens[step:][together])
    texts, one, other = np.concatenate(texts_now), np.concatenate(left), np.concatenate(right)
    if near:
        texts, one, other = (
            texts[one != other],
            np.minimum(one, other)[one != other],
            np.maximum(one, other)[one != other],
        )
    codes, tokens = np.unique(one * len(names) + other, return_inverse=True)
    called = [f"{sign}{names[code // len(names)]} {names[code % len(names)]}" for code in codes.tolist()]
    return called, _distinct(texts, tokens.astype(np.int64))


def _distinct(texts: Longs, tokens: Longs) -> Longs:
    keys = np.sort((texts << 32) | tokens)
    if len(keys):
        keys = keys[np.append(True, keys[1:] != keys[:-1])]
    return keys
