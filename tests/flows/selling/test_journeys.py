"""Reminders: started and stopped by shop events, fired once, at civil hours, never after a no."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection
from tests.flows.selling.conftest import SalesWorld, words

from xiaoer.kernel.ids import ConversationId, ShopId
from xiaoer.kernel.reply import ReplyPart
from xiaoer.kernel.turn import TextContent
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.outreach.rules.steps import arm_of
from xiaoer.slices.outreach.types import Caps, Journey, Step

PAY = Journey("催付", "order_unpaid", (Step(15, "订单{订单尾号}还没付款"), Step(40, "再提醒一次")), hold_out=0)
CART = Journey("加购", "cart_abandoned", (Step(30, "{商品}还在购物车里"),), hold_out=0)


async def test_an_unpaid_order_is_reminded_step_by_step_and_each_step_once(world: SalesWorld) -> None:
    await world.journey("pay", PAY)
    await world.happens("e1", "order.created", order_id="20260618000123")
    await world.happens("e1", "order.created", order_id="20260618000123")
    await world.later(14)
    assert await world.heard() == []
    await world.later(2)
    await world.later(1)
    assert await world.heard() == ["订单000123还没付款"]
    await world.later(30)
    await world.later(300)
    assert await world.heard() == ["订单000123还没付款", "再提醒一次"]


@pytest.mark.parametrize("end", ["order.paid", "order.refund_requested", "order.closed"])
async def test_payment_refund_and_closing_stop_it_at_once(world: SalesWorld, end: str) -> None:
    await world.journey("pay", PAY)
    await world.happens("e1", "order.created", order_id="1")
    await world.later(16)
    await world.happens("e2", end, order_id="1")
    await world.later(60)
    assert len(await world.heard()) == 1


@pytest.mark.parametrize(
    "word",
    [
        "退订",
        "TD",
        "td",
        "别发了",
        "请不要再给我发消息了",
        "别给我发营销短信了 烦死了",
        "天天发推销信息，别发了",
        "别tm给我发广告了",
        "ＴＤ",
        "回T退订",
        "以后别给我推送了",
        "不想再收到你们的消息",
        "麻烦取消短信提醒",
        "不接收营销信息",
        "把我拉黑吧，别再发了",
    ],
)
async def test_a_stop_word_ends_everything_before_any_model_and_for_good(world: SalesWorld, word: str) -> None:
    await world.journey("pay", PAY)
    await world.happens("e1", "order.created", order_id="1")
    answer = await world.say("b1", word)
    assert answer["turn"]["acts"][0]["rule_id"] == "outreach.opt_out"
    assert words(answer)
    await world.happens("e2", "order.created", order_id="2")
    await world.later(60)
    assert await world.heard() == []


async def test_who_talks_to_a_person_is_not_reminded(world: SalesWorld) -> None:
    await world.journey("pay", PAY)
    await world.happens("e1", "order.created", order_id="1")
    await world.say("b1", "转人工")
    await world.later(20)
    assert await world.heard() == []


async def test_quiet_hours_move_a_step_to_the_morning(world: SalesWorld) -> None:
    await world.journey("pay", Journey("催付", "order_unpaid", (Step(15, "还没付款"),), hold_out=0))
    world.clock.advance(timedelta(hours=2))  # 22:00 at the shop
    await world.happens("e1", "order.created", order_id="1")
    await world.later(16)
    assert await world.heard() == []
    await world.later(11 * 60)
    assert await world.heard() == ["还没付款"]


async def test_a_step_that_is_late_beyond_use_is_dropped(world: SalesWorld) -> None:
    await world.journey("pay", Journey("催付", "order_unpaid", (Step(15, "还没付款"),), hold_out=0, useful_min=60))
    await world.happens("e1", "order.created", order_id="1")
    await world.later(15 * 60)  # the server was away
    assert await world.heard() == []


async def test_steps_that_are_late_together_do_not_come_in_one_breath(world: SalesWorld) -> None:
    await world.journey("pay", PAY)
    await world.happens("e1", "order.created", order_id="1")
    await world.later(60)  # the server was away, both are due
    await world.later(1)
    assert await world.heard() == ["订单1还没付款"]
    await world.later(15)
    assert await world.heard() == ["订单1还没付款", "再提醒一次"]


async def test_a_no_holds_for_all_accounts_of_a_person(world: SalesWorld) -> None:
    await world.account("a1", "13800138000")
    await world.account("a2", "13800138000")
    await world.agrees("a1", "a2")
    await world.journey("cart", CART)
    await world.happens("e1", "cart.updated", buyer="a2", title="针织衫")
    await world.say("a1", "退订")
    await world.happens("e2", "cart.updated", buyer="a2", title="休闲裤")
    await world.later(31)
    assert await world.heard("a2") == []


async def test_marketing_needs_consent_and_a_changed_cart_starts_anew(world: SalesWorld) -> None:
    await world.journey("cart", CART)
    await world.happens("e1", "cart.updated", title="针织衫")
    await world.later(31)
    assert await world.heard() == []
    await world.product.selling.remind.consent(world.shop, "b1", True, "2026-06")
    await world.happens("e2", "cart.updated", title="针织衫")
    await world.later(20)
    await world.happens("e3", "cart.updated", title="休闲裤")
    await world.later(20)
    assert await world.heard() == []
    await world.later(11)
    assert await world.heard() == ["【测试店】休闲裤还在购物车里（回复TD退订）"]


@pytest.mark.parametrize(
    "word",
    [
        "先别发货",
        "取消优惠券",
        "别发顺丰",
        "不要再给我发错了",
        "验证码短信收不到",
        "别发错颜色了",
        "有货别忘了给我发消息",
        "广告里说的优惠取消了吗",
    ],
)
async def test_what_only_sounds_like_a_stop_word_stops_nothing(world: SalesWorld, word: str) -> None:
    answer = await world.say("b1", word)
    assert answer["turn"]["acts"][0]["rule_id"] != "outreach.opt_out"


async def test_no_more_than_the_cap_over_all_journeys(world: SalesWorld) -> None:
    await world.journey("pay", Journey("催付", "order_unpaid", (Step(5, "还没付款"),), hold_out=0))
    await world.product.selling.remind.caps.save(world.shop, "caps", Caps(most=2), world.clock.now())
    for number in range(4):
        await world.happens(f"e{number}", "order.created", order_id=str(number))
    await world.later(6)
    assert len(await world.heard()) == 2


async def test_the_wechat_window_is_kept(world: SalesWorld) -> None:
    await world.journey("pay", Journey("催付", "order_unpaid", (Step(60, "还没付款"),), hold_out=0, useful_min=9_999))
    await world.say("b1", "你好", channel="wechat_kf")
    await world.happens("e1", "order.created", order_id="1", channel="wechat_kf")
    await world.happens("e2", "order.created", buyer="b2", order_id="2", channel="wechat_kf")
    await world.later(61)
    assert len(await world.heard()) == 1
    assert await world.heard("b2") == []


async def test_answers_use_up_the_wechat_window_too(world: SalesWorld) -> None:
    await world.journey("pay", Journey("催付", "order_unpaid", (Step(60, "还没付款"),), hold_out=0, useful_min=9_999))
    answer = await world.say("b1", "你好", channel="wechat_kf")
    await world.happens("e1", "order.created", order_id="1", channel="wechat_kf")
    id_ = ConversationId(answer["conversation_id"])
    part = ReplyPart(TextContent("还在吗"), "还在吗")

    def five_in_all(connection: Connection) -> None:
        for number in range(5 - len(answer["replies"])):
            conversations.say(connection, world.shop, id_, "bot", "", [part], world.clock.now(), f"n-{number}")

    await world.product.db.write(five_in_all)
    await world.later(61)
    assert await world.heard() == []


async def test_held_out_buyers_get_nothing_and_the_difference_is_reported(world: SalesWorld) -> None:
    await world.journey("pay", Journey("催付", "order_unpaid", (Step(5, "还没付款"),), hold_out=5_000))
    for number in range(40):
        await world.happens(f"c{number}", "order.created", buyer=f"x{number}", order_id=f"o{number}")
    await world.later(6)
    reached = [n for n in range(40) if await world.heard(f"x{n}")]
    assert reached == [n for n in range(40) if arm_of(world.shop, "journey:pay", f"x{n}", 5_000) == "treated"]
    for number in reached:
        await world.happens(f"p{number}", "order.paid", buyer=f"x{number}", order_id=f"o{number}", pay_amount="10.00")
    await world.happens("r", "order.refunded", buyer=f"x{reached[0]}", order_id=f"o{reached[0]}", amount="10.00")
    report = (await world.product.selling.measure(world.shop, 1))["journey:pay"]
    assert report.treated.payers == len(reached) and report.held_out.payers == 0
    assert report.treated.revenue.fen == 1_000 * (len(reached) - 1)
    assert report.conversion is not None and report.conversion.is_certain and report.conversion.low > 0
    assert report.revenue is None, "nobody of the held-out buyers paid: there is nothing to compare amounts with"


def test_about_a_tenth_is_held_out() -> None:
    held = sum(arm_of(ShopId("s"), "j", f"b{n}", 1_000) == "held_out" for n in range(10_000))
    assert 900 <= held <= 1_100
