"""Writes the pack's utterances as Rasa NLU training data (YAML), to compare with Rasa's DIET on the same lines.

uv run python benchmarks/understanding/to_rasa.py nlu.yml
"""

import sys
from collections import defaultdict
from pathlib import Path

from xiaoer.slices.understanding.pack import read_utterances


def main(target: Path) -> None:
    by_intent: dict[str, list[str]] = defaultdict(list)
    for line in read_utterances():
        if line.prev_buyer is None:
            by_intent[line.intent].append(line.text.replace("[", "(").replace("]", ")"))
    out = ['version: "3.1"', "nlu:"]
    for intent, texts in sorted(by_intent.items()):
        out += [f"- intent: {intent}", "  examples: |"]
        out += [f"    - {text}" for text in texts]
    target.write_text("\n".join(out) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
