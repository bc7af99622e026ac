"""Reading what other systems send: fields that may be missing, numbers as text, floats for money, odd times.

Pure. A payload that cannot be read is the other system's fault, so `reading` turns every such surprise into
`SourceUnavailable`, the one error a port may raise.

Money is rounded here and nowhere else: to whole fen, halves upwards (四舍五入), because some systems compute
in floating point and send 49.99999999999999 for 50.00.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from xiaoer.kernel.clock import parse_instant
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.errors import InvalidBody, InvalidMoney, SourceUnavailable
from xiaoer.kernel.money import Money, foreign

UNKNOWN = "unknown"  # a state that has no word here; `raw_status` keeps what the platform said

Json = Mapping[str, Any]

_CENT = Decimal("0.01")
_MILLISECONDS_FROM = 10**11  # a larger epoch counts milliseconds (10^11 s is the year 5138)


@contextmanager
def reading(source: str) -> Iterator[None]:
    """Turn surprises in a payload into `SourceUnavailable`, naming the kind but none of the content."""
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError, InvalidMoney, InvalidBody) as e:
        raise SourceUnavailable(f"{source} sent an answer that cannot be read ({type(e).__name__}).") from None


def text(payload: Json, *names: str) -> str:
    """Return the first of these fields that holds something, as text; "" when none does."""
    for name in names:
        value = payload.get(name)
        if value not in (None, "", [], {}):
            return str(value).strip()
    return ""


def may_be_id(value: str) -> bool:
    """Say whether a buyer's text may stand in a request as an id: printable, not blank, not endless."""
    return 0 < len(value.strip()) == len(value) <= 128 and value.isprintable()


def needed(payload: Json, *names: str) -> str:
    """Like `text`, for a field that must be there."""
    found = text(payload, *names)
    if not found:
        raise KeyError(names[0])
    return found


def mapping(payload: Json, *path: str) -> Json:
    """Follow `path` through nested objects; an absent step gives an empty one."""
    current: Any = payload
    for step in path:
        current = current.get(step) if isinstance(current, Mapping) else None
    return current if isinstance(current, Mapping) else {}


def rows(payload: Any, *path: str) -> tuple[Json, ...]:
    """Return the list of objects at `path`; absent or null is none. A single object counts as one row."""
    current = payload
    for step in path:
        current = current.get(step) if isinstance(current, Mapping) else None
    if isinstance(current, Mapping):
        return (current,)
    return tuple(row for row in current if isinstance(row, Mapping)) if isinstance(current, Sequence) else ()


def whole(value: Any) -> int:
    """A count such as 3, "3", "3.0000"; absent is 0.

    Raises:
        ValueError: not a whole number.
    """
    if value in (None, ""):
        return 0
    try:
        number = Decimal(str(value))
        if number != number.to_integral_value():
            raise ValueError("not a whole number")
        return int(number)
    except InvalidOperation:
        raise ValueError("not a number") from None


def pieces(value: Any) -> int:
    """Sellable pieces: never below zero, parts of a piece cut off."""
    try:
        return max(0, int(Decimal(str(value or 0))))
    except InvalidOperation:
        raise ValueError("not a number") from None


def yuan(value: Any) -> Money:
    """Yuan as text or float → `Money`, rounded to whole fen, halves upwards; absent is zero."""
    if value in (None, ""):
        return Money(0)
    try:
        amount = Decimal(str(value).strip().replace(",", ""))
        return Money.from_yuan(amount.quantize(_CENT, ROUND_HALF_UP))
    except InvalidOperation:
        raise InvalidMoney(str(value), "it is not a number") from None


def fen(value: Any) -> Money:
    """Fen as number or text → `Money`; a float is rounded to whole fen; absent is zero."""
    if value in (None, ""):
        return Money(0)
    try:
        return Money.from_yuan(Decimal(str(value)).quantize(Decimal(1), ROUND_HALF_UP).scaleb(-2))
    except InvalidOperation:
        raise InvalidMoney(str(value), "it is not a number") from None


def only_yuan(code: Any, source: str) -> None:
    """Refuse prices in another currency: a buyer would take them for yuan.

    Raises:
        SourceUnavailable: they are.
    """
    if word := foreign(code):
        raise SourceUnavailable(f"{source} prices in {word}. Only prices in yuan (CNY) can be told.")


def instant(value: Any) -> datetime | None:
    """Epoch seconds or milliseconds, or a date text (naive: Beijing time) → UTC; absent, 0, years 0 and 1 are None."""
    raw = str(value if value is not None else "").strip()
    if not raw or raw.startswith(("0000-", "0001-")) or raw == "0":
        return None
    if raw.isdigit():
        number = int(raw)
        return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS_FROM else number, UTC)
    return parse_instant(raw)


def needed_instant(value: Any) -> datetime:
    """Like `instant`, for a time that must be there."""
    found = instant(value)
    if found is None:
        raise ValueError("a time is missing")
    return found


def compact(value: Any) -> str:
    """JSON without blanks, Chinese as is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def phone_ends(order: Order | None, ending: str) -> Order | None:
    """Return the order when its (possibly masked) phone ends with these four digits, else None.

    Ciphertext never ends with four digits that a buyer could know by chance alone, so it is refused: only
    digits, `*`, blanks, `+` and `-` may stand in the phone.
    """
    if order is None or len(ending) != 4 or not (ending.isascii() and ending.isdigit()):
        return None
    plain = all(char in "0123456789*+- " for char in order.phone)
    return order if plain and order.phone.endswith(ending) else None
