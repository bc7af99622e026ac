"""When people are not at work: nights, weekends, holidays, and the weekend days that are worked instead."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from xiaoer.app.figures import calendar_of
from xiaoer.kernel.errors import InvalidBody
from xiaoer.slices.insights.rules.days import from_date, micros
from xiaoer.slices.insights.rules.free_days import Calendar

PACK = calendar_of(Path("/no/such/folder"))


def at(local: str) -> int:
    return micros(datetime.fromisoformat(local).replace(tzinfo=UTC) - timedelta(hours=8))


@pytest.mark.parametrize(
    ("local", "free"),
    [
        ("2026-03-04T14:00", False),
        ("2026-03-04T08:59", True),
        ("2026-03-04T09:00", False),
        ("2026-03-04T21:59", False),
        ("2026-03-04T22:00", True),
        ("2026-03-07T14:00", True),
        ("2026-10-01T14:00", True),
        ("2026-02-23T14:00", True),
        ("2026-02-24T14:00", False),
        ("2025-01-28T14:00", True),
        ("2026-10-10T14:00", False),
        ("2026-10-10T22:30", True),
        ("2025-09-28T10:00", False),
    ],
    ids=[
        "a-wednesday", "early", "the-day-begins", "evening", "night", "saturday", "national-day", "last-day-of-spring-festival",
        "the-day-after", "new-years-eve", "saturday-that-is-worked", "its-night", "sunday-that-is-worked",
    ],
)  # fmt: skip
def test_free_time_is_night_weekend_and_holiday_but_no_weekend_that_is_worked(local: str, free: bool) -> None:
    assert PACK.is_off_hours(at(local)) is free


def test_every_worked_day_of_the_pack_is_a_weekend_day_and_no_holiday() -> None:
    assert not PACK.off & PACK.worked
    assert all((day + 3) % 7 >= 5 for day in PACK.worked)
    assert (len(PACK.off), len(PACK.worked)) == (28 + 33, 5 + 6)


def test_a_year_that_no_table_has_is_named() -> None:
    days = from_date(date(2026, 12, 30)), from_date(date(2027, 1, 5))
    assert PACK.unknown_years(days) == [2027]
    assert PACK.unknown_years((days[0], days[0]), (days[0] - 400, days[0] - 399)) == []
    assert Calendar().unknown_years(days) == [2026, 2027]


def test_an_owner_adds_a_later_year_and_replaces_one(tmp_path: Path) -> None:
    (tmp_path / "holidays.toml").write_text(
        '[2027]\noff = ["01-01..01-03", "02-05"]\n[2026]\nworked = ["03-07"]\n', encoding="utf-8"
    )
    own = calendar_of(tmp_path)
    assert own.years == (2025, 2026, 2027)
    assert own.is_off_hours(at("2027-02-05T14:00"))
    assert not own.is_off_hours(at("2026-03-07T14:00"))
    assert not own.is_off_hours(at("2026-10-01T14:00"))
    assert own.is_off_hours(at("2025-10-01T14:00"))
    assert own.fingerprint != PACK.fingerprint


@pytest.mark.parametrize(
    "text",
    [
        "[2027",
        "[next]\noff = []\n",
        '[2027]\nfree = ["01-01"]\n',
        '[2027]\noff = ["02-30"]\n',
        '[2027]\noff = ["01-03..01-01"]\n',
        "[2027]\noff = 3\n",
        '[2027]\noff = "01-01"\n',
        '[12027]\noff = ["01-01"]\n',
        "2027 = 1\n",
    ],
    ids=["no-toml", "no-year", "unknown-part", "no-day", "backwards", "no-list", "text", "far-year", "no-table"],
)
def test_a_table_that_cannot_be_used_names_the_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "holidays.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidBody, match=r"holidays\.toml"):
        calendar_of(tmp_path)
