"""Each condition of a greeting holds for the visits that it names, and only for them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from xiaoer.slices.selling.rules.greeting import choose_greeting
from xiaoer.slices.selling.types import Greeting, Visit

NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)
VISIT = Visit("b1", "home", None, "", "", True, False, "none", "店", "")
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("condition", "fits", "other"),
    [
        ({"entries": ("live",)}, {"entry": "live"}, {"entry": "search"}),
        ({"entries": ("order", "after_sales")}, {"entry": "after_sales"}, {"entry": "product"}),
        ({"campaigns": ("C618",)}, {"campaign": "C618"}, {"campaign": "C611"}),
        ({"search_words": ("保温杯",)}, {"search": "大容量保温杯"}, {"search": "水壶"}),
        ({"when": "off_hours"}, {"on_duty": False}, {"on_duty": True}),
        ({"when": "on_duty"}, {"on_duty": True}, {"on_duty": False}),
        ({"visitor": "returning"}, {"returning": True}, {"returning": False}),
        ({"visitor": "new"}, {"returning": False}, {"returning": True}),
        ({"order_state": "unpaid"}, {"order_state": "unpaid"}, {"order_state": "after_sales"}),
    ],
)
def test_a_condition_holds_for_what_it_names(
    condition: dict[str, Any], fits: dict[str, Any], other: dict[str, Any]
) -> None:
    rules = [("one", Greeting("一", ("您好",), **condition))]
    assert choose_greeting(rules, replace(VISIT, **fits), NOW) == rules[0]
    assert choose_greeting(rules, replace(VISIT, **other), NOW) is None


@pytest.mark.parametrize(
    ("start", "end", "holds"),
    [
        (None, None, True),
        (NOW, None, True),
        (None, NOW, False),
        (NOW - HOUR, NOW + HOUR, True),
        (NOW + HOUR, None, False),
    ],
)
def test_a_greeting_holds_within_its_period(start: datetime | None, end: datetime | None, holds: bool) -> None:
    rules = [("one", Greeting("一", ("您好",), valid_from=start, valid_to=end))]
    assert (choose_greeting(rules, VISIT, NOW) is not None) is holds
