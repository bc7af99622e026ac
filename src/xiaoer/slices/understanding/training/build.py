"""Builds the model file that ships with a pack (`make model`).

With `--quick` the encoder and the judges of the file that is there are kept and only the linear part is learnt anew:
half a minute, for changes of a few lines. A release is built without it.
"""

import argparse
import sys
import time
from pathlib import Path

from xiaoer.slices.understanding.model import write_model
from xiaoer.slices.understanding.pack import (
    MODEL_FILE,
    folder,
    pack_hash,
    read_compounds,
    read_pack,
    read_utterances,
    shipped_model,
)
from xiaoer.slices.understanding.training.shop import regression
from xiaoer.slices.understanding.training.talks import lines_of, read_talks
from xiaoer.slices.understanding.training.train import parted, train


def main(name: str = "ecommerce", *, quick: bool = False) -> None:
    """Trains on the utterances of the pack and writes the file beside them."""
    began = time.process_time()
    lines, check = parted(read_utterances(name))
    judges = shipped_model(name) if quick else None
    trained = train(
        read_pack(name), lines, pack_hash(name), judges, written=read_compounds(name), talks=lines_of(read_talks(name))
    )
    data = write_model(trained.model)
    Path(str(folder(name) / MODEL_FILE)).write_bytes(data)
    sys.stdout.write(
        f"{trained.lines} lines, {len(trained.model.labels)} intents, right on lines never learnt "
        f"{regression(read_pack(name), trained.model, check):.3f}, {len(data) / 1e6:.1f} MB, "
        f"{time.process_time() - began:.0f} s\n"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="Keep the encoder and the judges.")
    main(quick=parser.parse_args().quick)
