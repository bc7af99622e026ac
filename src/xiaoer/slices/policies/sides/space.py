"""How near a question is to what a shop tells (问与答的远近), when both use words of their own.

周五摘下来周一还走吗 and 动力储存：约41小时 share no letter; what joins them is that both are about one side of goods.
The pack knows more than a thousand such sides (`facets/*.txt`): what shops call each, and what buyers ask about it.
A side is one document of all its lines; the strongest directions in which these documents differ (a singular value
decomposition, latent semantic analysis) are the space. A text is where its letters, runs of letters and words put it,
and two texts are near when they point the same way. No side has to be decided on, and a shop's rare key has a place
too.
"""

import io
import re
import zlib
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise

import numpy as np
import rjieba
from numpy.typing import NDArray

Floats = NDArray[np.float32]
FILE = "{}.bin"
SPACES = ("facets", "matters", "needs")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_DROPPED = re.compile(r"[^0-9a-z\u4e00-\u9fff]+")
_LONGEST = 80
_REMEMBERED = 4_096  # texts whose place is kept: a kilobyte each


def features(text: str) -> list[str]:
    """Letters, runs of two and three, words and pairs of words; any number is one sign."""
    plain = _DROPPED.sub("", _DIGITS.sub("0", text.lower()))[:_LONGEST]
    framed, words = f"^{plain}$", rjieba.cut(plain)
    names = [framed[at : at + size] for size in (1, 2, 3) for at in range(len(framed) - size + 1)]
    return [*names, *(f"w{word}" for word in words), *(f"w{one} {two}" for one, two in pairwise(words))]


class Space:
    """A trained space: `weights[f]` (signed bytes, one scale a direction) is where feature `f` points."""

    def __init__(
        self,
        vocabulary: dict[str, int],
        importance: Floats,
        weights: NDArray[np.int8],
        scale: Floats,
        fingerprint: str = "",
    ) -> None:
        self.vocabulary, self.importance, self.weights, self.scale = vocabulary, importance, weights, scale
        self.fingerprint = fingerprint  # of the lines that it was built from
        self.place = lru_cache(maxsize=_REMEMBERED)(self._place)

    def _place(self, text: str) -> Floats:
        """The direction of a text, of length 1; all zeros where nothing of it is known."""
        known = {at for name in features(text) if (at := self.vocabulary.get(name)) is not None}
        if not known:
            return np.zeros(len(self.scale), np.float32)
        rows = np.fromiter(known, np.int64, len(known))
        sums = (self.importance[rows] @ self.weights.take(rows, 0).astype(np.float32)) * self.scale
        return np.asarray(sums / max(float(np.sqrt(sums @ sums)), 1e-9), np.float32)

    def likeness(self, question: str, told: str) -> float:
        """How near two texts are, -1 to 1."""
        return float(self.place(question) @ self.place(told))


def write_space(space: Space) -> bytes:
    """The file: a compressed `.npz`. The same space gives the same bytes."""
    words = sorted(space.vocabulary, key=space.vocabulary.__getitem__)
    raw = io.BytesIO()
    np.savez(
        raw,
        vocabulary=np.frombuffer("\n".join(words).encode(), np.uint8),
        importance=space.importance.astype(np.float16),
        weights=space.weights,
        scale=space.scale,
        fingerprint=np.frombuffer(space.fingerprint.encode(), np.uint8),
    )
    return zlib.compress(raw.getvalue(), 9)


def read_space(data: bytes) -> Space:
    """The space of a file written by `write_space`."""
    with np.load(io.BytesIO(zlib.decompress(data)), allow_pickle=False) as arrays:
        words = arrays["vocabulary"].tobytes().decode().split("\n")
        importance = arrays["importance"].astype(np.float32)
        vocabulary = {word: at for at, word in enumerate(words)}
        fingerprint = arrays["fingerprint"].tobytes().decode()
        return Space(vocabulary, importance, arrays["weights"], arrays["scale"], fingerprint)


@cache
def space_of(name: str) -> Space:
    """One of the `SPACES` that came with the pack."""
    return read_space((resources.files("xiaoer.packs") / "ecommerce" / FILE.format(name)).read_bytes())


def load_spaces() -> None:
    """Load what the first buyer would otherwise wait for."""
    for name in SPACES:
        space_of(name)
