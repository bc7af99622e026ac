"""Fits the weights of `flows/pick_products/likely.py` on the shops of `dev/`, and prints them.

    python benchmarks/shops/fit_wishes.py

Each product in stock is a row of each wish. The shares of first places are of shops left out in turn.
"""

import asyncio
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from desk import opened
from sklearn.linear_model import LogisticRegression
from wishes import HERE, rows_of

from xiaoer.flows.pick_products import likely
from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.kernel.memory import Wish
from xiaoer.slices.selling.recipients import recipients_of

RIDGE = 0.03


class Case(NamedTuple):
    """The shelf of one wish: (products, features), which fit, and which would be a mistake."""

    shop: str
    views: np.ndarray
    right: np.ndarray
    wrong: np.ndarray


async def cases(shop: Path) -> list[Case]:
    """A case for each wish that says something."""
    async with opened(shop) as product:
        found, recipients = [], recipients_of()
        for row in rows_of(shop):
            if row["ask"]:
                continue
            wish = Wish(words=(row["say"],))
            taste, need = recipients.taste_of(wish), recipients.need_of(wish)
            by_rules = await product.catalog.recommend(DEFAULT_SHOP, need, None, 24, taste)
            shelf = await product.catalog.shelf(DEFAULT_SHOP, need, None, 300, taste)
            if not shelf:
                continue
            views = likely.views(row["say"], shelf, [one.id for one in by_rules])
            right, wrong = (np.array([one.id in row[key] for one, _ in shelf]) for key in ("good", "bad"))
            found.append(Case(shop.name, views, right, wrong))
        return found


async def main() -> None:
    """Fit, and print."""
    found = [case for shop in sorted((HERE / "dev").iterdir()) for case in await cases(shop)]
    first, mistaken, asked, sure, unsure = 0, 0, 0, [], []
    for shop in sorted({case.shop for case in found}):
        machine = _machine([case for case in found if case.shop != shop])
        for case in found:
            if case.shop != shop:
                continue
            chance = machine.predict_proba(case.views)[:, 1]
            (sure if case.right.any() else unsure).append(chance.max())
            if case.right.any():
                asked += 1
                first += bool(case.right[chance.argmax()])
                mistaken += bool(case.wrong[chance.argmax()])
    whole = _machine(found)
    print("WEIGHTS = (", ", ".join(f"{weight:.2f}" for weight in whole.coef_[0]), ")")
    print(f"BIAS = {whole.intercept_[0]:.2f}")
    print(f"first place fits {first} of {asked}, is a mistake {mistaken}")
    for share in (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5):
        print(f"at least {share}: {np.mean(np.array(sure) >= share):.2f} of wishes that goods fit, "
              f"{np.mean(np.array(unsure) >= share):.2f} of the others")  # fmt: skip


def _machine(found: list[Case]) -> Any:
    rows, truth = np.vstack([case.views for case in found]), np.concatenate([case.right for case in found])
    return LogisticRegression(C=RIDGE, max_iter=3000).fit(rows, truth)


if __name__ == "__main__":
    asyncio.run(main())
