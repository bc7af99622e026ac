"""Fits the weights of `slices/policies/sides/matching.py` on the shops of `dev/`, and prints them.

    python benchmarks/shops/fit.py

What is weighed is told there. Facts and entries are fitted apart, each candidate of each question a row; the share of
first places that are right is of shops left out in turn.
"""

import asyncio
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from desk import opened, table
from run import HERE, rows_of
from sklearn.linear_model import LogisticRegression

from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.kernel.measures import in_digits
from xiaoer.slices.policies.rules import attributes
from xiaoer.slices.policies.sides import matching

FACT = ("near", "key", "lead", "counts", "written", "named")
ENTRY = ("score", "question", "answer", "question_lead", "own", "score_lead")


class Case(NamedTuple):
    """The candidates of one question: (candidates, features), and which of them answer."""

    shop: str
    views: np.ndarray
    right: np.ndarray


async def cases(shop: Path) -> tuple[list[Case], list[Case]]:
    """Cases of facts and of entries."""
    facts, entries = [], []
    ids = {entry["标准问"]: entry["id"] for entry in table(shop / "knowledge.csv")}
    async with opened(shop) as product:
        await product.refresh(DEFAULT_SHOP)
        await product.knowledge.ensure_loaded(DEFAULT_SHOP)
        for row in rows_of(shop):
            kind, _, told = row["want"].partition(":")
            page = row.get("page") or ""
            if kind not in ("fact", "entry", "none"):
                continue
            goods = await product.catalog.product(DEFAULT_SHOP, page) if page else None
            if goods is not None:
                asked = in_digits(row["say"])
                rule = attributes.by_rules(goods, "", asked)
                views = matching.views_of_facts(
                    goods.title, tuple(goods.attributes.items()), asked, rule[0][0] if rule else ""
                )
                keys = told.split("+") if kind == "fact" else ()
                facts.append(Case(shop.name, np.array(views), np.array([key in keys for key in goods.attributes])))
            hits = product.knowledge.search(
                DEFAULT_SHOP, row["say"], now=product.clock.now(), product_id=page, top_k=20
            ).hits
            hits = tuple(hit for hit in hits if hit.product_id in ("", page) or not page)
            right = np.array([kind == "entry" and ids[hit.question] == told for hit in hits])
            entries.append(Case(shop.name, np.array(matching.views_of_entries(row["say"], hits, goods)), right))
    return facts, entries


def fit(name: str, features: tuple[str, ...], found: list[Case]) -> None:
    """Print the weights, and how often the first place is right."""
    shops, first, asked = sorted({case.shop for case in found}), 0, 0
    for shop in shops:
        machine = _machine([case for case in found if case.shop != shop])
        for case in found:
            if case.shop == shop and case.right.any():
                asked += 1
                first += bool(case.right[machine.predict_proba(case.views)[:, 1].argmax()])
    weights = _machine(found)
    told = {key: round(float(weight), 2) for key, weight in zip(features, weights.coef_[0], strict=True)}
    print(f"{name}: {told}, bias {float(weights.intercept_[0]):.2f}; first place right {first} of {asked}")


def _machine(found: list[Case]) -> Any:
    rows, truth = np.vstack([case.views for case in found]), np.concatenate([case.right for case in found])
    return LogisticRegression(max_iter=500).fit(rows, truth)


async def main() -> None:
    """Fit both."""
    facts: list[Case] = []
    entries: list[Case] = []
    for shop in sorted((HERE / "dev").iterdir()):
        of_facts, of_entries = await cases(shop)
        facts += of_facts
        entries += of_entries
    fit("facts", FACT, facts)
    fit("entries", ENTRY, entries)


if __name__ == "__main__":
    asyncio.run(main())
