"""A shop's own model (店铺模型): the pack and the shop's sentences, learnt in seconds, refused when it would be worse.

Run as a program of its own, so that the server never loads the training libraries:

    python -m xiaoer.slices.understanding.training.shop SENTENCES.jsonl CURRENT.bin NEW.bin

`SENTENCES.jsonl` holds rows of `text` and `intent`, and rows of `asks`: questions that the shop's knowledge says mean
the same; where the current model reads them together surely enough as one intent, all are learnt as that. The outcome
is printed as JSON; `NEW.bin` is written only when the
new model reads the regression lines of the pack at least as well as the current one (within `SLACK`).
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct

from xiaoer.slices.understanding.api import Understanding
from xiaoer.slices.understanding.arrays import Floats
from xiaoer.slices.understanding.model import Model, read_model, write_model
from xiaoer.slices.understanding.pack import Pack, Utterance, read_pack, read_utterances, shipped_model
from xiaoer.slices.understanding.training.train import parted, refined

# A shop's sentences may cost this share of the regression lines, never more.
SLACK = 0.005
# From this mean chance on, questions that mean the same teach the intent that most of them are read as.
AGREED = 0.5


class Outcome(Struct, frozen=True):
    """What came of learning: shares of regression lines read rightly before and after, lines learnt, seconds."""

    accepted: bool
    before: float
    after: float
    lines: int
    seconds: float


def learn(
    pack: Pack, sentences: Sequence[tuple[str, str]], current: Model, asks: Sequence[Sequence[str]] = ()
) -> tuple[Model, Outcome]:
    """A model of the pack, a shop's sentences and its knowledge's questions, and whether it may serve."""
    began = time.process_time()
    lines, check = parted(read_utterances(pack.name))
    own = [Utterance(text, intent) for text, intent in sentences]
    own += agreed(asks, Understanding(pack, current).probabilities, current.labels)
    reminders = [line for line in lines if line.prev_buyer is None]
    trained = refined(pack, own, reminders, shipped_model(pack.name))
    before, after = regression(pack, current, check), regression(pack, trained.model, check)
    seconds = round(time.process_time() - began, 1)
    return trained.model, Outcome(after >= before - SLACK, before, after, trained.lines, seconds)


def agreed(asks: Sequence[Sequence[str]], read: Callable[[str], Floats], labels: Sequence[str]) -> list[Utterance]:
    """Questions that mean the same, each with the intent that all together are read as; unsure ones are left out."""
    found: list[Utterance] = []
    for texts in asks:
        mean = np.mean([read(text) for text in texts], 0)
        if mean.max() >= AGREED:
            found += [Utterance(text, labels[int(mean.argmax())]) for text in texts]
    return found


def regression(pack: Pack, model: Model, lines: Sequence[Utterance]) -> float:
    """Share of lines read as what they are; lines that no model was trained on."""
    read = Understanding(pack, model).probabilities
    right = sum(model.labels[int(read(line.text).argmax())] == line.intent for line in lines)
    return round(right / len(lines), 4) if lines else 0.0


def main(sentences: str, current: str, new: str) -> None:
    """Learn, check, write, and print the outcome."""
    rows = [json.loads(line) for line in Path(sentences).read_text("utf-8").splitlines() if line.strip()]
    taught = [(row["text"], row["intent"]) for row in rows if "intent" in row]
    asks = [row["asks"] for row in rows if "asks" in row]
    model, outcome = learn(read_pack(), taught, read_model(Path(current).read_bytes()), asks)
    if outcome.accepted:
        Path(new).write_bytes(write_model(model))
    sys.stdout.write(msgspec.json.encode(outcome).decode() + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])
