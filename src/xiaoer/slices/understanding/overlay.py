"""What a shop adds (店铺词): its product names, its own words, its own questions. In force the moment it is built.

Own words are replaced in normalising, so the classifier reads them as what they mean. Own questions become examples:
a message close to one of them is heard as its intent, whatever the trained model thinks; nothing is retrained.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from xiaoer.slices.understanding.arrays import Floats
from xiaoer.slices.understanding.features import canonical

# A message as close as this to an example is heard as it; nearer ones with more certainty.
NEAR = 0.45
SURE = 0.75


@dataclass(frozen=True, slots=True)
class ShopWords:
    """A shop's additions to the pack.

    `products`: product name or nickname → product ids. `means`: own word → plain words (「薅薅节」 → 「活动」).
    `examples`: (question, intent code) pairs; a code outside the pack's label set is an intent of the shop's own.
    """

    products: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    means: Mapping[str, str] = field(default_factory=dict)
    examples: Sequence[tuple[str, str]] = ()


class Examples:
    """Nearest-example search over a few thousand questions by runs of characters."""

    def __init__(self, questions: Sequence[tuple[str, int]], weigh: Callable[[str], float]) -> None:
        """`questions`: (normalised text, label index); `weigh` says how telling a run of characters is."""
        self._weigh = weigh
        self._labels = np.array([label for _, label in questions], np.int64)
        rows = [_grams(text) for text, _ in questions]
        self._total = len(rows)
        norms = np.array([self._norm(row) for row in rows], np.float32)
        holders: dict[str, list[int]] = {}
        for at, row in enumerate(rows):
            for gram in row:
                holders.setdefault(gram, []).append(at)
        self._holders: dict[str, NDArray[np.int64]] = {gram: np.array(at, np.int64) for gram, at in holders.items()}
        self._norms = norms

    def __len__(self) -> int:
        return self._total

    def nearest(self, normal: str) -> tuple[int, float]:
        """Label index of the nearest example and how near it is, 0..1."""
        grams = _grams(normal)
        if not self._total or not grams:
            return -1, 0.0
        score = np.zeros(self._total, np.float32)
        for gram in grams:
            at = self._holders.get(gram)
            if at is not None:
                score[at] += self._weigh(gram) ** 2
        score /= self._norms * self._norm(grams) + 1e-9
        best = int(score.argmax())
        return int(self._labels[best]), float(score[best])

    def _norm(self, grams: frozenset[str]) -> float:
        return float(np.sqrt(sum(self._weigh(gram) ** 2 for gram in grams)))


def _grams(text: str) -> frozenset[str]:
    framed = f"^{canonical(text)}$"
    return frozenset(framed[at : at + n] for n in (1, 2, 3) for at in range(len(framed) - n + 1)) - {"^", "$"}


def lean(own: Floats, label: int, nearness: float) -> Floats:
    """The distribution leant towards the label of a near example."""
    if nearness <= NEAR:
        return own
    weight = min(0.97, (nearness - NEAR) / (SURE - NEAR))
    leant = own * (1 - weight)
    leant[label] += weight
    result: Floats = leant.astype(np.float32)
    return result
