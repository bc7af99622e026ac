"""Practice for the gate of `context`: the pack's rows with turns before, and ordinary lines after unrelated turns.

The latter must keep their own meaning. Every line is read by a classifier that was not trained on it.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from xiaoer.slices.understanding import context
from xiaoer.slices.understanding.arrays import Floats
from xiaoer.slices.understanding.pack import Utterance
from xiaoer.slices.understanding.training.seams import SEED, Reader

HasValue = Callable[[str], bool]
ORDINARY = 6_000
RIDGE = 1e-3


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
            add(line.text, line.prev_buyer, "", line.intent, 2.0)
    same: dict[str, list[Utterance]] = {}
    for line in ordinary:
        same.setdefault(line.intent, []).append(line)
    for _ in range(ORDINARY):
        line = rng.choice(ordinary)
        before = rng.choice(same[line.intent] if rng.random() < 0.3 else ordinary)
        agent = rng.choice(agents) or "" if agents and rng.random() < 0.6 else ""
        add(line.text, before.text, agent, line.intent, 1.0)
    return (
        np.stack([r.view for r in rows]),
        np.stack([r.likely for r in rows]),
        np.array([r.weight for r in rows], np.float32),
    )


def fit_gate(
    views: NDArray[np.float32], options: NDArray[np.float32], weight: NDArray[np.float32], ridge: float = RIDGE
) -> Floats:
    """Gate weights that make the true label most likely under the mixture of readings.

    `views` (n, d), `options` (n, k): how much reading k says the true label.
    """
    count, size = views.shape
    kinds = options.shape[1]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        gate = flat.reshape(kinds, size)
        power = views @ gate.T
        power -= power.max(1, keepdims=True)
        trust = np.exp(power)
        trust /= trust.sum(1, keepdims=True)
        likely = (trust * options).sum(1) + 1e-6
        pull = trust * (options / likely[:, None] - 1) + trust * (1e-6 / likely[:, None])
        slope = -(pull * weight[:, None]).T @ views / count + ridge * gate
        return float(-(weight * np.log(likely)).mean() + 0.5 * ridge * (gate**2).sum()), slope.ravel()

    start = np.zeros((kinds, size))
    start[0, 0] = 1.0
    found = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    result: Floats = found.x.reshape(kinds, size).astype(np.float32)
    return result
