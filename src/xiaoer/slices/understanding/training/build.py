"""Builds the model file that ships with a pack (`make model`)."""

import sys
import time
from pathlib import Path

from xiaoer.slices.understanding.model import write_model
from xiaoer.slices.understanding.pack import MODEL_FILE, folder, pack_hash, read_pack, read_utterances
from xiaoer.slices.understanding.training.train import parted, train


def main(name: str = "ecommerce") -> None:
    """Trains on every utterance of the pack and writes the file beside them."""
    began = time.perf_counter()
    trained = train(read_pack(name), parted(read_utterances(name))[0], pack_hash(name))
    data = write_model(trained.model)
    Path(str(folder(name) / MODEL_FILE)).write_bytes(data)
    sys.stdout.write(
        f"{trained.lines} lines, {len(trained.model.labels)} intents, held-out accuracy "
        f"{trained.held_out_accuracy:.3f}, {len(data) / 1e6:.1f} MB, {time.perf_counter() - began:.0f} s\n"
    )


if __name__ == "__main__":
    main(*sys.argv[1:2])
