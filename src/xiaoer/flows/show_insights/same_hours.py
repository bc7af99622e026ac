"""Today is not over (今天还没过完): what it is compared with ends at the same time of day.

Most figures are kept by the day. So of the last day of the period before as large a part is taken as of its talks had
begun by that time: exact for talks but for the running hour, an estimate for what else that day gave.
"""

from collections.abc import Mapping, Sequence
from typing import Any

_HOURS = 24


def share_by(talks: Mapping[int, int], hours: float) -> float:
    """The share of a day's talks (by hour) that had begun after so many hours; of a day without talks, of its time."""
    whole = sum(talks.values())
    if not whole:
        return hours / _HOURS
    begun = sum(n * min(1.0, max(0.0, hours - hour)) for hour, n in talks.items())
    return begun / whole


def without(rows: Sequence[tuple[Any, ...]], rest: Sequence[tuple[Any, ...]], part: float) -> list[tuple[Any, ...]]:
    """Rows of (…names, n, v) less this part of `rest`; who has nothing left is left out."""
    less = {row[:-2]: row[-2:] for row in rest}
    found = []
    for *names, n, v in rows:
        off, off_v = less.get(tuple(names), (0, 0))
        left = round(n - part * off)
        if left or not off:
            found.append((*names, left, round(v - part * off_v)))
    return found
