"""Arrays of numbers, and how words are kept in a model file."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def softmax(score: Floats) -> Floats:
    """Scores as probabilities that sum to 1."""
    power = np.exp(score - score.max())
    result: Floats = (power / power.sum()).astype(np.float32)
    return result


def to_bytes(words: Iterable[str]) -> NDArray[np.uint8]:
    """Words as one array of a model file."""
    return np.frombuffer("\n".join(words).encode(), np.uint8)


def to_words(raw: NDArray[np.generic]) -> list[str]:
    """The words of `to_bytes`."""
    return raw.tobytes().decode().split("\n")
