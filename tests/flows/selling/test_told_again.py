"""Coupons that end and goods that run out: told seldom, of the right one, by the right day."""

from datetime import timedelta

import pytest
from tests.flows.selling.conftest import SalesWorld
from tests.flows.selling.test_triggers import CASES, begin, ending

from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.ids import BuyerId
from xiaoer.slices.outreach.types import Caps


async def test_of_several_coupons_that_end_the_next_one_is_told_and_one_a_day(world: SalesWorld) -> None:
    case = await begin(world, "coupon")
    for number, hours in enumerate((40, 20, 47)):
        until = world.clock.now() + timedelta(hours=hours)
        await world.product.promotions.issue(world.shop, "C-20", BuyerId("b1"), coupon_id=f"d{number}", valid_to=until)
    for _ in range(10):
        await world.product.jobs.order_regular([world.shop])
        await world.later(60)
    assert await world.heard() == [case.reads]
    for _ in range(20):
        await world.product.jobs.order_regular([world.shop])
        await world.later(60)
    assert len(await world.heard()) == 2


async def test_a_coupon_that_is_over_at_midnight_is_told_by_its_last_day(world: SalesWorld) -> None:
    caps = Caps(quiet_from_min=0, quiet_to_min=0, most=9)
    await world.product.selling.remind.caps.save(world.shop, "caps", caps, world.clock.now())
    await world.journey("j", CASES["coupon"].journey)
    await world.agrees("b1")
    await ending(world)
    midnight = (world.clock.now().astimezone(SHOP_ZONE) + timedelta(days=1)).replace(hour=0, minute=0)
    await world.product.promotions.issue(world.shop, "C-20", BuyerId("b1"), coupon_id="c0", valid_to=midnight)
    await world.later(1)
    await world.later(61)
    assert await world.heard() == ["【测试店】满199减20 6月18日 24:00到期（回复TD退订）"]


@pytest.mark.parametrize(("variant", "heard"), [("V3", 1), ("V1", 0)], ids=["other-goods", "the-same-again"])
async def test_who_buys_other_goods_is_still_reminded_of_what_runs_out(
    world: SalesWorld, variant: str, heard: int
) -> None:
    await begin(world, "replenish")
    line = [{"variant_id": variant, "title": "商品", "quantity": 1, "price": "49.90"}]
    await world.happens("z1", "order.created", order_id="77", items=line)
    await world.happens("z2", "order.paid", order_id="77", pay_amount="49.90")
    await world.later(600)
    assert len(await world.heard()) == heard
