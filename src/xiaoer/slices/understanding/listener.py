"""The listener (听者): what a message means after the turns before it, heard from the words of all three at once.

The gate of `context` knows the turns before only by the matters that were read in them, and the agent's words are
read by a classifier of buyers' words. The listener has learnt from whole talks what buyers say after which words of an
agent: a hidden layer puts together what the filters of the encoder find in the message, in the buyer's last words and
in the agent's. Gate and listener have an equal say.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xiaoer.slices.understanding.arrays import Floats, to_bytes, to_words

# The message, the buyer's last words, the agent's: what is put together.
MESSAGE, BUYER, AGENT = range(3)
TURNS = 3
_ARRAYS = ("inner", "inner_bias", "outer", "own", "own_bias")


@dataclass(frozen=True)
class Listener:
    """`inner` (turns, filters, hidden), `inner_bias` (hidden), `outer` (hidden, labels); `own` (filters, labels) and
    `own_bias` are what the message says alone. The filters are those of the model's encoder."""

    labels: tuple[str, ...]
    inner: Floats
    inner_bias: Floats
    outer: Floats
    own: Floats
    own_bias: Floats

    def before(self, buyer: Floats | None, agent: Floats | None) -> Floats:
        """What the turns before add to the hidden layer, from what the filters found in them."""
        told = [found @ self.inner[turn] for turn, found in ((BUYER, buyer), (AGENT, agent)) if found is not None]
        return sum(told, np.zeros_like(self.inner_bias))

    def __call__(self, message: Floats, before: Floats, labels: tuple[str, ...]) -> Floats:
        """The logarithm of a chance per label, from what the filters found in the message and from `before`.

        A label that the listener does not know (a shop's own) is as likely as its best, so that the gate decides.
        """
        hidden = np.maximum(message @ self.inner[MESSAGE] + before + self.inner_bias, 0)
        score = hidden @ self.outer + message @ self.own + self.own_bias
        score -= score.max()
        said: Floats = score - np.log(np.exp(score).sum())
        if labels == self.labels:
            return said
        of, best = dict(zip(self.labels, said, strict=True)), said.max()
        return np.array([of.get(label, best) for label in labels], np.float32)


def pack_listener(listener: Listener | None) -> dict[str, NDArray[np.generic]]:
    """The arrays of the model file that hold a listener, none for none."""
    if listener is None:
        return {}
    arrays = {f"listener_{name}": getattr(listener, name).astype(np.float16) for name in _ARRAYS}
    return {"listener_labels": to_bytes(listener.labels), **arrays}


def unpack_listener(arrays: Mapping[str, NDArray[np.generic]]) -> Listener | None:
    """The listener of a model file; files of before have none."""
    if "listener_inner" not in arrays:
        return None
    return Listener(
        tuple(to_words(arrays["listener_labels"])),
        *(arrays[f"listener_{name}"].astype(np.float32) for name in _ARRAYS),
    )
