"""Reminders: started and stopped by shop events, fired once, at civil hours, never after a no."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from tests.flows.selling.conftest import SalesWorld, words

from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.outreach.rules import arm_of
from xiaoer.slices.outreach.types import Caps, Journey, Step
from xiaoer.slices.outreach.uplift import measure_uplift

PAY = Journey("催付", "order_unpaid", (Step(15, "订单{订单尾号}还没付款"), Step(40, "再提醒一次")), hold_out=0)
CART = Journey("加购", "cart_abandoned", (Step(30, "{商品}还在购物车里"),), hold_out=0)


async def keep(world: SalesWorld, id_: str, journey: Journey) -> None:
    await world.product.selling.remind.journeys.save(world.shop, id_, journey, world.clock.now())


async def happens(world: SalesWorld, id_: str, type_: str, buyer: str = "b1", **data: Any) -> None:
    fact = Event(world.shop, f"shop:{id_}", type_, world.clock.now(), buyer_id=buyer, data=data)
    await world.product.take_events(world.shop, [fact])


async def later(world: SalesWorld, minutes: float) -> None:
    world.clock.advance(timedelta(minutes=minutes))
    await world.product.jobs.run_due()


async def heard(world: SalesWorld, buyer: str = "b1") -> list[str]:
    query = text(
        "SELECT m.text FROM messages m JOIN conversations c ON c.shop = m.shop AND c.id = m.conversation_id"
        " WHERE c.buyer_id = :buyer AND m.external_id LIKE 'out|%' ORDER BY m.seq"
    )
    return await world.product.db.read(lambda c: list(c.scalars(query, {"buyer": buyer})))


async def test_an_unpaid_order_is_reminded_step_by_step_and_each_step_once(world: SalesWorld) -> None:
    await keep(world, "pay", PAY)
    await happens(world, "e1", "order.created", order_id="20260618000123")
    await happens(world, "e1", "order.created", order_id="20260618000123")
    await later(world, 14)
    assert await heard(world) == []
    await later(world, 2)
    await later(world, 1)
    assert await heard(world) == ["订单000123还没付款"]
    await later(world, 30)
    await later(world, 300)
    assert await heard(world) == ["订单000123还没付款", "再提醒一次"]


@pytest.mark.parametrize("end", ["order.paid", "order.refund_requested", "order.closed"])
async def test_payment_refund_and_closing_stop_it_at_once(world: SalesWorld, end: str) -> None:
    await keep(world, "pay", PAY)
    await happens(world, "e1", "order.created", order_id="1")
    await later(world, 16)
    await happens(world, "e2", end, order_id="1")
    await later(world, 60)
    assert len(await heard(world)) == 1


@pytest.mark.parametrize("word", ["退订", "TD", "td", "别发了", "请不要再给我发消息了"])
async def test_a_stop_word_ends_everything_before_any_model_and_for_good(world: SalesWorld, word: str) -> None:
    await keep(world, "pay", PAY)
    await happens(world, "e1", "order.created", order_id="1")
    answer = await world.say("b1", word)
    assert answer["turn"]["acts"][0]["rule_id"] == "outreach.opt_out"
    assert words(answer)
    await happens(world, "e2", "order.created", order_id="2")
    await later(world, 60)
    assert await heard(world) == []


async def test_who_talks_to_a_person_is_not_reminded(world: SalesWorld) -> None:
    await keep(world, "pay", PAY)
    await happens(world, "e1", "order.created", order_id="1")
    await world.say("b1", "转人工")
    await later(world, 20)
    assert await heard(world) == []


async def test_quiet_hours_move_a_step_to_the_morning(world: SalesWorld) -> None:
    await keep(world, "pay", Journey("催付", "order_unpaid", (Step(15, "还没付款"),), hold_out=0))
    world.clock.advance(timedelta(hours=2))  # 22:00 at the shop
    await happens(world, "e1", "order.created", order_id="1")
    await later(world, 16)
    assert await heard(world) == []
    await later(world, 11 * 60)
    assert await heard(world) == ["还没付款"]


async def test_a_step_that_is_late_beyond_use_is_dropped(world: SalesWorld) -> None:
    await keep(world, "pay", Journey("催付", "order_unpaid", (Step(15, "还没付款"),), hold_out=0, useful_min=60))
    await happens(world, "e1", "order.created", order_id="1")
    await later(world, 15 * 60)  # the server was away
    assert await heard(world) == []


async def test_marketing_needs_consent_and_a_changed_cart_starts_anew(world: SalesWorld) -> None:
    await keep(world, "cart", CART)
    await happens(world, "e1", "cart.updated", title="针织衫")
    await later(world, 31)
    assert await heard(world) == []
    await world.product.selling.remind.consent(world.shop, "b1", True, "2026-06")
    await happens(world, "e2", "cart.updated", title="针织衫")
    await later(world, 20)
    await happens(world, "e3", "cart.updated", title="休闲裤")
    await later(world, 20)
    assert await heard(world) == []
    await later(world, 11)
    assert await heard(world) == ["休闲裤还在购物车里"]


async def test_no_more_than_the_cap_over_all_journeys(world: SalesWorld) -> None:
    await keep(world, "pay", Journey("催付", "order_unpaid", (Step(5, "还没付款"),), hold_out=0))
    await world.product.selling.remind.caps.save(world.shop, "caps", Caps(most=2), world.clock.now())
    for number in range(4):
        await happens(world, f"e{number}", "order.created", order_id=str(number))
    await later(world, 6)
    assert len(await heard(world)) == 2


async def test_the_wechat_window_is_kept(world: SalesWorld) -> None:
    await keep(world, "pay", Journey("催付", "order_unpaid", (Step(60, "还没付款"),), hold_out=0, useful_min=9_999))
    await world.say("b1", "你好", channel="wechat_kf")
    await happens(world, "e1", "order.created", order_id="1", channel="wechat_kf")
    await happens(world, "e2", "order.created", buyer="b2", order_id="2", channel="wechat_kf")
    await later(world, 61)
    assert len(await heard(world)) == 1
    assert await heard(world, "b2") == []


async def test_held_out_buyers_get_nothing_and_the_difference_is_reported(world: SalesWorld) -> None:
    await keep(world, "pay", Journey("催付", "order_unpaid", (Step(5, "还没付款"),), hold_out=5_000))
    for number in range(40):
        await happens(world, f"c{number}", "order.created", buyer=f"x{number}", order_id=f"o{number}")
    await later(world, 6)
    reached = [n for n in range(40) if await heard(world, f"x{n}")]
    assert reached == [n for n in range(40) if arm_of(world.shop, "pay", f"x{n}", 5_000) == "treated"]
    for number in reached:
        await happens(world, f"p{number}", "order.paid", buyer=f"x{number}", order_id=f"o{number}", pay_amount="10.00")
    await happens(world, "r", "order.refunded", buyer=f"x{reached[0]}", order_id=f"o{reached[0]}", amount="10.00")
    counts = {
        c.arm: c
        for c in await world.product.selling.remind.arms(world.shop, "pay", world.clock.now() - timedelta(days=1))
    }
    assert counts["treated"].converted == len(reached) and counts["held_out"].converted == 0
    assert counts["treated"].revenue.fen == 1_000 * (len(reached) - 1)


def test_about_a_tenth_is_held_out() -> None:
    held = sum(arm_of(ShopId("s"), "j", f"b{n}", 1_000) == "held_out" for n in range(10_000))
    assert 900 <= held <= 1_100


def test_a_difference_that_chance_explains_is_not_called_certain() -> None:
    small = measure_uplift(90, 20, 10, 2)
    assert small is not None and not small.is_certain and small.low < 0 < small.high and small.needed
    large = measure_uplift(9_000, 1_800, 1_000, 120)
    assert large is not None and large.is_certain and large.low < 0.08 < large.high
    assert measure_uplift(10, 2, 0, 0) is None
