"""Tryton 8.2, running as ERP: the connector passes the contract, and stock is what is left after orders."""

import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.connectors.contract import (
    CustomerSourceContract,
    OrderSourceContract,
    ProductSourceContract,
    StockSourceContract,
    Subject,
)
from tests.connectors.world import SHOP, World
from tests.real_shop.catalogue import COAT, SEARCH, SHIRT, SKUS, sku
from tests.real_shop.process import HERE, cache_folder, free_port, python_with, run, serving

from xiaoer.connectors.registry import CONNECTORS, build
from xiaoer.connectors.spec import Around, NoHints
from xiaoer.infra.clock import SystemClock
from xiaoer.infra.web import Web, WebPolicy
from xiaoer.kernel.commerce import Buyer, Order, OrderItem, Product, Variant
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.money import Money

pytestmark = pytest.mark.real_shop

_MODULES = ["sale", "stock", "sale_promotion", "sale_promotion_coupon", "sale_complaint", "web_shop"]
_PACKAGES = ["trytond>=8.2,<8.3", "proteus>=8.2,<8.3", *(f"trytond_{name}>=8.2,<8.3" for name in _MODULES)]
_CONF = "[database]\nuri = sqlite://\npath = {folder}\n[web]\nlisten = 127.0.0.1:{port}\n"
_MING, _SI = "13800138000", "13900139999"
_ORDERS: list[tuple[str, list[tuple[str, int]], list[str], str]] = [
    (_MING, [(COAT, 1), (SHIRT, 1)], ["quote", "confirm", "process"], "paid"),
    (_MING, [(COAT, 1)], ["quote", "confirm", "process", "ship"], "shipped"),
    (_MING, [(SHIRT, 2)], ["quote", "confirm"], "paid"),
    (_MING, [(SHIRT, 1)], ["quote"], "unpaid"),
    (_MING, [(COAT, 1)], ["quote", "cancel"], "closed"),
    (_SI, [(COAT, 1)], ["quote", "confirm", "process"], "paid"),
]


def _plan() -> dict[str, Any]:
    orders = [{"buyer": buyer, "items": items, "steps": steps} for buyer, items, steps, _ in _ORDERS]
    buyers = [{"phone": _MING, "name": "王小明"}, {"phone": _SI, "name": "李四"}]
    return {"skus": [vars(one) for one in SKUS], "buyers": buyers, "orders": orders}


def _world(made: dict[str, Any]) -> World:
    orders, taken = {}, dict.fromkeys((COAT, SHIRT), 0)
    for (phone, items, steps, status), row in zip(_ORDERS, made["orders"], strict=True):
        lines = tuple(
            OrderItem(id, sku(id).title, n, Money(sku(id).price), Money(sku(id).price * n)) for id, n in items
        )
        total = sum((line.pay_amount for line in lines), Money(0))
        at = datetime.fromisoformat(row["created_at"]).replace(tzinfo=UTC, microsecond=0)
        number = row["number"]
        orders[number] = Order(number, made["buyers"][phone], status, at, total, lines, phone=phone)
        if "confirm" in steps:  # without a queue, a confirmed sale is processed at once
            for id, count in items:
                taken[id] += count
    products = made["products"]
    return World(
        products={id: Product(id, title) for title, id in products.items()},
        variants={
            one.id: Variant(
                one.id, products[one.title], Money(one.price), stock=max(0, one.stock - taken.get(one.id, 0))
            )
            for one in SKUS
        },
        orders=orders,
        parcels={},
        buyers={made["buyers"][p]: Buyer(made["buyers"][p], n, phone=p) for p, n in ((_MING, "王小明"), (_SI, "李四"))},
        search=(SEARCH, products[sku(COAT).title]),
        unknown_order="999999",
        unknown_product="99999",
        unknown_variant="NO-SUCH-SKU",
        unknown_buyer="99999",
    )


def _empty_database(python: Path) -> Path:
    """Creating the tables takes a minute, so an empty database is kept beside the packages."""
    kept = cache_folder("tryton-db")
    done = kept / "empty.sqlite"
    if not done.exists():
        (kept / "trytond.conf").write_text(_CONF.format(folder=kept, port=0))
        (kept / "password").write_text("admin-password")
        (kept / "shop.sqlite").write_bytes(b"")
        admin = [python.parent / "trytond-admin", "-c", "trytond.conf", "-d", "shop", "-u", "ir", *_MODULES]
        env = {"TRYTONPASSFILE": str(kept / "password")}
        run([*admin, "--activate-dependencies", "--email", "admin@example.cn"], kept, env, limit_s=600)
        (kept / "shop.sqlite").rename(done)
    return done


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, World]]:
    python = python_with("tryton", _PACKAGES, "proteus, trytond.modules.web_shop")
    folder, port = tmp_path_factory.mktemp("tryton"), free_port()
    shutil.copy(_empty_database(python), folder / "shop.sqlite")
    (folder / "trytond.conf").write_text(_CONF.format(folder=folder, port=port))
    seeded = subprocess.run(
        [python, HERE / "tryton" / "seed.py"], input=json.dumps(_plan()), cwd=folder, env=dict(os.environ),
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert seeded.returncode == 0, seeded.stderr[-2000:]
    command = [python.parent / "trytond", "-c", "trytond.conf", "-d", "shop"]
    with serving(command, folder, {}, port) as base:
        yield base, _world(json.loads(seeded.stdout.splitlines()[-1]))


def _settings(base: str) -> dict[str, str]:
    return {"base_url": base, "database": "shop", "user": "admin", "password": "admin-password"}


@pytest.fixture
async def subject(shop: tuple[str, World]) -> AsyncIterator[Subject]:
    base, world = shop
    web = Web(SystemClock(), WebPolicy(attempt_s=20, total_s=30))
    source = build("tryton", _settings(base), Around(web, SystemClock(), NoHints()))
    yield Subject(source, world, CONNECTORS["tryton"].lacks)
    await web.close()


class TestOrders(OrderSourceContract):
    pass


class TestProducts(ProductSourceContract):
    pass


class TestStock(StockSourceContract):
    pass


class TestBuyers(CustomerSourceContract):
    pass


async def test_a_wrong_password_is_said(shop: tuple[str, World]) -> None:
    web = Web(SystemClock(), WebPolicy(attempt_s=20, total_s=30))
    source = build("tryton", {**_settings(shop[0]), "password": "wrong"}, Around(web, SystemClock(), NoHints()))
    with pytest.raises(SourceUnavailable):
        await source.order(SHOP, "1")
    await web.close()
