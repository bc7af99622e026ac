"""Relative dates of the sample shop: `{{...}}` tokens in hand-written files become real dates.

A file that says "the campaign ends on 19 June" is wrong on 20 June. The files say
`{{today+5d 00:00}}` instead, and the shop is always three days into its campaign.

    {{now-3d}}            now, moved; units d (days), h (hours), m (minutes)
    {{today}}             midnight of the shop's today
    {{today+2d 20:00}}    20:00 of the day after tomorrow
    {{date:today+4d}}     the same day as a buyer reads it: 6月19日
"""

import re
from datetime import datetime, timedelta, timezone
from typing import Any

# China has one time zone and no daylight saving, so a fixed offset is exact.
SHOP_ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")

_TOKEN = re.compile(
    r"\{\{(?P<spoken>date:)?(?P<base>now|today)"
    r"(?P<move>[+-]\d+)?(?P<unit>[dhm])?(?: (?P<hour>\d{2}):(?P<minute>\d{2}))?\}\}"
)
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def resolve_text(text: str, now: datetime) -> str:
    """Replace every token in `text`; `now` must be aware."""
    return _TOKEN.sub(lambda token: _resolve(token, now), text)


def resolve_tree(value: Any, now: datetime) -> Any:
    """Replace the tokens in all strings of a JSON-like value; other values stay as they are."""
    if isinstance(value, str):
        return resolve_text(value, now)
    if isinstance(value, list):
        return [resolve_tree(item, now) for item in value]
    if isinstance(value, dict):
        return {key: resolve_tree(item, now) for key, item in value.items()}
    return value


def write_time(at: datetime) -> str:
    """Write a time as the import files do: ISO 8601 in the shop's zone, whole seconds."""
    return at.astimezone(SHOP_ZONE).replace(microsecond=0).isoformat()


def write_day(at: datetime) -> str:
    """Write a day as a buyer reads it (6月19日)."""
    local = at.astimezone(SHOP_ZONE)
    return f"{local.month}月{local.day}日"


def start_of_day(at: datetime) -> datetime:
    return at.astimezone(SHOP_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)


def waking_time(at: datetime) -> datetime:
    """Move a time between 00:00 and 07:00 nine hours back, to the afternoon or evening before.

    People neither order nor sign for parcels at four in the morning.
    """
    return at - timedelta(hours=9) if at.astimezone(SHOP_ZONE).hour < 7 else at


def _resolve(token: re.Match[str], now: datetime) -> str:
    at = now if token["base"] == "now" else start_of_day(now)
    if token["move"]:
        at += timedelta(**{_UNITS[token["unit"] or "d"]: int(token["move"])})
    if token["hour"]:
        at = start_of_day(at).replace(hour=int(token["hour"]), minute=int(token["minute"]))
    return write_day(at) if token["spoken"] else write_time(at)
