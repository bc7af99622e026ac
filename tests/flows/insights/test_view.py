"""What pages say about a course of days: a day with hardly any talks is never its peak."""

import pytest

from xiaoer.flows.show_insights.same_hours import share_by, without
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


@pytest.mark.parametrize(
    ("hours", "share"),
    [(0, 0.0), (9, 0.0), (9.5, 0.25), (10, 0.5), (13, 0.5), (20.5, 0.75), (24, 1.0)],
)
def test_what_of_a_day_had_come_by_a_time_of_day_is_read_from_its_talks(hours: float, share: float) -> None:
    assert share_by({9: 10, 20: 10}, hours) == share
    assert share_by({}, hours) == hours / 24


def test_the_rest_of_a_day_is_taken_from_a_sum_by_name() -> None:
    rows, rest = [("price", 100, 40), ("ship", 3, 0), ("size", 8, 0)], [("price", 20, 10), ("ship", 3, 0)]
    assert without(rows, rest, 0.5) == [("price", 90, 35), ("ship", 2, 0), ("size", 8, 0)]
    assert without(rows, rest, 1.0) == [("price", 80, 30), ("size", 8, 0)]
