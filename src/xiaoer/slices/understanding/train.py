"""Training (学习): from utterances to the arrays of `model`, in seconds, the same arrays every time.

1. A linear classifier over the features of every line that speaks for itself, with noisy copies (a character typed
   wrong by ear, one left out) so that typing errors are nothing new.
2. Its temperature, from predictions on lines that it was not trained on (4 folds).
3. The gate of `context` and the seams of `split`, fitted to the same held-out predictions: see `practice`.

Runs in a job: scikit-learn is imported here and nowhere else.
"""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from xiaoer.kernel.heard import Entities
from xiaoer.slices.understanding import context, split
from xiaoer.slices.understanding.api import Understanding
from xiaoer.slices.understanding.entities.extract import read_entities
from xiaoer.slices.understanding.features import features
from xiaoer.slices.understanding.model import Floats, Model
from xiaoer.slices.understanding.normalise import Normaliser
from xiaoer.slices.understanding.pack import Pack, Utterance
from xiaoer.slices.understanding.patterns import hints_of
from xiaoer.slices.understanding.practice import fit_seam, gate_rows, whole_and_part
from xiaoer.slices.understanding.sounds import readings

SEED = 20
FOLDS = 4
# Regularisation of the classifier; the best of 0.1 to 3 on five folds of the pack.
C = 0.8
MIN_LINES = 2
# Weight of a feature by its kind; letters count 1.
KIND_WEIGHT = {"p": 0.5, "w": 0.7, "c": 1.0, "l": 0.5, "x": 1.5}
MAX_FEATURES = 60_000
# Share of lines that get a noisy copy.
NOISE = 0.4
# Follow-ups of at least this many characters also teach the classifier by themselves.
SPOKEN_ALONE = 6
GATE_RIDGE = 1e-3
ASKING_C = 0.2


@dataclass(frozen=True, slots=True)
class Line:
    """One prepared training line."""

    text: str
    normal: str
    intent: str
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Fitted:
    labels: tuple[str, ...]
    vocabulary: dict[str, int]
    importance: Floats
    weights: Floats
    bias: Floats


def prepare(texts: Iterable[tuple[str, str]], pack: Pack) -> list[Line]:
    """Normalised lines with their features."""
    normaliser = Normaliser(pack.lexicon)
    lines = []
    for text, intent in texts:
        normal = normaliser.normal(text)
        lines.append(
            Line(
                text,
                normal,
                intent,
                frozenset(features(normal, pack.lexicon.concepts, hints_of(normal, pack.patterns))),
            )
        )
    return lines


def noisy(texts: Sequence[tuple[str, str]], share: float, seed: int = SEED) -> list[tuple[str, str]]:
    """Copies of some lines with one character typed wrong by ear or left out."""
    rng = random.Random(seed)
    by_sound: dict[str, list[str]] = {}
    seen = Counter(c for text, _ in texts for c in text)
    for code, syllable in readings().items():
        if seen[chr(code)] > 2:
            by_sound.setdefault(syllable, []).append(chr(code))
    copies = []
    for text, intent in texts:
        if len(text) < 5 or rng.random() > share:
            continue
        at = rng.randrange(len(text))
        sound = readings().get(ord(text[at]))
        if sound is None:
            continue
        other = "" if rng.random() < 0.3 else rng.choice(by_sound.get(sound) or [text[at]])
        if other != text[at]:
            copies.append((text[:at] + other + text[at + 1 :], intent))
    return copies


def fit(lines: Sequence[Line], limit: int = MAX_FEATURES) -> Fitted:
    """The linear classifier of some lines."""
    counts = Counter(name for line in lines for name in line.names)
    kept = sorted((name for name, n in counts.items() if n >= MIN_LINES), key=lambda name: (-counts[name], name))
    vocabulary = {name: at for at, name in enumerate(sorted(kept[:limit]))}
    matrix = _matrix(lines, vocabulary)
    document = np.asarray(matrix.sum(0)).ravel()
    importance = np.log((1 + len(lines)) / (1 + document)) + 1
    importance *= np.array(
        [KIND_WEIGHT.get(name[0], 1.0) if len(name) > 1 and name[0].isascii() else 1.0 for name in vocabulary]
    )
    scaled = normalize(matrix @ sparse.diags(importance)).astype(np.float32)
    machine = LinearSVC(C=C, random_state=SEED, tol=1e-3).fit(scaled, [line.intent for line in lines])
    return Fitted(
        labels=tuple(str(label) for label in machine.classes_),
        vocabulary=vocabulary,
        importance=importance.astype(np.float32),
        weights=np.ascontiguousarray(machine.coef_.T.astype(np.float32)),
        bias=machine.intercept_.astype(np.float32),
    )


def scores(fitted: Fitted, lines: Sequence[Line]) -> NDArray[np.float32]:
    matrix = normalize(_matrix(lines, fitted.vocabulary) @ sparse.diags(fitted.importance))
    result: NDArray[np.float32] = np.asarray(matrix @ fitted.weights + fitted.bias, np.float32)
    return result


def _matrix(lines: Sequence[Line], vocabulary: dict[str, int]) -> sparse.csr_matrix:
    columns: list[int] = []
    ends = [0]
    for line in lines:
        columns += sorted(vocabulary[name] for name in line.names if name in vocabulary)
        ends.append(len(columns))
    return sparse.csr_matrix((np.ones(len(columns), np.float32), columns, ends), (len(lines), len(vocabulary)))


def fit_temperature(margins: NDArray[np.float32], truth: NDArray[np.int64]) -> float:
    """The factor on the margins that makes held-out predictions most likely."""

    def loss(log_factor: NDArray[np.float64]) -> float:
        power = margins * np.exp(log_factor[0])
        power = power - power.max(1, keepdims=True)
        return float(np.mean(np.log(np.exp(power).sum(1)) - power[np.arange(len(truth)), truth]))

    found = minimize(loss, np.array([1.0]), method="Nelder-Mead", options={"maxiter": 60})
    return float(np.exp(found.x[0]))


def fit_mixture(
    views: NDArray[np.float32], options: NDArray[np.float32], weight: NDArray[np.float32], ridge: float
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


@dataclass(frozen=True, slots=True)
class Trained:
    """A model with what is known of it: accuracy on held-out folds and lines used."""

    model: Model
    held_out_accuracy: float
    lines: int


def train(pack: Pack, utterances: Sequence[Utterance], fingerprint: str, judges: Model | None = None) -> Trained:
    """Trains a model of some utterances.

    With `judges`, the gate and the seams of that model are kept: a shop's own training touches the classifier only.
    """
    ordinary = [u for u in utterances if u.prev_buyer is None]
    following = [u for u in utterances if u.prev_buyer is not None]
    lines = prepare([(u.text, u.intent) for u in ordinary], pack)
    copies = prepare(noisy([(u.text, u.intent) for u in ordinary], NOISE if judges is None else NOISE / 4), pack)
    spoken = prepare([(u.text, u.intent) for u in following if len(u.text) >= SPOKEN_ALONE], pack)
    whole = fit([*lines, *copies, *spoken])
    truth = np.array([whole.labels.index(line.intent) for line in lines])
    fold_of = _folds(truth, FOLDS)
    # The judges need every line read blind; a shop's own training only needs to know how good it is.
    folds = range(FOLDS if judges is None else 1)
    held_out = np.zeros((len(lines), len(whole.labels)), np.float32)
    parts: list[Fitted] = []
    for k in folds:
        part = fit([line for line, fold in zip(lines, fold_of, strict=True) if fold != k])
        at = [n for n, fold in enumerate(fold_of) if fold == k]
        held_out[at] = scores(part, [lines[n] for n in at])
        parts.append(part)
    read_blind = np.isin(fold_of, list(folds))
    held_out, truth = held_out[read_blind], truth[read_blind]
    temperature = fit_temperature(held_out, truth)
    accuracy = float((held_out.argmax(1) == truth).mean())
    if judges is None:
        asking, gate, seam = _judges(pack, ordinary, following, whole, parts, temperature, fold_of)
    else:
        # The vector of asking belongs to its vocabulary: features of the new one take theirs over by name.
        asking, gate, seam = _carried(judges, whole), judges.gate, judges.seam
    model = _model(whole, temperature, fingerprint, asking, gate, seam)
    return Trained(model, accuracy, len(lines) + len(spoken))


def _judges(
    pack: Pack,
    ordinary: Sequence[Utterance],
    following: Sequence[Utterance],
    whole: Fitted,
    parts: Sequence[Fitted],
    temperature: float,
    fold_of: Sequence[int],
) -> tuple[Floats, Floats, Floats]:
    labels = whole.labels
    models = [_model(part, temperature) for part in parts]
    examples = whole_and_part(ordinary, [Understanding(pack, m).read_closed for m in models], fold_of, labels)
    prepared = prepare([(text, str(stands)) for text, stands, _ in examples], pack)
    of_fold = [fold for *_, fold in examples]
    models = [
        _model(
            part, temperature, asking=_asking(part, [p for p, fold in zip(prepared, of_fold, strict=True) if fold != k])
        )
        for k, part in enumerate(parts)
    ]
    readers = [Understanding(pack, model).read_closed for model in models]
    names = list(dict.fromkeys(code.split(".")[0] for code in labels))
    groups = [names.index(code.split(".")[0]) for code in labels]
    chat = [code.startswith("chat.") for code in labels]

    def has_value(normal: str) -> bool:
        return read_entities(normal, pack.lexicon) != Entities()

    views, likely, weight = gate_rows(following, ordinary, readers, fold_of, labels, has_value)
    gate = fit_mixture(views, likely, weight, GATE_RIDGE)
    return _asking(whole, prepared), gate, fit_seam(ordinary, readers, fold_of, groups, chat)


def _asking(fitted: Fitted, examples: Sequence[Line]) -> Floats:
    """Weights that tell an ask from a piece of a story, over the vocabulary of `fitted`, the bias last."""
    matrix = normalize(_matrix(examples, fitted.vocabulary) @ sparse.diags(fitted.importance)).astype(np.float32)
    machine = LinearSVC(C=ASKING_C, class_weight="balanced", random_state=SEED, tol=1e-3)
    machine.fit(matrix, [line.intent == "True" for line in examples])
    return np.append(machine.coef_[0], machine.intercept_).astype(np.float32)


def _carried(judges: Model, whole: Fitted) -> Floats:
    known = judges.vocabulary.get
    last = len(judges.asking) - 1
    return np.array(
        [judges.asking[at] if (at := known(name)) is not None else 0.0 for name in whole.vocabulary]
        + [judges.asking[last]],
        np.float32,
    )


def _model(
    fitted: Fitted,
    temperature: float,
    fingerprint: str = "",
    asking: Floats | None = None,
    gate: Floats | None = None,
    seam: Floats | None = None,
) -> Model:
    return Model(
        labels=fitted.labels,
        vocabulary=fitted.vocabulary,
        importance=fitted.importance,
        weights=fitted.weights,
        bias=fitted.bias,
        temperature=temperature,
        asking=np.zeros(len(fitted.vocabulary) + 1, np.float32) if asking is None else asking,
        gate=np.zeros((len(context.READINGS), context.SIZE), np.float32) if gate is None else gate,
        seam=np.zeros(split.SIZE, np.float32) if seam is None else seam,
        pack_hash=fingerprint,
    )


def _folds(truth: NDArray[np.int64], count: int) -> list[int]:
    """A fold per line, every label spread evenly."""
    rng = random.Random(SEED)
    fold_of = [0] * len(truth)
    for label in range(int(truth.max()) + 1):
        members = [int(n) for n in np.flatnonzero(truth == label)]
        rng.shuffle(members)
        for place, n in enumerate(members):
            fold_of[n] = place % count
    return fold_of
