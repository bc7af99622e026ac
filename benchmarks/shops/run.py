"""How well a shop is answered for that nobody tuned the product for: questions about goods, by what they want.

    python benchmarks/shops/run.py [held|dev] [--wrong]

Each shop is imported as a merchant would and asked in process; `--wrong` prints what was wrong. A fact that is told as
what comes nearest counts where it holds what was asked. Beside it, in the same run: quoting the fact of the open page
or the entry that shares most pairs of letters with the question.
"""

import asyncio
import re
from collections import Counter
from pathlib import Path
from typing import Any

from desk import asked as answered
from desk import opened, pairs, rows, table, told_to

HERE = Path(__file__).parent
_TELLS_NOT = re.compile(r"没写|没查到|没找到|查不到|不乱|不确定|问一?下|问清楚|帮您问|确认|核实|不敢")
_GONE = re.compile(r"没货|缺货|卖完|没有货|补货|断货|售罄|卖光")
_THERE = re.compile(r"有货|现货|还有|都有|库存")


def rows_of(shop: Path) -> list[dict[str, Any]]:
    """The questions of a shop."""
    return rows(shop / "asked.jsonl")


def is_right(row: dict[str, Any], said: str) -> bool:
    """Whether an answer holds what the question wants."""
    plain = _plain(said)
    holds = all(_plain(word) in plain for word in row.get("mentions", ()))
    match row["want"].partition(":")[0]:
        case "none":
            return _TELLS_NOT.search(said) is not None
        case "stock" if row.get("in", True):
            return holds and _THERE.search(said) is not None and not _GONE.search(said)
        case "stock":
            return _GONE.search(said) is not None
    return holds


def _plain(text: object) -> str:
    return re.sub(r"\s+", "", str(text)).lower()


def quoted(shop: Path, row: dict[str, Any]) -> str:
    """The baseline: the fact of the page or the entry that shares most pairs of letters with the question."""
    told = []
    for product in table(shop / "products.csv"):
        if row.get("page") in (None, product["商品ID"]):
            told += product["属性"].split(";")
    entries = [e for e in table(shop / "knowledge.csv") if not e["商品ID"] or e["商品ID"] == row.get("page")]
    told += [f"{entry['标准问']} {entry['相似问']} {entry['答案']}" for entry in entries]
    asked = pairs(row["say"])
    return max(told, key=lambda one: len(asked & pairs(one)) / (1 + len(pairs(one))) ** 0.5)


async def _ask(shop: Path) -> list[tuple[dict[str, Any], str]]:
    async with opened(shop) as product:
        return [(row, (await answered(product, row["say"], row.get("page")))[1]) for row in rows_of(shop)]


async def main(which: str, wrong: bool) -> None:
    """Ask all shops of a set and print the table."""
    asked, right, baseline = Counter[str](), Counter[str](), Counter[str]()
    for shop in sorted((HERE / which).iterdir()):
        for row, said in await _ask(shop):
            for group in (row["want"].partition(":")[0], "all"):
                asked[group] += 1
                right[group] += is_right(row, said)
                baseline[group] += is_right(row, quoted(shop, row))
            if wrong and not is_right(row, said):
                print(f"{shop.name} {row['page']} {row['say']} ({row['want']})\n    {said!r}")
    print("wants    questions  right  share  quoting most letter pairs")
    for group in ("fact", "entry", "stock", "price", "size", "none", "all"):
        share, other = right[group] / asked[group], baseline[group] / asked[group]
        print(f"{group:<8} {asked[group]:>9} {right[group]:>6} {share:>6.3f} {other:>26.3f}")


if __name__ == "__main__":
    asyncio.run(main(*told_to(__doc__)))
