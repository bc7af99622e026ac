"""django-oscar 4.2.1, running: the connector passes the contract and prices carts as the shop does."""

import json
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
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
from tests.real_shop.carts import COUPONS, cases, engine_price
from tests.real_shop.catalogue import COAT, COAT_RED, SEARCH, SHIRT, SKUS, sku
from tests.real_shop.process import HERE, free_port, python_with, run, serving

from xiaoer.connectors.cart import CartLine, ShopQuoter
from xiaoer.connectors.registry import build
from xiaoer.connectors.spec import Around, NoHints
from xiaoer.infra.clock import SystemClock
from xiaoer.infra.web import Web, WebPolicy
from xiaoer.kernel.commerce import Buyer, Order, OrderItem, Product, Refund, Shipment, Variant
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.money import Money
from xiaoer.slices.promotions import types as promotions
from xiaoer.slices.promotions.ports import PriceQuoter

pytestmark = pytest.mark.real_shop

_PACKAGES = ["django-oscar==4.2.1", "django-oscar-api==3.3.0"]
_MING, _SI = "13800138000", "13900139999"
# (buyer, [(sku, count, paid)], states after 待付款, our word, more)
_ORDERS: list[tuple[str, list[tuple[str, int, int]], list[str], str, dict[str, Any]]] = [
    (_MING, [(COAT, 1, 26_635), (SHIRT, 1, 14_165)], ["待发货"], "paid", {}),
    (_MING, [(SHIRT, 1, 15_900)], [], "unpaid", {}),
    (_MING, [(COAT, 1, 29_900)], ["待发货", "已发货"], "shipped", {"waybill": "YT1234567890123"}),
    (_MING, [(SHIRT, 2, 31_800)], ["待发货", "已发货", "已完成"], "completed", {"waybill": "YT9876543210987"}),
    (_MING, [(SHIRT, 1, 15_900)], ["待发货", "退款中"], "refunding", {}),
    (_MING, [(SHIRT, 1, 15_900)], ["待发货", "退款中", "已关闭"], "closed", {"refund": 15_900}),
    (_MING, [(COAT, 1, 29_900)], ["已关闭"], "closed", {}),
    (_SI, [(COAT, 1, 29_900)], ["待发货"], "paid", {}),
]


def _plan() -> dict[str, Any]:
    orders = [
        {
            "buyer": buyer, "items": [(id, count) for id, count, _ in items], "statuses": states, **more,
            **({"waybill": f"圆通速递 {more['waybill']}"} if "waybill" in more else {}),
        }
        for buyer, items, states, _, more in _ORDERS
    ]  # fmt: skip
    buyers = [{"phone": _MING, "name": "王小明"}, {"phone": _SI, "name": "李四"}]
    coupons = [[rule.code, rule.least, rule.off] for rule in COUPONS if not rule.percent]
    return {"skus": [vars(one) for one in SKUS], "buyers": buyers, "orders": orders, "coupons": coupons}


def _world(made: dict[str, Any]) -> World:
    orders, taken = {}, dict.fromkeys((COAT, SHIRT), 0)
    for (phone, items, _, status, more), row in zip(_ORDERS, made["orders"], strict=True):
        number = row["number"]
        lines = tuple(OrderItem(id, sku(id).title, n, Money(sku(id).price), Money(paid)) for id, n, paid in items)
        parcels = (Shipment(more["waybill"], number, "圆通速递"),) if "waybill" in more else ()
        refunds = (Refund("", number, "refund_only", "退款成功", Money(more["refund"])),) if "refund" in more else ()
        total = sum(paid for _, _, paid in items)
        orders[number] = Order(
            number, made["buyers"][phone], status, datetime.fromisoformat(row["date_placed"]), Money(total), lines,
            parcels, refunds, phone=f"+86{phone}",
        )  # fmt: skip
        for id, count, _ in items:
            taken[id] += count
    products = made["products"]
    return World(
        products={id: Product(id, title) for title, id in products.items()},
        variants={
            one.id: Variant(
                one.id, products[one.title], Money(one.price), {"颜色": one.colour, "尺码": one.size},
                one.stock - taken.get(one.id, 0),
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
    )  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, World]]:
    python = python_with("oscar", _PACKAGES, "oscarapi.version, oscar")
    folder: Path = tmp_path_factory.mktemp("oscar")
    env = {"OSCAR_FOLDER": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    program = HERE / "oscar" / "shop.py"
    run([python, program, "migrate"], folder, env)
    seeded = subprocess.run(
        [python, program, "seed"], input=json.dumps(_plan()), env={**os.environ, **env}, cwd=folder,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert seeded.returncode == 0, seeded.stderr[-2000:]
    port = free_port()
    with serving([python, program, "serve", str(port)], folder, env, port) as base:
        yield base, _world(json.loads(seeded.stdout.splitlines()[-1]))


@pytest.fixture
async def subject(shop: tuple[str, World]) -> AsyncIterator[Subject]:
    base, world = shop
    web = Web(SystemClock(), WebPolicy(attempt_s=20, total_s=30))
    settings = {"base_url": base, "user": "admin", "password": "admin-password"}
    yield Subject(build("oscar", settings, Around(web, SystemClock(), NoHints())), world)
    await web.close()


class TestOrders(OrderSourceContract):
    pass


class TestProducts(ProductSourceContract):
    pass


class TestStock(StockSourceContract):
    pass


class TestBuyers(CustomerSourceContract):
    pass


class TestPrices:
    async def test_two_for_more_than_400_cost_50_less(self, subject: Subject) -> None:
        price = await subject.source.price_cart(SHOP, [CartLine(COAT, 1), CartLine(SHIRT, 1)])
        assert (price.payable, price.applied) == (Money(40_800), (("满400减50", Money(5_000)),))
        assert [(line.variant_id, line.paid) for line in price.lines] == [(COAT, Money(26_635)), (SHIRT, Money(14_165))]

    async def test_coupons_see_the_undiscounted_price(self, subject: Subject) -> None:
        for code in ("Q20", "Q380"):
            price = await subject.source.price_cart(SHOP, [CartLine(COAT, 1), CartLine(SHIRT, 1)], [code, "NOPE"])
            assert (price.payable, price.refused) == (Money(38_800), (("NOPE", "unknown"),))

    async def test_random_carts_cost_what_our_engine_says(self, subject: Subject) -> None:
        differ = []
        for case in cases(20260619, percent=False):
            wanted = [CartLine(id_, count) for id_, count in case.lines]
            ours, codes = engine_price(case, "parallel")
            told = await subject.source.price_cart(SHOP, wanted, codes)
            if told.payable != ours:
                differ.append((case, told.payable, ours))
        assert differ == []

    async def test_the_shop_s_price_is_a_quote(self, subject: Subject) -> None:
        lines = tuple(promotions.CartLine(id, 1, Money(sku(id).price), title=sku(id).title) for id in (COAT, SHIRT))
        quoter: PriceQuoter = ShopQuoter(subject.source, "parallel")
        quote = await quoter.quote(SHOP, promotions.Cart(lines, freight=Money(1_000)))
        assert (quote.payable, quote.goods_payable, quote.source) == (Money(41_800), Money(40_800), "shop_api")
        assert tuple(line.paid.fen for line in quote.lines) == (26_635, 14_165)
        assert [(one.title, one.amount) for one in quote.applied] == [("满400减50", Money(5_000))]

    async def test_a_sold_out_or_unknown_variant_is_refused(self, subject: Subject) -> None:
        for id in (COAT_RED, "NO-SUCH-SKU"):
            with pytest.raises(SourceUnavailable, match=id):
                await subject.source.price_cart(SHOP, [CartLine(COAT, 1), CartLine(id, 1)])


async def test_a_wrong_password_is_said(shop: tuple[str, World]) -> None:
    web = Web(SystemClock(), WebPolicy(attempt_s=20, total_s=30))
    settings = {"base_url": shop[0], "user": "admin", "password": "wrong"}
    source = build("oscar", settings, Around(web, SystemClock(), NoHints()))
    with pytest.raises(SourceUnavailable, match="401"):
        await source.order(SHOP, "100001")
    await web.close()
