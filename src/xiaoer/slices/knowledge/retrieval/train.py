"""Learns the vectors of marks (see `vectors`) from texts that ask alike.

Two kinds of groups: paraphrases of one question, and utterances of one intent. In every step some groups give two
texts each; the two shall point alike and away from the texts of all other groups (softmax over the batch).
Marks are dropped at random, so that no single word carries a text. Numpy only; a minute on one core; the same
input and seed give the same table.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from xiaoer.slices.knowledge.retrieval.features import Marks
from xiaoer.slices.knowledge.retrieval.vectors import LEARNT, Vectors
from xiaoer.slices.knowledge.retrieval.weighing import Weighing

# Tried on held-out paraphrase groups: 32 to 96 dimensions, temperature 0.07 to 0.2, 2,500 to 6,000 steps.
_SIZE = 48
_STEPS = 2_500
_PAIRS = 128
_PARAPHRASES = 0.4  # share of pairs from paraphrase groups
_TEMPERATURE = 0.1
_DROPPED = 0.15
_RATE = 0.02
_LEAST = 4  # texts that must hold a mark
_FADE, _FADE_SQUARE = 0.9, 0.98  # of Adam's two averages

Groups = Mapping[str, Sequence[Marks]]


def learn(
    paraphrases: Groups, intents: Groups, *, steps: int = _STEPS, least: int = _LEAST, seed: int = 0
) -> tuple[list[str], Vectors, float]:
    """Marks, their vectors (with the marks' mass in them) and the length for unknown marks."""
    chance = np.random.default_rng(seed)
    plain = Weighing({}, (), 0)
    texts = [_learnt(marks) for groups in (paraphrases, intents) for texts in groups.values() for marks in texts]
    counts = Counter(mark for text in texts for mark in text)
    vocabulary = sorted(mark for mark, count in counts.items() if count >= least)
    place = {mark: at for at, mark in enumerate(vocabulary)}
    weights = np.sqrt(np.array([plain.mass(mark) for mark in vocabulary], np.float32))
    pools = [_pool(groups, place) for groups in (paraphrases, intents)]
    vectors = chance.normal(0.0, 0.1, (len(vocabulary), _SIZE)).astype(np.float32)
    first, second = np.zeros_like(vectors), np.zeros_like(vectors)
    many = int(_PAIRS * _PARAPHRASES) if pools[0] else 0
    for step in range(steps):
        texts_now, labels = _draw(pools, (many, _PAIRS - many), chance)
        matrix = _matrix(texts_now, weights, chance)
        slope = matrix.T @ _pull(matrix @ vectors, labels)
        first = _FADE * first + (1 - _FADE) * slope
        second = _FADE_SQUARE * second + (1 - _FADE_SQUARE) * slope * slope
        mean = first / (1 - _FADE ** (step + 1))
        spread = np.sqrt(second / (1 - _FADE_SQUARE ** (step + 1)))
        vectors -= _RATE * (1 - step / steps) * mean / (spread + 1e-6)
    usual = float(np.median(np.linalg.norm(vectors, axis=1)))
    return vocabulary, vectors * weights[:, None], usual * float(np.sqrt(plain.mass("u\u9fff")))


def _learnt(marks: Marks) -> tuple[str, ...]:
    return tuple(mark for family in LEARNT for mark in marks.families[family])


def _pool(groups: Groups, place: Mapping[str, int]) -> list[list[NDArray[np.int64]]]:
    pool: list[list[NDArray[np.int64]]] = []
    for texts in groups.values():
        rows = [sorted(place[mark] for mark in _learnt(marks) if mark in place) for marks in texts]
        known = [np.array(row) for row in rows if row]
        if len(known) > 1:
            pool.append(known)
    return pool


def _draw(
    pools: Sequence[list[list[NDArray[np.int64]]]], wanted: Sequence[int], chance: np.random.Generator
) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:
    """Pairs of texts, the partners side by side, and the number of each text's group."""
    texts: list[NDArray[np.int64]] = []
    labels: list[int] = []
    for pool, count, base in zip(pools, wanted, (0, len(pools[0])), strict=True):
        for number in chance.integers(0, len(pool), count) if count else ():
            one, other = chance.choice(len(pool[number]), 2, replace=False)
            texts += [pool[number][one], pool[number][other]]
            labels += [base + int(number)] * 2
    return texts, np.array(labels)


def _matrix(texts: Sequence[NDArray[np.int64]], weights: Vectors, chance: np.random.Generator) -> csr_matrix:
    kept = []
    for text in texts:
        stays = text[chance.random(len(text)) >= _DROPPED]
        kept.append(stays if len(stays) else text)
    columns = np.concatenate(kept)
    ends = np.cumsum([0, *(len(text) for text in kept)])
    return csr_matrix((weights[columns], columns, ends), shape=(len(kept), len(weights)))


def _pull(sums: Vectors, labels: NDArray[np.int64]) -> Vectors:
    """The slope of the loss with respect to each text's sum of vectors."""
    count = len(labels)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True) + 1e-6
    units = sums / lengths
    likeness = units @ units.T / _TEMPERATURE
    partner = np.arange(count) ^ 1
    hidden = labels[:, None] == labels[None]
    hidden[np.arange(count), partner] = False
    likeness[hidden] = -np.inf
    likeness -= likeness.max(1, keepdims=True)
    share = np.exp(likeness)
    share /= share.sum(1, keepdims=True)
    share[np.arange(count), partner] -= 1.0
    slope = (share @ units + share.T @ units) / (count * _TEMPERATURE)
    return np.asarray((slope - units * (units * slope).sum(1, keepdims=True)) / lengths, np.float32)
