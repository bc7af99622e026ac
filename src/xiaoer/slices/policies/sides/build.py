"""Builds the space of `space.py` from the sides of goods that a pack knows (part of `make model`).

A file of `facets/` holds, for each side: `# name`, `= ` what shops call it and write for it, `~ ` runs of letters that
buyers ask with, and then questions, one a line. Seconds of one core.
"""

import hashlib
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import svds

from xiaoer.slices.policies.sides.space import FILE, Space, features, write_space

DIRECTIONS = 256
MOST_FEATURES = 60_000
SELDOM = 2  # lines that must hold a feature
SHARPER = 1.5  # power of a feature's rarity


def read_sides(name: str = "ecommerce") -> Iterator[tuple[str, str]]:
    """Side and text of every line of a pack, in a stable order."""
    side = ""
    for path in sorted((resources.files("xiaoer.packs") / name / "facets").iterdir(), key=lambda p: p.name):
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("# "):
                side = line[2:].strip()
            elif line.startswith(("= ", "~ ")):
                yield from ((side, one) for one in line[2:].split("|"))
            elif line.strip():
                yield side, line.strip()


def build(lines: list[tuple[str, str]]) -> Space:
    """The space of some lines."""
    named = [list(dict.fromkeys(features(text))) for _, text in lines]
    counts = Counter(name for names in named for name in names)
    kept = sorted((name for name, n in counts.items() if n >= SELDOM), key=lambda name: (-counts[name], name))
    vocabulary = {name: at for at, name in enumerate(sorted(kept[:MOST_FEATURES]))}
    places = [[vocabulary[name] for name in names if name in vocabulary] for names in named]
    ends = np.cumsum([0, *map(len, places)])
    flat = [at for row in places for at in row]
    matrix = sparse.csr_matrix((np.ones(len(flat), np.float32), flat, ends), (len(lines), len(vocabulary)))
    held = np.asarray(matrix.sum(0)).ravel()
    importance = ((np.log((1 + len(lines)) / (1 + held)) + 1) ** SHARPER).astype(np.float32)
    scaled = _unit(matrix @ sparse.diags(importance))
    sides = {side: at for at, side in enumerate(sorted({side for side, _ in lines}))}
    member = sparse.csr_matrix(
        (np.ones(len(lines), np.float32), ([sides[side] for side, _ in lines], range(len(lines))))
    )
    size = min(DIRECTIONS, len(sides) - 1)
    start = np.ones(min(len(sides), len(vocabulary)))
    _, _, directions = svds(_unit(member @ scaled).astype(np.float64), k=size, v0=start)
    scale = np.asarray(np.abs(directions).max(1) / 127 + 1e-12, np.float32)
    weights = np.ascontiguousarray(np.round(directions.T / scale).astype(np.int8))
    return Space(vocabulary, importance, weights, scale, fingerprint_of(lines))


def fingerprint_of(lines: list[tuple[str, str]]) -> str:
    """Tells one set of lines from another."""
    return hashlib.sha256(repr(lines).encode()).hexdigest()[:16]


def _unit(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(1)).ravel())
    return sparse.diags(1 / np.maximum(lengths, 1e-9)) @ matrix


def main(name: str = "ecommerce") -> None:
    """Builds the file that ships with a pack."""
    lines = list(read_sides(name))
    data = write_space(build(lines))
    Path(str(resources.files("xiaoer.packs") / name / FILE)).write_bytes(data)
    sides = len({side for side, _ in lines})
    sys.stdout.write(f"{len(lines)} lines, {sides} sides of goods, {len(data) / 1e6:.1f} MB\n")


if __name__ == "__main__":
    main()
