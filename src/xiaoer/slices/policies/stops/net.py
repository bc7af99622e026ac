"""Harm told in words of its own (话里的险情): 面膜敷完脸上跟火燎似的, 插上去啪一声家里全黑了.

No list of words knows how people tell that somebody was hurt, food was spoilt, something burnt, goods were passed off,
a child bought, or an authority will hear of it. `stops.tsv` of the pack holds such messages, and
as many that only look like them (老公腰疼想买个靠垫); a linear model over letters, runs of letters and words has learnt
to tell them apart. It is the second net: the words of `red_lines.toml` decide first, and only where none is crossed it
is asked. Who is stopped by mistake reaches a person; who is missed is answered by a machine. Labels that no rule asks
for (calls for a person, payments) are learnt so that they are not taken for another.
"""

from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xiaoer.slices.policies.sides.space import Floats, checksums

FILE = "stops.bin"
NONE = "-"  # the label of what is no stop
_BITS = 16  # features are known by so many bits of their checksums
COUNT = 1 << _BITS
_HEAD = 128  # bytes of the file that hold fingerprint and labels


class Told(NamedTuple):
    """What a message tells of, and how surely it tells of any stop at all, 0 to 1."""

    label: str
    sure: float


class StopNet:
    """A trained model. `weights[f]` (signed bytes, one scale a label) is what feature `f` says for each of `labels`;
    `importance[f]` is how much it tells."""

    def __init__(
        self,
        labels: tuple[str, ...],
        importance: Floats,
        weights: NDArray[np.int8],
        scale: Floats,
        bias: Floats,
        fingerprint: str,
    ) -> None:
        self.labels, self.importance, self.weights, self.scale, self.bias = labels, importance, weights, scale, bias
        self.fingerprint = fingerprint  # of the lines that it was learnt from

    def told(self, normal: str) -> Told:
        """The likeliest stop in a normalised text."""
        rows = features_of(normal)
        values = self.importance[rows]
        values /= max(float(np.sqrt(values @ values)), 1e-9)
        scores = (values @ self.weights.take(rows, 0).astype(np.float32)) * self.scale + self.bias
        chances = np.exp(scores - np.maximum.reduce(scores))
        chances /= np.add.reduce(chances)
        none = self.labels.index(NONE)
        sure, chances[none] = 1 - float(chances[none]), 0.0
        return Told(self.labels[int(chances.argmax())], sure)


def features_of(normal: str) -> NDArray[np.uint32]:
    """The numbers of the features of a text."""
    rows = np.sort(checksums(normal) & (COUNT - 1))
    return rows[np.concatenate(([True], rows[1:] != rows[:-1]))] if len(rows) else rows


def write_net(net: StopNet) -> bytes:
    """The file: the fingerprint and the labels, then the arrays as they are used. The same net gives the same bytes."""
    head = " ".join((net.fingerprint, *net.labels)).encode().ljust(_HEAD)
    arrays = (net.scale, net.bias, net.importance, net.weights)
    return b"".join((head, *(array.tobytes() for array in arrays)))


def read_net(data: NDArray[np.uint8]) -> StopNet:
    """The net of a file written by `write_net`, on its own bytes."""
    fingerprint, *labels = data[:_HEAD].tobytes().decode().split()
    count = len(labels)
    figures: NDArray[Any] = data[_HEAD : _HEAD + 4 * (2 * count + COUNT)].view(np.float32)
    weights = data[_HEAD + 4 * (2 * count + COUNT) :].view(np.int8).reshape(COUNT, count)
    scale, bias, importance = figures[:count], figures[count : 2 * count], figures[2 * count :]
    return StopNet(tuple(labels), importance, weights, scale, bias, fingerprint)


@cache
def stop_net() -> StopNet:
    """The net that came with the pack."""
    with resources.as_file(resources.files("xiaoer.packs") / "ecommerce" / FILE) as path:
        return read_net(np.memmap(path, np.uint8, "r"))
