"""How well wishes are answered in shops that nobody tuned the product for: 「我妈膝盖不好，有啥合适的不」.

    python benchmarks/shops/wishes.py [held|dev] [--wrong]

Each shop is imported as a merchant would and asked in process, one talk a wish. Right is an answer that shows at least
one of the goods that fit and none of those that would be a mistake; where nothing fits, one that shows nothing; where
there is nothing to go by, one that asks, or that shows nothing wrong. Beside it, in the same run: the goods on sale
whose sheets share most pairs of letters with the wish.
"""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

from desk import asked as answered
from desk import opened, pairs, rows, table, told_to

HERE = Path(__file__).parent / "wishes"
_SHOWN = 3  # goods that the baseline shows


def rows_of(shop: Path) -> list[dict[str, Any]]:
    """The wishes of a shop."""
    return rows(shop / "wishes.jsonl")


def group_of(row: dict[str, Any]) -> str:
    return "ask" if row["ask"] else "fits" if row["good"] else "nothing fits"


def is_right(row: dict[str, Any], shown: set[str], asks: bool) -> bool:
    """Whether what was shown is what a good salesperson would show."""
    wrong = bool(shown & set(row["bad"]))
    match group_of(row):
        case "ask":
            return asks or not wrong
        case "nothing fits":
            return not shown
    return bool(shown & set(row["good"])) and not wrong


def by_letters(shop: Path, say: str) -> set[str]:
    """The baseline."""
    asked = pairs(say)
    there = {row["product_id"] for row in table(shop / "variants.csv") if int(row["stock"]) > 0}
    goods = [row for row in table(shop / "products.csv") if row["product_id"] in there]
    near = {row["product_id"]: len(asked & pairs(" ".join(row.values()))) for row in goods}
    best = sorted(near, key=lambda id_: -near[id_])[:_SHOWN]
    return {id_ for id_ in best if near[id_]}


async def ask(shop: Path) -> list[tuple[dict[str, Any], set[str], bool, str]]:
    """Each wish with the goods shown, whether the answer asks, and its words."""
    answers = []
    async with opened(shop) as product:
        for row in rows_of(shop):
            answer, said = await answered(product, row["say"])
            shown = {source["id"] for source in answer["turn"]["sources"] if source["kind"] == "product"}
            asks = any(act["type"] == "ask" for act in answer["turn"]["acts"])
            heard = " ".join(f"{s['intent']} {s['confidence']:.2f}" for s in answer["turn"]["segments"])
            answers.append((row, shown, asks, f"[{heard}] {said}"))
    return answers


async def main(which: str, wrong: bool) -> None:
    """Ask all shops of a set and print the table."""
    asked, right, baseline, mistakes = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for shop in sorted((HERE / which).iterdir()):
        for row, shown, asks, said in await ask(shop):
            is_good = is_right(row, shown, asks)
            for group in (group_of(row), "all"):
                asked[group] += 1
                right[group] += is_good
                mistakes[group] += bool(shown & set(row["bad"]))
                baseline[group] += is_right(row, by_letters(shop, row["say"]), asks=False)
            if wrong and not is_good:
                print(f"{shop.name} {row['say']}  good {row['good']} bad {row['bad']}  ({row['why']})")
                print(f"    {sorted(shown)} {said!r}")
    print("wishes         count  right  share  shows a mistake  most letter pairs")
    for group in ("fits", "nothing fits", "ask", "all"):
        count = asked[group] or 1
        share, bad, other = right[group] / count, mistakes[group] / count, baseline[group] / count
        print(f"{group:<13} {asked[group]:>6} {right[group]:>6} {share:>6.3f} {bad:>16.3f} {other:>18.3f}")


if __name__ == "__main__":
    asyncio.run(main(*told_to(__doc__)))
