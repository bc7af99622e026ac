"""How many calls, harms and threats the red lines of the pack see, and how many innocent words they take for one.

    python benchmarks/red_lines/run.py

Each message is a turn of its own; a person takes over when any rule is crossed or the anger of the words is enough.
Beside it, in the same run: a list of the plain words that a merchant would think of.
"""

import argparse
import re
from collections import Counter
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from xiaoer.kernel.ids import BuyerId, ConversationId, MessageId, ShopId
from xiaoer.kernel.turn import BuyerMessage, TextContent, Turn
from xiaoer.slices.policies.red_lines import match_red_lines, parse_red_lines
from xiaoer.slices.policies.stops.net import NONE
from xiaoer.slices.understanding.api import Understanding

HERE = Path(__file__).parent
_PLAIN = re.compile(
    "人工|真人|客服|投诉|举报|12315|假货|假的|律师|媒体|曝光|差评|过敏|受伤|烫伤|医院|中毒|着火|起火|爆炸|漏电|发霉|过期|虫|孩子偷"
)


def main() -> None:
    """Print the table."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    rules = parse_red_lines((resources.files("xiaoer.packs") / "ecommerce" / "red_lines.toml").read_text("utf-8"))
    understanding, now = Understanding.shipped(), datetime.now(UTC)
    asked, caught, plainly = Counter[str](), Counter[str](), Counter[str]()
    for line in (HERE / "test.tsv").read_text("utf-8").splitlines():
        label, text = line.split("\t")
        message = BuyerMessage(MessageId("m"), TextContent(text), now)
        heard = understanding.understand(Turn(ShopId("s"), ConversationId("c"), BuyerId("b"), "api", (message,)))
        hits = match_red_lines(heard, understanding.forms(text), rules)
        for group in (label,) if label == NONE else (label, "all"):
            asked[group] += 1
            caught[group] += bool(hits)
            plainly[group] += _PLAIN.search(text) is not None
    print("what         lines  a person takes over  plain words")
    for group in sorted(asked, key=lambda one: (one in (NONE, "all"), one)):
        count = asked[group]
        print(f"{group:<12} {count:>5} {caught[group] / count:>20.3f} {plainly[group] / count:>12.3f}")


if __name__ == "__main__":
    main()
