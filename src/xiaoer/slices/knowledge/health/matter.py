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
        float(one.answer.side @ other.answer.side),
        float(one.answer.news * other.answer.news < 0),
        float(one.answer.news * other.answer.news > 0),
        *(float(how == name) for name in HOWS),
        *(float(name in contrasts) for name in CONTRASTS),
    )
    return np.array(found)


# In the order of `signs`: what both are about, how the answers differ, what is put in place of the other.
WEIGHTS: NDArray[np.float64] = np.array([
    1.47, 0.66, 2.35, 2.83, -0.38, -1.1, 2.23, -0.75, -0.01, 0.4,
    0.16, -0.27, 0.69, 1.14, -4.75, 4.19, -1.7, 0.34, 0.25, 0.1,
    1.61, 1.18, 0.24, 0.86, -0.73, -1.14, 0.04, -0.93, -0.6, -1.55, -1.09,
    -0.61, -4.01, -3.6, -1.4, 0, 0.14, -1.56, -0.51, -1.25, -0.04, 0.49, -0.51, -2.61, 0,
])  # fmt: skip
BIAS = -2.93  # where as many conflicts are found as before, with a third of those that are none


def points(one: Saying, other: Saying, how: Difference, contrasts: Iterable[str], ways_found: int) -> float:
    """From 0 on, they answer one question. `ways_found` are the ways in which the answers differ."""
    return float(WEIGHTS @ signs(one, other, how, contrasts, ways_found)) + BIAS
