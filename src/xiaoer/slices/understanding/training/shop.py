"""A shop's own model (店铺模型): the pack and the shop's sentences, learnt in seconds, refused when it would be worse.

Run as a program of its own, so that the server never loads the training libraries:

    python -m xiaoer.slices.understanding.training.shop SENTENCES.jsonl CURRENT.bin NEW.bin

`SENTENCES.jsonl` holds rows of `text` and `intent`. The outcome is printed as JSON; `NEW.bin` is written only when the
new model reads the regression lines of the pack at least as well as the current one (within `SLACK`).
"""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from xiaoer.slices.understanding.api import Understanding
from xiaoer.slices.understanding.model import Model, read_model, write_model
from xiaoer.slices.understanding.pack import Pack, Utterance, pack_hash, read_compounds, read_pack, read_utterances
from xiaoer.slices.understanding.training.train import parted, train

# A shop's sentences may cost this share of the regression lines, never more.
SLACK = 0.005
# Share of lines that get a copy with a typing error; the encoder, which is kept, has seen many more.
NOISE = 0.05


class Outcome(Struct, frozen=True):
    """What came of learning: shares of regression lines read rightly before and after, lines learnt, seconds."""

    accepted: bool
    before: float
    after: float
    lines: int
    seconds: float


def learn(pack: Pack, sentences: Sequence[tuple[str, str]], current: Model) -> tuple[Model, Outcome]:
    """A model of the pack and a shop's sentences, and whether it may serve."""
    began = time.process_time()
    lines, check = parted(read_utterances(pack.name))
    own = [Utterance(text, intent) for text, intent in sentences]
    trained = train(pack, [*lines, *own], pack_hash(pack.name), current, NOISE, read_compounds(pack.name))
    before, after = regression(pack, current, check), regression(pack, trained.model, check)
    seconds = round(time.process_time() - began, 1)
    return trained.model, Outcome(after >= before - SLACK, before, after, trained.lines, seconds)


def regression(pack: Pack, model: Model, lines: Sequence[Utterance]) -> float:
    """Share of lines read as what they are; lines that no model was trained on."""
    read = Understanding(pack, model).probabilities
    right = sum(model.labels[int(read(line.text).argmax())] == line.intent for line in lines)
    return round(right / len(lines), 4) if lines else 0.0


def main(sentences: str, current: str, new: str) -> None:
    """Learn, check, write, and print the outcome."""
    rows = [json.loads(line) for line in Path(sentences).read_text("utf-8").splitlines() if line.strip()]
    model, outcome = learn(
        read_pack(), [(row["text"], row["intent"]) for row in rows], read_model(Path(current).read_bytes())
    )
    if outcome.accepted:
        Path(new).write_bytes(write_model(model))
    sys.stdout.write(msgspec.json.encode(outcome).decode() + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])
