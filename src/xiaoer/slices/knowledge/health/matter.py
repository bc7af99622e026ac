"""Whether two entries that say different things answer one question (同一件事): points for and against. Pure.

No single sign is enough: questions without a shared word ask the same (能收到再给钱吗, 支持货到付款吗), and alike ones
do not. What counts is what question and answer are about together, whether each question is spoken of by the other
entry, whether they mean the same, how telling the difference of the answers is, and what is put in place of the other
(`contrast`).
"""

import math
from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from xiaoer.slices.knowledge.health.claims import Claims
from xiaoer.slices.knowledge.health.contrast import CONTRASTS
from xiaoer.slices.knowledge.health.meeting import GROUPS_FROM, OWN_WAYS, Difference
from xiaoer.slices.knowledge.health.sayings import Saying
from xiaoer.slices.knowledge.retrieval.weighing import background

_MUCH_SHARED, _MUCH_LEFT, _LONG = 6.0, 8.0, 80  # from which more says nothing more
_GROUP, _LEAST = 2.0, 0.2  # what a word with a group tells, and an everyday letter
_RARE = 4.5  # a letter in one of 90 utterances tells as much as half a word
HOWS: tuple[Difference, ...] = (
    "value", "half", "named", "once", "figure", "verdict", "told", "crossed", "need", "sign", "words",
    "news",
)  # fmt: skip

_PLAINLY: frozenset[Difference] = frozenset({"verdict", "told", "crossed", "sign"})


@cache
def _mass_of(letter: str) -> float:
    if letter >= GROUPS_FROM:
        return _GROUP
    return min(_GROUP, max(_LEAST, -math.log(background().get(f"u{letter}", 0.0) + 1e-4) / _RARE))


def mass(letters: Iterable[str]) -> float:
    """How much letters tell: a word with a group 2, a letter by how rare it is."""
    return sum(map(_mass_of, letters))


def _pairs_shared(one: str, other: str) -> float:
    mine, theirs = ({text[at : at + 2] for at in range(len(text) - 1)} or {text} for text in (one, other))
    return len(mine & theirs) / max(1, min(len(mine), len(theirs)))


def _topics_shared(one: Claims, other: Claims) -> float:
    """1 where figures of both are about one thing (发货), -1 where they are about different ones, 0 where none says."""
    mine, theirs = ({about for spans in said.spans.values() for about, _, _ in spans if about} for said in (one, other))
    return 0.0 if not mine or not theirs else 1.0 if mine & theirs else -1.0


def _spoken_of(one: Saying, other: Saying) -> tuple[float, float]:
    """How near the words of a question are to the nearest of the other entry: the farthest, and on average."""
    nearest = (one.question.words @ np.concatenate([other.question.words, other.answer.words]).T).max(1)
    return float(nearest.min()), float(nearest.mean())


def _asked_of(one: Saying, other: Saying) -> tuple[float, float]:
    nearest = (one.question.words @ other.question.words.T).max(1)
    return float(nearest.min()), float(nearest.mean())


def signs(
    one: Saying, other: Saying, how: Difference, contrasts: Iterable[str], ways_found: int
) -> NDArray[np.float64]:
    """What speaks for and against one question, each about 0 to 1."""
    covered = [
        mass(a.question.asked & b.both) / max(1.0, mass(a.question.asked)) for a, b in ((one, other), (other, one))
    ]
    mutual = [
        mass(a.question.asked & b.question.asked) / max(1.0, mass(a.question.asked))
        for a, b in ((one, other), (other, one))
    ]
    ways = {one.question.way, other.question.way}
    told = one.answer.told | other.answer.told
    left = [mass(a.question.asked - b.both) for a, b in ((one, other), (other, one))]
    found = (
        float(one.question.leaning @ other.question.leaning),
        min(mass(one.question.asked & other.question.asked), _MUCH_SHARED) / _MUCH_SHARED,
        min(covered),
        max(covered),
        min(mutual),
        max(mutual),
        float(one.direction @ other.direction),
        float(one.question.direction @ other.question.direction),
        min(*left, _MUCH_LEFT) / _MUCH_LEFT,
        min(max(left), _MUCH_LEFT) / _MUCH_LEFT,
        float(len(ways) == 2 and bool(ways & OWN_WAYS)),
        float(len(ways) == 1),
        float(one.stance.yes_or_no and other.stance.yes_or_no),
        float(bool(one.question.things & other.question.things)),
        min(len(one.answer.lead) + len(other.answer.lead), _LONG) / _LONG,
        mass(one.answer.told & other.answer.told) / max(1.0, mass(told)),
        _pairs_shared(one.question.plain, other.question.plain),
        _topics_shared(one.answer.claims, other.answer.claims),
        float(ways_found),
        float(abs(len(one.question.plain) - len(other.question.plain))),
        float(one.question.side @ other.question.side),
        *sorted((float(one.question.side @ other.answer.side), float(other.question.side @ one.answer.side))),
        float(one.side @ other.side),
        *(
            value
            for pair in zip(*sorted((_spoken_of(one, other), _spoken_of(other, one))), strict=True)
            for value in pair
        ),
        *(
            value
            for pair in zip(*sorted((_asked_of(one, other), _asked_of(other, one))), strict=True)
            for value in pair
        ),
        float(one.answer.side @ other.answer.side),
        float(one.news * other.news < 0),
        float(one.news * other.news > 0),
        float(how == "news" and bool(ways & OWN_WAYS)),
        float(len(ways & OWN_WAYS) == 1 and len(ways) == 2 and how in _PLAINLY),
        min(max(len(one.answer.lead), len(other.answer.lead)), _LONG) / _LONG,
        *(float(how == name) for name in HOWS),
        *(float(name in contrasts) for name in CONTRASTS),
    )
    return np.array(found)


# In the order of `signs`: what both are about, how the answers differ, what is put in place of the other.
WEIGHTS: NDArray[np.float64] = np.array([
    1.53, -0.53, 1.18, 1.22, -0.87, -0.83, 5.52, -1.23, -0.68, 0.24,
    1.38, 0.8, 0.86, -0.47, -7.34, 2.81, -0.45, 2.72, -0.29, 0.11,
    -0.82, 1.39, 0.68, 5.84, 0.69, 0.04, -0.07, 0.51, -1.93, 1.01,
    0.85, 0.63, 0.12, 1.46, 0.71, 0.66, 0.39, -1.09, 0.3, 0.8,
    1.99, -0.55, 0.32, -1.15, 1.61, 0.28, -0.84, -4.18, -3.78, -1.42,
    -4.0, -4.57, -4.0, -1.02, -4.0, -4.0, -0.73, -4.0, -1.57, -0.19,
    -4.0, -4.0, -4.0, -4.0, -1.4,
])  # fmt: skip
BIAS = -6.84


def points(one: Saying, other: Saying, how: Difference, contrasts: Iterable[str], ways_found: int) -> float:
    """From 0 on, they answer one question. `ways_found` are the ways in which the answers differ."""
    return float(WEIGHTS @ signs(one, other, how, contrasts, ways_found)) + BIAS
