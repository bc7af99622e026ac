"""The gate (门): how much each reading of `context` is believed, and a sixth reading of its own.

The five readings can only repeat what one of their sources says. The sixth weighs own words, open matter and agent's
talk code by code, with shares that the talk decides, and knows what follows what: after a return, 「什么时候到」 is
about the money. Some networks with one hidden layer, learnt from different beginnings, are averaged.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xiaoer.slices.understanding.arrays import Floats, to_bytes, to_words

# Own words, open matter, agent's talk: what the sixth reading weighs.
SOURCES = 3
LEAST_OWN, LEAST_BEFORE = 1e-3, 1e-2


@dataclass(frozen=True)
class Gate:
    """Weights of some networks, one a row.

    `inner` (networks, size of the view, hidden); `outer` (networks, hidden + 1, readings + 1 + `SOURCES` + labels):
    trust, shares and leanings, the last row added as it is; `follows` (networks, `SOURCES` * labels, labels): how much
    a code in a source speaks for every code.
    """

    labels: tuple[str, ...]
    inner: Floats
    outer: Floats
    follows: Floats

    def __call__(self, view: Floats, options: Floats, own: Floats, before: Floats) -> Floats:
        """The final distribution over the gate's labels.

        `options`: one reading a row; `before`: open matter and agent's talk, a row each, zeros where nothing was said.
        """
        count = len(options)
        hidden = np.maximum(view @ self.inner, 0)
        said = (hidden[:, None] @ self.outer[:, :-1])[:, 0] + self.outer[:, -1]
        sources = np.concatenate([own[None], before])
        shares, leaning = said[:, count + 1 : count + 1 + SOURCES], said[:, count + 1 + SOURCES :]
        sixth = chances(shares @ logs(sources) + leaning + sources.ravel() @ self.follows)
        trust = chances(said[:, : count + 1])
        result: Floats = (trust[:, :count] @ options + trust[:, count:] * sixth).mean(0).astype(np.float32)
        return result

    def over(self, labels: tuple[str, ...]) -> "Gate":
        """The same gate over other labels: what it does not know neither speaks nor is spoken for."""
        if labels == self.labels:
            return self
        size, fixed = len(self.labels), self.outer.shape[2] - len(self.labels)
        # The last column and row are zeros, for labels that are new.
        at = [self.labels.index(label) if label in self.labels else size for label in labels]
        outer, follows = _with_zeros(self.outer, 2), _with_zeros(_with_zeros(self._by_source(), 2), 3)
        columns = [*range(fixed), *(fixed + n for n in at)]
        chosen = follows[:, :, at][:, :, :, at].reshape(len(follows), -1, len(labels))
        return Gate(labels, self.inner, outer[:, :, columns], chosen)

    def _by_source(self) -> Floats:
        size = len(self.labels)
        return self.follows.reshape(len(self.follows), SOURCES, size, size)


def logs(sources: Floats) -> Floats:
    """How much each source speaks for every code: own words by their logarithm, the others by how far above nothing."""
    raised = np.log(np.maximum(sources, 0) + LEAST_BEFORE) - np.float32(np.log(LEAST_BEFORE))
    raised[..., 0, :] = np.log(sources[..., 0, :] + LEAST_OWN)
    return raised


def nothing_gated(size: int, readings: int) -> Gate:
    """A gate that knows nothing yet and no label: every reading counts the same."""
    return Gate(
        (),
        np.zeros((1, size, 1), np.float32),
        np.zeros((1, 2, readings + 1 + SOURCES), np.float32),
        np.zeros((1, 0, 0), np.float32),
    )


def pack_gate(gate: Gate) -> dict[str, NDArray[np.generic]]:
    """The arrays of the model file that hold a gate."""
    return {
        "gate_labels": to_bytes(gate.labels),
        "gate_inner": gate.inner,
        "gate_outer": gate.outer,
        "gate_follows": gate.follows.astype(np.float16),
    }


def unpack_gate(arrays: Mapping[str, NDArray[np.generic]]) -> Gate:
    """The gate of a model file."""
    return Gate(
        tuple(filter(None, to_words(arrays["gate_labels"]))),
        *(arrays[f"gate_{name}"].astype(np.float32) for name in ("inner", "outer", "follows")),
    )


def _with_zeros(array: Floats, axis: int) -> Floats:
    return np.pad(array, [(0, int(n == axis)) for n in range(array.ndim)])


def chances(scores: Floats) -> Floats:
    """Scores as probabilities, row by row."""
    power = np.exp(scores - scores.max(-1, keepdims=True))
    result: Floats = power / power.sum(-1, keepdims=True)
    return result
