"""Builds the spaces of `space.py` from what a pack knows of asking and telling (part of `make model`).

Three folders hold such knowledge: `facets/` of the sides of goods, what is written of each and how it is asked;
`matters/` of what entries are about (a fingerprint that is not read, a parcel left at a station), how shops title and
answer each and what buyers say then; `needs/` of kinds of goods, what is written of each and what people say who need
it. A file holds, for each side or kind, `# name`, `= ` what shops call it and write for it, `~ ` runs of letters
that buyers ask with, and then what buyers say, one a line. A minute of one core each.
"""

import hashlib
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import svds

from xiaoer.slices.policies.sides.contrast import drawn_together
from xiaoer.slices.policies.sides.space import FILE, SPACES, Space, features, space_from, write_space

MOST_FEATURES = 40_000
SELDOM = 2  # lines that must hold a feature
SHARPER = 1.5  # power of a feature's rarity


class Recipe(NamedTuple):
    """How a space is made: how many directions, and of which folders."""

    directions: int
    folders: tuple[str, ...]


RECIPES = {  # why: docs/understanding.md
    "facets": Recipe(192, ("facets",)),  # for the facts of a sheet
    "matters": Recipe(192, ("facets", "matters")),  # for entries, which tell of both
    "needs": Recipe(192, ("needs",)),  # for wishes
}


class Line(NamedTuple):
    """A line of a side: what shops write (`told`), or what buyers say."""

    side: str
    told: bool
    text: str


def read_lines(space: str, pack: str = "ecommerce") -> Iterator[Line]:
    """Every line that a space is made of, in a stable order."""
    for folder in RECIPES[space].folders:
        yield from _lines_of(folder, pack)


def _lines_of(folder: str, pack: str) -> Iterator[Line]:
    side = ""
    for path in sorted((resources.files("xiaoer.packs") / pack / folder).iterdir(), key=lambda p: p.name):
        for line in path.read_text("utf-8").splitlines():
            head, rest = line[:2], line[2:]
            if head == "# ":
                side = rest.strip()
                yield Line(side, True, side)
            elif head in ("= ", "~ "):
                yield from (Line(side, head == "= ", one) for one in rest.split("|"))
            elif line.strip():
                yield Line(side, False, line.strip())


def build(lines: list[Line], directions: int = RECIPES["facets"].directions) -> Space:
    """The space of some lines."""
    vocabulary, held = _counted(lines)
    importance = ((np.log((1 + len(lines)) / (1 + np.asarray(held.sum(0)).ravel())) + 1) ** SHARPER).astype(np.float32)
    scaled = unit(held @ sparse.diags(importance)).astype(np.float32)
    sides = {side: at for at, side in enumerate(sorted({line.side for line in lines}))}
    of_side = np.array([sides[line.side] for line in lines])
    member = sparse.csr_matrix((np.ones(len(lines), np.float32), (of_side, range(len(lines)))))
    size = min(directions, len(sides) - 1)
    start = np.ones(min(len(sides), len(vocabulary)))
    _, _, main = svds(unit(member @ scaled).astype(np.float64), k=size, v0=start)
    weights = main.T.astype(np.float32)
    weights = drawn_together(weights, scaled, of_side, np.array([line.told for line in lines]))
    scale = np.asarray(np.abs(weights).max(0) / 127 + 1e-12, np.float32)
    small = np.ascontiguousarray(np.round(weights / scale).astype(np.int8))
    return space_from(vocabulary, importance, small, scale, fingerprint_of(lines))


def _counted(lines: list[Line]) -> tuple[dict[str, int], sparse.csr_matrix]:
    """The features that are kept, and which line has which."""
    named = [list(dict.fromkeys(features(line.text))) for line in lines]
    counts = Counter(name for names in named for name in names)
    kept = sorted((name for name, n in counts.items() if n >= SELDOM), key=lambda name: (-counts[name], name))
    vocabulary = {name: at for at, name in enumerate(sorted(kept[:MOST_FEATURES]))}
    places = [[vocabulary[name] for name in names if name in vocabulary] for names in named]
    ends = np.cumsum([0, *map(len, places)])
    flat = [at for row in places for at in row]
    return vocabulary, sparse.csr_matrix((np.ones(len(flat), np.float32), flat, ends), (len(lines), len(vocabulary)))


def fingerprint_of(lines: list[Line]) -> str:
    """Tells one set of lines from another."""
    return hashlib.sha256(repr([tuple(line) for line in lines]).encode()).hexdigest()[:16]


def unit(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """The rows, each of length 1."""
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(1)).ravel())
    return (sparse.diags(1 / np.maximum(lengths, 1e-9)) @ matrix).tocsr()


def main(pack: str = "ecommerce") -> None:
    """Builds the files that ship with a pack."""
    for space in SPACES:
        lines = list(read_lines(space, pack))
        data = write_space(build(lines, RECIPES[space].directions))
        Path(str(resources.files("xiaoer.packs") / pack / FILE.format(space))).write_bytes(data)
        sides = len({line.side for line in lines})
        sys.stdout.write(f"{space}: {len(lines)} lines, {sides} sides, {len(data) / 1e6:.1f} MB\n")


if __name__ == "__main__":
    main()
