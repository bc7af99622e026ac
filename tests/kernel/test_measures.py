"""Measures as sheets and buyers write them."""

import pytest

from xiaoer.kernel.measures import Measure, in_base, in_one_unit, measures


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("6米3的鱼竿", {(6.3, "米")}),
        ("500ml和1L", {(500.0, "毫升"), (1.0, "升")}),
        ("两斤", {(2.0, "斤")}),
        ("15㎡", {(15.0, "平")}),
        ("iPhone 15 pro", set()),
        ("3kg装", {(3.0, "公斤")}),
    ],
)
def test_measures_in_words(text: str, found: set[Measure]) -> None:
    assert measures(text) == found


@pytest.mark.parametrize(("one", "other"), [("5kg", "10斤"), ("1.5L", "1500毫升"), ("2米", "200cm"), ("0.3kg", "300g")])
def test_the_same_amount_in_other_units(one: str, other: str) -> None:
    assert {in_base(found) for found in measures(one)} == {in_base(found) for found in measures(other)}


@pytest.mark.parametrize(
    ("said", "one"),
    [("7斤2两", "7.2斤"), ("12斤半", "12.5斤"), ("3公斤半", "3.5公斤"), ("7斤", "7斤"), ("二两", "二两")],
)
def test_two_units_of_a_weight_are_one_number(said: str, one: str) -> None:
    assert in_one_unit(f"宝宝{said}了") == f"宝宝{one}了"
