"""One cell of an import file read into a value, or refused with a reason in plain Chinese.

A cell is text (CSV) or what a workbook or JSON holds: numbers, dates, lists, objects. Parsers are pure;
an empty cell never reaches them. Spreadsheets damage long numbers (1.23457E+18): such an id is refused
rather than stored wrong.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from xiaoer.kernel.channels import channel_codes
from xiaoer.kernel.clock import parse_instant, to_utc
from xiaoer.kernel.commerce import TraceStep
from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.moments import parse_moment
from xiaoer.kernel.money import Money

Parser = Callable[[Any], Any]

_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_EXACT_FLOAT = 2**53  # a spreadsheet keeps whole numbers exactly up to here
_MAX_FEN = 10**10  # 100 million yuan; no shop sells above
_MAX_COUNT = 10**9
_ROUNDING = Decimal("0.000001")  # what spreadsheet arithmetic adds to a price (39.900000000000006)
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+\d+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LIST_MARKS = re.compile(r"[|｜,，、;；\n]+")
_PAIR_MARKS = re.compile(r"[;；\n]+")
_PAIR_SIGN = re.compile(r"[:：]")
MOST_ITEMS = 200


class BadCell(Exception):
    """The cell cannot be used. `reason` continues the sentence 「列『值』…」; `code` is for programs.

    `field` names the column when the fault shows only beside other cells.
    """

    def __init__(self, code: str, reason: str, field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason
        self.field = field


def plain(value: Any) -> str:
    """A cell as text: 12345.0 is 12345, and the marks that exports put around long numbers go."""
    if isinstance(value, str):
        return (value[2:-1] if value[:2] == '="' and value[-1] == '"' else value).strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT_FLOAT else repr(value)
    if isinstance(value, datetime | date):
        return str(value)
    raise BadCell("not_text", "要写成一段文字")


def text(limit: int) -> Callable[[Any], str]:
    """Any text up to `limit` characters."""

    def parse(value: Any) -> str:
        found = plain(value)
        if len(found) > limit:
            raise BadCell("too_long", f"有 {len(found)} 个字，最多 {limit} 个字")
        if not found.isprintable() and _CONTROL.search(found):
            raise BadCell("bad_character", "里有看不见的控制字符")
        return found

    return parse


def channels(value: Any) -> str:
    """Channels by code, as people call them (抖音|淘宝), joined by |."""
    return channel_codes(re.sub(r"[、，,;；/]", "|", text(100)(value)))


def ident(limit: int = 128) -> Parser:
    """An id, a waybill or a phone number: one line, exact to the digit."""
    as_text = text(limit)

    def parse(value: Any) -> str:
        if isinstance(value, float) and (not value.is_integer() or abs(value) >= _EXACT_FLOAT):
            raise BadCell("damaged_number", "是数字格式，长编号会丢位，请在表格里改成文本格式")
        found = as_text(value).lstrip("'‘`")
        if not found.isascii() or not found.isalnum():
            if _SCIENTIFIC.fullmatch(found):
                raise BadCell("damaged_number", "被表格改成了科学计数，请在表格里改成文本格式")
            if "\n" in found or "\t" in found or "\r" in found:
                raise BadCell("bad_character", "里有换行或制表符")
        return found

    return parse


def _decimal(value: Any) -> Decimal:
    raw = plain(value)
    try:
        number = Decimal(raw)
    except InvalidOperation:
        try:
            number = Decimal(raw.lstrip("¥￥").replace(",", "").replace("，", "").removesuffix("元").strip())
        except InvalidOperation:
            raise BadCell("not_a_number", "不是数字") from None
    if not number.is_finite():
        raise BadCell("not_a_number", "不是数字")
    return number


def money(value: Any) -> Money:
    """Yuan, zero or more, exact to the fen."""
    exact = _decimal(value) * 100
    if exact < 0:
        raise BadCell("negative", "不能是负数")
    if exact > _MAX_FEN:
        raise BadCell("too_large", "太大了，请检查单位是不是元")
    fen = int(exact.to_integral_value())
    if exact != fen and not (isinstance(value, float) and abs(exact - fen) < _ROUNDING):
        raise BadCell("too_precise", "小数超过了两位")
    return Money(fen)


def currency(value: Any) -> str:
    """The code of a currency; empty for yuan."""
    word = text(20)(value).upper()
    if word in ("", "CNY", "RMB", "人民币", "元"):
        return ""
    if not re.fullmatch(r"[A-Z]{3}", word):
        raise BadCell("bad_currency", "要写三个字母的币种代码，比如 USD；人民币不用写")
    return word


def count(least: int) -> Parser:
    """A whole number of pieces, at least `least`."""

    def parse(value: Any) -> int:
        number = _decimal(value)
        if number < least:
            raise BadCell("negative" if number < 0 else "too_small", f"不能小于 {least}")
        if number > _MAX_COUNT:
            raise BadCell("too_large", "太大了")
        if number != number.to_integral_value():
            raise BadCell("not_whole", "不是整数")
        return int(number)

    return parse


def instant(value: Any) -> datetime:
    """A moment; without a zone it is the shop's."""
    return _instant(value, parse_instant)


def moment(value: Any, now: datetime) -> datetime:
    """A moment, also in words (今晚8点) as from `now`."""
    return _instant(value, lambda text: parse_moment(text, now))


def _instant(value: Any, parse: Callable[[str], datetime]) -> datetime:
    try:
        if isinstance(value, datetime):
            found = to_utc(value)
        elif isinstance(value, date):
            found = to_utc(datetime(value.year, value.month, value.day))  # noqa: DTZ001 (to_utc gives it the shop's zone)
        else:
            found = parse(plain(value))
    except (InvalidBody, OverflowError, ValueError):
        raise BadCell("not_a_date", "不是日期，请写成 2026-06-18 20:00 的样子") from None
    if not _EARLIEST <= found < _LATEST:
        raise BadCell("date_out_of_range", "不在 2000 年到 2099 年之间")
    return found


def choice(words: Mapping[str, str]) -> Parser:
    """One of the contract's words, or what Chinese exports call it (`words` maps both to the former)."""

    def parse(value: Any) -> str:
        found = words.get(plain(value).lower())
        if found is None:
            raise BadCell("unknown_word", "不认识，可以写：" + "、".join(dict.fromkeys(words.values())))
        return found

    return parse


def structure(value: Any) -> Any:
    """What the cell holds as JSON; None when it is plain text."""
    if not isinstance(value, str):
        return value
    if value.lstrip()[:1] not in ("[", "{"):
        return None
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError, ValueError):
        raise BadCell("bad_json", "不是完整的 JSON") from None


def texts(limit: int, marks: re.Pattern[str] = _LIST_MARKS, most: int = MOST_ITEMS) -> Parser:
    """A list of texts: JSON, or separated by marks. Empty ones and repeats are dropped."""
    one = text(limit)

    def parse(value: Any) -> tuple[str, ...]:
        found = structure(value)
        if isinstance(found, dict):
            raise BadCell("not_a_list", "要写成列表，用 | 隔开")
        parts = found if isinstance(found, list | tuple) else marks.split(plain(value))
        kept = tuple(dict.fromkeys(part for part in map(one, parts) if part))
        if len(kept) > most:
            raise BadCell("too_many", f"有 {len(kept)} 个，最多 {most} 个")
        return kept

    return parse


similar_questions = texts(500, re.compile(r"[|｜\n]+"))


def pairs(value: Any) -> dict[str, str]:
    """Attributes or a spec: a JSON object, or `k:v;k:v`."""
    found = structure(value)
    if found is None:
        found = {}
        for part in filter(str.strip, _PAIR_MARKS.split(plain(value))):
            key, sign, rest = _partition(part)
            if not sign or not key or not rest:
                raise BadCell("bad_pair", "要写成“名称:内容;名称:内容”")
            found[key] = rest
    if not isinstance(found, dict):
        raise BadCell("bad_pair", "要写成“名称:内容;名称:内容”")
    if len(found) > MOST_ITEMS:
        raise BadCell("too_many", f"有 {len(found)} 项，最多 {MOST_ITEMS} 项")
    key_text, value_text = text(100), text(2000)
    return {key_text(key): value_text(_joined(held)) for key, held in found.items() if held is not None}


def _partition(part: str) -> tuple[str, str, str]:
    sign = _PAIR_SIGN.search(part)
    return (part[: sign.start()].strip(), sign[0], part[sign.end() :].strip()) if sign else (part, "", "")


def _joined(value: Any) -> Any:
    return "、".join(map(plain, value)) if isinstance(value, list) else value


def size_chart(value: Any) -> tuple[dict[str, Any], ...]:
    """Rows with `size` and measures; a measure is a number or a range [low, high]."""
    rows = structure(value)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadCell("bad_size_chart", "要写成 JSON 列表，每行一个尺码")
    if len(rows) > MOST_ITEMS:
        raise BadCell("too_many", f"有 {len(rows)} 行，最多 {MOST_ITEMS} 行")
    for row in rows:
        if not isinstance(row.get("size"), str | int | float):
            raise BadCell("bad_size_chart", "里有一行没写尺码 size")
        for name, measure in row.items():
            low_high = isinstance(measure, list) and len(measure) == 2 and all(map(_is_number, measure))
            if low_high and measure[0] > measure[1]:
                raise BadCell("bad_size_chart", f"里 {name[:20]} 的范围写反了")
            if not (low_high or _is_number(measure) or isinstance(measure, str)):
                raise BadCell("bad_size_chart", f"里 {name[:20]} 要写数字或 [最小, 最大]")
    return tuple({**row, "size": plain(row["size"])} for row in rows)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def traces(value: Any) -> tuple[TraceStep, ...]:
    """Scans of a parcel: a JSON list of {at, text}; kept oldest first."""
    steps = structure(value)
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        raise BadCell("bad_traces", "要写成 JSON 列表，每条有 at 和 text")
    if len(steps) > MOST_ITEMS:
        raise BadCell("too_many", f"有 {len(steps)} 条，最多 {MOST_ITEMS} 条")
    as_text = text(1000)
    found = []
    for step in steps:
        if not step.get("at") or not step.get("text"):
            raise BadCell("bad_traces", "里有一条缺 at 或 text")
        found.append(TraceStep(instant(step["at"]), as_text(step["text"])))
    return tuple(sorted(found, key=lambda step: step.at))


def anything(value: Any) -> Any:
    """Any JSON value, for kinds whose own slice checks it."""
    return value
