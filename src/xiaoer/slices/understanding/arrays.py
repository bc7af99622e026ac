"""Arrays of numbers, and how words are kept in a model file."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class Judge(NamedTuple):
    """A small trained judge: one layer of rectified sums, then sums; the last row of `outer` is added as it is.

    The view holds a constant 1 at its head, which carries the inner bias.
    """

    inner: Floats
    outer: Floats

    def __call__(self, view: Floats) -> Floats:
        result: Floats = np.maximum(view @ self.inner, 0) @ self.outer[:-1] + self.outer[-1]
        return result


def nothing_judged(size: int, answers: int) -> Judge:
    """A judge that knows nothing yet."""
    return Judge(np.zeros((size, 1), np.float32), np.zeros((2, answers), np.float32))


def softmax(score: Floats) -> Floats:
    """Scores as probabilities that sum to 1."""
    power = np.exp(score - np.maximum.reduce(score))
    power /= np.add.reduce(power)
    return np.asarray(power, np.float32)


def to_bytes(words: Iterable[str]) -> NDArray[np.uint8]:
    """Words as one array of a model file."""
    return np.frombuffer("\n".join(words).encode(), np.uint8)


def to_words(raw: NDArray[np.generic]) -> list[str]:
    """The words of `to_bytes`."""
    return raw.tobytes().decode().split("\n")
