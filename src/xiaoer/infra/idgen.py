"""New ids: 26 characters, sortable by time, unique across processes (the ULID layout)."""

import os
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> str:
    """Return a fresh id: 48 bits of milliseconds, then 80 random bits, in Crockford base 32."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    return "".join([_ALPHABET[(value >> shift) & 31] for shift in range(125, -5, -5)])
