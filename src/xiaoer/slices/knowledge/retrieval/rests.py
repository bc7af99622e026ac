"""What is left of two texts without the marks that they share (余下的意思), and whether it points the same way.

「保温杯保修多久」 and 「保温杯保质期多久」 share most of their mass; what is left, 保修 and 保质期, tells that they
ask different things. Where nothing is left but words that say what kind of answer is wanted (多久, 什么时候), there is
no rest: `traits` judges those.
"""

from collections.abc import Collection, Sequence

import numpy as np

from xiaoer.slices.knowledge.retrieval.segment import Floats, Segment, Weighed
from xiaoer.slices.knowledge.retrieval.vectors import LEARNT, VectorTable


def rests_of(
    documents: Sequence[int], segment: Segment, question: Weighed, asks: Collection[str], table: VectorTable
) -> tuple[Floats, Floats, Floats]:
    """Of each document: the mass of the smaller rest, how alike the rests point, and how much of them was learnt.

    The direction of words that were never learnt means nothing. Pure; about 10 µs a document.
    """
    if not documents:
        nothing = np.zeros(0, np.float32)
        return nothing, nothing, nothing
    mine = {
        mark: mass
        for f in LEARNT
        for mark, (_, _, mass) in zip(question.marks.families[f], question.found[f], strict=True)
    }
    names, masses = segment.names, segment.mark_masses
    rest, likeness, sure = (np.zeros(len(documents), np.float32) for _ in range(3))
    for at, document in enumerate(documents):
        theirs = {names[number]: number for family in LEARNT for number in segment.marks_of(document, family)}
        one = [mark for mark in mine if mark not in theirs]
        other = [mark for mark in theirs if mark not in mine]
        left = sum(mine[mark] for mark in one if mark[0] == "s" and mark not in asks)
        right = sum(float(masses[theirs[mark]]) for mark in other if mark[0] == "s" and mark not in asks)
        if not left or not right:
            continue
        rest[at] = min(left, right)
        places = [[table.place(mark) for mark in side] for side in (one, other)]
        sure[at] = min(sum(place < table.learnt for place in side) / len(side) for side in places)
        first, second = (table.at(side).sum(0) for side in places)
        likeness[at] = first @ second / max(float(np.sqrt((first @ first) * (second @ second))), 1e-6)
    return rest, likeness, sure
