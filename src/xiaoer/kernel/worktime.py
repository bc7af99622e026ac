"""When people are on duty (营业时间), and clocks that run only then (工单时效).

A day has one span, in the shop's zone: the usual hours, another span on some weekdays, none on holidays,
one of its own on days that are worked instead (调休). A span that closes before it opens ends the next
morning; equal values mean the whole day.
"""

from datetime import UTC, date, datetime, timedelta

from msgspec import Struct, field

from xiaoer.kernel.clock import SHOP_ZONE

_DAY_MIN = 1440
_HORIZON_DAYS = 400  # a shop that is closed longer than this has no next opening


class BusinessHours(Struct, frozen=True):
    """The usual minutes of the day; `weekly` has those of a weekday (Monday 0), `special` those of an ISO date,
    both [opens, closes], null when nobody is there."""

    opens_min: int = 540
    closes_min: int = 1380
    weekly: dict[int, tuple[int, int] | None] = field(default_factory=dict)
    special: dict[str, tuple[int, int] | None] = field(default_factory=dict)


def minutes_of(clock: str) -> int:
    """「09:30」 as minutes of the day."""
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)


def clock_of(minutes: int) -> str:
    """Minutes of the day as 「09:30」."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def span_of(work: BusinessHours, day: date) -> tuple[datetime, datetime] | None:
    """The half-open span of duty that begins on `day`; None when it is a day off."""
    usual = (work.opens_min, work.closes_min)
    minutes = work.special.get(day.isoformat(), work.weekly.get(day.weekday(), usual))
    if minutes is None:
        return None
    opens, closes = minutes
    if closes <= opens:
        closes = closes + _DAY_MIN if closes < opens else opens + _DAY_MIN
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHOP_ZONE)
    return midnight + timedelta(minutes=opens), midnight + timedelta(minutes=closes)


def is_open(work: BusinessHours, now: datetime) -> bool:
    """Whether somebody should be there at `now`."""
    today = now.astimezone(SHOP_ZONE).date()
    spans = (span_of(work, today - timedelta(days=1)), span_of(work, today))
    return any(span is not None and span[0] <= now < span[1] for span in spans)


def next_opening(work: BusinessHours, now: datetime) -> datetime | None:
    """The next instant at which people are there: `now` itself when they are; None when none is in sight."""
    if is_open(work, now):
        return now
    today = now.astimezone(SHOP_ZONE).date()
    for ahead in range(_HORIZON_DAYS):
        span = span_of(work, today + timedelta(days=ahead))
        if span is not None and span[0] >= now:
            return span[0].astimezone(UTC)
    return None


def after_open_time(work: BusinessHours, start: datetime, amount: timedelta) -> datetime:
    """The instant at which `amount` of duty time has passed since `start`; plain time when the shop never opens."""
    left, moment = amount, start
    today = start.astimezone(SHOP_ZONE).date()
    for ahead in range(-1, _HORIZON_DAYS):
        span = span_of(work, today + timedelta(days=ahead))
        if span is None or span[1] <= moment:
            continue
        begins = max(moment, span[0])
        if span[1] - begins >= left:
            return (begins + left).astimezone(UTC)
        left -= span[1] - begins
        moment = span[1]
    return start + amount


def open_time_between(work: BusinessHours, start: datetime, end: datetime) -> timedelta:
    """How much duty time lies between two instants; zero when `end` is not after `start`."""
    total, moment = timedelta(0), start
    day = start.astimezone(SHOP_ZONE).date() - timedelta(days=1)
    while day <= end.astimezone(SHOP_ZONE).date():
        span = span_of(work, day)
        if span is not None:
            total += max(timedelta(0), min(end, span[1]) - max(moment, span[0]))
            moment = max(moment, span[1])
        day += timedelta(days=1)
    return total
