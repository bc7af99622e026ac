"""Draws what belongs together nearer (对比学习): what buyers say of a side, to what shops write of it.

The directions of the singular value decomposition tell sides apart; they were not made to join asking and telling. In
every step some hundreds of things said are put beside something written of their sides (one to three pieces, as a title
or a fact holds them; sometimes another saying), and each feature's direction is moved so that what belongs together is
nearer than what does not. Half of the features of every text are left out at random: a buyer has never all of them.
Plain Adagrad over the rows that a step touches; the same lines give the same directions.
"""

import random

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from xiaoer.slices.policies.sides.space import Floats

SEED = 3
ROUNDS, BATCH, RATE = 1, 512, 50.0
SHARPNESS = 0.07  # how near counts as belonging together: the lower, the stricter
LEFT_OUT = 0.5  # share of the features of a text
ANOTHER = 0.25  # how often something said is put beside another saying of its side
PIECES = (1, 1, 2, 3)  # written ones that are put together
_FAR = -1e9
_FIRST, _GROWTH = 1e-3, 1e6  # of the sums of squares that slow a row down


def drawn_together(
    directions: Floats, texts: sparse.csr_matrix, side: NDArray[np.int64], told: NDArray[np.bool_]
) -> Floats:
    """The directions of the features, moved. `texts` (lines, features) has rows of length 1; `side` and `told` tell of
    which side each line is, and whether shops write it."""
    weights, rng, draw = directions.copy(), np.random.default_rng(SEED), random.Random(SEED)
    size = float(np.sqrt((weights**2).sum(1).mean()))
    squares = np.full(len(weights), _FIRST, np.float32)
    by_side = _by_side(side, told)
    said = np.array([at for at in np.flatnonzero(~told) if by_side[side[at]][0]])
    for round_ in range(ROUNDS):
        order, rate = rng.permutation(said), RATE * (1 - round_ / (ROUNDS + 1))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            some = order[start : start + BATCH]
            pairs = (_thinned(texts[some], rng), _thinned(_beside(some, texts, side, by_side, draw), rng))
            rows, slopes = _slopes(weights, *pairs, side[some])
            squares[rows] += (slopes**2).mean(1) * _GROWTH
            weights[rows] -= rate * size * slopes / np.sqrt(squares[rows])[:, None]
    return weights


def _by_side(side: NDArray[np.int64], told: NDArray[np.bool_]) -> list[tuple[list[int], list[int]]]:
    """The lines of each side: written, and said."""
    found: list[tuple[list[int], list[int]]] = [([], []) for _ in range(int(side.max()) + 1)]
    for at, (one, written) in enumerate(zip(side.tolist(), told.tolist(), strict=True)):
        found[one][0 if written else 1].append(at)
    return found


def _beside(
    some: NDArray[np.int64],
    texts: sparse.csr_matrix,
    side: NDArray[np.int64],
    by_side: list[tuple[list[int], list[int]]],
    draw: random.Random,
) -> sparse.csr_matrix:
    """What each of some sayings is put beside, one row each."""
    chosen: list[list[int]] = []
    for at in some:
        written, sayings = by_side[side[at]]
        if draw.random() < ANOTHER and len(sayings) > 1:
            chosen.append([draw.choice(sayings)])
        else:
            chosen.append(draw.sample(written, min(draw.choice(PIECES), len(written))))
    flat = [at for one in chosen for at in one]
    owner = np.repeat(np.arange(len(chosen)), [len(one) for one in chosen])
    together = sparse.csr_matrix((np.ones(len(flat), np.float32), (owner, range(len(flat)))), (len(chosen), len(flat)))
    return (together @ texts[flat]).tocsr()


def _thinned(rows: sparse.csr_matrix, rng: np.random.Generator) -> sparse.csr_matrix:
    thin = rows.copy()
    thin.data = (thin.data * (rng.random(len(thin.data)) >= LEFT_OUT)).astype(np.float32)
    return thin


def _slopes(
    weights: Floats, said: sparse.csr_matrix, written: sparse.csr_matrix, side: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Floats]:
    """The features that a step touches, and how its loss changes with their directions."""
    ones, others = said @ weights, written @ weights
    long, longs = _lengths(ones), _lengths(others)
    one, other = ones / long, others / longs
    near = one @ other.T / SHARPNESS
    same = side[:, None] == side[None, :]
    np.fill_diagonal(same, val=False)
    near[same] = _FAR
    chance = np.exp(near - near.max(1, keepdims=True))
    chance /= chance.sum(1, keepdims=True)
    chance[np.diag_indices(len(chance))] -= 1
    chance /= SHARPNESS * len(chance)
    pull, pulls = chance @ other, chance.T @ one
    pull = (pull - one * (pull * one).sum(1, keepdims=True)) / long
    pulls = (pulls - other * (pulls * other).sum(1, keepdims=True)) / longs
    every = sparse.vstack([said, written]).tocsc()
    rows = np.flatnonzero(np.diff(every.indptr))
    return rows, np.asarray(every[:, rows].T @ np.concatenate([pull, pulls]), np.float32)


def _lengths(rows: Floats) -> Floats:
    return np.asarray(np.sqrt((rows**2).sum(1, keepdims=True)) + 1e-6, np.float32)
