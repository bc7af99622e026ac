"""The classifier as plain arrays: loading, scoring, and nothing that needs scikit-learn.

`weights[f, k]` says how much feature `f` speaks for label `k`. A text's features are summed, scaled to unit length
and given a temperature, so that the probabilities mean what they say (see `train`). One file holds everything; the
weights are stored as signed bytes with one scale per label, which costs no measurable accuracy.
"""

import io
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xiaoer.kernel.errors import XiaoerError

Floats = NDArray[np.float32]
FORMAT = 2
# Weight of a feature outside the vocabulary: about that of one seen twice in ten thousand lines.
UNSEEN = 9.0


class ModelUnreadable(XiaoerError):
    """The model file is of another format."""

    code = "model_unreadable"
    status = 500

    def __init__(self, found: int) -> None:
        super().__init__(f"The model file has format {found}, this program reads {FORMAT}. Train it again: make model.")


@dataclass(frozen=True, slots=True)
class Model:
    """A trained classifier. `importance[f]` is the weight of a feature before scaling (rare ones count more)."""

    labels: tuple[str, ...]
    vocabulary: Mapping[str, int]
    importance: Floats
    weights: Floats
    bias: Floats
    temperature: float
    asking: Floats
    gate: Floats
    seam: Floats
    pack_hash: str

    def probabilities(self, features: Iterable[str]) -> tuple[Floats, float]:
        """One probability per label, summing to 1, and how much the text stands as an ask of its own (0 is even)."""
        get = self.vocabulary.get
        known = {at for at in map(get, features) if at is not None}
        if not known:
            return softmax(self.bias * self.temperature), 0.0
        rows = np.fromiter(known, np.int64, len(known))
        value = self.importance[rows]
        size = np.sqrt(value @ value)
        score = value @ self.weights[rows] / size + self.bias
        asks = float(value @ self.asking[rows] / size + self.asking[-1])
        return softmax(score * self.temperature), asks

    def weight_of(self, feature: str) -> float:
        """How telling a feature is; the most for one that was never seen."""
        at = self.vocabulary.get(feature)
        return UNSEEN if at is None else float(self.importance[at])

    def index(self, label: str) -> int:
        return self.labels.index(label)


def softmax(score: Floats) -> Floats:
    power = np.exp(score - score.max())
    result: Floats = (power / power.sum()).astype(np.float32)
    return result


def write_model(model: Model) -> bytes:
    """The file: a compressed `.npz`. The same model gives the same bytes."""
    scale = np.abs(model.weights).max(0) / 127 + 1e-12
    words = sorted(model.vocabulary, key=model.vocabulary.__getitem__)
    arrays: dict[str, Any] = {
        "format": np.array([FORMAT]),
        "labels": _text(model.labels),
        "vocabulary": _text(words),
        "importance": model.importance.astype(np.float16),
        "weights": np.round(model.weights / scale).astype(np.int8),
        "scale": scale.astype(np.float32),
        "bias": model.bias.astype(np.float32),
        "temperature": np.array([model.temperature], np.float32),
        "asking": model.asking.astype(np.float16),
        "gate": model.gate.astype(np.float32),
        "seam": model.seam.astype(np.float32),
        "pack_hash": _text([model.pack_hash]),
    }
    raw = io.BytesIO()
    np.savez(raw, **arrays)
    return zlib.compress(raw.getvalue(), 9)


def read_model(data: bytes) -> Model:
    """The model of a file written by `write_model`.

    Raises:
        ModelUnreadable: the file is of another format.
    """
    with np.load(io.BytesIO(zlib.decompress(data)), allow_pickle=False) as arrays:
        if int(arrays["format"][0]) != FORMAT:
            raise ModelUnreadable(int(arrays["format"][0]))
        return Model(
            labels=tuple(_words(arrays["labels"])),
            vocabulary={word: at for at, word in enumerate(_words(arrays["vocabulary"]))},
            importance=arrays["importance"].astype(np.float32),
            weights=arrays["weights"].astype(np.float32) * arrays["scale"],
            bias=arrays["bias"],
            temperature=float(arrays["temperature"][0]),
            asking=arrays["asking"].astype(np.float32),
            gate=arrays["gate"],
            seam=arrays["seam"],
            pack_hash=_words(arrays["pack_hash"])[0],
        )


def _text(words: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(words).encode(), np.uint8)


def _words(raw: NDArray[np.uint8]) -> list[str]:
    return raw.tobytes().decode().split("\n")
