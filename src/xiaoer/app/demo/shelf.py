"""The hand-written half of the sample shop: goods, knowledge, promotions and the shop's promises.

The files under `data/` are in the product's import formats, with relative dates (see `dates`).
"""

import json
import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from xiaoer.app.demo.dates import resolve_text, resolve_tree

Row = dict[str, Any]


@dataclass(frozen=True)
class Shelf:
    """What the shop sells and says, with all dates resolved for one `now`."""

    products: list[Row]
    variants: list[Row]
    knowledge: list[Row]
    promotions: str
    profile: Row


@dataclass(frozen=True)
class Good:
    """One variant as an order needs it; `price` in fen."""

    variant_id: str
    product_id: str
    category: str
    title: str
    price: int


def stock_shelf(now: datetime) -> Shelf:
    """Read the hand-written files and resolve their dates."""
    return Shelf(
        products=resolve_tree(_rows("products.jsonl"), now),
        variants=resolve_tree(_rows("variants.jsonl"), now),
        knowledge=resolve_tree(_rows("knowledge.jsonl"), now),
        promotions=resolve_text(read_data("promotions.toml"), now),
        profile=tomllib.loads(read_data("shop.toml")),
    )


def list_goods(shelf: Shelf) -> list[Good]:
    """List every variant with its product's category and title, in file order."""
    products = {product["id"]: product for product in shelf.products}
    return [
        Good(
            variant_id=variant["id"],
            product_id=variant["product_id"],
            category=products[variant["product_id"]]["category"],
            title=products[variant["product_id"]]["title"],
            price=read_fen(variant["price"]),
        )
        for variant in shelf.variants
    ]


def read_fen(yuan: str) -> int:
    """Read a decimal string in yuan as fen; exactly two decimals are expected."""
    whole, _, cents = yuan.partition(".")
    return int(whole) * 100 + int(cents)


def write_yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _rows(name: str) -> list[Row]:
    return [json.loads(line) for line in read_data(name).splitlines()]


@cache
def read_data(name: str) -> str:
    """Read one file under `data/`."""
    return (files("xiaoer.app.demo") / "data" / name).read_text(encoding="utf-8")
