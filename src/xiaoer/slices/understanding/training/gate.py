"""Practice for the gate of `context`: the pack's rows with turns before, ordinary lines after unrelated turns, and
lines that tell and ask, taken for two turns of one matter.

The second must keep their own meaning. Every line is read by a classifier that was not trained on it.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from xiaoer.slices.understanding import context
from xiaoer.slices.understanding.arrays import Floats, Judge
from xiaoer.slices.understanding.pack import Utterance
from xiaoer.slices.understanding.training.seams import SEED, Reader

HasValue = Callable[[str], bool]
ORDINARY = 6_000
# Follow-ups made of lines that tell something before they ask, or after.
PARTED = 3_000
HIDDEN, RIDGE, STEPS = 16, 1e-3, 120
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


@dataclass(frozen=True, slots=True)
class GateRow:
    view: Floats
    likely: Floats
    weight: float


def gate_rows(
    context_lines: Sequence[Utterance],
    ordinary: Sequence[Utterance],
    read: Reader,
    labels: tuple[str, ...],
    has_value: HasValue,
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Views, likelihoods of the true label under each reading, and weights, for `fit_gate`."""
    rng = random.Random(SEED)
    at = {code: n for n, code in enumerate(labels)}
    rows: list[GateRow] = []

    def add(text: str, buyer: str, agent: str, intent: str, weight: float) -> None:
        normal, own, *_ = read(text)
        earlier, mass = context.business(read(buyer)[1], labels) if buyer else (None, 0.0)
        talk = context.business(read(agent[-context.AGENT_CHARS :])[1], labels)[0] if agent else None
        before = context.Before(buyer, earlier if mass >= 0.35 else None, mass, agent, talk)
        if before.nothing:
            return
        view = context.signals(normal, own, before, labels, has_value(normal))
        rows.append(GateRow(view, context.readings(own, before, labels)[:, at[intent]], weight))

    agents = [line.prev_agent for line in context_lines if line.prev_agent]
    for line in context_lines:
        add(line.text, line.prev_buyer or "", line.prev_agent or "", line.intent, 3.0)
        if line.prev_buyer and line.prev_agent:
            add(line.text, line.prev_buyer, "", line.intent, 1.5)
    same: dict[str, list[Utterance]] = {}
    for line in ordinary:
        same.setdefault(line.intent, []).append(line)
    for _ in range(ORDINARY):
        line = rng.choice(ordinary)
        before = rng.choice(same[line.intent] if rng.random() < 0.3 else ordinary)
        agent = rng.choice(agents) or "" if agents and rng.random() < 0.6 else ""
        add(line.text, before.text, agent, line.intent, 1.0)
    parted = _parted(ordinary, rng)
    for intent, first, rest in rng.sample(parted, min(PARTED, len(parted))):
        add(rest, first, rng.choice(_NEUTRAL) if rng.random() < 0.5 else "", intent, 1.0)
    return (
        np.stack([r.view for r in rows]),
        np.stack([r.likely for r in rows]),
        np.array([r.weight for r in rows], np.float32),
    )


def _parted(lines: Sequence[Utterance], rng: random.Random) -> list[tuple[str, str, str]]:
    """Intent and the two parts of lines with a pause: what is said second belongs to the matter of the whole."""
    found = []
    for line in lines:
        pauses = [p for p in _PAUSE.finditer(line.text) if p.start() >= 4 and len(line.text) - p.end() >= 2]
        if pauses and line.intent.split(".")[0] not in ("chat", "oos"):
            pause = rng.choice(pauses)
            found.append((line.intent, line.text[: pause.start()], line.text[pause.end() :]))
    return found


def fit_gate(views: NDArray[np.float32], options: NDArray[np.float32], weight: NDArray[np.float32]) -> Judge:
    """The gate that makes the true label most likely under the mixture of readings.

    `views` (n, d), `options` (n, k): how much reading k says the true label.
    """
    size, kinds = views.shape[1], options.shape[1]
    share = weight / weight.sum()
    rng = np.random.default_rng(SEED)
    parts = ((size, HIDDEN), (HIDDEN + 1, kinds))
    border = size * HIDDEN

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        inner, outer = flat[:border].reshape(parts[0]).astype(np.float32), flat[border:].reshape(parts[1])
        sums = views @ inner
        hidden = np.maximum(sums, 0)
        power = hidden @ outer[:-1] + outer[-1]
        trust = np.exp(power - power.max(1, keepdims=True))
        trust /= trust.sum(1, keepdims=True)
        likely = (trust * options).sum(1) + LEAST
        pull = trust * ((trust * options).sum(1, keepdims=True) - options) * (share / likely)[:, None]
        d_outer = np.concatenate([hidden.T @ pull + RIDGE * outer[:-1], pull.sum(0, keepdims=True)])
        back = ((pull @ outer[:-1].T) * (sums > 0)).astype(np.float32)
        d_inner = views.T @ back + RIDGE * inner
        cost = -(share * np.log(likely)).sum() + 0.5 * RIDGE * ((inner**2).sum() + (outer[:-1] ** 2).sum())
        return float(cost), np.concatenate([d_inner.ravel(), d_outer.ravel()]).astype(np.float64)

    outer = np.concatenate([rng.standard_normal((HIDDEN, kinds)) * 0.1, np.zeros((1, kinds))])
    outer[-1, 0] = 1.0
    start = np.concatenate([(rng.standard_normal(parts[0]) * 0.1).ravel(), outer.ravel()])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x.astype(np.float32)
    return Judge(found[:border].reshape(parts[0]), found[border:].reshape(parts[1]))
