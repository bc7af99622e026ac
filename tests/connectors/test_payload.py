"""Odd numbers, times and texts are read exactly or refused."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.connectors.payload import fen, instant, may_be_id, phone_ends, pieces, rows, text, whole, yuan
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.errors import InvalidMoney
from xiaoer.kernel.money import Money


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("49.99999999999999", 5_000), (49.99999999999999, 5_000), ("0.005", 1), ("0.004", 0), ("1,299.5", 129_950),
        (None, 0), ("", 0), (0, 0), ("-3.2", -320), ("299.0000", 29_900), ("1E+2", 10_000),
    ],
)  # fmt: skip
def test_yuan_is_rounded_to_whole_fen_halves_upwards(value: object, expected: int) -> None:
    assert yuan(value) == Money(expected)


@given(st.integers(-(10**11), 10**11))
def test_any_amount_survives_the_way_through_a_float(amount: int) -> None:
    assert yuan(repr(amount / 100)) == Money(amount)
    assert fen(float(amount)) == Money(amount)


@pytest.mark.parametrize("value", ["九块九", "NaN", "Infinity", "1e40", {}, [1]])
def test_an_amount_that_is_no_number_is_refused(value: object) -> None:
    for read in (yuan, fen):
        with pytest.raises(InvalidMoney):
            read(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1_772_683_200, datetime(2026, 3, 5, 4, tzinfo=UTC)),
        ("1772683200000", datetime(2026, 3, 5, 4, tzinfo=UTC)),
        ("2026-03-05 12:00:00", datetime(2026, 3, 5, 4, tzinfo=UTC)),
        ("2026-03-05T04:00:00Z", datetime(2026, 3, 5, 4, tzinfo=UTC)),
        (0, None), ("0", None), (None, None), ("", None), ("0000-00-00 00:00:00", None), ("0001-01-01 00:00:00", None),
    ],
)  # fmt: skip
def test_times_are_read_in_beijing_time_unless_they_say_otherwise(value: object, expected: datetime | None) -> None:
    assert instant(value) == expected


def test_counts_are_whole_and_stock_is_never_negative() -> None:
    assert (whole("3.0000"), whole(None), pieces("2.7"), pieces(-4)) == (3, 0, 2, 0)
    with pytest.raises(ValueError, match="whole"):
        whole("1.5")


def test_missing_lists_and_fields_read_as_nothing() -> None:
    assert rows({"a": None}, "a") == rows({}, "a", "b") == rows({"a": "text"}, "a") == ()
    assert rows({"a": {"b": 1}}, "a") == ({"b": 1},)
    assert text({"a": "", "b": " x "}, "a", "b") == "x"


@pytest.mark.parametrize(
    ("phone", "ending", "opens"),
    [
        ("13800138000", "8000", True), ("138****8000", "8000", True), ("+86 138-0013-8000", "8000", True),
        ("$MTM4MDAxMzgwMDA=8000", "8000", False), ("", "8000", False), ("13800138000", "800", False),
        ("13800138000", "８０００", False), ("138****", "****", False),
    ],
)  # fmt: skip
def test_a_phone_ending_opens_an_order_only_when_the_phone_is_readable(phone: str, ending: str, *, opens: bool) -> None:
    order = Order("1", "b", "paid", datetime(2026, 3, 5, tzinfo=UTC), Money(1), phone=phone)
    assert (phone_ends(order, ending) is not None) is opens
    assert phone_ends(None, ending) is None


def test_an_id_is_printable_and_short() -> None:
    assert may_be_id("E2026-01_中")
    assert not any(may_be_id(odd) for odd in ("", " ", "5001\n", " 5001", "a" * 129, "a\x00"))
