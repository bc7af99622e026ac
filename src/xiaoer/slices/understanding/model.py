"""The classifier as plain arrays: loading, scoring, and nothing that needs scikit-learn.

`weights[f, k] * scale[k]` says how much feature `f` speaks for label `k`. A text's features are summed, scaled to unit
length and given a temperature, so that the probabilities mean what they say (see `train`). One file holds everything.
Weights are signed bytes with one scale per label, in the file and in memory: a quarter of the room, faster to fetch,
and no measurable loss of accuracy.
"""

import io
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xiaoer.kernel.errors import XiaoerError
from xiaoer.slices.understanding.arrays import Floats, Judge, softmax, to_bytes, to_words
from xiaoer.slices.understanding.encoder import Encoder, pack_encoder, unpack_encoder
from xiaoer.slices.understanding.gate import Gate, pack_gate, unpack_gate
from xiaoer.slices.understanding.listener import Listener, pack_listener, unpack_listener

FORMAT = 5
# Weight of a feature outside the vocabulary: about that of one seen twice in ten thousand lines.
UNSEEN = 9.0


class ModelUnreadable(XiaoerError):
    """The model file is of another format."""

    code = "model_unreadable"
    status = 500

    def __init__(self, found: int) -> None:
        super().__init__(f"The model file has format {found}, this program reads {FORMAT}. Train it again: make model.")


def as_bytes(weights: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Weights as signed bytes, and the scale of each column."""
    scale = np.asarray(np.abs(weights).max(0) / 127 + 1e-12, np.float32)
    return np.round(weights / scale).astype(np.int8), scale


@dataclass(frozen=True, slots=True)
class Model:
    """A trained classifier. `importance[f]` is the weight of a feature before scaling (rare ones count more).

    `temperature` and `trust` are the weights of the linear margins and of the encoder's scores. A label that the
    encoder does not know (a shop's own intent) takes its best score there, so that the linear part decides.
    """

    labels: tuple[str, ...]
    vocabulary: Mapping[str, int]
    importance: Floats
    weights: NDArray[np.int8]
    scale: Floats
    bias: Floats
    temperature: float
    trust: float
    encoder: Encoder | None
    gate: Gate
    seam: Judge
    pack_hash: str
    listener: Listener | None = None

    def probabilities(self, features: Iterable[str], normal: str = "") -> Floats:
        """One probability per label, summing to 1.

        `normal`: the normalised text itself, for the encoder; without it the linear part decides alone.
        """
        known = set(map(self.vocabulary.get, features))
        known.discard(None)
        score = self.bias
        if known:
            rows = np.fromiter(known, np.int64, len(known))
            value = self.importance[rows]
            value /= np.sqrt(value @ value)
            score = (value @ self.weights.take(rows, 0).astype(np.float32)) * self.scale + self.bias
        power = score * self.temperature
        if normal and self.encoder is not None:
            read = self.encoder.evidence(normal)
            if self.encoder.labels != self.labels:
                of, best = dict(zip(self.encoder.labels, read, strict=True)), read.max()
                read = np.array([of.get(label, best) for label in self.labels], np.float32)
            power = power + self.trust * read
        return softmax(power)

    def weight_of(self, feature: str) -> float:
        """How telling a feature is; the most for one that was never seen."""
        at = self.vocabulary.get(feature)
        return UNSEEN if at is None else float(self.importance[at])

    def index(self, label: str) -> int:
        return self.labels.index(label)


def write_model(model: Model) -> bytes:
    """The file: a compressed `.npz`. The same model gives the same bytes."""
    words = sorted(model.vocabulary, key=model.vocabulary.__getitem__)
    arrays: dict[str, Any] = {
        "format": np.array([FORMAT]),
        "labels": to_bytes(model.labels),
        "vocabulary": to_bytes(words),
        "importance": model.importance.astype(np.float16),
        "weights": model.weights,
        "scale": model.scale,
        "bias": model.bias.astype(np.float32),
        "temperature": np.array([model.temperature, model.trust], np.float32),
        **pack_gate(model.gate),
        **pack_listener(model.listener),
        "seam_inner": model.seam.inner.astype(np.float32),
        "seam_outer": model.seam.outer.astype(np.float32),
        "pack_hash": to_bytes([model.pack_hash]),
        **({} if model.encoder is None else pack_encoder(model.encoder)),
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
            labels=tuple(to_words(arrays["labels"])),
            vocabulary={word: at for at, word in enumerate(to_words(arrays["vocabulary"]))},
            importance=arrays["importance"].astype(np.float32),
            weights=arrays["weights"],
            scale=arrays["scale"],
            bias=arrays["bias"],
            temperature=float(arrays["temperature"][0]),
            trust=float(arrays["temperature"][1]),
            encoder=unpack_encoder(arrays) if "encoder_out" in arrays else None,
            gate=unpack_gate(arrays),
            seam=Judge(arrays["seam_inner"], arrays["seam_outer"]),
            pack_hash=to_words(arrays["pack_hash"])[0],
            listener=unpack_listener(arrays),
        )
