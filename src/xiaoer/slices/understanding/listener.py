"""The listener (听者): what a message means after the turns before it, heard from the words of all three at once.

The gate of `context` knows the turns before only by the matters that were read in them, and the agent's words are
read by a classifier of buyers' words. The listener has learnt from whole talks what buyers say after which words of an
agent: an encoder of its own reads the message, the buyer's last words and the agent's; a hidden layer puts the three
together. Gate and listener have an equal say.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xiaoer.slices.understanding.arrays import Floats
from xiaoer.slices.understanding.encoder import LONGEST, Encoder, pack_encoder, shortened, unpack_encoder
from xiaoer.slices.understanding.features import canonical

# The message, the buyer's last words, the agent's: what is put together.
MESSAGE, BUYER, AGENT = range(3)
TURNS = 3


@dataclass(frozen=True)
class Listener:
    """`inner` (turns, filters, hidden), `inner_bias` (hidden), `outer` (hidden, labels); what `encoder` itself scores
    is what the message says alone."""

    encoder: Encoder
    inner: Floats
    inner_bias: Floats
    outer: Floats

    @property
    def labels(self) -> tuple[str, ...]:
        return self.encoder.labels

    def share(self, turn: int, normal: str) -> Floats:
        """What the normalised words of one turn add to the hidden layer; the same words always add the same."""
        words = letters(turn, normal)
        if not words:
            return np.zeros_like(self.inner_bias)
        result: Floats = self.encoder.heard(words) @ self.inner[turn]
        return result

    def __call__(self, normal: str, before: Floats) -> Floats:
        """The logarithm of a chance per label for a message; `before`: the shares of the turns before, summed."""
        heard = self.encoder.heard(letters(MESSAGE, normal))
        hidden = np.maximum(heard @ self.inner[MESSAGE] + before + self.inner_bias, 0)
        score = hidden @ self.outer + heard @ self.encoder.out + self.encoder.out_bias
        score -= score.max()
        result: Floats = score - np.log(np.exp(score).sum())
        return result


def letters(turn: int, normal: str) -> str:
    """The letters that are heard of a turn: of the agent's words the end."""
    return canonical(normal)[-LONGEST:] if turn == AGENT else shortened(normal)


def pack_listener(listener: Listener | None) -> dict[str, NDArray[np.generic]]:
    """The arrays of the model file that hold a listener, none for none."""
    if listener is None:
        return {}
    return {
        "listener_inner": listener.inner.astype(np.float16),
        "listener_inner_bias": listener.inner_bias,
        "listener_outer": listener.outer.astype(np.float16),
        **pack_encoder(listener.encoder, "listener_encoder"),
    }


def unpack_listener(arrays: Mapping[str, NDArray[np.generic]]) -> Listener | None:
    """The listener of a model file; files of before have none."""
    if "listener_inner" not in arrays:
        return None
    return Listener(
        unpack_encoder(arrays, "listener_encoder"),
        *(arrays[f"listener_{name}"].astype(np.float32) for name in ("inner", "inner_bias", "outer")),
    )
