"""How moments are said in offers."""

from datetime import UTC, datetime

from xiaoer.kernel.worktime import SHOP_ZONE
from xiaoer.slices.promotions.rules.wording import say_end


def test_what_is_over_at_midnight_ends_on_the_day_before() -> None:
    assert say_end(datetime(2026, 12, 6, 16, tzinfo=UTC), SHOP_ZONE) == "12月6日24:00"
    assert say_end(datetime(2026, 12, 6, 12, tzinfo=UTC), SHOP_ZONE) == "12月6日20:00"
