"""Training the listener: from rows with turns before, and ordinary lines after turns of other talks or after none.

Its encoder begins as that of the classifier, and goes on learning, since agents speak otherwise than buyers. What the
message alone says begins as what that encoder scores. Whole turns are left out at random, so that none is leant on.
"""

import random
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from xiaoer.slices.understanding.arrays import Floats
from xiaoer.slices.understanding.encoder import Encoder, arrays_of
from xiaoer.slices.understanding.listener import AGENT, MESSAGE, TURNS, Listener, letters
from xiaoer.slices.understanding.training.encoder import (
    DROP_OUT,
    Adam,
    Ints,
    Network,
    Noise,
    left_out,
    missed,
    numbered,
    warmed,
)

HIDDEN, DROP_HIDDEN, DROP_TURN = 512, 0.5, 0.15
ROUNDS, BATCH, RATE, WARM = 10, 256, 2e-3, 0.15
# Ordinary lines in every round, and how many of them stand after the turns of some row.
ORDINARY, AFTER = 10_000, 0.6
SEED = 5


class Heard(NamedTuple):
    """A row of practice: the normalised words of a message, of the buyer and the agent before it, and its label."""

    turns: tuple[str, str, str]
    label: int


def fit_listener(rows: Sequence[Heard], ordinary: Sequence[Heard], start: Encoder, rounds: int = ROUNDS) -> Listener:
    """The listener of some rows; `ordinary` lines have no turns. The same rows give the same weights."""
    rng, chance = random.Random(SEED), np.random.default_rng(SEED)
    network = Network(len(start.character_vectors), len(start.syllable_vectors), len(start.labels), SEED)
    for array, learnt in zip(network.arrays(), arrays_of(start), strict=True):
        array[...] = learnt
    filters = len(network.filter_bias)
    inner = (chance.standard_normal((TURNS, filters, HIDDEN)) / np.sqrt(3 * filters)).astype(np.float32)
    outer = (chance.standard_normal((HIDDEN, len(start.labels))) / np.sqrt(HIDDEN)).astype(np.float32)
    bias = np.zeros(HIDDEN, np.float32)
    learner = _Learner(network, inner, bias, outer, start, Noise(list(start.characters), SEED))
    optimiser = Adam([*network.arrays(), inner, bias, outer])
    some = min(ORDINARY, len(ordinary))
    steps, step = rounds * -(-(len(rows) + some) // BATCH), 0
    own = [_lettered(row) for row in rows]
    for _ in range(rounds):
        lines = own + [_lettered(_placed(line, rows, rng)) for line in rng.sample(list(ordinary), some)]
        # Rows with agents' words of about one length stand together, which saves reading emptiness.
        order = sorted(range(len(lines)), key=lambda n: len(lines[n].turns[AGENT]) + 12 * rng.random())
        batches = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
        rng.shuffle(batches)
        for batch in batches:
            optimiser.step(learner.learn([lines[n] for n in batch]), RATE * warmed(step / steps, WARM))
            step += 1
    encoder = Encoder(start.labels, start.characters, start.syllables, *network.arrays())
    return Listener(encoder, inner, bias, outer)


def _lettered(row: Heard) -> Heard:
    message, buyer, agent = (letters(turn, words) for turn, words in enumerate(row.turns))
    return Heard((message, buyer, agent), row.label)


def _placed(line: Heard, rows: Sequence[Heard], rng: random.Random) -> Heard:
    """An ordinary line as it stands, or after the turns of some row."""
    if rng.random() >= AFTER:
        return line
    _, buyer, agent = rng.choice(rows).turns
    return Heard((line.turns[MESSAGE], buyer, agent), line.label)


class _Learner(NamedTuple):
    """The weights while they are learnt."""

    network: Network
    inner: Floats
    bias: Floats
    outer: Floats
    start: Encoder
    noise: Noise

    def learn(self, rows: Sequence[Heard]) -> list[Floats]:
        """Slopes of one batch, in the order of the optimiser's arrays."""
        network, rng = self.network, self.network.rng
        truth = np.zeros((len(rows), len(self.start.labels)), np.float32)
        truth[np.arange(len(rows)), [row.label for row in rows]] = 1
        sums = np.tile(self.bias, (len(rows), 1))
        read = []
        for turn in range(TURNS):
            present = self._present(rows, turn)
            if not len(present):
                continue
            words = [self.noise(rows[n].turns[turn]) for n in present]
            answers = network.forth(*numbered(words, self.start.characters, self.start.syllables))
            mask = left_out(rng, answers.hidden.shape, DROP_OUT) * (answers.hidden > 0)
            shown = answers.hidden * mask
            sums[present] += shown @ self.inner[turn]
            read.append((turn, present, answers, mask, shown))
        kept = left_out(rng, sums.shape, DROP_HIDDEN) * (sums > 0)
        hidden = sums * kept
        alone = np.zeros((len(rows), len(network.filter_bias)), np.float32)
        for turn, present, _, _, shown in read:
            if turn == MESSAGE:
                alone[present] = shown
        _, pull = missed(hidden @ self.outer + alone @ network.out + network.out_bias, truth)
        d_sums = (pull @ self.outer.T) * kept
        d_inner = np.zeros_like(self.inner)
        totals = [np.zeros_like(array) for array in network.arrays()[:4]]
        for turn, present, answers, mask, shown in read:
            here = d_sums[present]
            d_inner[turn] = shown.T @ here
            d_shown = here @ self.inner[turn].T
            if turn == MESSAGE:
                d_shown += pull[present] @ network.out.T
            totals = [a + b for a, b in zip(totals, network.back(answers, d_shown * mask), strict=True)]
        return [*totals, alone.T @ pull, pull.sum(0), d_inner, d_sums.sum(0), hidden.T @ pull]

    def _present(self, rows: Sequence[Heard], turn: int) -> Ints:
        """The rows in which a turn says something; one before the message is now and then left out."""
        rng = self.network.rng
        left = rng.random(len(rows)) < (0 if turn == MESSAGE else DROP_TURN)
        return np.array([n for n, row in enumerate(rows) if row.turns[turn] and not left[n]], np.int64)
