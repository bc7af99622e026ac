"""What is left of two texts without the marks that they share (余下的意思), and whether it points the same way.

「保温杯保修多久」 and 「保温杯保质期多久」 share most of their mass; what is left, 保修 and 保质期, tells that they
ask different things. Where nothing is left but words that say what kind of answer is wanted (多久, 什么时候), there is
no rest: `traits` judges those.
"""

import math
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from xiaoer.slices.knowledge.retrieval.features import SENSE
from xiaoer.slices.knowledge.retrieval.segment import Segment, Weighed
from xiaoer.slices.knowledge.retrieval.vectors import LEARNT, VectorTable


class Rest(NamedTuple):
    """The mass of the smaller rest, how alike the rests point, and how much of them was learnt."""

    mass: float
    likeness: float
    sure: float


NO_REST = Rest(0.0, 0.0, 0.0)


def rests_of(
    documents: Sequence[int], segment: Segment, question: Weighed, asks: Collection[str], table: VectorTable
) -> list[Rest]:
    """What is left of each document and of the question. Pure; about 10 µs a document.

    The direction of words that were never learnt means nothing.
    """
    if not documents:
        return []
    known, families = segment.known(question), question.marks.families
    mine = [mark for family in LEARNT for _, mark, _ in known[family]]
    weights = [
        0.0 if family != SENSE or mark in asks else mass
        for family in LEARNT
        for mark, (_, _, mass) in zip(families[family], known[family], strict=True)
    ]
    said = {*mine, *(segment.vocabulary.get(mark, -1) for mark in asks)}
    found: list[Rest] = []
    for document in documents:
        marks, senses = segment.learnt_marks_of(document)
        left = sum([mass for mark, mass in zip(mine, weights, strict=True) if mass and mark not in marks])
        right = [mark for mark in senses if mark not in said]
        if not left or not right:
            found.append(NO_REST)
            continue
        one = [place for mark, place in zip(mine, question.places, strict=True) if mark not in marks]
        other = segment.places.take(list(marks.difference(mine))).tolist()
        sure = min([sum([place < table.learnt for place in side]) / len(side) for side in (one, other)])
        first, second = np.add.reduce(table.at(one), 0), np.add.reduce(table.at(other), 0)
        length = math.sqrt(float(first @ first) * float(second @ second))
        mass = min(left, float(segment.mark_masses.take(right).sum()))
        found.append(Rest(mass, float(first @ second) / max(length, 1e-6), sure))
    return found
