"""The published benchmark: our test set through the engine and through two plain baselines trained on the same pack.

    uv run python benchmarks/understanding/run.py [--json FILE]

Baselines: BM25 over the pack's utterances (the best line's intent), and character TF-IDF with logistic regression
(`sklearn`, one intent a message, no context). All three see the same rows; only the engine uses the turns before.
"""

import argparse
import json
import math
import statistics
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from xiaoer.flows.evaluate.intents import evaluate_intents
from xiaoer.flows.evaluate.rows import read_rows
from xiaoer.flows.evaluate.values import evaluate_entities
from xiaoer.slices.policies.red_lines import match_red_lines, parse_red_lines
from xiaoer.slices.understanding.api import Understanding
from xiaoer.slices.understanding.pack import Utterance, read_utterances, red_lines_text

DATA = Path(__file__).parent / "data"
Row = Mapping[str, Any]
_K1, _B = 1.2, 0.75


class Bm25:
    """The keyword bot: the intent of the line that shares the rarest pairs of characters."""

    def __init__(self, lines: Sequence[Utterance]) -> None:
        self._intents = [line.intent for line in lines]
        rows = [Counter(_pairs(line.text)) for line in lines]
        self._sizes = [sum(row.values()) for row in rows]
        self._mean = statistics.mean(self._sizes)
        self._holders: dict[str, list[tuple[int, int]]] = {}
        for at, row in enumerate(rows):
            for pair, count in row.items():
                self._holders.setdefault(pair, []).append((at, count))

    def __call__(self, text: str) -> str:
        score: Counter[int] = Counter()
        for pair in _pairs(text):
            holders = self._holders.get(pair, [])
            rare = math.log(1 + (len(self._intents) - len(holders) + 0.5) / (len(holders) + 0.5))
            for at, count in holders:
                score[at] += rare * count * (_K1 + 1) / (count + _K1 * (1 - _B + _B * self._sizes[at] / self._mean))
        return self._intents[score.most_common(1)[0][0]] if score else "oos.unclear"


def _pairs(text: str) -> list[str]:
    return [text[at : at + 2] for at in range(len(text) - 1)] or [text]


def tfidf(lines: Sequence[Utterance]) -> Callable[[str], str]:
    machine = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 2)), LogisticRegression(C=10, max_iter=150)
    )
    machine.fit([line.text for line in lines], [line.intent for line in lines])
    return lambda text: str(machine.predict([text])[0])


def baseline(rows: Sequence[Row], hear: Callable[[str], str]) -> dict[str, float]:
    """First code right, per slice and over all."""
    hits: dict[str, list[bool]] = {}
    for row in rows:
        right = hear(row["text"]) == row["intents"][0]
        for name in ("all", row["slice"]):
            hits.setdefault(name, []).append(right)
    return {name: statistics.mean(found) for name, found in hits.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="Write the figures to this file.")
    options = parser.parse_args()
    rows, values = read_rows(DATA / "intents.jsonl"), read_rows(DATA / "entities.jsonl")
    lines = [line for line in read_utterances() if line.prev_buyer is None]
    understanding = Understanding.shipped()
    rules = parse_red_lines(red_lines_text())

    def alarm(turn: Any, heard: Any) -> bool:
        return bool(match_red_lines(heard, understanding.forms(" ".join(m.text for m in turn.messages)), rules))

    began = time.perf_counter()
    engine = evaluate_intents(rows, understanding, alarm)
    known = {line.text for line in lines}
    unseen = evaluate_intents([row for row in rows if row["text"] not in known], understanding)
    baselines = {"bm25": baseline(rows, Bm25(lines)), "tfidf": baseline(rows, tfidf(lines))}
    entities = evaluate_entities(values, understanding)
    print(f"{datetime.now(UTC):%Y-%m-%d}  {len(lines)} training lines, {len(rows)} test rows\n")
    print("| slice | rows | engine, first code | all codes | BM25 bot | TF-IDF + LR |\n|---|---|---|---|---|---|")
    for name, part in engine.slices.items():
        _print(name, part.rows, part.figures, baselines)
    _print("all", engine.rows, engine.figures, baselines)
    print(f"\nrows whose text is no training line ({unseen.rows}): first code {unseen.figures['first']:.3f}")
    for name, value in engine.figures.items():
        print(f"{name}: {value:.3f}")
    print(f"entities exact ({entities.rows} rows): {entities.figures['exact']:.3f}")
    print("confused most:", "; ".join(f"{want} → {got} {n}" for want, got, n in engine.confusions))
    print(f"\n{time.perf_counter() - began:.0f} s")
    if options.json:
        found = {
            "engine": engine.figures,
            "slices": {k: v.figures for k, v in engine.slices.items()},
            "baselines": baselines,
        }
        options.json.write_text(json.dumps(found, ensure_ascii=False, indent=1), "utf-8")


def _print(name: str, count: int, figures: Mapping[str, float], baselines: Mapping[str, Mapping[str, float]]) -> None:
    other = " | ".join(f"{baselines[kind][name]:.3f}" for kind in ("bm25", "tfidf"))
    print(f"| {name} | {count} | {figures['first']:.3f} | {figures['all']:.3f} | {other} |")


if __name__ == "__main__":
    main()
