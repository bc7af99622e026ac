"""Hold-outs of everything that is not a journey: who is held out hears no less than before, and the figures are kept."""

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection
from tests.flows.selling.conftest import TERMS, VARIANTS, SalesWorld, acts, words

from xiaoer.kernel.commerce import Product
from xiaoer.kernel.ids import BuyerId
from xiaoer.kernel.turn import TurnContext
from xiaoer.slices.catalog.store import ProductSink, VariantSink
from xiaoer.slices.outreach.rules.steps import arm_of
from xiaoer.slices.outreach.types import Comparing
from xiaoer.slices.selling.types import Greeting, Scene

HALF = Comparing(5_000, 5_000, 5_000, 5_000)


def buyer_in(world: SalesWorld, automation: str, arm: str) -> str:
    return next(b for n in range(99) if arm_of(world.shop, automation, b := f"b{n}", 5_000) == arm)


async def greeted(world: SalesWorld, buyer: str) -> str:
    parts = await world.product.greet(world.shop, TurnContext("product", "P1"), BuyerId(buyer))
    return "".join(part.text for part in parts)


async def test_who_is_held_out_of_a_greeting_hears_the_products_own_words(world: SalesWorld) -> None:
    await world.compare(HALF)
    greeting = Greeting("商品页", ("在看这件吧，尺码随时问我。", "这件最近卖得好，想问什么？"))
    await world.product.selling.rules.greetings.save(world.shop, "g", greeting, world.clock.now())
    reached, held = buyer_in(world, "greeting:g", "treated"), buyer_in(world, "greeting:g", "held_out")
    heard = await greeted(world, reached)
    assert any(text in heard for text in greeting.texts)
    plain = await greeted(world, held)
    assert plain and not any(text in plain for text in greeting.texts)
    report = (await world.product.selling.measure(world.shop, 1))["greeting:g"]
    assert (report.treated.buyers, report.held_out.buyers) == (1, 1)


async def test_who_is_held_out_of_a_scene_gets_the_answer_alone(world: SalesWorld) -> None:
    await world.compare(HALF)
    scene = Scene("材质", "同款料子都在这里：", words=("材质",), url="https://shop.example/wool")
    await world.product.selling.rules.scenes.save(world.shop, "s", scene, world.clock.now())
    reached, held = buyer_in(world, "scene:s", "treated"), buyer_in(world, "scene:s", "held_out")
    assert "同款料子" in words(await world.say(reached, "这件是什么材质的"))
    alone = await world.say(held, "这件是什么材质的")
    assert "同款料子" not in words(alone) and "羊毛混纺" in words(alone)


async def test_who_is_held_out_of_bargaining_is_told_the_price_and_given_nothing(world: SalesWorld) -> None:
    await world.compare(HALF)
    await world.terms(TERMS)
    reached, held = buyer_in(world, "bargain", "treated"), buyer_in(world, "bargain", "held_out")
    for text in ("能便宜点吗", "再少点，260行不行", "280卖不卖"):
        await world.say(reached, text)
        plain = await world.say(held, text)
        assert "bargain" not in acts(plain) and words(plain)
    assert await world.payable(held) == VARIANTS[0].price.fen
    report = (await world.product.selling.measure(world.shop, 1))["bargain"]
    assert (report.treated.buyers, report.held_out.buyers) == (1, 1)


async def test_unasked_picks_are_held_back_but_a_wish_is_always_answered(world: SalesWorld) -> None:
    await world.compare(HALF)
    like = Product("P4", "羊毛混纺高领针织衫", "服装/针织衫")
    rows = [(replace(VARIANTS[0], stock=0), ""), (replace(VARIANTS[0], id="V4", product_id="P4"), "")]

    def change(connection: Connection) -> None:
        ProductSink().upsert(connection, world.shop, [(like, "")], world.clock.now())
        VariantSink().upsert(connection, world.shop, rows, world.clock.now())

    await world.product.db.write(change)
    reached, held = buyer_in(world, "recommend", "treated"), buyer_in(world, "recommend", "held_out")
    assert "高领" in words(await world.say(reached, "这件还有货吗"))
    alone = words(await world.say(held, "这件还有货吗"))
    assert alone and "高领" not in alone
    assert "便携保温杯" in words(await world.say(held, "推荐一个保温杯", product=""))


async def test_shares_of_zero_compare_nobody(world: SalesWorld) -> None:
    await world.terms(TERMS)
    for number in range(30):
        await world.say(f"b{number}", "能便宜点吗")
    assert await world.product.selling.measure(world.shop, 1) == {}


async def test_a_buyer_counts_once_with_what_he_paid_after_the_first_moment(world: SalesWorld) -> None:
    await world.compare(HALF)
    await world.terms(TERMS)
    reached = buyer_in(world, "bargain", "treated")
    await world.happens("old", "order.paid", reached, order_id="o1", pay_amount="50.00")
    await world.later(1)
    await world.say(reached, "能便宜点吗")
    await world.later(1)
    await world.happens("new", "order.paid", reached, order_id="o2", pay_amount="80.00")
    await world.happens("back", "order.refunded", reached, order_id="o2", amount="30.00")
    await world.say(reached, "再便宜点")
    report = (await world.product.selling.measure(world.shop, 1))["bargain"]
    assert (report.treated.buyers, report.treated.payers, report.treated.revenue.fen) == (1, 1, 5_000)


@pytest.mark.parametrize("automation", ["greeting:g", "scene:s", "recommend", "bargain", "journey:j"])
def test_about_a_tenth_is_held_out_and_each_automation_for_itself(automation: str) -> None:
    held = {n for n in range(10_000) if arm_of("s", automation, f"b{n}", 1_000) == "held_out"}
    others = {n for n in range(10_000) if arm_of("s", "another", f"b{n}", 1_000) == "held_out"}
    assert 900 <= len(held) <= 1_100
    assert 60 <= len(held & others) <= 140
