"""What pages say about a course of days: a day with hardly any talks is never its peak."""

import pytest

from xiaoer.flows.show_insights.view import enough_of, most_telling, week_name


@pytest.mark.parametrize(
    ("shares", "of", "least", "place"),
    [
        ([0.1, 0.2, 0.5], [60, 50, 2], False, 1),
        ([0.9, 0.4, 0.0], [60, 50, 3], True, 1),
        ([0.1, None, 0.3], [20, 0, 30], False, 2),
        ([0.5, 0.2], [3, 2], False, None),
        ([0.8, 0.1, 0.2], [6, 4, 4], True, None),
        ([None, None], [0, 0], False, None),
        ([], [], True, None),
    ],
    ids=[
        "two-talks",
        "three-rounds",
        "a-day-without",
        "too-few-at-all",
        "the-bad-days-are-small",
        "nothing",
        "no-days",
    ],
)
def test_the_peak_is_a_day_that_counts(
    shares: list[float | None], of: list[int], least: bool, place: int | None
) -> None:
    assert most_telling(shares, of, least=least) == place


@pytest.mark.parametrize(("batch", "name"), [("2026-W47", "11/16–11/22 发货"), ("", "没发货")])
def test_a_batch_is_named_by_its_days(batch: str, name: str) -> None:
    assert week_name(batch) == name


def test_a_day_with_hardly_any_talk_is_no_point_of_a_line() -> None:
    assert enough_of([1, 0, 40, 44, 2, 50]) == 20
    assert enough_of([]) == enough_of([3, 4]) == 5
