"""Trains the second net of red lines that ships with the pack (part of `make model`; see `slices/policies/stops`)."""

import sys
from importlib import resources
from pathlib import Path

from xiaoer.kernel.heard import Heard, Sentiment
from xiaoer.slices.policies.red_lines import match_words, parse_red_lines
from xiaoer.slices.policies.stops.build import others, train, written
from xiaoer.slices.policies.stops.net import FILE, write_net
from xiaoer.slices.understanding.api import Understanding

_CALM = Heard((), Sentiment("neutral", 0.0, 0.0), "normal")


def main(pack: str = "ecommerce") -> None:
    """Train, and write the file beside the lines."""
    folder, understanding = resources.files("xiaoer.packs") / pack, Understanding.shipped(pack)
    rules = parse_red_lines((folder / "red_lines.toml").read_text("utf-8"))
    innocent = [line for line in others(pack) if not match_words(_CALM, understanding.forms(line), rules)]
    lines = written(pack=pack)
    data = write_net(train(lines, innocent, understanding.forms))
    Path(str(folder / FILE)).write_bytes(data)
    sys.stdout.write(f"stops: {len(lines)} lines, {len(innocent)} others, {len(data) / 1e6:.1f} MB\n")


if __name__ == "__main__":
    main()
