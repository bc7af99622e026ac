"""Hand-over summaries on real dialogues beside a lead-3 baseline: ROUGE-L and how many key points are in it.

    python benchmarks/summaries.py FOLDER/csds_summary.jsonl

A row holds the utterances that people marked as key, their summary, and its points of buyer and agent. What the
product writes when a talk is handed over is measured against them; `lead-3` are the first three utterances as they
stand; because a longer text covers more, the opening with as many letters as the summary is measured too. Letters
are compared, not words: ROUGE-L is the F1 of the longest common subsequence; a point is there when at least half of
its letters are found in order.
"""

import json
import statistics
import sys
from pathlib import Path

from xiaoer.slices.assist.rules.summary import summarise
from xiaoer.slices.assist.types import Line, Story

_THERE = 0.5


def common(one: str, other: str) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for letter in one:
        before = 0
        for place, against in enumerate(other, 1):
            before, row[place] = row[place], before + 1 if letter == against else max(row[place], row[place - 1])
    return row[-1]


def rouge_l(text: str, wanted: str) -> float:
    hit = common(text, wanted)
    return 2 * hit / max(1, len(text) + len(wanted))


def recalled(text: str, points: list[str]) -> float:
    """Share of the points that are in the text."""
    return statistics.mean(common(point, text) / max(1, len(point)) >= _THERE for point in points) if points else 1.0


def main() -> None:
    """Measure every row of the file."""
    rows = [json.loads(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
    texts: dict[str, list[tuple[str, str, list[str]]]] = {}
    for row in rows:
        said = [("buyer" if u["role"] == "customer" else "agent", u["text"]) for u in row["key_utterances"]]
        story = Story(tuple(Line(author, text) for author, text in said))
        points = [*row["customer_points"], *row["agent_points"]]
        ours, lead = "\n".join(summarise(story, {})), "\n".join(text for _, text in said[:3])
        for name, text in (
            ("summary", ours),
            ("lead-3", lead),
            ("opening, as long as the summary", "\n".join(text for _, text in said)[: len(ours)]),
        ):
            texts.setdefault(name, []).append((text, row["summary"], points))
    print(f"{len(rows)} dialogues")
    for name, found in texts.items():
        score = statistics.mean(rouge_l(text, wanted) for text, wanted, _ in found)
        recall = statistics.mean(recalled(text, points) for text, _, points in found)
        length = statistics.mean(len(text) for text, _, _ in found)
        print(f"{name:36} ROUGE-L {score:.3f}  key points {recall:.3f}  letters {length:.0f}")


if __name__ == "__main__":
    main()
