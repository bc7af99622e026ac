"""Whether two entries that say different things answer one question (同一件事): points for and against. Pure.

No single sign is enough: questions without a shared word ask the same (能收到再给钱吗, 支持货到付款吗), and alike ones
do not. What counts is what question and answer are about together, whether each question is spoken of by the other
entry, and how telling the difference of the answers is. Questions that put one thing in place of another are told
apart beforehand (`contrast`).

The weights are a logistic regression on 230 pairs written for it (20 trades, contradicting and innocent ones) and on
all pairs of the sample shop's entries, which contradict nowhere.
"""

import numpy as np
from numpy.typing import NDArray

from xiaoer.slices.knowledge.health.meeting import OWN_WAYS, Difference, weight
from xiaoer.slices.knowledge.health.sayings import Saying

_ENOUGH_SHARED, _MUCH_LEFT, _LONG = 6, 8, 80  # letters from which more says nothing more
WEIGHTS: NDArray[np.float64] = np.array([0.87, -0.45, -0.18, 0.89, 2.83, 2.05, -0.91, -0.98, 2.1, 0.5, -4.42, 1.58])
BIAS = -2.0  # the fitted one less 0.5: a conflict that is none costs an operator's trust


def signs(one: Saying, other: Saying, intents: tuple[str, str], how: Difference) -> tuple[float, ...]:
    """What speaks for and against one question, each about 0 to 1."""
    known = all(intents)
    covered = [weight(a.asked & b.both) / max(1, weight(a.asked)) for a, b in ((one, other), (other, one))]
    left = weight((one.asked - other.both) | (other.asked - one.both))
    ways = {one.way, other.way}
    return (
        float(known and intents[0] == intents[1]),
        float(known and intents[0] != intents[1]),
        min(weight(one.asked & other.asked), _ENOUGH_SHARED) / _ENOUGH_SHARED,
        min(covered),
        max(covered),
        float(one.direction @ other.direction),
        min(left, _MUCH_LEFT) / _MUCH_LEFT,
        float(len(ways) == 2 and bool(ways & OWN_WAYS)),
        float(how == "value"),
        float(how == "figure"),
        min(len(one.lead) + len(other.lead), _LONG) / _LONG,
        weight(one.told & other.told) / max(1, weight(one.told | other.told)),
    )


def points(one: Saying, other: Saying, intents: tuple[str, str], how: Difference) -> float:
    """From 0 on, they answer one question."""
    return float(WEIGHTS @ np.array(signs(one, other, intents, how))) + BIAS
