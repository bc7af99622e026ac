"""Time: aware UTC inside, the shop's own zone at the edges.

Nothing below `infra` reads a clock: `now` is an argument. A shop thinks in its own time zone
(「今晚8点」, 「昨天下单」), so conversions name that zone explicitly.
"""

from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from xiaoer.kernel.errors import InvalidBody

SHOP_ZONE = ZoneInfo("Asia/Shanghai")
_FIRST = datetime(1, 1, 2, 12, tzinfo=UTC)
_LAST = datetime(9999, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Tells the time; the only source of `now` outside tests."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        ...


def to_utc(value: datetime, zone: ZoneInfo = SHOP_ZONE) -> datetime:
    """Return `value` in UTC; a naive value is read in the shop's zone.

    Raises:
        InvalidBody: the instant lies outside the years 1 to 9998, so that no zone can carry it over the edge.
    """
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone)
    try:
        found = value.astimezone(UTC)
    except OverflowError:
        found = None
    if found is None or not _FIRST < found < _LAST:
        raise InvalidBody(f"The date {value.isoformat()} cannot be used. Write a year between 1 and 9998.")
    return found


def parse_instant(text: str, zone: ZoneInfo = SHOP_ZONE) -> datetime:
    """Parse ISO 8601 or `2026-06-18 20:00[:00]`, `2026/6/18`; naive means the shop's zone.

    Raises:
        InvalidBody: the text is not a date.
    """
    cleaned = text.strip().replace("/", "-").replace("年", "-").replace("月", "-").replace("日", "")
    try:
        return to_utc(datetime.fromisoformat(cleaned), zone)
    except (ValueError, OverflowError, InvalidBody):
        pass
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"):
        try:
            return datetime.strptime(cleaned, form).replace(tzinfo=zone).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    raise InvalidBody(f"“{text[:40]}” is not a date. Write it like 2026-06-18 20:00 or 2026-06-18T20:00+08:00.")
