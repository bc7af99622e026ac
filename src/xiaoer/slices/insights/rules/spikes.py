"""Spikes (突增): a topic asked far more often than in the same hours of the weeks before.

A count is compared with a negative binomial whose mean is the topic's usual count in these hours, moved with the
whole shop's traffic (a sales day makes everything grow and is no news of one topic), and whose spread is learnt
from all topics. The line is drawn so that chance crosses it about `budget` times a day over all topics.
"""

from collections.abc import Mapping, Sequence
from math import exp, lgamma, log, sqrt
from typing import NamedTuple

WINDOWS_H = (3, 24)
_LEAST = 5  # fewer asks are never a spike worth a person's time
_TIMES = 2.0
_RUNS_A_DAY = 24
_PRIOR = 0.5  # asks that every topic is thought to have had, so that an unheard-of one has a mean
_SPREAD = 0.05  # the spread that counts of one topic have at least (variance = mean + spread · mean²)
_WIDE = 3.0
_ENOUGH_DAYS, _LOUDEST = 14, 3


class Spike(NamedTuple):
    """`seen` in the window against `usual`; `p` is how likely chance gives as many."""

    topic: str
    hours: int
    seen: int
    usual: float
    times: float
    p: float


def tail(count: int, mean: float, spread: float) -> float:
    """P(X ≥ count) of a negative binomial with variance mean + spread · mean²; a Poisson when spread is nought."""
    if count <= 0:
        return 1.0
    below = sum(exp(_log_mass(k, mean, spread)) for k in range(count)) if count <= mean else 0.0
    if count <= mean:
        return max(0.0, 1.0 - below)
    total, k = 0.0, count
    while True:
        mass = exp(_log_mass(k, mean, spread))
        total += mass
        if mass < 1e-4 * total or total == 0.0 or k > count + 10_000:
            return min(1.0, total)
        k += 1


def _log_mass(k: int, mean: float, spread: float) -> float:
    if spread <= 0:
        return k * log(mean) - mean - lgamma(k + 1)
    size = 1 / spread
    return (
        lgamma(k + size)
        - lgamma(size)
        - lgamma(k + 1)
        + size * log(size / (size + mean))
        + k * log(mean / (size + mean))
    )


def pooled_spread(histories: Sequence[Sequence[float]]) -> float:
    """The middle spread of topics that are asked often enough to show one."""
    found = []
    for history in histories:
        mean = sum(history) / len(history) if history else 0.0
        if mean >= 2 and len(history) >= 5:
            variance = sum((x - mean) ** 2 for x in history) / (len(history) - 1)
            found.append(max(0.0, (variance - mean) / mean**2))
    found.sort()
    return min(_WIDE, max(_SPREAD, found[len(found) // 2])) if found else _SPREAD * 4


def find_spikes(
    now: Mapping[str, int], history: Mapping[str, Sequence[int]], days: int, hours: int, *, budget: float = 0.75
) -> list[Spike]:
    """Topics whose count in the window stands out.

    `history` holds one count per past day of the same hours (missing days are noughts); `days` is how many days
    there are; fewer than five tell nothing. `budget` is the number of false alarms a day that all topics may give.
    """
    if days < 5:
        return []
    padded = {topic: [*counts, *([0] * (days - len(counts)))] for topic, counts in history.items()}
    spread = pooled_spread(list(padded.values()))
    total_now = sum(now.values())
    total_usual = sum(sum(counts) for counts in padded.values()) / days
    topics = {*now, *history}
    line = budget / (_RUNS_A_DAY * max(1, len(topics)))
    found = []
    for topic, count in now.items():
        if count < _LEAST:
            continue
        counts = _calm(padded.get(topic, [0] * days))
        mean = (sum(counts) + _PRIOR) / (len(counts) + 1)
        usual = mean * _traffic(total_now - count, total_usual - sum(counts) / len(counts))
        if count < _TIMES * usual:
            continue
        own = sum((x - mean) ** 2 for x in counts) / max(1, len(counts) - 1)
        wide = max(spread, min(_WIDE, (own - mean) / mean**2)) if mean >= 1 else spread
        p = tail(count, usual + sqrt(usual / days), wide)
        if p < line:
            found.append(Spike(topic, hours, count, round(usual, 2), round(count / max(usual, 0.2), 1), p))
    return sorted(found, key=lambda spike: spike.p)


def _calm(counts: Sequence[int]) -> list[int]:
    """The days without the few highest, so that a spike that has lasted for days does not hide itself."""
    if len(counts) < _ENOUGH_DAYS:
        return list(counts)
    line = sorted(counts)[-_LOUDEST - 1]
    return [min(count, line) for count in counts]


def _traffic(others_now: float, others_usual: float) -> float:
    """How much busier the rest of the shop is than usual; damped where there is little to go by."""
    return max(0.8, min(20.0, (others_now + 10) / (others_usual + 10)))


class Effect(NamedTuple):
    """What a change did: the topic's rate after ÷ before, divided by the same of what was not touched.

    `low` and `high` bound it with 95 %; `works` is true when all of it lies below one.
    """

    times: float
    low: float
    high: float
    works: bool
    before: float
    after: float
    control: float


def effect_of(
    before: int, before_days: float, after: int, after_days: float, control_before: int, control_after: int
) -> Effect | None:
    """Before and after against the control, by Poisson rates; None when there is too little to tell."""
    if before < _LEAST or after_days <= 0 or before_days <= 0:
        return None
    usual = (control_after + 0.5) / (control_before + 0.5) if control_before >= 20 else after_days / before_days
    times = (after + 0.5) / (before + 0.5) / usual
    error = 1 / (after + 0.5) + 1 / (before + 0.5)
    error += 1 / (control_after + 0.5) + 1 / (control_before + 0.5) if control_before >= 20 else 0.0
    wide = 1.96 * sqrt(error)
    high = times * exp(wide)
    return Effect(
        round(times, 3),
        round(times * exp(-wide), 3),
        round(high, 3),
        high < 1,
        round(before / before_days, 2),
        round(after / after_days, 2),
        round(usual * before_days / after_days, 3),
    )
