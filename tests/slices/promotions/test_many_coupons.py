"""Carts too large to price with every set of coupons: the search that climbs ends where trying all would."""

import random
import runpy
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import pytest
from msgspec.structs import replace

from xiaoer.slices.promotions.rules.quoting import payable, quote
from xiaoer.slices.promotions.types import Benefit, Cart, ChannelRules, Coupon, Level, Mode, Promotion, Scope, Tier

BENCHMARK = runpy.run_path(str(Path(__file__).parents[3] / "benchmarks" / "quote.py"))
NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)
COUPONS = 7  # 128 sets, of which the search prices a few dozen


def mixed_case(seed: int) -> tuple[Cart, list[Promotion], list[Coupon]]:
    """Coupons of both levels, of amounts and percents, over all goods or a few kinds, some barely within reach."""
    cart, promotions, coupons = BENCHMARK["large_case"](seed, True)
    coupons = coupons[:COUPONS]
    dice = random.Random(seed)
    reach = sum(line.price.fen * line.quantity for line in cart.lines)

    def varied(promotion: Promotion) -> Promotion:
        if dice.random() < 0.3:
            promotion = replace(promotion, level=Level.PLATFORM)
        if dice.random() < 0.5:
            promotion = replace(
                promotion, scope=Scope(categories=frozenset(f"c{i}" for i in dice.sample(range(12), 6)))
            )
        if dice.random() < 0.3:
            return replace(promotion, benefit=Benefit.PERCENT_OFF, tiers=(Tier(5_000, dice.randint(8_500, 9_700)),))
        if dice.random() < 0.3:
            return replace(promotion, tiers=(Tier(reach * dice.randint(5, 9) // 10, dice.randint(3_000, 60_000)),))
        return promotion

    return cart, [varied(p) if p.id.startswith("coupon") else p for p in promotions], coupons


def subsets(coupons: list[Coupon]) -> Iterator[tuple[Coupon, ...]]:
    for count in range(len(coupons) + 1):
        yield from combinations(coupons, count)


@pytest.mark.parametrize("mode", ["parallel", "sequential"])
@pytest.mark.parametrize("seed", [2, 3, 14])  # at 14 the sets that could save most are far from the best
def test_a_large_cart_takes_the_cheapest_of_all_sets(seed: int, mode: Mode) -> None:
    cart, promotions, coupons = mixed_case(seed)
    rules = ChannelRules(mode)
    every = [payable(cart, promotions, chosen, now=NOW, rules=rules) for chosen in subsets(coupons)]
    assert payable(cart, promotions, coupons, now=NOW, rules=rules) == min(every)


def test_coupons_that_do_nothing_together_do_not_hide_the_sets_that_do() -> None:
    """Eight coupons of which any one puts the others out of reach: the best single one is used."""
    cart, promotions, _ = BENCHMARK["large_case"](0)
    total = sum(line.price.fen * line.quantity for line in cart.lines)
    model = next(p for p in promotions if p.id == "coupon0")
    tickets = [
        replace(model, id=f"t{i}", tiers=(Tier(total, 1_000 + i),), max_per_order=0, priority=10 + i) for i in range(8)
    ]
    held = [Coupon(f"k{i}", f"t{i}") for i in range(8)]
    got = quote(cart, tickets, held, now=NOW, rules=ChannelRules("sequential"))
    assert [entry.coupon_id for entry in got.applied] == ["k7"]
