"""Moments in words (口语时间): 「今晚8点」, 「明天中午12点半」, 「6月18日24点」 as instants at the shop, to the second.

A written date is tried first (`clock.parse_instant`). A day without a time is its first instant, as with a written
date; 「今晚」 alone is none, for it names no instant. 「8点」 said in the afternoon is eight in the evening: where
neither morning nor evening is said, an hour of today that has passed is the one that comes. Pure: `now` is an argument.
"""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from xiaoer.kernel.clock import SHOP_ZONE, parse_instant, to_utc
from xiaoer.kernel.errors import InvalidBody

_DAYS = {
    "大前天": -3, "前天": -2, "昨天": -1, "昨晚": -1, "今天": 0, "今日": 0, "今晚": 0, "今早": 0, "当天": 0, "明天": 1,
    "明日": 1, "明早": 1, "明晚": 1, "后天": 2, "大后天": 3,
}  # fmt: skip
_WEEKDAYS = {
    letter: number
    for number, letters in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天7"))
    for letter in letters
}
_PARTS = ("凌晨", "早上", "早晨", "清晨", "上午", "中午", "下午", "傍晚", "晚上", "夜里", "半夜", "早", "晚")
_HAN = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_NUMBER = r"(?:\d{1,2}|[零〇一二两三四五六七八九十]{1,3})"
_DAY = (
    rf"(?P<day>{'|'.join(sorted(_DAYS, key=len, reverse=True))})"
    r"|(?P<next>下下|下|本|这)?个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天1-7])"
    rf"|(?P<count>\d{{1,3}}|{_NUMBER})\s*天(?:之)?后"
    r"|(?:(?P<year>\d{4}|今年|明年)\s*[年/.-]?\s*)?"
    rf"(?P<month>{_NUMBER})\s*[月/.-]\s*(?P<date>{_NUMBER})\s*[日号]?"
    r"|(?P<end>(?:本|这个?)?月(?:底|末))"
)
_DAY_SAID = re.compile(
    rf"(?:{_DAY}|(?P<weekend>(?:这个?|本|下个?)?周末)|(?<![\d.])(?P<only>{_NUMBER})[号日](?!码|线|楼|院|色|鞋|针|床))"
)
_MINUTES = rf"整|(?P<half>半)|(?P<quarter>[一三])刻|(?P<min1>{_NUMBER})\s*分?(?P<sec1>\s*\d{{1,2}}\s*秒)?"
_TIME = (
    rf"(?P<hour>{_NUMBER})\s*(?:(?:点钟?|时)(?:{_MINUTES})?|[:：](?P<min2>\d{{2}})(?:[:：](?P<sec2>\d{{2}}))?)"
    r"|(?P<zero>零点|午夜|半夜)"
)
_SPOKEN = re.compile(
    rf"(?:从|自|到|至|截止到?|截至)?\s*(?:{_DAY})?\s*(?:的)?\s*(?P<part>{'|'.join(_PARTS)})?\s*(?:{_TIME})?"
    r"\s*(?:之前|以前|前|止|为止|结束|开始|起)?\s*"
)
_PAST_YEAR = timedelta(days=183)  # 1月5日 said in December is next year's


def parse_moment(text: str, now: datetime, zone: ZoneInfo = SHOP_ZONE) -> datetime:
    """The instant that a text names, in UTC; naive dates and words are the shop's.

    Raises:
        InvalidBody: the text names no instant.
    """
    try:
        return parse_instant(text, zone)
    except InvalidBody:
        found = _SPOKEN.fullmatch(text.strip())
        instant = _spoken(found, now.astimezone(zone)) if found else None
        if instant is None:
            raise InvalidBody(
                f"“{text[:40]}” is not a moment. Write it like 2026-06-18 20:00, 今晚8点 or 6月18日20点30分."
            ) from None
        return to_utc(instant, zone)


def last_day_named(text: str, now: datetime, zone: ZoneInfo = SHOP_ZONE) -> tuple[str, date] | None:
    """The last day that the words name (周六, 后天, 12月1号, 5号), as said and as a date of the shop; None for none."""
    today = now.astimezone(zone).date()
    named = None
    for found in _DAY_SAID.finditer(text):
        if found["weekend"]:
            day: date | None = today + timedelta(days=6 - today.weekday() + 7 * found["weekend"].startswith("下"))
        elif found["only"]:
            number = _number(found["only"])
            month = today if number >= today.day else (today.replace(day=28) + timedelta(days=4))
            day = month.replace(day=number) if 1 <= number <= 28 or (number <= 30 and month.month != 2) else None
        else:
            day = _day(found, now.astimezone(zone))
            if day is not None and found["weekday"] and not found["next"] and day < today:
                day += timedelta(days=7)
        if day is not None:
            named = (found.group().strip(), day)
    return named


def _spoken(found: re.Match[str], now: datetime) -> datetime | None:
    day = _day(found, now)
    clock = _clock(found)
    if day is None or (clock is None and (found["part"] or (found["day"] or "").endswith(("晚", "早")))):
        return None
    hours, minutes, seconds = clock or (0, 0, 0)
    if _is_either(found) and day == now.date() and (hours, minutes, seconds) <= (now.hour, now.minute, now.second):
        hours += 12
        if not found["day"] and (hours, minutes, seconds) <= (now.hour, now.minute, now.second):
            day, hours = day + timedelta(days=1), hours - 12
    if minutes > 59 or seconds > 59 or hours > 24 or (hours == 24 and (minutes or seconds)):
        return None
    return datetime.combine(day, time()) + timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _is_either(found: re.Match[str]) -> bool:
    """Whether an hour may be of the morning or of the evening: 8点, but not 08:00, 晚8点 or 20点."""
    hour = found["hour"] or ""
    told = found["part"] or found["min2"] or (found["day"] or "").endswith(("晚", "早")) or hour.startswith("0")
    return bool(hour) and not told and 1 <= _number(hour) <= 11


def _day(found: re.Match[str], now: datetime) -> date | None:
    today = now.date()
    if found["day"]:
        return today + timedelta(days=_DAYS[found["day"]])
    if found["count"]:
        return today + timedelta(days=_number(found["count"]))
    if found["weekday"]:
        weeks = {"下下": 2, "下": 1}.get(found["next"] or "", 0)
        monday = today - timedelta(days=today.weekday())
        return monday + timedelta(weeks=weeks, days=_WEEKDAYS[found["weekday"]])
    if found["end"]:
        return (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    if found["month"]:
        return _date(found, today)
    groups = found.groupdict()
    return today if groups.get("hour") or groups.get("zero") else None


def _date(found: re.Match[str], today: date) -> date | None:
    year = {"今年": today.year, "明年": today.year + 1}.get(found["year"] or "", 0) or int(found["year"] or today.year)
    try:
        day = date(year, _number(found["month"]), _number(found["date"]))
        return day.replace(year=year + 1) if not found["year"] and today - day > _PAST_YEAR else day
    except ValueError:
        return None


def _clock(found: re.Match[str]) -> tuple[int, int, int] | None:
    """Hours, minutes and seconds of the day; 24 is the end of it."""
    late = found["part"] or (found["day"] or "")[-1:]
    if found["zero"]:
        return (24 if found["zero"] != "零点" or late in ("晚", "晚上") else 0), 0, 0
    if not found["hour"]:
        return (12, 0, 0) if found["part"] == "中午" else None
    hour = _number(found["hour"])
    minute = 30 if found["half"] else 15 * _number(found["quarter"]) if found["quarter"] else 0
    minute = minute or _number(found["min1"] or found["min2"] or "0")
    second = _number(re.sub(r"\D", "", found["sec1"] or found["sec2"] or "") or "0")
    if late in ("下午", "傍晚", "晚上", "晚", "夜里", "半夜") and hour <= 12:
        hour = hour + 12 if 0 < hour < 12 else (24 if late != "下午" else 12)
        hour = hour - 12 if late in ("夜里", "半夜") and hour - 12 <= 5 else hour
    elif late == "中午" and hour <= 3:
        hour += 12
    elif late == "凌晨" and hour == 12:
        hour = 0
    return hour, minute, second


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, found, rest = text.partition("十")
    if not found:
        return int("".join(str(_HAN[letter]) for letter in text))
    return (_HAN[tens] if tens else 1) * 10 + (_HAN[rest] if rest else 0)
