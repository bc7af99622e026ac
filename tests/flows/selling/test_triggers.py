"""Every trigger of a journey: what starts it, what is said, and that each of the five ends stops it at once."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace
from tests.flows.selling.conftest import VARIANTS, SalesWorld

from xiaoer.flows.remind_buyer.timers import KIND
from xiaoer.infra import jobs
from xiaoer.kernel.commerce import Variant
from xiaoer.kernel.ids import BuyerId
from xiaoer.kernel.money import Money
from xiaoer.slices.catalog.store import VariantSink
from xiaoer.slices.insights import api as insights
from xiaoer.slices.outreach.types import Caps, Journey, Step

ASKED = ("这件是什么材质的", "会起球吗", "多少钱", "能便宜点吗", "有货吗")


async def shelve(world: SalesWorld, **changes: Any) -> None:
    """Another price or stock of V1, as an import writes it."""
    row: Variant = replace(VARIANTS[0], **changes)
    await world.product.db.write(lambda c: VariantSink().upsert(c, world.shop, [(row, "h")], world.clock.now()))


async def interested(world: SalesWorld) -> None:
    for text in ASKED:
        await world.say("b1", text)
    await world.happens("v1", "page.viewed", product_id="P1", dwell_s=95)


async def back(world: SalesWorld) -> None:
    await shelve(world, stock=0)
    await world.say("b1", "V1黑色什么时候补货")
    await shelve(world, stock=9)


async def dropped(world: SalesWorld) -> None:
    await world.say("b1", "这个多少钱")
    await shelve(world, price=Money(26_900))


async def ending(world: SalesWorld, left_h: float = 30) -> None:
    start, end = world.clock.now() - timedelta(days=1), world.clock.now() + timedelta(days=30)
    terms = {"id": "C-20", "name": "满199减20", "level": "shop_coupon", "benefit": "amount_off"}
    terms |= {
        "starts_at": start.isoformat(),
        "ends_at": end.isoformat(),
        "tiers": [{"threshold": "199.00", "benefit": "20.00"}],
    }
    await world.product.promotions.save(world.shop, terms | {"coupon": {"code": "LESS20"}})
    soon = world.clock.now() + timedelta(hours=left_h)
    await world.product.promotions.issue(world.shop, "C-20", BuyerId("b1"), coupon_id="c1", valid_to=soon)
    await world.product.jobs.order_regular([world.shop])


async def delivered(world: SalesWorld) -> None:
    line = [{"variant_id": "V1", "title": "针织衫", "quantity": 1, "price": "299.00"}]
    await world.happens("o1", "order.created", order_id="20260618000123", items=line)
    await world.happens("o2", "order.paid", order_id="20260618000123", pay_amount="299.00")
    world.clock.advance(timedelta(minutes=1))
    await world.happens("o3", "order.delivered", order_id="20260618000123")


async def carted(world: SalesWorld) -> None:
    await world.happens("k1", "cart.updated", items=[{"product_id": "P1"}])


async def unpaid(world: SalesWorld) -> None:
    await world.happens("u1", "order.created", order_id="20260618000555")


class Case(NamedTuple):
    """A journey, what brings it about, and what the buyer reads."""

    journey: Journey
    happens: Callable[[SalesWorld], Awaitable[None]]
    reads: str
    order: str = "20260618000999"  # the order whose payment ends it


def journey(trigger: Any, say: str, **more: Any) -> Journey:
    return Journey("旅程", trigger, (Step(60, say),), hold_out=0, **more)


CASES = {
    "unpaid": Case(journey("order_unpaid", "订单{订单尾号}还没付"), unpaid, "订单000555还没付", "20260618000555"),
    "cart": Case(
        journey("cart_abandoned", "{商品}还在"), carted, "【测试店】羊毛混纺圆领针织衫 秋冬打底还在（回复TD退订）"
    ),
    "interested": Case(
        journey("interested", "{商品}还想了解什么"),
        interested,
        "【测试店】羊毛混纺圆领针织衫 秋冬打底还想了解什么（回复TD退订）",
    ),
    "back": Case(
        journey("back_in_stock", "{商品}到货了"), back, "【测试店】羊毛混纺圆领针织衫 秋冬打底到货了（回复TD退订）"
    ),
    "dropped": Case(
        journey("price_drop", "{商品}从{原价}降到{现价}"),
        dropped,
        "【测试店】羊毛混纺圆领针织衫 秋冬打底从299降到269（回复TD退订）",
    ),
    "coupon": Case(
        journey("coupon_expiring", "{券} {到期}到期"), ending, "【测试店】满199减20 6月20日 02:00到期（回复TD退订）"
    ),
    "care": Case(journey("delivered", "{商品}收到了吗"), delivered, "羊毛混纺圆领针织衫 秋冬打底收到了吗"),
    "review": Case(
        journey("review", "说说{商品}怎么样"),
        delivered,
        "【测试店】说说羊毛混纺圆领针织衫 秋冬打底怎么样（回复TD退订）",
    ),
    "replenish": Case(
        journey("replenish", "{商品}快用完了吧", categories=("服装",)),
        delivered,
        "【测试店】羊毛混纺圆领针织衫 秋冬打底快用完了吧（回复TD退订）",
    ),
}
each = pytest.mark.parametrize("name", CASES)


async def begin(world: SalesWorld, name: str) -> Case:
    """Let the cause of a journey happen to a buyer who agreed to marketing, with one tick for what the shelf tells."""
    case = CASES[name]
    caps = Caps(quiet_from_min=0, quiet_to_min=0, most=9)
    await world.product.selling.remind.caps.save(world.shop, "caps", caps, world.clock.now())
    await world.journey("j", case.journey)
    await world.agrees("b1")
    await case.happens(world)
    await world.later(1)
    return case


@each
async def test_it_starts_waits_and_says_its_words_once(world: SalesWorld, name: str) -> None:
    case = await begin(world, name)
    await world.later(57)
    assert await world.heard() == []
    await world.later(5)
    await world.later(600)
    assert await world.heard() == [case.reads]


ENDS = ("paid", "refund", "complaint", "stop-word", "person")
# Care follows a payment, so a payment is no end of it.
ENDINGS = [(name, end) for name in CASES for end in ENDS if (name, end) != ("care", "paid")]


@pytest.mark.parametrize(("name", "end"), ENDINGS)
async def test_every_end_stops_it_at_once(world: SalesWorld, name: str, end: str) -> None:
    case = await begin(world, name)
    match end:
        case "paid":
            world.clock.advance(timedelta(seconds=5))
            await world.happens("p", "order.paid", order_id=case.order, pay_amount="10.00")
        case "refund":
            await world.happens("r", "order.refund_requested", order_id=case.order)
        case "complaint":
            await world.say("b1", "我要投诉你们，太气人了")
        case "stop-word":
            await world.say("b1", "退订")
        case "person":
            await world.say("b1", "转人工")
    assert await world.product.db.read(lambda c: jobs.waiting(c, world.shop, kind=KIND)) == []
    await world.later(600)
    assert await world.heard() == []


@pytest.mark.parametrize("name", [name for name in CASES if name not in ("unpaid", "care")])
async def test_without_consent_no_marketing_starts_and_nobody_is_compared(world: SalesWorld, name: str) -> None:
    await world.journey("j", replace(CASES[name].journey, hold_out=5_000))
    await CASES[name].happens(world)
    await world.later(1)
    await world.later(600)
    assert await world.heard() == []
    assert await world.product.selling.measure(world.shop, 30) == {}


async def test_who_asked_little_is_left_alone(world: SalesWorld) -> None:
    await world.journey("j", CASES["interested"].journey)
    await world.agrees("b1")
    await world.say("b1", "会起球吗")
    await world.later(600)
    assert await world.heard() == []


async def test_more_interest_starts_the_time_anew_and_the_reason_is_kept_with_the_message(world: SalesWorld) -> None:
    await begin(world, "interested")
    await world.later(40)
    await world.say("b1", "包邮吗")
    await world.later(40)
    assert await world.heard() == []
    await world.later(25)
    assert len(await world.heard()) == 1
    since, until = world.clock.now() - timedelta(hours=1), world.clock.now() + timedelta(hours=1)
    (sent,) = await world.product.db.read(lambda c: insights.of_type(c, world.shop, "outreach.sent", since, until))
    assert "问了 6 个问题 +60" in sent["why"] and "停留了 95 秒 +12" in sent["why"]


async def test_a_price_that_goes_up_again_and_a_size_that_is_gone_again_tell_nobody(world: SalesWorld) -> None:
    await begin(world, "dropped")
    await shelve(world, price=Money(29_900))
    await world.later(600)
    await world.journey("j2", CASES["back"].journey)
    await back(world)
    await world.later(1)
    await shelve(world, stock=0)
    await world.later(600)
    assert await world.heard() == []


async def test_a_small_drop_is_no_news(world: SalesWorld) -> None:
    await world.journey("j", CASES["dropped"].journey)
    await world.agrees("b1")
    await world.say("b1", "这个多少钱")
    await shelve(world, price=Money(29_000))
    await world.later(1)
    await world.later(600)
    assert await world.heard() == []


async def test_a_used_coupon_is_not_reminded_of(world: SalesWorld) -> None:
    await begin(world, "coupon")
    await world.product.promotions.use(world.shop, "c1", BuyerId("b1"), "o-9")
    await world.later(600)
    assert await world.heard() == []


async def test_other_categories_start_nothing(world: SalesWorld) -> None:
    await world.journey("j", replace(CASES["replenish"].journey, categories=("食品",)))
    await world.agrees("b1")
    await delivered(world)
    await world.later(600)
    assert await world.heard() == []


async def test_an_emptied_basket_is_forgotten(world: SalesWorld) -> None:
    await begin(world, "cart")
    await world.happens("k2", "cart.updated", items=[])
    await world.later(600)
    assert await world.heard() == []


async def test_a_step_for_the_silent_is_left_out_when_the_buyer_wrote(world: SalesWorld) -> None:
    steps = (Step(30, "第一步"), Step(60, "还在吗", "silent"), Step(90, "第三步"))
    await world.journey("j", Journey("催付", "order_unpaid", steps, hold_out=0))
    await unpaid(world)
    await world.later(31)
    await world.say("b1", "好的我看看")
    await world.later(31)
    await world.later(31)
    assert await world.heard() == ["第一步", "第三步"]


async def test_a_basket_is_not_told_of_a_colour_that_is_back_while_others_were_there(world: SalesWorld) -> None:
    caps = Caps(quiet_from_min=0, quiet_to_min=0, most=9)
    await world.product.selling.remind.caps.save(world.shop, "caps", caps, world.clock.now())
    await world.journey("j", CASES["back"].journey)
    await world.agrees("b1", "b2")
    red = Variant("V9", "P1", Money(29_900), {"颜色": "红色"}, 0)
    await world.product.db.write(lambda c: VariantSink().upsert(c, world.shop, [(red, "h")], world.clock.now()))
    await world.happens("k1", "cart.updated", "b1", items=[{"product_id": "P1"}])
    await world.say("b1", "你好")
    await world.say("b2", "红色什么时候补货")
    red = replace(red, stock=5)
    await world.product.db.write(lambda c: VariantSink().upsert(c, world.shop, [(red, "h2")], world.clock.now()))
    await world.later(1)
    await world.later(120)
    assert await world.heard("b1") == []
    assert len(await world.heard("b2")) == 1


async def test_a_price_of_one_variant_is_told_of_that_one(world: SalesWorld) -> None:
    grey = Variant("V1b", "P1", Money(29_900), {"颜色": "灰色"}, 5)
    await world.product.db.write(lambda c: VariantSink().upsert(c, world.shop, [(grey, "h")], world.clock.now()))
    await begin(world, "dropped")
    await world.later(62)
    assert await world.heard() == ["【测试店】羊毛混纺圆领针织衫 秋冬打底 黑色从299降到269（回复TD退订）"]
