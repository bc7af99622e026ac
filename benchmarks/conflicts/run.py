"""How many contradictions between two entries are found, and how many harmless pairs are told to contradict each other.

    uv run python benchmarks/conflicts/run.py [fit|test] [--shop]

Printed are the share found, the harmless pairs wrongly told by the writer's kind, the precision, and the same of a
baseline in the same run: questions that share a quarter of their letter pairs, and answers that share less than half.
On `fit` these are pairs that the weights were fitted on: what holds for others is told by `fit.py`.
`--shop` puts the pairs, ten at a time, among 200 entries of the sample shop and counts what the whole check finds.
Last: what the check finds in shops whose entries do not contradict each other.
"""

import argparse
import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from pairs import FITTED, WORDS, Pair, new_reader, pairs_of, read, shops

from xiaoer.flows.check_knowledge.pairs import compare_all
from xiaoer.kernel.ids import EntryId
from xiaoer.slices.knowledge.health.findings import contradict
from xiaoer.slices.knowledge.types import Entry, EntryDraft

_NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)
_HOST, _AT_ONCE = 200, 10  # entries of the sample shop, and pairs that are put among them


def tell(name: str, pairs: Sequence[Pair], is_told: Callable[[Pair], bool]) -> None:
    """Print what one judge says of the pairs."""
    told = [is_told(pair) for pair in pairs]
    right = sum(told[at] and pair.conflict for at, pair in enumerate(pairs))
    wrong = Counter(pair.kind for at, pair in enumerate(pairs) if told[at] and not pair.conflict)
    of_kind = Counter(pair.kind for pair in pairs if not pair.conflict)
    conflicts, harmless = sum(pair.conflict for pair in pairs), of_kind.total()
    by_kind = ", ".join(f"{kind} {wrong[kind]}/{count}" for kind, count in sorted(of_kind.items()))
    print(
        f"{name}: {right} of {conflicts} found ({right / conflicts:.0%}), {wrong.total()} of {harmless} wrongly told "
        f"({wrong.total() / harmless:.0%}), precision {right / max(1, right + wrong.total()):.0%}\n    {by_kind}"
    )


def by_letters(pair: Pair) -> bool:
    """The baseline."""

    def shared(one: str, other: str) -> float:
        mine, theirs = ({text[at : at + 2] for at in range(len(text) - 1)} for text in (one, other))
        return len(mine & theirs) / max(1, len(mine | theirs))

    return shared(pair.q1, pair.q2) >= 0.25 and shared(pair.a1, pair.a2) < 0.5


def in_shop(pairs: Sequence[Pair]) -> Callable[[Pair], bool]:
    """Which pairs the whole check finds among the entries of a shop."""
    host = [(question, answer) for question, answer, product in dict(shops())["sample"] if not product][:_HOST]
    found = set[str]()
    for begin in range(0, len(pairs), _AT_ONCE):
        some = pairs[begin : begin + _AT_ONCE]
        live = _entries("H", host) + [
            _entry(f"P{begin + at}{side}", *said)
            for at, pair in enumerate(some)
            for side, said in (("a", (pair.q1, pair.a1)), ("b", (pair.q2, pair.a2)))
        ]
        for one in compare_all(live, _NOW, WORDS, new_reader()):
            if one.kind == "conflict" and one.entry_id[:-1] == one.other_id[:-1]:
                found.add(one.entry_id[1:-1])
    place = {id(pair): str(at) for at, pair in enumerate(pairs)}
    return lambda pair: place[id(pair)] in found


def _entry(id_: str, question: str, answer: str, product: str = "") -> Entry:
    return Entry(EntryId(id_), EntryDraft(question, answer, product_id=product), 1, "", _NOW, "")


def _entries(prefix: str, said: Sequence[tuple[str, str]]) -> list[Entry]:
    return [_entry(f"{prefix}{at}", *each) for at, each in enumerate(said)]


def quiet_shops() -> None:
    """Print what is found where nothing is wrong."""
    for name, entries in shops():
        live = [_entry(f"E{at}", *each) for at, each in enumerate(entries)]
        found = [one for one in compare_all(live, _NOW, WORDS, new_reader()) if one.kind == "conflict"]
        print(f"shop {name}: {len(found)} conflicts told among {len(live)} entries")
        for one in found:
            print(f"    {one.says}")


def main() -> None:
    """Print all figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("set", nargs="?", choices=("fit", "test"), default="fit")
    options.add_argument("--shop", action="store_true", help="also within a shop of 200 entries")
    asked = options.parse_args()
    names = ("test",) if asked.set == "test" else FITTED
    pairs, reader = list(itertools.chain.from_iterable(map(pairs_of, names))), new_reader()
    tell("letter pairs", pairs, by_letters)
    tell("judge", pairs, lambda pair: bool(contradict(*read(reader, pair), reader.reading)))
    if asked.shop:
        tell("within a shop", pairs, in_shop(pairs))
    quiet_shops()


if __name__ == "__main__":
    main()
