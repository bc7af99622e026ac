"""Relative dates of the hand-written files."""

from datetime import UTC, datetime, timedelta

import pytest

from xiaoer.app.demo.dates import SHOP_ZONE, resolve_text, waking_time

NOW = datetime(2026, 6, 18, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        ("{{now-3d}}", "2026-06-15T14:30:00+08:00"),
        ("{{now+90m}}", "2026-06-18T16:00:00+08:00"),
        ("{{today}}", "2026-06-18T00:00:00+08:00"),
        ("{{today+2d 20:00}}", "2026-06-20T20:00:00+08:00"),
        ("到{{date:today+13d}}为止", "到7月1日为止"),
        ("没有日期", "没有日期"),
    ],
)
def test_date_tokens(text: str, resolved: str) -> None:
    assert resolve_text(text, NOW) == resolved


@pytest.mark.parametrize(("hour", "moved_h"), [(0, 9), (6, 9), (7, 0), (23, 0)])
def test_nobody_orders_in_the_small_hours(hour: int, moved_h: int) -> None:
    at = datetime(2026, 6, 18, hour, 10, tzinfo=SHOP_ZONE)
    assert at - waking_time(at) == timedelta(hours=moved_h)
