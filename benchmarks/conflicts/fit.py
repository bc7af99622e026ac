"""Fits the weights of `slices/knowledge/health/judge.py` on the pairs of `fit-*` and writes them to `weights.py` there.

    uv run python benchmarks/conflicts/fit.py

First it prints what would be found and said wrongly where files, or trades, are left out in turn.
Whether two entries answer one question is fitted on all pairs (a writer's kinds tell it) and, so that a whole shop
stays quiet, on pairs of entries of one shop; whether two answers can both be right on those that answer one question.
"""

import itertools
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pairs import FITTED, Pair, asked_alike, near_in_shops, new_reader, pairs_of, read
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from xiaoer.slices.knowledge.health import judge, standing

SAME = frozenset({"same", "detail", "negative_same", "same_words", "same_units"})  # harmless, and one question
OF_A_SHOP, OF_ALIKE = 1.0, 0.2  # what a pair of a shop counts, and an entry beside another wording of its own
OURS = 2.0  # what a pair of `fit-3` counts: they are few, and short as no others are
SEEN = 12  # pairs in which a letter must have been seen
AS_MUCH = 1.5  # what a letter counts beside a number that spreads by one
LEAST = 0.05  # below it a letter is left out
C_QUESTIONS, C_ANSWERS = 0.03, 0.3
TARGET = Path(judge.__file__).with_name("weights.py")
Floats = NDArray[np.float64]
Places = NDArray[np.int64]


class Rows(NamedTuple):
    """Pairs as numbers; `one` says which answer one question, `apart` which name what makes two questions."""

    questions: Floats
    answers: Floats
    letters: list[Counter[str]]
    one: NDArray[np.bool_]
    conflict: NDArray[np.bool_]
    apart: NDArray[np.bool_]
    weight: Floats

    def at(self, places: Sequence[int] | NDArray[np.int64]) -> "Rows":
        """Some of them."""
        letters = [self.letters[at] for at in places]
        return Rows(
            self.questions[places], self.answers[places], letters, self.one[places], self.conflict[places],
            self.apart[places], self.weight[places],
        )  # fmt: skip


class Head(NamedTuple):
    """A logistic regression: what is added, a weight a number, a weight a letter."""

    start: float
    weights: Floats
    letters: dict[str, float]

    def chances(self, told: Floats, letters: Sequence[Counter[str]]) -> Floats:
        """The chance of each row."""
        more = [sum(self.letters.get(letter, 0.0) for letter in row) for row in letters]
        sure: Floats = 1 / (1 + np.exp(-self.start - told @ self.weights - np.array(more)))
        return sure


def rows_of(pairs: Sequence[Pair]) -> Rows:
    """Pairs as numbers."""
    reader = new_reader()
    said = [read(reader, pair) for pair in pairs]
    return Rows(
        np.array([standing.of_questions(*both) for both in said]),
        np.array([standing.of_answers(*both) for both in said]),
        [standing.letters_of(*both) for both in said],
        np.array([pair.conflict or pair.kind in SAME for pair in pairs]),
        np.array([pair.conflict for pair in pairs]),
        np.array([standing.name_apart(*both) for both in said]),
        np.array([OURS if pair.trade.startswith("own") else 1.0 for pair in pairs]),
    )


def fitted(rows: Rows, shops: Rows) -> tuple[Head, Head]:
    """The two heads."""
    counts = Counter(itertools.chain.from_iterable(rows.letters))
    known = {letter: at for at, letter in enumerate(sorted(one for one, n in counts.items() if n >= SEEN))}
    told, letters = np.vstack([rows.questions, shops.questions]), [*rows.letters, *shops.letters]
    has = np.zeros((len(told), len(known)))
    for at, row in enumerate(letters):
        has[at, [known[letter] for letter in row if letter in known]] = AS_MUCH
    weight = np.r_[rows.weight, np.where(shops.one, OF_ALIKE, OF_A_SHOP)]
    start, weights = _regression(told, has, np.r_[rows.one, shops.one], weight, C_QUESTIONS, rows.questions)
    own = len(rows.questions[0])
    of_letters = {letter: float(weights[own + at]) * AS_MUCH for letter, at in known.items()}
    kept = {letter: round(w, 1) for letter, w in of_letters.items() if abs(w) >= LEAST and round(w, 1)}
    asked = Head(start, weights[:own], kept)
    same, alike = rows.answers[rows.one], shops.answers[shops.one]
    truth = np.r_[rows.conflict[rows.one], shops.conflict[shops.one]]
    weight = np.r_[rows.weight[rows.one], np.full(len(alike), OF_ALIKE)]
    told = np.vstack([same, alike])
    start, weights = _regression(told, np.zeros((len(told), 0)), truth, weight, C_ANSWERS, same)
    return asked, Head(start, weights, {})


def _regression(
    told: Floats, more: Floats, truth: Floats, weight: Floats, c: float, like: Floats
) -> tuple[float, Floats]:
    middle, spread = like.mean(0), like.std(0) + 1e-9
    machine = LogisticRegression(C=c, max_iter=3_000)
    machine.fit(np.hstack([(told - middle) / spread, more]), truth, sample_weight=weight)
    weights = machine.coef_[0].copy()
    weights[: len(middle)] /= spread
    return float(machine.intercept_[0] - weights[: len(middle)] @ middle), weights


def chances(heads: tuple[Head, Head], rows: Rows) -> Floats:
    """The chance of a conflict of each row."""
    asked = heads[0].chances(rows.questions, rows.letters) * ~rows.apart
    return asked * heads[1].chances(rows.answers, [Counter()] * len(rows.one))


def left_out(rows: Rows, shops: Rows, folds: list[tuple[Places, Places]]) -> tuple[Floats, Floats]:
    """The chances of pairs that were left out, and of pairs of shops, on average."""
    found, quiet = np.zeros(len(rows.one)), []
    parts = np.arange(len(shops.one)) % len(folds)
    for number, (learnt, other) in enumerate(folds):
        heads = fitted(rows.at(learnt), shops.at(np.where(parts != number)[0]))
        found[other] = chances(heads, rows.at(other))
        quiet.append(chances(heads, shops.at(np.where(parts == number)[0])))
    return found, np.concatenate(quiet)


def tell(name: str, rows: Rows, found: Floats, quiet: Floats) -> None:
    """Print what is found and what is said wrongly, of the pairs of others, from which chance on."""
    others = rows.weight == 1
    rows, found = rows.at(np.where(others)[0]), found[others]
    for least in (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6):
        said = found >= least
        print(
            f"{name}, from {least:.2f}: {said[rows.conflict].mean():.0%} found, {said[~rows.conflict].mean():.0%} said "
            f"wrongly, {(quiet >= least).sum()} of {len(quiet)} pairs of shops"
        )


def written(heads: tuple[Head, Head]) -> str:
    """The module with the weights."""
    asked, answered = heads
    lines = [
        '"""The weights of `judge`, in the order of `standing`; letters by what they weigh, in tenths. Written by',
        "",
        "    uv run python benchmarks/conflicts/fit.py",
        '"""',
        "",
        f"QUESTIONS_FROM = {asked.start:.3f}",
        f"QUESTIONS = (\n{_wrapped(asked.weights)}\n)  # fmt: skip",
        f"ANSWERS_FROM = {answered.start:.3f}",
        f"ANSWERS = (\n{_wrapped(answered.weights)}\n)  # fmt: skip",
        "# q: in one question only, Q: in both, a: in one answer only, A: in both",
        "LETTERS = {",
    ]
    for sign in "qQaA":
        row: dict[int, str] = {}
        for letter, weight in sorted(asked.letters.items(), key=lambda one: (one[1], one[0])):
            if letter[0] == sign:
                tenths = round(weight * 10)
                row[tenths] = row.get(tenths, "") + letter[1:]
        lines += [
            f'    "{sign}": {{',
            *(f"        {tenths}: {_in_rows(some)}," for tenths, some in row.items()),
            "    },",
        ]
    return "\n".join([*lines, "}", ""])


def _in_rows(letters: str) -> str:
    rows = [letters[at : at + 40] for at in range(0, len(letters), 40)]
    return f'"{rows[0]}"' if len(rows) == 1 else "".join(f'\n            "{row}"' for row in rows)


def _wrapped(weights: Floats) -> str:
    told = [f"{weight:.2f}" for weight in weights]
    return "\n".join(f"    {', '.join(told[at : at + 10])}," for at in range(0, len(told), 10))


def main() -> None:
    """Tell how well a fit does on what it has not seen, then write that of all."""
    by_file = [pairs_of(name) for name in FITTED]
    pairs = list(itertools.chain(*by_file))
    rows, shops = rows_of(pairs), rows_of([*near_in_shops(new_reader()), *asked_alike()])
    places, number = np.arange(len(pairs)), np.repeat(np.arange(len(by_file)), [len(one) for one in by_file])
    files = [(places[number != one], places[number == one]) for one in range(len(by_file))]
    trades = list(GroupKFold(5).split(places, groups=[pair.trade for pair in pairs]))
    for name, folds in (("by file", files), ("by trade", trades)):
        tell(name, rows, *left_out(rows, shops, folds))
    TARGET.write_text(written(fitted(rows, shops)), "utf-8")


if __name__ == "__main__":
    main()
