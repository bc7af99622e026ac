"""Uplift: a planted difference lies within its interval, chance is not called certain, nothing is told of nothing."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from xiaoer.slices.outreach.rules.uplift import (
    Outcomes,
    measure_conversion,
    measure_revenue,
    outcomes_of,
    together,
)

NOON = datetime(2026, 6, 18, 4, tzinfo=UTC)


def payers(of: int, paid: int, fen: int = 1_000) -> Outcomes:
    return Outcomes((fen,) * paid + (0,) * (of - paid), paid)


def drawn(seed: int, buyers: int, share: float) -> Outcomes:
    dice = Random(seed)
    fens = tuple(round(9_000 * dice.lognormvariate(0, 0.8)) if dice.random() < share else 0 for _ in range(buyers))
    return Outcomes(fens, sum(fen > 0 for fen in fens))


def test_a_difference_that_chance_explains_is_not_called_certain_and_says_how_many_more_would_tell() -> None:
    small = measure_conversion(payers(90, 20), payers(10, 2))
    assert small is not None and not small.is_certain and small.low < 0 < small.high
    assert small.needed is not None and small.needed > 1_000
    large = measure_conversion(payers(9_000, 1_800), payers(1_000, 120))
    assert large is not None and large.is_certain and large.low < 0.08 < large.high and large.needed is None


@pytest.mark.parametrize("empty", [Outcomes(), payers(10, 0)], ids=["nobody", "nobody-paid"])
def test_without_payers_in_both_arms_no_revenue_is_compared(empty: Outcomes) -> None:
    assert measure_revenue(payers(100, 50), empty) is None
    assert measure_revenue(empty, payers(100, 50)) is None


def test_without_a_hold_out_there_is_no_figure() -> None:
    assert measure_conversion(payers(10, 2), Outcomes()) is None


def test_planted_effects_lie_within_their_intervals() -> None:
    mean = 9_000 * 2.718281828 ** (0.8**2 / 2)
    hits = [0, 0]
    for seed in range(200):
        treated, held = drawn(2 * seed, 1_800, 0.14), drawn(2 * seed + 1, 200, 0.10)
        conversion, revenue = measure_conversion(treated, held), measure_revenue(treated, held)
        hits[0] += conversion is not None and conversion.low <= 0.04 <= conversion.high
        hits[1] += revenue is not None and revenue.low <= 0.04 * mean <= revenue.high
    assert min(hits) >= 186


def test_the_sample_that_is_still_needed_would_tell_the_difference() -> None:
    first = measure_conversion(payers(900, 108), payers(100, 10))
    assert first is not None and first.needed is not None
    times = (1_000 + first.needed) / 1_000
    treated, held = round(900 * times), round(100 * times)
    later = measure_conversion(payers(treated, round(treated * 0.12)), payers(held, round(held * 0.10)))
    assert later is not None and later.is_certain


def test_only_what_is_paid_within_the_window_after_the_entry_counts() -> None:
    hour = timedelta(hours=1)
    entries = [("a", "treated", 0, NOON), ("b", "treated", 1, NOON), ("c", "held_out", 0, NOON)]
    paid = {
        "a": [(NOON - hour, 500), (NOON, 700), (NOON + 23 * hour, 0)],
        "b": [(NOON + 24 * hour, 900)],
        "x": [(NOON, 1)],
    }
    found = outcomes_of(entries, paid, timedelta(hours=24))
    assert found["treated", 0] == Outcomes((700,), 1)
    assert found["treated", 1] == Outcomes((0,), 0)
    assert together(found.values()) == Outcomes((700, 0, 0), 1)
