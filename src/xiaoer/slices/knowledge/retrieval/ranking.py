"""One score for a candidate (打分): how likely it is that this text asks what the buyer asks.

For every family of marks the shared mass is set against the question's own and the text's own (cosine of the two
shares); likeness of direction adds what shares no word, opposites and another kind of answer take away. The sum, in
points, becomes a probability.
"""

import math

import numpy as np
from numpy.typing import NDArray

from xiaoer.slices.knowledge.retrieval.rests import Rest
from xiaoer.slices.knowledge.retrieval.segment import Floats, Ints
from xiaoer.slices.knowledge.retrieval.traits import Bits

# CHAR, SOUND, SOUND_PAIR, SENSE, SENSE_PAIR, and the likeness of directions. Chosen by `benchmarks/retrieval.py sweep`
# on the sample shop's own held-out wordings, looking at the questions of another trade at the same time; changing
# one of them by a third moves the share of right first hits by less than one point.
_COSINE = np.array([2.0, 2.0, 0.5, 2.8, 0.7], np.float32)
_LIKENESS = 1.5
_ASKS_DIFFER = -0.2
_OPPOSED = -1.0
# With a product in focus its own entry is right more often than an equally near one of the whole shop.
_OWN_PRODUCT = 1.6
_NO_PRODUCT_NAMED = -0.3
# A question made of words that no question of the shop holds is about something else. Halves what is wrongly taken
# for answerable in a shop with two thousand wordings, and costs one in fifty of those that have an answer.
_STRANGE = -2.0
# Rests: full weight from a rest of the mass of one content word on; the fourth power of the learnt share, so that a
# trade whose words were not learnt keeps its answers. Of near misses in one product (another question about it, its own
# entry missing) 7 in 10 were answered before, about half are now; 1 in 25 right answers of the sample shop is lost.
_REST = -2.5
_REST_MASS = 10.0
_SURE = 4.0
_SAME_INTENT = 0.5
_KIN_INTENT = 0.0
_OTHER_INTENT = -0.5
_NOT_OURS = -1.0
# From points to probability: shares of right first hits in bands of points, straight line through their log-points.
_SLOPE = 0.62
_BIAS = -2.75
# The most that intents can move one entry past another.
SWAY = _SAME_INTENT - _OTHER_INTENT
# 3 points: 96 of 100 questions that have an entry stay above, 99 of 100 about something else below.
THRESHOLD = 0.29
# An entry whose texts hold all that tells something in the question, and one that holds less than most of it.
_ALL_TOLD, MOST_TOLD = 2.4, 0.75
# Entries below are not answers, whatever their intent.
NEAR_POINTS = (math.log(THRESHOLD / (1 - THRESHOLD)) - _BIAS) / _SLOPE - SWAY

# Below, an entry is said to nobody, whatever its rest (0.42 with the help of an agreeing intent).
WORTH_RESTS = 3.3


def rank(
    shared: Floats, masses: Floats, totals: Floats, likeness: Floats, asks_differ: Bits, opposed: Bits
) -> NDArray[np.float64]:
    """The points of each candidate, from what it shares with the question and what stands against it."""
    cosines = shared / np.sqrt(np.maximum(masses * totals, 1e-9))
    points = cosines.dot(_COSINE) + _LIKENESS * likeness + _ASKS_DIFFER * asks_differ + _OPPOSED * opposed
    return np.asarray(points, np.float64)


def rest_points(rest: Rest) -> float:
    """What two rests that point apart take from the certainty (`rests`); the order of candidates stays."""
    weight = min(rest.mass / _REST_MASS, 1.0) * math.pow(rest.sure, _SURE)
    return _REST * weight * (1.0 - max(rest.likeness, 0.0))


def probability(points: float) -> float:
    """How likely it is that an entry with so many points is the right one."""
    return 1.0 / (1.0 + math.exp(-(_SLOPE * points + _BIAS)))


def raised(score: float) -> float:
    """The certainty of an entry that was found with no product in focus, once its own product turns out to be meant."""
    odds = score / max(1.0 - score, 1e-6) * math.exp(_SLOPE * (_OWN_PRODUCT - _NO_PRODUCT_NAMED))
    return odds / (1.0 + odds)


def product_points(entry_products: Ints, product: int) -> NDArray[np.float64]:
    """The bonus of entries about the product in focus; a small malus where a product's entry meets no product."""
    if product:
        return np.where(entry_products == product, _OWN_PRODUCT, 0.0)
    return np.where(entry_products != 0, _NO_PRODUCT_NAMED, 0.0)


def of_shop(intent: str) -> bool:
    """Whether an intent asks for something that entries are about."""
    return not intent.startswith(("chat.", "oos."))


def intent_points(asked: str, own: str) -> float:
    """What agreement of intents adds: the same code, the same group (`ship.`), another one altogether, none of ours."""
    if asked == "oos.other":
        return _NOT_OURS
    if not own or own.startswith("oos.") or not of_shop(asked):
        return 0.0
    if asked == own:
        return _SAME_INTENT
    return _KIN_INTENT if asked.partition(".")[0] == own.partition(".")[0] else _OTHER_INTENT


def told_points(share: float) -> float:
    """What it adds that an entry's texts hold this share of what is asked."""
    return _ALL_TOLD * max(0.0, share - MOST_TOLD) / (1.0 - MOST_TOLD)


def strangeness(unknown: float) -> float:
    """What the share of a question's mass in characters that the shop has never seen takes away."""
    return _STRANGE * unknown
