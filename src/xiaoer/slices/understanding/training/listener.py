"""Training the listener: from rows with turns before, and ordinary lines after turns of other talks or after none.

What the filters of the encoder find in every text is worked out once; only what puts it together is learnt. What the
message says alone begins as what the encoder says. Whole turns are left out at random, so that none is leant on.
"""

import random
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from xiaoer.slices.understanding.arrays import Floats
from xiaoer.slices.understanding.encoder import Encoder
from xiaoer.slices.understanding.gate import chances
from xiaoer.slices.understanding.listener import AGENT, BUYER, MESSAGE, TURNS, Listener
from xiaoer.slices.understanding.training.encoder import SMOOTHING, Adam, Ints, left_out, warmed

HIDDEN, DROP_FILTERS, DROP_HIDDEN, DROP_TURN = 256, 0.4, 0.5, 0.15
ROUNDS, BATCH, RATE, WARM = 8, 256, 2e-3, 0.15
# Ordinary lines in every round, and how many of them stand after the turns of some row.
ORDINARY, AFTER = 10_000, 0.6
SEED = 5


class Heard(NamedTuple):
    """A row of practice: the normalised words of a message, of the buyer and the agent before it, and its label."""

    turns: tuple[str, str, str]
    label: int


def fit_listener(rows: Sequence[Heard], ordinary: Sequence[Heard], encoder: Encoder, rounds: int = ROUNDS) -> Listener:
    """The listener of some rows; `ordinary` lines have no turns. The same rows give the same weights."""
    rng, chance = random.Random(SEED), np.random.default_rng(SEED)
    numbers: dict[str, int] = {}
    every = np.array([[numbers.setdefault(text, len(numbers)) for text in row.turns] for row in [*rows, *ordinary]])
    labels = np.array([row.label for row in [*rows, *ordinary]])
    # An empty text says nothing: its filters are nought.
    found = np.stack([encoder.heard(text) if text else 0 * encoder.filter_bias for text in numbers])
    nothing = numbers.setdefault("", len(numbers))
    if nothing == len(found):
        found = np.concatenate([found, np.zeros_like(found[:1])])
    filters, total = found.shape[1], len(rows)
    inner = (chance.standard_normal((TURNS, filters, HIDDEN)) / np.sqrt(3 * filters)).astype(np.float32)
    outer = (chance.standard_normal((HIDDEN, len(encoder.labels))) / np.sqrt(HIDDEN)).astype(np.float32)
    bias, own, own_bias = np.zeros(HIDDEN, np.float32), encoder.out.copy(), encoder.out_bias.copy()
    learnt = (inner, bias, outer, own, own_bias)
    optimiser, some = Adam(learnt), min(ORDINARY, len(ordinary))
    steps, step = rounds * -(-(total + some) // BATCH), 0
    for _ in range(rounds):
        lines = np.array(rng.sample(range(total, len(every)), some), np.int64)
        turns = np.concatenate([every[:total], every[lines]])
        after = total + np.flatnonzero(chance.random(some) < AFTER)
        turns[after, BUYER:] = every[chance.integers(0, total, len(after)), BUYER:]
        for turn in (BUYER, AGENT):
            turns[chance.random(len(turns)) < DROP_TURN, turn] = nothing
        truth, order = np.concatenate([labels[:total], labels[lines]]), chance.permutation(len(turns))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            slopes = _slopes([found[turns[batch, turn]] for turn in range(TURNS)], truth[batch], learnt, chance)
            optimiser.step(slopes, RATE * warmed(step / steps, WARM))
            step += 1
    return Listener(encoder.labels, *learnt)


def _slopes(found: list[Floats], truth: Ints, learnt: tuple[Floats, ...], chance: np.random.Generator) -> list[Floats]:
    """How the loss of a batch changes with what is learnt. `found`: (batch, filters) of every turn."""
    inner, bias, outer, own, own_bias = learnt
    shown = [texts * left_out(chance, texts.shape, DROP_FILTERS) for texts in found]
    sums = sum((texts @ weights for texts, weights in zip(shown, inner, strict=True)), bias)
    kept = left_out(chance, sums.shape, DROP_HIDDEN) * (sums > 0)
    hidden = sums * kept
    said = hidden @ outer + shown[MESSAGE] @ own + own_bias
    pull = chances(np.asarray(said, np.float32)) - np.float32(SMOOTHING / len(own_bias))
    pull[np.arange(len(truth)), truth] -= 1 - SMOOTHING
    pull /= len(truth)
    d_sums = (pull @ outer.T) * kept
    d_inner = np.stack([texts.T @ d_sums for texts in shown])
    return [d_inner, d_sums.sum(0), hidden.T @ pull, shown[MESSAGE].T @ pull, pull.sum(0)]
