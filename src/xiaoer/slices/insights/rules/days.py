"""Days and hours of the shop: whole numbers, so that roll-ups are sums of sums.

A day is counted from 1970-01-01 in the shop's zone, which has had no summer time since 1991.
"""

from datetime import UTC, date, datetime, timedelta

_OFFSET_US = 8 * 3_600_000_000
_DAY_US = 86_400_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def instant(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


def day_of(us: int) -> int:
    """The shop's day of an instant."""
    return (us + _OFFSET_US) // _DAY_US


def hour_of(us: int) -> int:
    return (us + _OFFSET_US) % _DAY_US // 3_600_000_000


def second_of_day(us: int) -> int:
    return (us + _OFFSET_US) % _DAY_US // 1_000_000


def start_of(day: int) -> int:
    """The first microsecond of a day."""
    return day * _DAY_US - _OFFSET_US


def as_date(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=day)


def from_date(value: date) -> int:
    return (value - date(1970, 1, 1)).days


def weekday_of(day: int) -> int:
    """0 is Monday; 1970-01-01 was a Thursday."""
    return (day + 3) % 7
