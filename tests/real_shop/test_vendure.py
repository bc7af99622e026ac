"""Vendure 3.7.3, running: the connector passes the contract, prices carts as the shop does, and reads its pushes."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest
from tests.connectors.contract import (
    CustomerSourceContract,
    OrderActionsContract,
    OrderSourceContract,
    ProductSourceContract,
    StockSourceContract,
    Subject,
)
from tests.connectors.world import SHOP, World
from tests.real_shop.carts import COUPONS, cases, engine_price
from tests.real_shop.catalogue import COAT, COAT_RED, SHIRT, sku
from tests.real_shop.listener import listening
from tests.real_shop.process import HERE, cache_folder, free_port, run, serving
from tests.real_shop.vendure.buying import Api, place
from tests.real_shop.vendure.seed import promote, seed

from xiaoer.connectors.cart import CartLine, ShopQuoter
from xiaoer.connectors.push import Push
from xiaoer.connectors.registry import build, read_push
from xiaoer.connectors.spec import Around, NoHints
from xiaoer.infra.clock import SystemClock
from xiaoer.infra.web import Web, WebPolicy
from xiaoer.kernel.errors import SourceUnavailable, Unauthorised
from xiaoer.kernel.money import Money
from xiaoer.slices.promotions import types as promotions
from xiaoer.slices.promotions.ports import PriceQuoter

pytestmark = pytest.mark.real_shop


def _installed() -> Path:
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("Vendure needs node 20 or newer and npm; neither a fake nor a container stands in for it.")
    folder = cache_folder("vendure")
    for name in ("package.json", "server.js", "webhook-plugin.js"):
        shutil.copy(HERE / "vendure" / name, folder / name)
    if not (folder / "node_modules" / "@vendure" / "core").exists():
        run(["npm", "install", "--no-audit", "--no-fund"], folder, limit_s=600)
    return folder


@pytest.fixture(scope="module")
def pushes() -> Iterator[tuple[str, "SimpleQueue[Push]"]]:
    with listening() as opened:
        yield opened


@pytest.fixture(scope="module")
def shop(pushes: tuple[str, "SimpleQueue[Push]"]) -> Iterator[tuple[str, World]]:
    folder, port = _installed(), free_port()
    env = {"VENDURE_DISABLE_TELEMETRY": "true", "PORT": str(port), "HOOK_URL": pushes[0], "HOOK_SECRET": "hook"}
    with serving(["node", "server.js"], folder, env, port) as base:
        yield base, seed(base)


@pytest.fixture
async def subject(shop: tuple[str, World]) -> AsyncIterator[Subject]:
    base, world = shop
    web = Web(SystemClock(), WebPolicy(attempt_s=20, total_s=30))
    settings = {"base_url": base, "user": "superadmin", "password": "superadmin"}
    source = build("vendure", settings, Around(web, SystemClock(), NoHints()))
    yield Subject(source, world, take=lambda status: place(base, status))
    await web.close()


class TestOrders(OrderSourceContract):
    pass


class TestProducts(ProductSourceContract):
    pass


class TestStock(StockSourceContract):
    pass


class TestBuyers(CustomerSourceContract):
    pass


class TestActions(OrderActionsContract):
    pass


class TestPrices:
    async def test_two_for_more_than_400_cost_50_less(self, subject: Subject) -> None:
        price = await subject.source.price_cart(SHOP, [CartLine(COAT, 1), CartLine(SHIRT, 1)])
        assert price.payable == Money(40_800)
        assert [(line.variant_id, line.paid) for line in price.lines] == [(COAT, Money(26_636)), (SHIRT, Money(14_164))]
        assert price.applied == (("满400减50", Money(5_000)),)

    async def test_a_coupon_comes_on_top(self, subject: Subject) -> None:
        price = await subject.source.price_cart(SHOP, [CartLine(COAT, 1), CartLine(SHIRT, 1)], ["Q20", "NOPE"])
        assert (price.payable, price.refused) == (Money(38_800), (("NOPE", "COUPON_CODE_INVALID_ERROR"),))

    async def test_promotions_apply_one_after_another(self, subject: Subject, shop: tuple[str, World]) -> None:
        admin = Api(f"{shop[0]}/admin-api")
        admin('mutation { login(username: "superadmin", password: "superadmin") { __typename } }')
        promote(admin, "券满380减20", 38_000, 2_000, coupon="Q380")
        price = await subject.source.price_cart(SHOP, [CartLine(COAT, 1), CartLine(SHIRT, 1)], ["Q380"])
        assert price.payable == Money(38_800)

    async def test_random_carts_cost_what_our_engine_says(self, subject: Subject, shop: tuple[str, World]) -> None:
        admin = Api(f"{shop[0]}/admin-api")
        admin('mutation { login(username: "superadmin", password: "superadmin") { __typename } }')
        for rule in COUPONS:
            promote(admin, rule.code, rule.least, rule.off, coupon=rule.code, percent=rule.percent)
        differ = []
        for case in cases(20260618, percent=True):
            wanted = [CartLine(id_, count) for id_, count in case.lines]
            ours, codes = engine_price(case, "sequential")
            told = await subject.source.price_cart(SHOP, wanted, codes)
            if told.payable != ours:
                differ.append((case, told.payable, ours))
        assert differ == []

    async def test_the_shop_s_price_is_a_quote(self, subject: Subject) -> None:
        lines = tuple(promotions.CartLine(id, 1, Money(sku(id).price), title=sku(id).title) for id in (COAT, SHIRT))
        quoter: PriceQuoter = ShopQuoter(subject.source, "sequential")
        quote = await quoter.quote(SHOP, promotions.Cart(lines, freight=Money(1_000)))
        assert (quote.payable, quote.goods_payable, quote.source) == (Money(41_800), Money(40_800), "shop_api")
        assert tuple(line.paid.fen for line in quote.lines) == (26_636, 14_164)
        assert [(one.title, one.amount) for one in quote.applied] == [("满400减50", Money(5_000))]

    async def test_a_sold_out_variant_is_refused_and_no_draft_stays(
        self, subject: Subject, shop: tuple[str, World]
    ) -> None:
        admin = Api(f"{shop[0]}/admin-api")
        admin('mutation { login(username: "superadmin", password: "superadmin") { __typename } }')
        before = admin("{ orders { totalItems } }")["totalItems"]
        with pytest.raises(SourceUnavailable, match="INSUFFICIENT_STOCK"):
            await subject.source.price_cart(SHOP, [CartLine(COAT, 1), CartLine(COAT_RED, 1)])
        with pytest.raises(SourceUnavailable):
            await subject.source.price_cart(SHOP, [CartLine("NO-SUCH-SKU", 1)])
        assert admin("{ orders { totalItems } }")["totalItems"] == before


def test_pushes_of_the_running_shop_are_read_and_forged_ones_refused(
    shop: tuple[str, World], pushes: tuple[str, "SimpleQueue[Push]"]
) -> None:
    settings = {"base_url": shop[0], "user": "superadmin", "password": "superadmin", "webhook_secret": "hook"}
    wanted = {(order.id, "order.paid") for order in shop[1].orders.values() if order.status not in ("unpaid",)}
    heard: set[tuple[str, str]] = set()
    while not wanted <= heard:
        push = pushes[1].get(timeout=20)
        heard |= {(event.data["order_id"], event.type) for event in read_push("vendure", settings, push).events}
        with pytest.raises(Unauthorised):
            read_push("vendure", {**settings, "webhook_secret": "another"}, push)


async def test_a_wrong_password_is_said(shop: tuple[str, World]) -> None:
    web = Web(SystemClock(), WebPolicy(attempt_s=20, total_s=30))
    settings = {"base_url": shop[0], "user": "superadmin", "password": "wrong"}
    source = build("vendure", settings, Around(web, SystemClock(), NoHints()))
    with pytest.raises(SourceUnavailable, match="log in"):
        await source.order(SHOP, "ANY")
    await web.close()
