"""Training the mood model: the lines of `moods/`, and ordinary lines of the pack that the rules find calm."""

import random
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from xiaoer.slices.understanding import feeling
from xiaoer.slices.understanding.arrays import Floats
from xiaoer.slices.understanding.mood import FINDINGS, LABELS, MoodModel, runs_of
from xiaoer.slices.understanding.pack import Pack, Utterance

C = 3.0
# Ordinary lines teach which wordings carry no mood; they are many and unlabelled, so each counts little.
ORDINARY, ORDINARY_WEIGHT = 3_000, 0.1
# The findings are scaled up so that they are believed before single characters are.
FINDING_SCALE = 2.0
SEED = 5
MIN_LINES = 2
_LOUD = ("service.", "chat.", "oos.", "after.compensation", "ship.urge")


def fit_mood(
    pack: Pack,
    moods: Sequence[tuple[str, str]],
    ordinary: Sequence[Utterance],
    read: Callable[[str], tuple[str, Floats]],
    labels: Sequence[str],
) -> MoodModel:
    """The mood model. `read`: raw text → plain words and a distribution over `labels`."""
    rules = feeling.compile_mood(pack.lexicon.mood, pack.lexicon.emoji_feels)
    rows: list[tuple[str, tuple[float, ...], str, float]] = []

    def findings(text: str) -> tuple[str, tuple[float, ...]]:
        normal, own = read(text)
        intent = pack.intents.get(labels[int(own.argmax())])
        return normal, feeling.findings(text, normal, (intent.feeling if intent else 0.0,), rules)

    for text, mood in moods:
        rows.append((*findings(text), mood, 1.0))
    calm = [line.text for line in ordinary if not line.intent.startswith(_LOUD)]
    for text in random.Random(SEED).sample(calm, min(ORDINARY, len(calm))):
        normal, found = findings(text)
        if found[0] > feeling.NEGATIVE:
            rows.append((normal, found, "neutral", ORDINARY_WEIGHT))
    counts = Counter(run for normal, *_ in rows for run in runs_of(normal))
    runs = {run: n for n, run in enumerate(sorted(run for run, n in counts.items() if n >= MIN_LINES))}
    where, ends, values = [], [0], []
    for normal, *_ in rows:
        known = sorted(runs[run] for run in runs_of(normal) if run in runs)
        where += known
        values += [1 / np.sqrt(len(known))] * len(known)
        ends.append(len(where))
    wording = sparse.csr_matrix((values, where, ends), (len(rows), len(runs)))
    judged = np.array([found for _, found, *_ in rows]) * FINDING_SCALE
    judge = LogisticRegression(C=C, max_iter=400)
    judge.fit(sparse.hstack([wording, judged]).tocsr(), [mood for *_, mood, _ in rows], [w for *_, w in rows])
    order = [list(judge.classes_).index(label) for label in LABELS]
    weights = np.vstack([judge.coef_.T, judge.intercept_])[:, order]
    weights[-1 - FINDINGS : -1] *= FINDING_SCALE
    return MoodModel(runs, weights.astype(np.float32))
