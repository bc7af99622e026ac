"""What is recommended: safe, in stock, not owned, with a reason; a no is remembered; scenes come after the answer."""

from datetime import timedelta
from typing import Any

import pytest
from tests.flows.selling.conftest import SalesWorld, acts, words

from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.heard import Segment
from xiaoer.kernel.money import Money
from xiaoer.slices.catalog.store import ProductSink, VariantSink
from xiaoer.slices.selling.rules.scenes import fits_segment
from xiaoer.slices.selling.types import Margin, PickRules, Scene

CREAMS = (
    ("C1", "保湿面霜 温和", "美妆/面霜", {"适用人群": "敏感肌可用", "功效": "保湿"}, 12_900, 9),
    ("C2", "保湿面霜 清爽", "美妆/面霜", {"功效": "保湿"}, 9_900, 9),
    ("C3", "保湿面霜 焕肤", "美妆/面霜", {"适用人群": "敏感肌慎用", "功效": "保湿"}, 8_900, 9),
    ("C4", "保湿面霜 孕妇专用", "美妆/孕妇护肤", {"适用人群": "孕妇可用"}, 15_900, 9),
    ("C5", "保湿面霜 舒缓修护", "美妆/修护", {"适用人群": "敏感肌、孕妇可用"}, 39_900, 9),
    ("C6", "保湿面霜 敏感肌适用", "美妆/面霜", {"适用人群": "敏感肌可用"}, 7_900, 0),
)


async def shelf(world: SalesWorld) -> None:
    goods = [Product(i, t, c, attributes=a) for i, t, c, a, _, _ in CREAMS]
    skus = [Variant(f"{i}-v", i, Money(price), {}, stock) for i, _, _, _, price, stock in CREAMS]

    def change(connection: Any) -> None:
        ProductSink().upsert(connection, world.shop, [(p, "h") for p in goods], world.clock.now())
        VariantSink().upsert(connection, world.shop, [(v, "h") for v in skus], world.clock.now())

    await world.product.db.write(change)


async def test_for_sensitive_skin_within_a_budget_only_what_says_so(world: SalesWorld) -> None:
    await shelf(world)
    answer = await world.say("b1", "求推荐保湿面霜，敏感肌，200以内", product="")
    assert "recommend" in acts(answer)
    ids = [source["id"] for source in answer["turn"]["sources"] if source["kind"] == "product"]
    assert ids == ["C1"]
    assert "敏感肌可用" in words(answer)


async def test_for_a_pregnant_buyer_nothing_that_does_not_say_so(world: SalesWorld) -> None:
    await shelf(world)
    answer = await world.say("b1", "怀孕了，推荐一款保湿面霜", product="")
    ids = {source["id"] for source in answer["turn"]["sources"] if source["kind"] == "product"}
    assert ids and ids <= {"C4", "C5"}


async def test_a_clear_no_is_remembered_over_conversations(world: SalesWorld) -> None:
    await shelf(world)
    assert "recommend" in acts(await world.say("b1", "推荐一款保湿面霜", product=""))
    stopped = await world.say("b1", "别再给我推荐了", product="")
    assert "recommend" not in acts(stopped)
    unasked = await world.say("b1", "有货吗", product="C6", channel="web")
    assert acts(unasked) and "recommend" not in acts(unasked)
    asked = await world.say("b1", "推荐一款保湿面霜", product="", channel="web")
    assert "recommend" in acts(asked)  # who asks by himself is answered


async def test_not_more_than_so_many_times_a_talk(world: SalesWorld) -> None:
    await shelf(world)
    await world.product.selling.rules.picks.save(world.shop, "all", PickRules(most_a_talk=1), world.clock.now())
    assert "recommend" in acts(await world.say("b1", "推荐一款保湿面霜", product=""))
    assert "recommend" not in acts(await world.say("b1", "再推荐一款保湿面霜", product=""))


async def test_what_is_out_of_stock_is_followed_by_something_similar(world: SalesWorld) -> None:
    await shelf(world)
    answer = await world.say("b1", "有货吗", product="C6")
    assert acts(answer)[-1] == "recommend"
    assert "C1" in {source["id"] for source in answer["turn"]["sources"]}


async def test_a_scene_comes_after_the_answer_and_once(world: SalesWorld) -> None:
    await shelf(world)
    scene = Scene("妈妈", "妈妈专区都在这里", words=("孕妇",), url="https://shop.example/mama")
    await world.product.selling.rules.scenes.save(world.shop, "mama", scene, world.clock.now())
    first = await world.say("b1", "孕妇能用吗", product="C4")
    assert acts(first)[0] == "answer" and acts(first)[-1] == "recommend"
    assert words(first).index("孕妇可用") < words(first).index("妈妈专区")
    assert "妈妈专区" not in words(await world.say("b1", "那孕妇可以天天用吗", product="C4"))


async def test_what_lowers_the_bill_by_the_real_quote_comes_first_with_the_saving(world: SalesWorld) -> None:
    now = world.clock.now()
    related = Product("P1", "羊毛混纺圆领针织衫 秋冬打底", "服装/针织衫", related=("P3", "P2"))
    await world.product.db.write(lambda c: ProductSink().upsert(c, world.shop, [(related, "h2")], now))
    await world.product.promotions.save(
        world.shop,
        {
            "id": "M1", "name": "服装满400减60", "level": "shop_activity", "benefit": "amount_off", "threshold": "amount",
            "starts_at": (now - timedelta(days=1)).isoformat(), "ends_at": (now + timedelta(days=9)).isoformat(),
            "scope": {"categories": ["服装"]}, "tiers": [{"threshold": "400.00", "benefit": "60.00"}],
        },
    )  # fmt: skip
    answer = await world.say("b1", "推荐一下这件搭配什么好看")
    ids = [source["id"] for source in answer["turn"]["sources"] if source["kind"] == "product"]
    assert ids[0] == "P2"
    assert "两件一起 398 元，比分开买省 60 元" in words(answer)
    both = await world.payable("b1", "V1") + await world.payable("b1", "V2")
    assert both == 29_900 + 15_900


async def test_goods_that_earn_too_little_are_not_recommended_but_their_own_figure_counts_first(
    world: SalesWorld,
) -> None:
    await shelf(world)
    margins = (Margin("美妆", 4_000), Margin("美妆/面霜", 500), Margin("C1", 3_000))
    rules = PickRules(least_margin=1_000, margins=margins, at_once=5)
    await world.product.selling.rules.picks.save(world.shop, "all", rules, world.clock.now())
    answer = await world.say("b1", "推荐一款保湿面霜", product="")
    ids = {source["id"] for source in answer["turn"]["sources"] if source["kind"] == "product"}
    assert ids and "C2" not in ids and ids <= {"C1", "C4", "C5"}


@pytest.mark.parametrize(
    ("said", "fits"),
    [
        ("宝宝能用吗", True),
        ("刚出生的能用吗", True),
        ("怀孕了能用吗", True),
        ("我家孩子八岁能用吗", False),
        ("敏感肌能用吗", False),
    ],
)
def test_a_scene_for_people_hears_them_in_whatever_words(said: str, fits: bool) -> None:
    segment = Segment(said, "product.safety", 1.0)
    assert fits_segment(Scene("母婴", "看这里", audience=("孕妇", "婴儿")), segment) is fits
