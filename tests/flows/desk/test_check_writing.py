"""Prices in an agent's words: below what is allowed is told, and what is allowed never is."""

import json
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from xiaoer.flows.check_writing import CheckWriting
from xiaoer.flows.quote_cart import QuoteCart
from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.ids import BuyerId
from xiaoer.kernel.money import Money
from xiaoer.kernel.turn import TextContent, TurnContext
from xiaoer.slices.assist.api import ComplianceRefused
from xiaoer.slices.bargaining.service import Bargaining
from xiaoer.slices.bargaining.types import Terms
from xiaoer.slices.buyers.service import EmbeddedBuyers
from xiaoer.slices.catalog.service import EmbeddedCatalog
from xiaoer.slices.catalog.store import ProductSink, VariantSink
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations.types import Incoming
from xiaoer.slices.orders.service import EmbeddedOrders
from xiaoer.slices.promotions.service import Promotions

FLOOR = "83.17"  # of goods for 100 yuan; a number that no sentence of ours would hold by chance


@pytest.fixture
async def talk(world: Any) -> Any:
    """A talk that Lin holds about P1 (100 yuan, floor 83.17), and one about P2 (50 yuan, not bargained about)."""
    now = world.clock.now()

    def goods(connection: Any) -> None:
        ProductSink().upsert(connection, world.shop, [(Product(p, p), "") for p in ("P1", "P2")], now)
        prices = {"P1": Money(10_000), "P2": Money(5_000)}
        rows = [(Variant(f"V{p}", p, price, stock=9), "") for p, price in prices.items()]
        VariantSink().upsert(connection, world.shop, rows, now)

    await world.db.write(goods)
    bargaining = Bargaining(world.db)
    terms = Terms("夏装", products=("P1",), floor=Money.from_yuan(FLOOR), floor_ratio=1)
    await bargaining.terms.save(world.shop, "t1", terms, now)
    shelf = EmbeddedCatalog(world.db)
    quote = QuoteCart(
        shelf, shelf, EmbeddedBuyers(world.db), EmbeddedOrders(world.db), Promotions(world.db, world.clock)
    )
    check = CheckWriting(world.db, bargaining, shelf, quote)
    lin, ids = await world.comes("lin"), {}
    for product in ("P1", "P2"):
        incoming = Incoming(BuyerId(product), "web", TextContent("能便宜吗"), TurnContext(product_id=product))
        taken = await world.db.write(
            lambda c, i=incoming: conversations.receive(c, world.shop, i, now, timedelta(minutes=30))
        )
        ids[product] = str(taken.conversation.id)
        await world.take.take(lin, ids[product])
    return check, ids, lin


@pytest.mark.parametrize(
    ("words", "below"),
    [
        ("那 80 元给您吧", True),
        ("八十块卖您，马上拍", True),
        ("给您打8折", True),
        ("给您便宜20块", True),
        ("改价到 83.16 元，您拍下就行", True),
        ("优惠后到手价 79.9", True),
        ("到手价 95", False),
        ("那 83.17 元给您吧", False),
        ("给您打9折", False),
        ("给您便宜10块", False),
        ("退您 20 元差价", False),
        ("满 50 元包邮", False),
        ("48 小时内给您发出", False),
        ("这款现在 79 元的颜色卖完了", False),
    ],
)
async def test_only_a_promised_price_below_the_floor_is_found(world: Any, talk: Any, words: str, below: bool) -> None:
    check, ids, _ = talk
    found = await check(world.shop, words, ids["P1"])
    assert ("price.floor" in [finding.rule_id for finding in found]) is below


async def test_nothing_that_is_told_holds_the_floor(world: Any, talk: Any) -> None:
    check, ids, lin = talk
    (found,) = [f for f in await check(world.shop, "那 80 元给您吧", ids["P1"]) if f.rule_id == "price.floor"]
    assert "83" not in json.dumps(msgspec.to_builtins(found), ensure_ascii=False)
    with pytest.raises(ComplianceRefused) as refused:
        await world.reply.send(lin, ids["P1"], world.text("那 80 元给您吧"))
    assert "83" not in refused.value.detail


async def test_where_nothing_is_bargained_about_the_price_of_everybody_holds(world: Any, talk: Any) -> None:
    check, ids, _ = talk
    assert [f.rule_id for f in await check(world.shop, "49 元给您吧", ids["P2"])] == ["price.floor"]
    assert await check(world.shop, "50 元给您吧", ids["P2"]) == ()


async def test_an_agent_cannot_confirm_it_away_and_a_supervisor_can(world: Any, talk: Any) -> None:
    _, ids, lin = talk
    with pytest.raises(ComplianceRefused):
        await world.reply.send(lin, ids["P1"], world.text("那 80 元给您吧", confirmed=True))
    chief = world.person("chen", "supervisor")
    await world.agents.change(chief, {"status": "online"})
    await world.take.take(chief, ids["P1"], force=True)
    await world.reply.send(chief, ids["P1"], world.text("那 80 元给您吧", confirmed=True))
    assert (await world.facts("message.sent"))[-1]["flags"] == ["price.floor"]


async def test_words_alone_are_checked_without_a_talk(world: Any, talk: Any) -> None:
    check, _, _ = talk
    assert [f.rule_id for f in await check(world.shop, "加我微信，1 元给您")] == ["leak.wechat"]
