"""Sharing a discount over lines (分摊) by largest remainder, so that the shares add up to the fen.

Floor to fen, the leftover fen go to the largest fractions, ties to the earlier line. No line falls below
0: what one line has no room for moves to the next line that has.
"""

from collections.abc import Sequence


def share(amount: int, bases: Sequence[int], rooms: Sequence[int] | None = None) -> list[int]:
    """Split `amount` fen in proportion to `bases`, at most `rooms` each (default: the bases).

    `amount` must not exceed the sum of the rooms.
    """
    rooms = bases if rooms is None else rooms
    total = sum(bases)
    if amount <= 0:
        return [0] * len(bases)
    if total <= 0:
        return _pour(amount, [0] * len(bases), rooms)
    parts = [amount * base // total for base in bases]
    left = amount - sum(parts)
    if left:
        rests = [amount * base % total for base in bases]
        order = sorted(range(len(bases)), key=rests.__getitem__, reverse=True)  # stable: ties to the earlier line
        for i in order[:left]:
            parts[i] += 1
    excess = 0
    for i, room in enumerate(rooms):
        if parts[i] > room:
            excess += parts[i] - room
            parts[i] = room
    return _pour(excess, parts, rooms) if excess else parts


def _pour(amount: int, parts: list[int], rooms: Sequence[int]) -> list[int]:
    for i, room in enumerate(rooms):
        step = min(amount, room - parts[i])
        if step > 0:
            parts[i] += step
            amount -= step
    return parts
