"""Which kinds of offers go together, told from the promotions in force."""

from datetime import UTC, datetime
from typing import Any

import pytest

from xiaoer.slices.promotions.rules.combining import stackings
from xiaoer.slices.promotions.types import Audience, Benefit, CouponTerms, Level, Promotion

STARTS, NOW, ENDS = (datetime(2026, month, 1, tzinfo=UTC) for month in (6, 7, 8))


def offer(id: str, level: Level, **more: Any) -> Promotion:
    coupon = CouponTerms() if level is Level.SHOP_COUPON else None
    return Promotion(id, id, level, Benefit.AMOUNT_OFF, STARTS, ENDS, coupon=coupon, **more)


COUPON, OTHER = offer("券甲", Level.SHOP_COUPON), offer("券乙", Level.SHOP_COUPON)
MANY = offer("叠加券", Level.SHOP_COUPON, max_per_order=0)
LONELY = offer("独享券", Level.SHOP_COUPON, excludes=frozenset({"shop_activity"}))
FULL, HALF = offer("满减", Level.SHOP_ACTIVITY), offer("半价", Level.SHOP_ACTIVITY)
DIRECT = offer("直降", Level.ITEM)
MEMBER = offer("会员价", Level.ITEM, audience=Audience("member_tier", frozenset({"金卡"})))


@pytest.mark.parametrize(
    ("promotions", "kinds", "together", "apart"),
    [
        ([COUPON, OTHER], ("coupon", "coupon"), 0, 3),
        ([COUPON], ("coupon", "coupon"), 0, 1),
        ([MANY], ("coupon", "coupon"), 1, 0),
        ([COUPON, FULL], ("coupon", "activity"), 1, 0),
        ([COUPON, LONELY, FULL], ("coupon", "activity"), 1, 1),
        ([FULL, HALF], ("activity", "activity"), 0, 1),
        ([DIRECT, MEMBER], ("direct", "member"), 0, 1),
        ([DIRECT, COUPON], ("coupon", "direct"), 1, 0),
    ],
    ids=lambda value: "+".join(p.id for p in value) if isinstance(value, list) else None,
)
def test_offers_go_together_as_the_engine_would_count_them(
    promotions: list[Promotion], kinds: tuple[str, str], together: int, apart: int
) -> None:
    found = {(one.first, one.second): one for one in stackings(promotions, NOW, "")}[kinds]  # type: ignore[index]
    assert (len(found.together), len(found.apart)) == (together, apart)


def test_what_is_over_private_or_of_another_channel_is_not_told_of() -> None:
    hidden = [
        offer("甲", Level.SHOP_COUPON, private=True),
        offer("乙", Level.SHOP_COUPON, channels=frozenset({"jd"})),
        offer("丙", Level.SHOP_COUPON, enabled=False),
    ]
    assert stackings(hidden, NOW, "taobao") == ()
    assert stackings([COUPON, FULL], ENDS, "taobao") == ()
