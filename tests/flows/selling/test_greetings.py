"""Who comes from where is greeted accordingly, once, and never in the middle of a trouble."""

from typing import Any

import pytest
from tests.flows.selling.conftest import SalesWorld

from xiaoer.kernel.commerce import Product
from xiaoer.kernel.ids import BuyerId
from xiaoer.kernel.turn import TurnContext
from xiaoer.slices.selling.rules.questions import that_fit
from xiaoer.slices.selling.types import Greeting


async def keep(world: SalesWorld, id_: str, greeting: Greeting) -> None:
    await world.product.selling.rules.greetings.save(world.shop, id_, greeting, world.clock.now())


async def greet(world: SalesWorld, buyer: str = "b1", **context: Any) -> tuple[str, tuple[str, ...]]:
    parts = await world.product.selling.greet(world.shop, TurnContext(**context), BuyerId(buyer))
    chips = next((part.content.options for part in parts if part.content.__class__.__name__ == "QuickReplies"), ())
    return (parts[0].text if parts else "", chips)


@pytest.fixture
async def rules(world: SalesWorld) -> SalesWorld:
    await keep(world, "any", Greeting("兜底", ("您好，这里是{店铺}",), priority=900))
    await keep(world, "page", Greeting("商品页", ("在看{商品}吗？有问题尽管问",), entries=("product",)))
    await keep(world, "knit", Greeting("针织", ("针织衫专场，{商品}正热卖",), categories=("服装/针织衫",)))
    await keep(world, "word", Greeting("搜索", ("搜到{商品}了",), search_words=("打底",), priority=10))
    await keep(world, "live", Greeting("直播", ("直播间来的朋友，{时段}",), entries=("live",)))
    return world


async def test_the_narrowest_greeting_of_the_lowest_number_wins(rules: SalesWorld) -> None:
    assert (await greet(rules))[0] == "您好，这里是测试店"
    assert (await greet(rules, entry="product", product_id="P2"))[0] == "在看高腰直筒休闲裤吗？有问题尽管问"
    assert "搜到羊毛混纺圆领针织衫" in (await greet(rules, entry="search", product_id="P1", search="打底衫"))[0]
    assert (await greet(rules, entry="live"))[0] == "直播间来的朋友，晚上好"


async def test_a_greeting_that_names_the_product_waits_for_one(rules: SalesWorld) -> None:
    await keep(rules, "search", Greeting("搜索", ("{商品}合不合适，我帮您看",), entries=("search",), priority=5))
    assert (await greet(rules, entry="search", search="外套"))[0] == "您好，这里是测试店"
    assert (await greet(rules, entry="product", product_id="gone"))[0] == "您好，这里是测试店"
    assert (await greet(rules, entry="search", search="裤", product_id="P2"))[0].startswith("高腰直筒休闲裤合不合适")


async def test_variants_stay_with_the_buyer(world: SalesWorld) -> None:
    await keep(world, "ab", Greeting("对照", ("甲", "乙")))
    first = {f"b{n}": (await greet(world, f"b{n}"))[0] for n in range(30)}
    assert set(first.values()) == {"甲", "乙"}
    assert first == {f"b{n}": (await greet(world, f"b{n}"))[0] for n in range(30)}


async def test_the_questions_that_buyers_asked_most_become_chips(world: SalesWorld) -> None:
    for n in range(4):
        await world.say(f"a{n}", "是什么材质的")
        await world.say(f"a{n}", "什么时候发货")
    await world.say("a9", "有尺码表吗")
    await world.product.selling.learn(world.shop)
    text, chips = await greet(world, entry="product", product_id="P1")
    assert "针织衫" in text
    assert chips[:2] == ("是什么材质的", "什么时候发货")


async def test_nobody_is_greeted_in_the_middle_of_a_trouble(rules: SalesWorld) -> None:
    await rules.say("b1", "我要投诉，转人工")
    assert await greet(rules) == ("", ())
    assert (await greet(rules, "b2"))[0] != ""


async def test_three_chips_also_before_anybody_asked(world: SalesWorld) -> None:
    for entry, product in (("product", "P1"), ("live", ""), ("search", "P3")):
        await keep(world, entry, Greeting(entry, ("您好",), entries=(entry,)))
        assert len((await greet(world, entry=entry, product_id=product or None))[1]) == 3


async def test_the_after_sales_entry_has_words_of_its_own(world: SalesWorld) -> None:
    assert "售后" in (await greet(world, entry="after_sales"))[0]
    await keep(world, "after", Greeting("售后", ("退换在这儿说",), entries=("after_sales",)))
    assert (await greet(world, entry="after_sales"))[0] == "退换在这儿说"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("{昵称}您好", "您好"),
        ("{昵称}，您好", "您好"),
        ("您好{昵称}，这里是{店铺}", "您好，这里是测试店"),
        ("您好，{昵称}，欢迎", "您好，欢迎"),
    ],
)
async def test_an_unknown_name_leaves_no_gap(world: SalesWorld, written: str, read: str) -> None:
    await keep(world, "nick", Greeting("n", (written,)))
    assert (await greet(world, buyer="nobody"))[0] == read


def test_chips_ask_what_such_goods_tell() -> None:
    asked = ("我的型号能用吗", "是什么材质的", "几天能到", "保质期到什么时候")
    cleanser = Product("P1", "洁面乳", attributes={"主要成分": "甘油", "保质期": "3年"})
    assert that_fit(asked, cleanser) == ("成分有哪些", "几天能到", "保质期到什么时候")
    assert that_fit(asked, Product("P2", "T恤", attributes={"面料": "棉"})) == ("是什么材质的", "几天能到")
