"""The learnt part of feeling (情绪): how likely a text is negative, neutral or positive.

A small linear model over runs of characters and the findings of the rules in `feeling` (mood words, rhetorical
questions, threats, shouting, the weight of the matter). The rules know words that no line holds; the model knows how
displeasure sounds when no single word shows it (你们的货是爬过来的吗).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xiaoer.slices.understanding.arrays import Floats, softmax, to_bytes, to_words
from xiaoer.slices.understanding.features import canonical

LABELS = ("negative", "neutral", "positive")
FINDINGS = 12
_LONGEST = 3


class MoodModel(NamedTuple):
    """`weights` has one row per run of characters, then one per finding, then the bias; a column per label."""

    runs: Mapping[str, int]
    weights: Floats

    def probabilities(self, normal: str, findings: Sequence[float]) -> Floats:
        """One probability per label of `LABELS`."""
        get = self.runs.get
        known = sorted({at for at in map(get, runs_of(normal)) if at is not None})
        score = self.weights[-1] + np.asarray(findings, np.float32) @ self.weights[-1 - FINDINGS : -1]
        if known:
            score = score + self.weights[known].sum(0) / np.sqrt(len(known))
        return softmax(score)


NO_MOOD = MoodModel({}, np.zeros((FINDINGS + 1, len(LABELS)), np.float32))


def runs_of(normal: str) -> set[str]:
    """Runs of one to three characters of a normalised text, its ends marked."""
    framed = f"^{canonical(normal)}$"
    return {framed[at : at + n] for n in range(1, _LONGEST + 1) for at in range(len(framed) - n + 1)} - {"^", "$"}


def pack_mood(mood: MoodModel) -> dict[str, NDArray[np.generic]]:
    """The arrays of the model file that hold it."""
    words = sorted(mood.runs, key=mood.runs.__getitem__)
    return {"mood_runs": to_bytes(words), "mood_weights": mood.weights.astype(np.float16)}


def unpack_mood(arrays: Mapping[str, NDArray[np.generic]]) -> MoodModel:
    """The model of a file."""
    words = to_words(arrays["mood_runs"])
    return MoodModel({word: at for at, word in enumerate(words)}, arrays["mood_weights"].astype(np.float32))
