"""Practice for the gate of `context`: the pack's rows with turns before, ordinary lines after turns of the same
business, and lines that tell and ask, taken for two turns of one matter.

The second must keep their own meaning. Every line is read by a classifier that was not trained on it.
"""

import random
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xiaoer.slices.understanding import context
from xiaoer.slices.understanding.arrays import Floats
from xiaoer.slices.understanding.gate import SOURCES, Gate, chances, logs
from xiaoer.slices.understanding.pack import Utterance
from xiaoer.slices.understanding.training.encoder import Adam, left_out, warmed
from xiaoer.slices.understanding.training.seams import SEED, Reader

HasValue = Callable[[str], bool]
ORDINARY = 8_000
# Follow-ups made of lines that tell something before they ask, or after.
PARTED = 3_000
NETWORKS, HIDDEN, DROP_OUT = 5, 32, 0.3
ROUNDS, BATCH, RATE, WARM = 8, 256, 6e-3, 0.2
# A reading that leaves the truth less likely than this is not punished more.
LEAST = 1e-4
_PAUSE = re.compile(r"[,，。！？!?;；\n]+\s*| +")
# What agents say that changes nothing.
_NEUTRAL = (
    "在的亲",
    "您好，请问有什么可以帮您",
    "好的呢",
    "亲，您说",
    "嗯嗯",
    "请稍等，帮您看一下",
    "抱歉让您久等了",
    "好的，这边了解了",
    "您好",
)


class GateRows(NamedTuple):
    """Rows of practice: the gate's view, the five readings' chance of the true label, that label, the three sources."""

    views: Floats
    likely: Floats
    truth: NDArray[np.int64]
    sources: Floats
    weight: Floats

    def some(self, at: NDArray[np.int64]) -> "GateRows":
        return GateRows(self.views[at], self.likely[at], self.truth[at], self.sources[at], self.weight[at])


def gate_rows(
    context_lines: Sequence[Utterance],
    ordinary: Sequence[Utterance],
    read: Reader,
    labels: tuple[str, ...],
    has_value: HasValue,
) -> GateRows:
    """Practice for `fit_gate`."""
    rng = random.Random(SEED)
    at = {code: n for n, code in enumerate(labels)}
    rows: list[tuple[Floats, Floats, int, Floats, float]] = []

    def add(text: str, buyer: str, agent: str, intent: str, weight: float) -> None:
        normal, own, *_ = read(text)
        earlier, mass = context.business(read(buyer)[1], labels) if buyer else (None, 0.0)
        talk = context.business(read(agent[-context.AGENT_CHARS :])[1], labels)[0] if agent else None
        before = context.Before(buyer, earlier if mass >= 0.35 else None, mass, agent, talk)
        if before.nothing:
            return
        view = context.signals(normal, own, before, labels, has_value(normal))
        sources = np.concatenate([own[None], context.spoken_before(before, len(own))])
        rows.append((view, context.readings(own, before, labels)[:, at[intent]], at[intent], sources, weight))

    for line in context_lines:
        add(line.text, line.prev_buyer or "", line.prev_agent or "", line.intent, 3.0)
        if line.prev_buyer and line.prev_agent:
            add(line.text, line.prev_buyer, "", line.intent, 1.5)
    for line, before, agent in _ordinary(ordinary, context_lines, rng):
        add(line.text, before.text, agent, line.intent, 1.0)
    parted = _parted(ordinary, rng)
    for intent, first, rest in rng.sample(parted, min(PARTED, len(parted))):
        add(rest, first, rng.choice(_NEUTRAL) if rng.random() < 0.5 else "", intent, 1.0)
    views, likely, truth, sources, weights = zip(*rows, strict=True)
    return GateRows(
        np.stack(views), np.stack(likely), np.array(truth), np.stack(sources), np.array(weights, np.float32)
    )


def _ordinary(
    lines: Sequence[Utterance], talk: Sequence[Utterance], rng: random.Random
) -> list[tuple[Utterance, Utterance, str]]:
    """Lines with what the buyer and the agent may have said before: mostly of the same business, as in life."""
    near: dict[str, list[Utterance]] = {}
    for line in lines:
        near.setdefault(line.intent, []).append(line)
        near.setdefault(_group(line), []).append(line)
    agents: dict[str, list[str]] = {}
    for line in talk:
        if line.prev_agent:
            agents.setdefault(_group(line), []).append(line.prev_agent)
    found = []
    for _ in range(ORDINARY):
        line, chance = rng.choice(lines), rng.random()
        before = rng.choice(near[line.intent] if chance < 0.3 else near[_group(line)] if chance < 0.7 else lines)
        said = agents.get(_group(before))
        found.append((line, before, rng.choice(said) if said and rng.random() < 0.6 else ""))
    return found


def _group(line: Utterance) -> str:
    return line.intent.split(".")[0]


def _parted(lines: Sequence[Utterance], rng: random.Random) -> list[tuple[str, str, str]]:
    """Intent and the two parts of lines with a pause: what is said second belongs to the matter of the whole."""
    found = []
    for line in lines:
        pauses = [p for p in _PAUSE.finditer(line.text) if p.start() >= 4 and len(line.text) - p.end() >= 2]
        if pauses and line.intent.split(".")[0] not in ("chat", "oos"):
            pause = rng.choice(pauses)
            found.append((line.intent, line.text[: pause.start()], line.text[pause.end() :]))
    return found


def fit_gate(rows: GateRows, labels: tuple[str, ...]) -> Gate:
    """The gate that makes the true label most likely under the mixture of the readings and its own."""
    networks = [_learnt(rows, len(labels), SEED + n) for n in range(NETWORKS)]
    return Gate(labels, *(np.stack(arrays) for arrays in zip(*networks, strict=True)))


def _learnt(rows: GateRows, labels: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """One network: its `inner`, `outer` and `follows`."""
    rng = np.random.default_rng(seed)
    count, size = rows.likely.shape[1], rows.views.shape[1]
    inner = (rng.standard_normal((size, HIDDEN)) / np.sqrt(size)).astype(np.float32)
    outer = (rng.standard_normal((HIDDEN + 1, count + 1 + SOURCES + labels)) * 0.05).astype(np.float32)
    # To begin with own words are trusted most, and weigh most beside the turns before.
    outer[-1] = 0
    outer[-1, 0] = 1
    outer[-1, count + 1 : count + 1 + SOURCES] = (1, 0.5, 0.3)
    follows = np.zeros((SOURCES * labels, labels), np.float32)
    optimiser = Adam([inner, outer, follows])
    steps, step = ROUNDS * -(-len(rows.views) // BATCH), 0
    for _ in range(ROUNDS):
        order = rng.permutation(len(rows.views))
        for start in range(0, len(order), BATCH):
            some = rows.some(order[start : start + BATCH])
            kept = left_out(rng, (len(some.views), HIDDEN), DROP_OUT)
            optimiser.step(_slopes(some, kept, inner, outer, follows), RATE * warmed(step / steps, WARM))
            step += 1
    return inner, outer, follows


def _slopes(rows: GateRows, kept: Floats, inner: Floats, outer: Floats, follows: Floats) -> list[Floats]:
    """How the loss of some rows changes with `inner`, `outer` and `follows`."""
    count, total = rows.likely.shape[1], len(rows.views)
    spoken, flat = logs(rows.sources), rows.sources.reshape(total, -1)
    open_units = kept * ((sums := rows.views @ inner) > 0)
    hidden = sums * open_units
    said = hidden @ outer[:-1] + outer[-1]
    shares = said[:, count + 1 : count + 1 + SOURCES]
    sixth = chances((shares[:, :, None] * spoken).sum(1) + said[:, count + 1 + SOURCES :] + flat @ follows)
    trust = chances(said[:, : count + 1])
    every = np.arange(total)
    options = np.concatenate([rows.likely, sixth[every, rows.truth][:, None]], 1)
    likely = (trust * options).sum(1, keepdims=True)
    pull = (rows.weight / rows.weight.sum())[:, None] / (likely + LEAST)
    d_trust = pull * trust * (likely - options)
    d_sixth = pull * trust[:, count:] * options[:, count:]
    d_power = d_sixth * sixth
    d_power[every, rows.truth] -= d_sixth[:, 0]
    d_shares = (d_power[:, None] * spoken).sum(2)
    d_said = np.concatenate([d_trust, d_shares, d_power], 1)
    d_outer = np.concatenate([hidden.T @ d_said, d_said.sum(0, keepdims=True)])
    return [rows.views.T @ ((d_said @ outer[:-1].T) * open_units), d_outer, flat.T @ d_power]
