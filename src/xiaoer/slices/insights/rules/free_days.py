"""When a shop's people are usually not at work (下班时间): at night, on weekends, on statutory holidays (法定节假日).

Holidays and the weekend days that are worked instead (调休) are published year by year, so they are a table; of a year
that is not in it only nights and weekends are known, and whoever shows figures of it says so.
"""

import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import blake2s

from msgspec import Struct, json

from xiaoer.slices.insights.rules.days import as_date, day_of, from_date, hour_of, weekday_of

_NIGHT_FROM, _NIGHT_TO = 22, 9
_SATURDAY = 5
_SPAN = ".."
_PARTS = frozenset({"off", "worked"})


class Calendar(Struct, frozen=True):
    """Days (`rules.days`) that are free and weekend days that are worked, of the years that the table knows."""

    years: tuple[int, ...] = ()
    off: frozenset[int] = frozenset()
    worked: frozenset[int] = frozenset()

    def is_off_hours(self, us: int) -> bool:
        """Whether an instant (microseconds since 1970) lies at night, on a weekend that is not worked or a holiday."""
        hour, day = hour_of(us), day_of(us)
        if hour >= _NIGHT_FROM or hour < _NIGHT_TO or day in self.off:
            return True
        return weekday_of(day) >= _SATURDAY and day not in self.worked

    def unknown_years(self, *spans: tuple[int, int]) -> list[int]:
        """The years in spans of days, both ends included, whose holidays the table does not know."""
        wanted = {year for first, last in spans for year in range(as_date(first).year, as_date(last).year + 1)}
        return sorted(wanted - set(self.years))

    @property
    def fingerprint(self) -> str:
        """Tells whether figures were made by this table."""
        plain = [self.years, sorted(self.off), sorted(self.worked)]
        return blake2s(json.encode(plain), digest_size=6).hexdigest()


NO_YEARS = Calendar()


def load_calendar(text: str, own: str = "") -> Calendar:
    """Read a table by year, `off` and `worked` as month-day or spans of it; a year of `own` replaces the other.

    Raises:
        ValueError: a year, a day or a part that there is not.
    """
    tables = {**tomllib.loads(text), **tomllib.loads(own)}
    days: dict[str, set[int]] = {part: set() for part in _PARTS}
    for year, table in tables.items():
        if not year.isdecimal() or not isinstance(table, dict) or set(table) - _PARTS:
            raise ValueError(f"“{year}” must be a year with `off` and `worked`")
        for part, written in table.items():
            days[part].update(_days(int(year), written))
    return Calendar(tuple(sorted(map(int, tables))), frozenset(days["off"]), frozenset(days["worked"]))


def _days(year: int, written: Iterable[str]) -> Iterator[int]:
    for one in written:
        first, _, last = str(one).partition(_SPAN)
        begin, end = (from_date(date.fromisoformat(f"{year:04}-{day}")) for day in (first, last or first))
        if end < begin:
            raise ValueError(f"{one} of {year} ends before it begins")
        yield from range(begin, end + 1)
