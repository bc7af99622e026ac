"""How an online shop's day goes (作息): few at dawn, a lunch hour, most between eight and ten in the evening."""

import math
from datetime import datetime, timedelta
from random import Random

# Weight of every hour of the shop's day; the mean is about 1. Judgement, not one shop's measurement.
HOURS = (0.3, 0.15, 0.1, 0.05, 0.05, 0.1, 0.3, 0.6, 1, 1.3, 1.5, 1.4, 1.2, 1.3, 1.4, 1.4, 1.3, 1.2, 1.2, 1.5, 1.9, 2,
         1.6, 0.9)  # fmt: skip


def draw_moment(dice: Random, day: datetime) -> datetime:
    """A moment of the day that begins at `day` (midnight at the shop), by the hours' weights."""
    hour = dice.choices(range(24), HOURS)[0]
    return day + timedelta(hours=hour, seconds=dice.uniform(0, 3_600))


def draw_count(dice: Random, mean: float, spread: float) -> int:
    """A negative binomial count: a Poisson whose mean is a gamma."""
    rate = dice.gammavariate(1 / spread, mean * spread) if mean > 0 else 0.0
    limit, product, count = math.exp(-min(rate, 700)), 1.0, -1
    while product > limit:
        product *= dice.random()
        count += 1
    return max(count, 0)
