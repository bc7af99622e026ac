"""One score for a candidate (打分): how likely it is that this text asks what the buyer asks.

For every family of marks the shared mass is set against the question's own and the text's own (cosine of the two
shares). A logistic function of those, of the kind of answer asked for and of scope gives a probability, 0..1.
"""

import numpy as np
from numpy.typing import NDArray

from xiaoer.slices.knowledge.retrieval.segment import Floats, Ints, Weighed

# Fitted by benchmarks/retrieval.py; CHAR, PAIR, SOUND, SOUND_PAIR, SENSE, SENSE_PAIR.
_COSINE = np.array([2.2, 0.3, 2.2, 0.3, 2.2, 0.3], np.float32)
_BIAS = -3.2
_ASKS_DIFFER = -0.2
_OWN_PRODUCT = 0.4
_NO_PRODUCT_NAMED = -0.1
_SAME_INTENT = 0.3
_OTHER_INTENT = -0.3
THRESHOLD = 0.35


def rank(shared: Floats, masses: Floats, asks: Ints, question: Weighed, question_asks: int) -> NDArray[np.float64]:
    """The log-odds of each candidate, from what it shares with the question."""
    cosines = shared / np.sqrt(np.maximum(masses * question.totals, 1e-9))
    odds = cosines @ _COSINE + _BIAS
    if question_asks:
        odds += _ASKS_DIFFER * ((asks != 0) & ((asks & question_asks) == 0))
    return np.asarray(odds, np.float64)


def probability(odds: float) -> float:
    return float(1.0 / (1.0 + np.exp(-odds)))


def product_odds(entry_products: Ints, product: int) -> NDArray[np.float64]:
    """The bonus of entries about the product in focus; a small malus where a product's entry meets no product."""
    if product:
        return np.where(entry_products == product, _OWN_PRODUCT, 0.0)
    return np.where(entry_products != 0, _NO_PRODUCT_NAMED, 0.0)


def intent_odds(asked: str, own: str) -> float:
    """What agreement of intents adds: the same code, the same group (`ship.`), or another one altogether."""
    if not own or own.startswith("oos.") or asked.startswith(("oos.", "chat.")):
        return 0.0
    if asked == own:
        return _SAME_INTENT
    return 0.0 if asked.partition(".")[0] == own.partition(".")[0] else _OTHER_INTENT
