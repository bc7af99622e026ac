"""New ids: 26 characters, sortable by time, unique across processes (the ULID layout)."""

import os
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [a + b for a in _ALPHABET for b in _ALPHABET]  # ten bits each


def new_id() -> str:
    """Return a fresh id: 48 bits of milliseconds, then 80 random bits, in Crockford base 32."""
    return _written((time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big"))


def id_floor(id_: str, back_ms: int) -> str:
    """The smallest id of the instant `back_ms` before `id_` was made; a text that is no id gives the very first."""
    value = 0
    for letter in id_[:10].ljust(10, "0"):
        place = _ALPHABET.find(letter)
        if place < 0:
            return "0" * 26
        value = value * 32 + place
    return _written(max(0, value - back_ms) << 80)


def id_age_ms(id_: str) -> int:
    """How long ago an id was made, milliseconds."""
    return time.time_ns() // 1_000_000 - (_value(id_floor(id_, 0)) >> 80)


def _value(id_: str) -> int:
    value = 0
    for letter in id_:
        value = value * 32 + _ALPHABET.index(letter)
    return value


def _written(value: int) -> str:
    pairs, high, low = _PAIRS, value >> 70, value & ((1 << 70) - 1)  # small numbers are quicker to cut
    return (
        f"{pairs[high >> 50]}{pairs[high >> 40 & 1023]}{pairs[high >> 30 & 1023]}{pairs[high >> 20 & 1023]}"
        f"{pairs[high >> 10 & 1023]}{pairs[high & 1023]}{pairs[low >> 60]}{pairs[low >> 50 & 1023]}"
        f"{pairs[low >> 40 & 1023]}{pairs[low >> 30 & 1023]}{pairs[low >> 20 & 1023]}{pairs[low >> 10 & 1023]}"
        f"{pairs[low & 1023]}"
    )
