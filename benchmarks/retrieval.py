"""Retrieval: how often the right entry comes first, and how fast.

    python benchmarks/retrieval.py own                         the sample shop's own wordings, one held out at a time
    python benchmarks/retrieval.py measure KB.jsonl QUERIES.jsonl
                                                               any knowledge base and its questions
    python benchmarks/retrieval.py sweep [KB QUERIES]          vary the weights of the ranking, one at a time
    python benchmarks/retrieval.py speed                       time and memory at 1k, 10k and 100k entries
    python benchmarks/retrieval.py learn                       rebuild background.txt and vectors.npz

KB rows: `id` or `kb_id`, `question` or `standard_question`, and perhaps `similar` or `similar_questions`; query rows:
`query`, and `kb_id`, null when the knowledge holds no answer.
"""

import gc
import json
import random
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from xiaoer.kernel.heard import TextForms
from xiaoer.slices.knowledge.retrieval import concepts, features, ranking, train, vectors
from xiaoer.slices.knowledge.retrieval import index as indexing
from xiaoer.slices.knowledge.types import Entry, EntryDraft
from xiaoer.slices.understanding.api import Understanding
from xiaoer.slices.understanding.pack import read_utterances

_SOURCE = Path(__file__).parent.parent / "src" / "xiaoer"
_OWN = _SOURCE / "app" / "demo" / "data" / "knowledge.jsonl"
_RETRIEVAL = _SOURCE / "slices" / "knowledge" / "retrieval"
_NOW = datetime(2026, 11, 22, tzinfo=UTC)
_LEAST_EVERYDAY = 4  # utterances that must hold a mark for it to be listed as everyday

Question = tuple[str, str | None, str]  # words, right entry, product in focus


class Analyser:
    """The shipped text analyser, remembering: the same texts are indexed many times here."""

    def __init__(self) -> None:
        self.forms = lru_cache(maxsize=500_000)(Understanding.shipped().forms)


_ANALYSER = Analyser()


def rows_of(path: str | Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines() if line.strip()]


def similar_of(row: dict[str, Any]) -> list[str]:
    value = row.get("similar") or row.get("similar_questions") or []
    return value.split("|") if isinstance(value, str) else list(value)


def entry(id: str, question: str, similar: Sequence[str] = (), product_id: str = "") -> Entry:
    return Entry(id, EntryDraft(question, "-", tuple(similar), product_id), 1, "", _NOW, "")


def entry_of(row: dict[str, Any], without: int | None = None) -> Entry:
    similar = [text for at, text in enumerate(similar_of(row)) if at != without]
    question = row.get("question") or row["standard_question"]
    return entry(row.get("kb_id") or row["id"], question, similar, row.get("product_id") or "")


def measure(entries: Iterable[Entry], questions: Sequence[Question]) -> dict[str, float]:
    """Shares of right first hits and of right ones among three, and of refusals."""
    index = indexing.ShopIndex(entries, 1, _ANALYSER)
    first = three = 0
    inside: list[tuple[float, bool]] = []
    outside: list[tuple[float, bool]] = []
    for text, right, product in questions:
        result = index.search(indexing.Asked(_ANALYSER.forms(text), _NOW, product_id=product))
        ids = [hit.id for hit in result.hits]
        (inside if right else outside).append((result.hits[0].score if ids else 0.0, result.answerable))
        first += right is not None and ids[:1] == [right]
        three += right is not None and right in ids[:3]
    kept = np.quantile([score for score, _ in inside], 0.05)
    figures = {
        "asked": len(inside),
        "first": first / len(inside),
        "three": three / len(inside),
        "answerable": float(np.mean([answerable for _, answerable in inside])),
    }
    if outside:
        figures["refused"] = float(np.mean([not answerable for _, answerable in outside]))
        figures["refused_at_95_kept"] = float(np.mean([score < kept for score, _ in outside]))
    return figures


def own_folds(folds: int = 4) -> list[tuple[list[Entry], list[Question]]]:
    """The sample shop with one similar question of every entry held out and asked."""
    rows = rows_of(_OWN)
    found = []
    for fold in range(folds):
        holds = [(row, fold % len(similar_of(row))) for row in rows if similar_of(row)]
        entries = [entry_of(row, without) for row, without in holds]
        asked = [(similar_of(row)[at], str(row["id"]), row.get("product_id") or "") for row, at in holds]
        found.append((entries, asked))
    return found


def asked_of(path: str) -> list[Question]:
    return [(row["query"], row.get("kb_id"), "") for row in rows_of(path)]


def show(name: str, figures: dict[str, float]) -> None:
    print(f"{name:28}", "  ".join(f"{key} {value:.3f}" for key, value in figures.items()), flush=True)


def mean(figures: Sequence[dict[str, float]]) -> dict[str, float]:
    return {key: float(np.mean([one[key] for one in figures])) for key in figures[0]}


def run_own() -> None:
    show("own, one wording held out", mean([measure(*fold) for fold in own_folds()]))


def run_measure(kb: str, queries: str) -> None:
    rows, asked = rows_of(kb), asked_of(queries)
    show("questions only", measure([entry(e.id, e.question) for e in map(entry_of, rows)], asked))
    if any(similar_of(row) for row in rows):
        show("with similar questions", measure(map(entry_of, rows), asked))


def run_sweep(kb: str = "", queries: str = "") -> None:
    """Print the figures with one weight changed at a time."""
    folds = own_folds(2)
    other = ([entry(e.id, e.question) for e in map(entry_of, rows_of(kb))], asked_of(queries)) if kb else None

    def both(name: str) -> None:
        show(f"{name} own", mean([measure(*fold) for fold in folds]))
        if other:
            show(f"{name} other", measure(*other))

    both("as shipped")
    for at, family in enumerate(features.FAMILIES):
        shipped = float(ranking._COSINE[at])
        for factor in (0.67, 1.5):
            ranking._COSINE[at] = shipped * factor
            both(f"{family} x{factor}")
        ranking._COSINE[at] = shipped
    for name in ("_LIKENESS", "_ASKS_DIFFER", "_OPPOSED", "_OWN_PRODUCT"):
        value = getattr(ranking, name)
        for factor in (0.67, 1.5):
            setattr(ranking, name, value * factor)
            both(f"{name} x{factor}")
        setattr(ranking, name, value)


def run_speed() -> None:
    """Made-up questions out of pieces of utterances; one core, CPU time of this thread."""
    chance = random.Random(3)
    utterances = [row.text for row in read_utterances()]

    def text() -> str:
        one, other = chance.choice(utterances), chance.choice(utterances)
        return one[: chance.randint(4, 9)] + other[-chance.randint(3, 8) :]

    asked: list[TextForms] = [_ANALYSER.forms(text) for text in chance.choices(utterances, k=3_000)]
    started = time.thread_time()
    for _ in range(1_000):
        sum(range(1_000))
    print(f"yardstick: sum(range(1000)) takes {(time.thread_time() - started) * 1e3:.1f} us here")
    for count, similar in ((1_000, 4), (10_000, 0), (10_000, 4), (100_000, 0)):
        rows = [entry(f"K{n}", text(), [text() for _ in range(similar)]) for n in range(count)]
        gc.collect()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.thread_time()
        index = indexing.ShopIndex(rows, 1, _ANALYSER)
        built = time.thread_time() - started
        times = []
        for forms in asked:
            started = time.thread_time()
            index.search(indexing.Asked(forms, _NOW))
            times.append((time.thread_time() - started) * 1e3)
        started = time.thread_time()
        index.apply([entry("K5", "换了说法的问题")], 2)
        one = (time.thread_time() - started) * 1e3
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        print(
            f"{count:>7} entries x {1 + similar} texts: p50 {np.quantile(times, 0.5):.3f} ms, "
            f"p99 {np.quantile(times, 0.99):.3f} ms, build {built:.1f} s, one change {one:.1f} ms, +{grown:.0f} MB",
            flush=True,
        )
        del index, rows


def run_learn() -> None:
    """Count everyday marks over the pack's utterances, then learn the vectors of marks from our own texts."""
    table = concepts.builtin()
    pack = [(row.intent, features.marks_of(_ANALYSER.forms(row.text), table)) for row in read_utterances()]
    counts = Counter(mark for _, marks in pack for family in marks.families for mark in family)
    by_count: dict[int, list[str]] = defaultdict(list)
    for mark, count in counts.items():
        if count >= _LEAST_EVERYDAY:
            by_count[count].append(mark)
    lines = ["\t".join([str(count), *sorted(by_count[count])]) for count in sorted(by_count, reverse=True)]
    (_RETRIEVAL / "background.txt").write_text("\n".join([str(len(pack)), *lines]) + "\n", "utf-8")

    intents: dict[str, list[features.Marks]] = defaultdict(list)
    for intent, marks in pack:
        if not intent.startswith("oos."):
            intents[intent].append(marks)
    paraphrases = {
        str(row["id"]): [
            features.marks_of(_ANALYSER.forms(text), table) for text in (row["question"], *similar_of(row))
        ]
        for row in rows_of(_OWN)
    }
    learnt = vectors.pack_table(*train.learn(paraphrases, intents))
    (_RETRIEVAL / "vectors.npz").write_bytes(learnt)
    print(f"{len(pack)} utterances, {len(paraphrases)} paraphrase groups, table of {len(learnt) // 1024} kB")


if __name__ == "__main__":
    _COMMANDS = {"own": run_own, "measure": run_measure, "sweep": run_sweep, "speed": run_speed, "learn": run_learn}
    _COMMANDS[sys.argv[1] if len(sys.argv) > 1 else "own"](*sys.argv[2:])
