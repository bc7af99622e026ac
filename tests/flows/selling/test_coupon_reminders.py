"""券快到期: when a buyer is told of a coupon whose last hours are quiet ones."""

from datetime import timedelta

import pytest
from tests.flows.selling.conftest import SalesWorld
from tests.flows.selling.test_triggers import ending

from xiaoer.kernel.ids import BuyerId
from xiaoer.slices.outreach.types import Journey, Step
from xiaoer.slices.promotions import store as promotions


@pytest.mark.parametrize(
    ("left_h", "before_h", "after_min", "heard_h"),
    # 20:00 in the shop (12:00 UTC), quiet from 22:00 to 09:00; hours are counted from 20:00
    [
        (4, 2, 0, 1.5),  # ends at midnight, would be told of at 22:00: at half past nine
        (8, 3, 0, 1.5),  # ends at 04:00, would be told of at 01:00
        (13.5, 24, 150, 1.5),  # half an hour is left at nine: the evening before, though the step says 22:30
        (20, 8, 0, 13),  # ends at 16:00, would be told of at 08:00: at nine, as ever
        (30, 4, 0, 25.5),  # told of at 22:00 of the next day, ends at two: half an hour before the quiet begins
    ],
    ids=["midnight", "night", "early-morning", "afternoon", "next-night"],
)
async def test_a_coupon_that_ends_in_quiet_hours_is_told_of_before_they_begin(
    world: SalesWorld, left_h: float, before_h: int, after_min: int, heard_h: float
) -> None:
    say = Step(after_min, "{券} {到期}到期")
    await world.journey("j", Journey("券", "coupon_expiring", (say,), hold_out=0, before_h=before_h))
    await world.agrees("b1")
    await ending(world, left_h)
    began, told = world.clock.now(), None
    while told is None and world.clock.now() - began < timedelta(hours=32):
        await world.product.jobs.order_regular([world.shop])
        await world.later(10)
        told = world.clock.now() if await world.heard() else None
    assert told is not None
    assert abs((told - began).total_seconds() / 3_600 - heard_h) < 0.4
    await world.later(600)
    assert len(await world.heard()) == 1


async def test_many_coupons_that_end_together_are_read_in_pages_and_none_is_left_out(world: SalesWorld) -> None:
    buyers = [f"m{n}" for n in range(5)]
    await ending(world, 30)
    for n, buyer in enumerate(buyers):
        soon = world.clock.now() + timedelta(hours=30)
        await world.product.promotions.issue(world.shop, "C-20", BuyerId(buyer), coupon_id=f"m{n}", valid_to=soon)
    now, found, after = world.clock.now(), [], None
    while page := await world.product.db.read(
        lambda c, last=after: promotions.ending(c, world.shop, now, now + timedelta(days=2), last, limit=2)
    ):
        found, after = [*found, *page], page[-1]
    assert [coupon.id for coupon in found] == ["c1", *(f"m{n}" for n in range(5))]
