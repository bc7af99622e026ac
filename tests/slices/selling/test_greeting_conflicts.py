"""Two greetings that want the same visit, with nothing but their ids to decide, are told of; others are not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from xiaoer.slices.selling.rules.greeting import conflicts
from xiaoer.slices.selling.types import Greeting

JUNE, JULY, AUGUST = (datetime(2026, month, 1, tzinfo=UTC) for month in (6, 7, 8))
FIRST = Greeting("商品页", ("在看这款吧？",), entries=("product",), valid_from=JUNE, valid_to=AUGUST)


@pytest.mark.parametrize(
    ("other", "is_told"),
    [
        ({}, True),
        ({"priority": 50}, False),
        ({"entries": ("order",)}, False),
        ({"entries": ("product", "order")}, True),
        ({"valid_from": AUGUST, "valid_to": None}, False),
        ({"valid_from": JULY, "valid_to": None}, True),
        ({"products": ("P1",)}, False),
        ({"entries": (), "products": ("P1",)}, True),
        ({"entries": (), "when": "off_hours"}, True),
    ],
    ids=[
        "same", "other-priority", "other-entry", "shared-entry", "later", "overlap", "narrower-wins",
        "as-narrow-by-product", "as-narrow-by-hours",
    ],
)  # fmt: skip
def test_greetings_that_compete_are_told_of(other: dict[str, Any], is_told: bool) -> None:
    values: dict[str, Any] = {"entries": ("product",), "valid_from": JUNE, "valid_to": AUGUST, **other}
    rival = Greeting("另一条", ("您好",), **values)
    assert bool(conflicts("a", FIRST, [("a", FIRST), ("b", rival)])) is is_told


def test_greetings_of_other_states_never_compete() -> None:
    duty, off = (Greeting(when, ("您好",), when=when) for when in ("on_duty", "off_hours"))
    assert conflicts("a", duty, [("b", off)]) == ()
