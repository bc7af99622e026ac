"""Fits the weights of `slices/policies/sides/matching.py` on the shops of `dev/`, and prints them.

    python benchmarks/shops/fit.py

What is weighed is told there. Facts and entries are fitted apart, each candidate of each question a row; the share of
first places that are right is of shops left out in turn.
"""

import asyncio
import itertools
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
from desk import opened, table
from run import HERE, rows_of
from sklearn.linear_model import LogisticRegression

from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.kernel.measures import in_digits
from xiaoer.slices.policies.rules import attributes
from xiaoer.slices.policies.sides import matching

FACT = ("near", "key", "lead", "counts", "measure", "written", "letters", "named")
ENTRY = ("score", "question", "answer", "question_lead", "own", "score_lead")


TRADES = HERE.parents[1] / "tests" / "trades"
APART = 10  # of so many sentences of the pack, one is asked


class Case(NamedTuple):
    """The candidates of one question: (candidates, features), and which of them answer."""

    shop: str
    views: np.ndarray
    right: np.ndarray
    real: bool = True  # a question about the goods, not a sentence of the pack about other things


async def cases(shop: Path, others: list[str]) -> tuple[list[Case], list[Case]]:
    """Cases of facts and of entries; `others` are sentences that no fact and no entry of a product answers."""
    facts, entries = [], []
    ids = {entry["标准问"]: entry["id"] for entry in table(shop / "knowledge.csv")}
    async with opened(shop) as product:
        await product.refresh(DEFAULT_SHOP)
        await product.knowledge.ensure_loaded(DEFAULT_SHOP)

        async def look(say: str, page: str, want: str, *, real: bool) -> None:
            kind, _, told = want.partition(":")
            goods = await product.catalog.product(DEFAULT_SHOP, page) if page else None
            if goods is not None:
                asked = in_digits(say)
                rule = attributes.by_rules(goods, "", asked)
                views = matching.views_of_facts(
                    goods.title, tuple(goods.attributes.items()), asked, rule[0][0] if rule else ""
                )
                keys = told.split("+") if kind == "fact" else ()
                right = np.array([key in keys for key in goods.attributes])
                facts.append(Case(shop.name, np.array(views), right, real))
            hits = product.knowledge.search(DEFAULT_SHOP, say, now=product.clock.now(), product_id=page, top_k=20).hits
            hits = tuple(hit for hit in hits if hit.product_id in ("", page) or not page)
            views = np.array(matching.views_of_entries(say, hits, goods))
            right = np.array([kind == "entry" and ids[hit.question] == told for hit in hits])
            own = np.array([real or hit.product_id != "" for hit in hits], bool)  # terms may well answer the others
            if own.any():
                entries.append(Case(shop.name, views[own], right[own], real))

        for say, page, want in questions_of(shop):
            await look(say, page, want, real=True)
        pages = itertools.cycle([goods["商品ID"] for goods in table(shop / "products.csv")])
        for say in others:
            await look(say, next(pages), "none", real=False)
    return facts, entries


def questions_of(shop: Path) -> list[tuple[str, str, str]]:
    """What is asked of a shop, the page, and what is wanted."""
    if (shop / "asked.jsonl").exists():
        asked = [(row["say"], row.get("page") or "", row["want"]) for row in rows_of(shop)]
        return [row for row in asked if row[2].partition(":")[0] in ("fact", "entry", "none")]
    found = []
    for row in yaml.safe_load((shop / "asked.yaml").read_text("utf-8")):
        mentions = [str(word) for word in row.get("mentions", ())]
        where = [one for word in mentions for one in _told_by(shop, word)]
        if len(where) == len(mentions) == 1:
            found.append((row["say"], *where[0]))
    return found


def _told_by(shop: Path, word: str) -> list[tuple[str, str]]:
    """The page and the fact or entry that tell a word."""
    facts = [
        (goods["商品ID"], f"fact:{pair.partition(':')[0]}")
        for goods in table(shop / "products.csv")
        for pair in goods["属性"].split(";")
        if word in pair.partition(":")[2]
    ]
    return facts + [(e["商品ID"], f"entry:{e['id']}") for e in table(shop / "knowledge.csv") if word in e["答案"]]


def of_other_things() -> list[str]:
    """Sentences of the pack that are not about goods, one in `APART`."""
    folder = Path(str(resources.files("xiaoer.packs") / "ecommerce" / "intents"))
    lines: list[str] = []
    for path in sorted(folder.glob("*.txt")):
        if not path.name.startswith(("product.", "price.")):
            lines += [line for line in path.read_text("utf-8").splitlines() if line.strip() and line[0] != "#"]
    return lines[::APART]


def fit(name: str, features: tuple[str, ...], found: list[Case]) -> None:
    """Print the weights, how often the first place is right, and what would be told from which likelihood on: rightly
    and wrongly of the questions, and of the other sentences."""
    shops, first, asked = sorted({case.shop for case in found}), 0, 0
    best: list[tuple[float, bool, bool]] = []
    for shop in shops:
        machine = _machine([case for case in found if case.shop != shop])
        for case in found:
            if case.shop == shop:
                sure = machine.predict_proba(case.views)[:, 1]
                best.append((sure.max(), bool(case.right[sure.argmax()]), case.real))
                asked += case.right.any()
                first += bool(case.right[sure.argmax()])
    weights = _machine(found)
    told = {key: round(float(weight), 2) for key, weight in zip(features, weights.coef_[0], strict=True)}
    print(f"{name}: {told}, bias {float(weights.intercept_[0]):.2f}; first place right {first} of {asked}")
    real = sum(real for *_, real in best)
    for from_ in (0.06, 0.12, 0.2, 0.35, 0.5, 0.7):
        kept = [(right, real) for sure, right, real in best if sure >= from_]
        rightly, others = sum(right for right, _ in kept), sum(not real for _, real in kept)
        wrongly = len(kept) - rightly - others
        print(
            f"  from {from_:.2f}: of {real} questions {rightly} rightly, {wrongly} wrongly; "
            f"of {len(best) - real} other sentences {others}"
        )


def _machine(found: list[Case]) -> Any:
    rows, truth = np.vstack([case.views for case in found]), np.concatenate([case.right for case in found])
    return LogisticRegression(max_iter=500).fit(rows, truth)


async def main() -> None:
    """Fit both."""
    facts: list[Case] = []
    entries: list[Case] = []
    trades = sorted(path for path in TRADES.iterdir() if (path / "asked.yaml").exists())
    shops, others = [*sorted((HERE / "dev").iterdir()), *trades], of_other_things()
    for at, shop in enumerate(shops):
        of_facts, of_entries = await cases(shop, others[at :: len(shops)])
        facts += of_facts
        entries += of_entries
    for name, features, found in (("facts", FACT, facts), ("entries", ENTRY, entries)):
        fit(f"{name}, of the goods", features, [case for case in found if case.real])
        fit(f"{name}, of anything", features, found)


if __name__ == "__main__":
    asyncio.run(main())
