"""The sample shop (演示店铺): a small shop that looks alive on whatever day it is opened.

Goods, knowledge and promotions are written by hand (`data/`); buyers, orders, parcels and
after-sale requests are drawn with a fixed seed. Everything hangs on `now`: yesterday's parcel is
always yesterday's. The same `now` and seed give the same shop, byte for byte.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

from xiaoer.app.demo.ledger import Ledger
from xiaoer.app.demo.orders import fill_ledger
from xiaoer.app.demo.people import invite_buyers
from xiaoer.app.demo.shelf import Row, list_goods, stock_shelf
from xiaoer.app.demo.showcase import enter_showcase

KINDS = (
    "products",
    "variants",
    "knowledge",
    "buyers",
    "orders",
    "order_items",
    "shipments",
    "refunds",
)


@dataclass(frozen=True)
class DemoShop:
    """Rows per import kind, ready for the importer; `promotions` is TOML text."""

    now: datetime
    profile: Row
    promotions: str
    products: list[Row]
    variants: list[Row]
    knowledge: list[Row]
    buyers: list[Row]
    orders: list[Row]
    order_items: list[Row]
    shipments: list[Row]
    refunds: list[Row]


def generate(now: datetime, seed: int = 20) -> DemoShop:
    """Make the sample shop as it stands at `now` (aware).

    Raises:
        ValueError: `now` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("The demo shop needs an aware datetime. Pass datetime.now(timezone.utc).")
    random = Random(seed)
    shelf = stock_shelf(now)
    goods = list_goods(shelf)
    buyers, people = invite_buyers(now, random)
    ledger = Ledger(now)
    enter_showcase(ledger, goods, people[0], random)
    fill_ledger(ledger, goods, people[1:], random)
    return DemoShop(
        now=now,
        profile=shelf.profile,
        promotions=shelf.promotions,
        products=shelf.products,
        variants=shelf.variants,
        knowledge=shelf.knowledge,
        buyers=buyers,
        orders=ledger.orders,
        order_items=ledger.order_items,
        shipments=ledger.shipments,
        refunds=ledger.refunds,
    )


def write_folder(shop: DemoShop, path: Path) -> None:
    """Write a folder that `xiaoer import` reads: one JSONL a kind, and promotions.toml."""
    path.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in getattr(shop, kind))
        (path / f"{kind}.jsonl").write_text("".join(lines), encoding="utf-8")
    (path / "promotions.toml").write_text(shop.promotions, encoding="utf-8")
