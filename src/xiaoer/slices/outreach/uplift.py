"""Uplift (增量): the difference between buyers who were reached and buyers who were held out by chance.

Conversion is counted per buyer. The interval is Newcombe's for the difference of two shares (method 10, from Wilson
intervals), which stays honest for small counts. Nothing here is "influenced": without a hold-out there is no figure.
"""

from math import ceil, sqrt

from msgspec import Struct

Z95 = 1.959964


class Uplift(Struct, frozen=True):
    """Shares from 0 to 1. `needed` is how many more buyers per arm would tell the seen difference (80 % power)."""

    treated_ratio: float
    held_ratio: float
    difference: float
    low: float
    high: float
    is_certain: bool
    needed: int | None


def _wilson(hits: int, total: int) -> tuple[float, float]:
    share = hits / total
    middle = (share + Z95**2 / (2 * total)) / (1 + Z95**2 / total)
    half = Z95 * sqrt(share * (1 - share) / total + Z95**2 / (4 * total**2)) / (1 + Z95**2 / total)
    return middle - half, middle + half


def measure_uplift(treated: int, treated_hits: int, held: int, held_hits: int) -> Uplift | None:
    """The uplift of conversion with its 95 % interval; None while an arm is empty."""
    if not treated or not held:
        return None
    p1, p2 = treated_hits / treated, held_hits / held
    (l1, u1), (l2, u2) = _wilson(treated_hits, treated), _wilson(held_hits, held)
    difference = p1 - p2
    low = difference - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2)
    high = difference + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)
    certain = low > 0 or high < 0
    needed = None
    if not certain:
        seen = abs(difference) or 0.01  # with no difference seen yet: what one point would take
        per_arm = (Z95 + 0.8416) ** 2 * (p1 * (1 - p1) + p2 * (1 - p2) + 1e-9) / seen**2
        needed = max(0, ceil(per_arm) - min(treated, held))
    return Uplift(p1, p2, difference, low, high, certain, needed)
