"""How much a mark tells (权重): rare marks much, everyday ones little.

The rarity of a mark mixes the shop's own questions with everyday shop talk (`background.txt`, counted over the
industry pack's utterances). So a filler stays light in a shop with ten entries, and a word that neither has ever
seen (胃癌, 电视剧) weighs most: a question full of such words is not covered by anything, and is refused.
"""

import math
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

# Everyday talk counts as much as this many questions of the shop. 100 to 1,000 gave the same ranking.
_BACKGROUND_SIZE = 300.0
# Mass of a mark = rarity to this power. A plain idf cosine squares the idf; 1.4 is milder and ranked better.
_POWER = 1.4
_REMEMBERED = 20_000  # marks of questions; a few MB


@cache
def background() -> Mapping[str, float]:
    """Share of everyday utterances that hold a mark."""
    text = files("xiaoer.slices.knowledge.retrieval").joinpath("background.txt").read_text("utf-8")
    head, *rows = text.splitlines()
    total = int(head)
    shares: dict[str, float] = {}
    for row in rows:
        count, marks = row.split("\t", 1)
        for mark in marks.split("\t"):
            shares[mark] = int(count) / total
    return shares


class _Unseen(dict[str, float]):
    """Masses of marks that no text of the shop holds, remembered up to a bound."""

    def __init__(self, mass: Callable[[str], float]) -> None:
        super().__init__()
        self._mass = mass

    def __missing__(self, mark: str) -> float:
        if len(self) >= _REMEMBERED:
            self.clear()
        mass = self[mark] = self._mass(mark)
        return mass


class Weighing:
    """Of any mark: how many of the shop's texts hold it, its number there (-1: none), and its mass.

    `numbers` and `counts` are the main block's, shared; `masses` go with them.
    """

    def __init__(self, numbers: Mapping[str, int], counts: Sequence[int], documents: int) -> None:
        self._size = math.log(documents + _BACKGROUND_SIZE + 1.0)
        self._everyday = background()
        self._counts = counts
        self._unseen = _Unseen(lambda mark: self._mass(0, mark))
        self.numbers = numbers
        self.masses = array("f", map(self._mass, counts, numbers))

    def of(self, marks: Iterable[str]) -> list[tuple[int, int, float]]:
        """Count, number and mass of each mark."""
        number, counts, masses, unseen = self.numbers.get, self._counts, self.masses, self._unseen
        return [
            (counts[at], at, masses[at]) if (at := number(mark, -1)) >= 0 else (0, -1, unseen[mark]) for mark in marks
        ]

    def mass(self, mark: str) -> float:
        """The mass of any mark, seen in this shop or not."""
        return self.of((mark,))[0][2]

    def _mass(self, count: int, mark: str) -> float:
        seen = count + _BACKGROUND_SIZE * self._everyday.get(mark, 0.0) + 0.5
        mass: float = max(0.05, self._size - math.log(seen)) ** _POWER
        return mass
