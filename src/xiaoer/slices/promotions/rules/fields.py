"""Reading single fields of a written promotion: each refusal names the key and the form that is expected."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from xiaoer.kernel.clock import parse_instant, to_utc
from xiaoer.kernel.errors import InvalidBody, InvalidMoney
from xiaoer.kernel.money import Money

T = TypeVar("T")
_MAX_COUNT = 1_000_000_000


class Refused(Exception):
    """A field cannot be read; the text is the expected form, in Chinese."""


class Fields:
    """One table of a promotion (itself, its scope, …); collects problems instead of stopping at the first."""

    def __init__(self, data: Mapping[str, Any], where: str, problems: list[str], zone: ZoneInfo) -> None:
        self._data = data
        self._where = where
        self._known: set[str] = set()
        self.problems = problems
        self.zone = zone

    def refuse(self, key: str, form: str) -> None:
        self.problems.append(f"{self._where}的 {key}：{form}")

    def has(self, key: str) -> bool:
        self._known.add(key)
        return self._data.get(key) is not None

    def raw(self, key: str) -> Any:
        self._known.add(key)
        return self._data.get(key)

    def _read(self, key: str, default: T, read: Callable[[Any], T]) -> T:
        value = self.raw(key)
        if value is None:
            return default
        try:
            return read(value)
        except Refused as refused:
            self.refuse(key, str(refused))
            return default

    def text(self, key: str, default: str = "", longest: int = 200) -> str:
        def read(value: Any) -> str:
            if not isinstance(value, str | int) or isinstance(value, bool):
                raise Refused("要写文字")
            cleaned = str(value).strip()
            if len(cleaned) > longest:
                raise Refused(f"最多{longest}个字")
            return cleaned

        return self._read(key, default, read)

    def word(self, key: str, allowed: Mapping[str, Any], default: Any = None) -> Any:
        def read(value: Any) -> Any:
            if isinstance(value, str) and value.strip() in allowed:
                return allowed[value.strip()]
            raise Refused(f"只能是 {'、'.join(allowed)}，现在是“{str(value)[:40]}”")

        return self._read(key, default, read)

    def flag(self, key: str, default: bool = False) -> bool:
        def read(value: Any) -> bool:
            if isinstance(value, bool):
                return value
            raise Refused("只能是 true 或 false")

        return self._read(key, default, read)

    def count(self, key: str, default: int | None = 0) -> int | None:
        return self._read(key, default, read_count)

    def rate(self, key: str) -> int | None:
        return self._read(key, None, read_rate)

    def money(self, key: str) -> Money | None:
        return self._read(key, None, read_money)

    def instant(self, key: str) -> datetime | None:
        def read(value: Any) -> datetime:
            if isinstance(value, datetime):
                return to_utc(value, self.zone)
            if isinstance(value, date):
                return to_utc(datetime(value.year, value.month, value.day, tzinfo=self.zone), self.zone)
            try:
                return parse_instant(value if isinstance(value, str) else "", self.zone)
            except InvalidBody:
                raise Refused(f"要写成 2026-06-18 20:00 这样的时间，现在是“{str(value)[:40]}”") from None

        return self._read(key, None, read)

    def names(self, key: str) -> frozenset[str]:
        def read(value: Any) -> frozenset[str]:
            if isinstance(value, str):
                return frozenset({value.strip()} - {""})
            if isinstance(value, list | tuple) and all(isinstance(item, str | int) for item in value):
                return frozenset(str(item).strip() for item in value)
            raise Refused('要写成 ["A", "B"] 这样的列表')

        return self._read(key, frozenset(), read)

    def table(self, key: str, where: str) -> "Fields | None":
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.refuse(key, "要写成 { 名称 = 值 } 这样的表")
            return None
        return Fields(value, f"{self._where}的 {where}", self.problems, self.zone)

    def close(self) -> None:
        """Refuse keys that nobody read: a misspelt key would otherwise silently change the price."""
        for key in self._data:
            if key not in self._known:
                near = get_close_matches(str(key), sorted(self._known), 1)
                self.refuse(str(key)[:40], f"不认识这一项{f'，是不是 {near[0]}' if near else ''}")


def read_money(value: Any) -> Money:
    """A yuan amount from 0."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Refused('要写成 "50.00" 这样的金额（元）')
    try:
        money = Money.from_yuan(str(value))
    except InvalidMoney:
        raise Refused(f'要写成 "50.00" 这样的金额（元，最多两位小数），现在是“{str(value)[:40]}”') from None
    if money.fen < 0:
        raise Refused("金额不能是负数")
    return money


def read_count(value: Any) -> int:
    """A whole number from 0."""
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value.strip()[:12])
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MAX_COUNT:
        raise Refused(f"要写成从 0 起的整数，现在是“{str(value)[:40]}”")
    return value


def read_rate(value: Any) -> int:
    """A rate in basis points of the price that is paid."""
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value.strip()[:12])
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10_000:
        raise Refused(f"要写成 0 到 10000 的整数（9折写 9000），现在是“{str(value)[:40]}”")
    return value


def choices(words: Collection[Any]) -> dict[str, Any]:
    """Allowed words of an enumeration, by value."""
    return {str(word.value if hasattr(word, "value") else word): word for word in words}
