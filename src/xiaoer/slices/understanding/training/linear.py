"""The linear part of the classifier (线性): one separating plane per intent over the names of features.

Runs in a job: scikit-learn is imported in this folder and nowhere else.
"""

import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from xiaoer.slices.understanding.arrays import Floats
from xiaoer.slices.understanding.model import UNSEEN, Model
from xiaoer.slices.understanding.training.lines import SEED, Line

# Regularisation of the classifier; the best of 0.1 to 3 on five folds of the pack.
C = 0.8
MIN_LINES = 2
# Weight of a feature by its kind; letters count 1.
KIND_WEIGHT = {"p": 0.5, "w": 0.7, "c": 1.0, "l": 0.5, "x": 1.5}
MAX_FEATURES = 60_000
# Passes at most, and when to stop before: coarser steps leave a different machine after every handful of new lines.
PASSES, CLOSE = 30, 0.02
# How much a margin of the model that is refined counts beside one feature.
KNOWN = 2.0
BENT = 0.5  # how far a model is bent towards what the lines alone would make of it


@dataclass(frozen=True, slots=True)
class Fitted:
    labels: tuple[str, ...]
    vocabulary: dict[str, int]
    importance: Floats
    weights: Floats
    bias: Floats


def fit(lines: Sequence[Line]) -> Fitted:
    """The linear classifier of some lines."""
    counts = Counter(name for line in lines for name in line.names)
    kept = sorted((name for name, n in counts.items() if n >= MIN_LINES), key=lambda name: (-counts[name], name))
    vocabulary = {name: at for at, name in enumerate(sorted(kept[:MAX_FEATURES]))}
    matrix = _matrix(lines, vocabulary)
    document = np.asarray(matrix.sum(0)).ravel()
    importance = np.log((1 + len(lines)) / (1 + document)) + 1
    importance *= _kind_weights(vocabulary)
    scaled = normalize(matrix @ sparse.diags(importance)).astype(np.float32)
    with warnings.catch_warnings():
        # A label may run out of passes before it is as close as asked; more give nothing on held-out lines.
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine = _machine()
        machine.fit(scaled, [line.intent for line in lines])
    return Fitted(
        labels=tuple(str(label) for label in machine.classes_),
        vocabulary=vocabulary,
        importance=importance.astype(np.float32),
        weights=np.ascontiguousarray(machine.coef_.T.astype(np.float32)),
        bias=machine.intercept_.astype(np.float32),
    )


def refine(lines: Sequence[Line], base: Model) -> Fitted:
    """The classifier of a model bent towards some lines: what it knows already is one more view of each line.

    The margins of the model stand beside the features, so that a few thousand lines are enough and seconds too; since
    both are sums over features, the outcome is one table of weights as before. Features that the model lacks are added.
    Margins keep the spread that they had, since the vote with the encoder was fitted to it.
    """
    counts = Counter(name for line in lines for name in line.names if name not in base.vocabulary)
    fresh = sorted(name for name, n in counts.items() if n >= MIN_LINES)
    vocabulary = {**base.vocabulary, **{name: len(base.vocabulary) + n for n, name in enumerate(fresh)}}
    importance = np.concatenate([base.importance, UNSEEN * _kind_weights(fresh)]).astype(np.float32)
    known = np.zeros((len(vocabulary), len(base.labels)), np.float32)
    known[: len(base.vocabulary)] = base.weights * base.scale
    scaled = normalize(_matrix(lines, vocabulary) @ sparse.diags(importance)).astype(np.float32)
    margins = np.asarray(scaled @ known + base.bias, np.float32)
    both = sparse.hstack([scaled, sparse.csr_matrix(margins * KNOWN)], format="csr", dtype=np.float32)
    machine = _machine()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine.fit(both, [line.intent for line in lines])
    found = machine.coef_.T.astype(np.float32)
    own, of_known = found[: len(vocabulary)], found[len(vocabulary) :] * np.float32(KNOWN)
    weights, bias = known @ of_known + own, base.bias @ of_known + machine.intercept_
    labels = tuple(str(label) for label in machine.classes_)
    share = BENT * margins.std() / max(float((scaled @ weights + bias).std()), 1e-6)
    at = [base.labels.index(label) if label in base.labels else -1 for label in labels]
    kept = np.hstack([known, np.zeros((len(vocabulary), 1), np.float32)])[:, at] * (1 - BENT)
    of_bias = np.append(base.bias, base.bias.mean())[at] * (1 - BENT)
    return Fitted(
        labels=labels,
        vocabulary=vocabulary,
        importance=importance,
        weights=np.ascontiguousarray(weights * share + kept, np.float32),
        bias=(bias * share + of_bias).astype(np.float32),
    )


def _machine() -> LinearSVC:
    return LinearSVC(C=C, random_state=SEED, tol=CLOSE, max_iter=PASSES)


def _kind_weights(names: Iterable[str]) -> Floats:
    return np.array(
        [KIND_WEIGHT.get(name[0], 1.0) if len(name) > 1 and name[0].isascii() else 1.0 for name in names], np.float32
    )


def scores(fitted: Fitted, lines: Sequence[Line]) -> NDArray[np.float32]:
    """The margin of every label for every line."""
    matrix = normalize(_matrix(lines, fitted.vocabulary) @ sparse.diags(fitted.importance))
    result: NDArray[np.float32] = np.asarray(matrix @ fitted.weights + fitted.bias, np.float32)
    return result


def fit_temperatures(parts: Sequence[NDArray[np.float32]], truth: NDArray[np.int64]) -> tuple[float, ...]:
    """The factor on each part's scores that makes held-out predictions most likely together."""

    def loss(logs: NDArray[np.float64]) -> float:
        power = sum(part * np.exp(log) for part, log in zip(parts, logs, strict=True))
        power = power - np.max(power, 1, keepdims=True)
        return float(np.mean(np.log(np.exp(power).sum(1)) - power[np.arange(len(truth)), truth]))

    start = np.array([1.0, -0.7][: len(parts)])
    found = minimize(loss, start, method="Nelder-Mead", options={"maxiter": 80 * len(parts), "xatol": 1e-3})
    return tuple(float(np.exp(log)) for log in found.x)


def _matrix(lines: Sequence[Line], vocabulary: dict[str, int]) -> sparse.csr_matrix:
    columns: list[int] = []
    ends = [0]
    for line in lines:
        columns += sorted(vocabulary[name] for name in line.names if name in vocabulary)
        ends.append(len(columns))
    return sparse.csr_matrix((np.ones(len(columns), np.float32), columns, ends), (len(lines), len(vocabulary)))
