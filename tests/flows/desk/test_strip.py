"""The strip above the workbench: whom people received today, what those ordered, today's pace and yesterday's."""

from datetime import timedelta
from typing import Any

from tests.flows.desk.test_orders import add_order

from xiaoer.flows.show_desk.strip import ShowStrip
from xiaoer.slices.desk import api as desk
from xiaoer.slices.insights import api as insights
from xiaoer.slices.insights.rules.days import day_of
from xiaoer.slices.insights.tables import cells
from xiaoer.slices.orders.service import EmbeddedOrders


async def answers(world: Any, who: Any, buyer: str, after_s: int) -> None:
    """A buyer who asks for a person hears from him after so many seconds."""
    talk = await world.asks_for_a_person(buyer)
    await world.hand_off(world.shop, talk)
    await world.buyer("在吗", buyer)
    asked = desk.fact(world.shop, "message.received", world.clock.now(), talk, buyer, state="agent")
    await world.db.write(lambda c: insights.append(c, world.shop, [asked]))
    world.clock.advance(timedelta(seconds=after_s))
    await world.reply.send(who, talk, world.text("来了", f"c-{buyer}"))


async def test_received_buyers_count_once_by_their_orders(world: Any) -> None:
    lin = await world.comes("lin")
    for buyer, statuses in {"b1": (), "b2": ("unpaid",), "b3": ("completed", "paid"), "b4": ("refunding",)}.items():
        for place, status in enumerate(statuses):
            await add_order(world, f"{buyer}-{place}", buyer, status)
        await answers(world, lin, buyer, 30)
    await add_order(world, "O", "never-asked", "unpaid")
    seen = await ShowStrip(world.db, world.clock, EmbeddedOrders(world.db))(world.shop, "lin")
    assert (seen.received, seen.not_ordered, seen.unpaid, seen.paid) == (4, 1, 1, 2)
    assert (seen.mine, seen.queued, seen.answered_3min_ratio) == (4, 0, 1.0)


async def test_yesterday_has_its_own_pace(world: Any) -> None:
    lin = await world.comes("lin")
    await answers(world, lin, "b1", 200)
    world.clock.advance(timedelta(days=1))
    await world.comes("lin")
    await answers(world, lin, "b2", 20)
    show = ShowStrip(world.db, world.clock, EmbeddedOrders(world.db))
    seen = await show(world.shop, "lin")
    assert (seen.answered_3min_ratio, seen.mean_answer_s) == (1.0, 20.0)
    assert (seen.yesterday.answered_3min_ratio, seen.yesterday.mean_answer_s) == (0.0, 200.0)
    assert seen.yesterday.satisfied_ratio is None


async def test_the_share_of_inquiries_that_were_paid_is_of_this_day(world: Any) -> None:
    today = day_of(int(world.clock.now().timestamp() * 1_000_000))
    show = ShowStrip(world.db, world.clock, EmbeddedOrders(world.db))
    assert (await show(world.shop, "lin")).inquiry_paid_ratio is None
    rows = [
        {"shop": world.shop, "family": "flag", "day": day, "hour": 9, "channel": "web", "a": a, "b": b, "n": v, "v": v}
        for day, a, b, v in (
            (today, "inquiry_buyers", "", 6), (today, "inquiry_buyers", "lin", 2), (today, "inquiry_paid_day", "", 2),
            (today - 1, "inquiry_buyers", "", 50),
        )
    ]  # fmt: skip
    await world.db.write(lambda c: c.execute(cells.insert(), rows))
    assert (await show(world.shop, "lin")).inquiry_paid_ratio == 0.25
    assert await world.db.read(lambda c: insights.inquiry_paid_ratio(c, "other", world.clock.now())) is None
