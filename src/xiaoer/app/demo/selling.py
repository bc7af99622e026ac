"""How the sample shop sells (营销示例): greetings, scenes, bargaining, journeys; kept once, then the owner's own."""

import tomllib
from datetime import datetime
from typing import Any

import msgspec

from xiaoer.app.demo.shelf import read_data
from xiaoer.app.wiring import Wiring
from xiaoer.infra.rulebook import Rulebook
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money
from xiaoer.slices.bargaining.types import Gift, Terms
from xiaoer.slices.outreach.types import Journey
from xiaoer.slices.selling.types import Greeting, PickRules, Scene

_BY = "示例数据"


async def write_rules(product: Wiring, shop: ShopId, now: datetime) -> int:
    """Keep the rules of every page that has none yet; return how many were kept."""
    sells, book = product.selling, tomllib.loads(read_data("selling.toml"))
    kinds: list[tuple[str, Rulebook[Any], Any]] = [
        ("greeting", sells.rules.greetings, Greeting),
        ("scene", sells.rules.scenes, Scene),
        ("picks", sells.rules.picks, PickRules),
        ("journey", sells.remind.journeys, Journey),
        ("terms", sells.bargaining.terms, Terms),
    ]
    kept = 0
    for kind, rules, type_ in kinds:
        if await rules.all(shop):
            continue
        for row in book[kind]:
            id_ = row.pop("id")
            await rules.save(shop, id_, _terms(row) if kind == "terms" else msgspec.convert(row, type_), now, by=_BY)
            kept += 1
    return kept


def _terms(row: dict[str, Any]) -> Terms:
    gifts = tuple(Gift(gift["kind"], gift["title"], Money(gift["cost"])) for gift in row["gifts"])
    budgets = {name: Money(row[name]) for name in ("buyer_budget", "day_budget")}
    return Terms(
        **row | {"categories": tuple(row["categories"]), "steps": tuple(row["steps"]), "gifts": gifts} | budgets
    )
