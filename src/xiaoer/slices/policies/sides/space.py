"""How near a question is to what a shop tells (问与答的远近), when both use words of their own.

周五摘下来周一还走吗 and 动力储存：约41小时 share no letter; what joins them is that both are about one side of goods.
The pack knows more than a thousand such sides (`facets/*.txt`): what shops call each, and what buyers ask about it.
A side is one document of all its lines; the strongest directions in which these documents differ (a singular value
decomposition, latent semantic analysis) are the space. A text is where its letters, runs of letters and words put it,
and two texts are near when they point the same way. No side has to be decided on, and a shop's rare key has a place
too.
"""

import re
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise
from typing import Any
from zlib import crc32

import numpy as np
import rjieba
from numpy.typing import NDArray

Floats = NDArray[np.float32]
FILE = "{}.bin"
SPACES = ("facets", "matters", "needs")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_DROPPED = re.compile(r"[^0-9a-z\u4e00-\u9fff]+")
_LONGEST = 80
_PRINTED = 20  # bytes of the file that hold the fingerprint
_REMEMBERED = 4_096  # texts whose place is kept: a kilobyte each


def features(text: str) -> list[str]:
    """Letters, runs of two and three, words and pairs of words; any number is one sign."""
    plain = _DROPPED.sub("", _DIGITS.sub("0", text.lower()))[:_LONGEST]
    framed, words = f"^{plain}$", rjieba.cut(plain)
    names = [framed[at : at + size] for size in (1, 2, 3) for at in range(len(framed) - size + 1)]
    return [*names, *(f"w{word}" for word in words), *(f"w{one} {two}" for one, two in pairwise(words))]


@lru_cache(maxsize=256)  # a question is looked up in several spaces
def checksums(text: str) -> NDArray[np.uint32]:
    """The checksums of the features of a text."""
    names = "\n".join(features(text)).encode().split(b"\n")
    return np.fromiter(set(map(crc32, names)), np.uint32)


class Space:
    """A trained space. A feature is known by its checksum (`names`, sorted, and `rows`, where each stands); of row `r`,
    `importance[r]` is how much it tells, `weights[r]` (signed bytes, one scale a direction) where it points. What is
    common stands first, so that few pages of the file are read."""

    def __init__(
        self,
        names: NDArray[np.uint32],
        rows: NDArray[np.uint32],
        importance: Floats,
        weights: NDArray[np.int8],
        scale: Floats,
        fingerprint: str = "",
    ) -> None:
        self.names, self.rows = names, rows
        self.importance, self.weights, self.scale = importance, weights, scale
        self.fingerprint = fingerprint  # of the lines that it was built from
        self.place = lru_cache(maxsize=_REMEMBERED)(self._place)

    def _place(self, text: str) -> Floats:
        """The direction of a text, of length 1; all zeros where nothing of it is known."""
        said = checksums(text)
        at = np.minimum(np.searchsorted(self.names, said), len(self.names) - 1)
        rows = self.rows[at[self.names[at] == said]]
        if not len(rows):
            return np.zeros(len(self.scale), np.float32)
        sums = (self.importance[rows] @ self.weights.take(rows, 0).astype(np.float32)) * self.scale
        return np.asarray(sums / max(float(np.sqrt(sums @ sums)), 1e-9), np.float32)

    def likeness(self, question: str, told: str) -> float:
        """How near two texts are, -1 to 1."""
        return float(self.place(question) @ self.place(told))


def space_from(
    vocabulary: dict[str, int], importance: Floats, weights: NDArray[np.int8], scale: Floats, fingerprint: str
) -> Space:
    """The space of features by their rows; of two with one checksum the later row counts."""
    order = np.argsort(importance, kind="stable")  # what is common tells little
    place = np.empty(len(order), np.uint32)
    place[order] = np.arange(len(order), dtype=np.uint32)
    named = sorted({crc32(name.encode()): place[row] for name, row in vocabulary.items()}.items())
    names, rows = (np.array(column, np.uint32) for column in zip(*named, strict=True))
    return Space(names, rows, importance[order], np.ascontiguousarray(weights[order]), scale, fingerprint)


def write_space(space: Space) -> bytes:
    """The file: three numbers (features, names, directions) and the fingerprint, then the arrays as they are used, not
    compressed: processes share the pages that they read. The same space gives the same bytes."""
    head = np.array([len(space.weights), len(space.names), len(space.scale)], np.uint32)
    arrays = (space.names, space.rows, space.importance.astype(np.float32), space.scale, space.weights)
    told = space.fingerprint.encode().ljust(_PRINTED)
    return b"".join((head.tobytes(), told, *(array.tobytes() for array in arrays)))


def read_space(data: NDArray[np.uint8]) -> Space:
    """The space of a file written by `write_space`, on its own bytes."""
    features_, names, directions = map(int, data[:12].view(np.uint32))
    at = 12 + _PRINTED

    def column(kind: type, count: int) -> NDArray[Any]:
        nonlocal at
        end = at + count * np.dtype(kind).itemsize
        part: NDArray[Any] = data[at:end].view(kind)
        at = end
        return part

    printed = data[12:at].tobytes().decode().strip()
    known, rows = np.array(column(np.uint32, names)), np.array(column(np.uint32, names))
    importance, scale = np.array(column(np.float32, features_)), np.array(column(np.float32, directions))
    return Space(
        known, rows, importance, column(np.int8, features_ * directions).reshape(-1, directions), scale, printed
    )


@cache
def space_of(name: str) -> Space:
    """One of the `SPACES` that came with the pack."""
    with resources.as_file(resources.files("xiaoer.packs") / "ecommerce" / FILE.format(name)) as path:
        return read_space(np.memmap(path, np.uint8, "r"))


def load_spaces() -> None:
    """Load what the first buyer would otherwise wait for."""
    for name in SPACES:
        space_of(name)
