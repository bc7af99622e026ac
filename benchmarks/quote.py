"""How long a large cart takes to price: 100 lines, 50 promotions, 10 coupons; prints times and the ratio to a bare sum.

Run: python benchmarks/quote.py
"""

import random
import statistics
import time
from datetime import UTC, datetime

from xiaoer.kernel.money import Money
from xiaoer.slices.promotions.rules.quoting import quote
from xiaoer.slices.promotions.types import (
    Benefit,
    Cart,
    CartLine,
    ChannelRules,
    Coupon,
    CouponTerms,
    Level,
    Mode,
    Promotion,
    Scope,
    Tier,
)

NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)
STARTS, ENDS = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
CATEGORIES = [f"c{i}" for i in range(12)]


def large_case(seed: int, stackable: bool = False) -> tuple[Cart, list[Promotion], list[Coupon]]:
    """A full cart with promotions of every level; `stackable` coupons may all be used together."""
    dice = random.Random(seed)
    lines = tuple(
        CartLine(
            f"V{i:03}", dice.randint(1, 5), Money(dice.randint(900, 60_000)), f"P{i // 2}", dice.choice(CATEGORIES)
        )
        for i in range(100)
    )
    promotions = [_promotion(dice, i) for i in range(50)]
    coupons: list[Coupon] = []
    for i in range(10):
        low = dice.randint(5_000, 300_000)
        promotions.append(
            Promotion(
                f"coupon{i}",
                f"券{i}",
                Level.SHOP_COUPON,
                Benefit.AMOUNT_OFF,
                STARTS,
                ENDS,
                tiers=(Tier(low, low // dice.randint(8, 15)),),
                coupon=CouponTerms(),
                max_per_order=0 if stackable else None,
            )
        )
        coupons.append(Coupon(f"k{i}", f"coupon{i}"))
    return Cart(lines, Money(800)), promotions, coupons


def _promotion(dice: random.Random, i: int) -> Promotion:
    scope = Scope(categories=frozenset(dice.sample(CATEGORIES, dice.randint(1, 6)))) if i % 3 else Scope()
    kinds: list[tuple[Level, Benefit, tuple[Tier, ...], str]] = [
        (Level.ITEM, Benefit.PERCENT_OFF, (Tier(0, 9_500),), "none"),
        (Level.SHOP_ACTIVITY, Benefit.AMOUNT_OFF, (Tier(30_000, 3_000), Tier(80_000, 10_000)), "amount"),
        (Level.SHOP_ACTIVITY, Benefit.NTH_PIECE_RATE, (Tier(2, 5_000),), "pieces"),
        (Level.SHOP_ACTIVITY, Benefit.PERCENT_OFF, (Tier(2, 9_000), Tier(3, 8_000)), "pieces"),
        (Level.PLATFORM, Benefit.AMOUNT_OFF, (Tier(30_000, 4_000),), "amount"),
        (Level.FREIGHT, Benefit.FREIGHT_OFF, (Tier(9_900, 0),), "amount"),
    ]
    level, benefit, tiers, threshold = kinds[i % len(kinds)]
    return Promotion(
        f"p{i:02}",
        f"活动{i}",
        level,
        benefit,
        STARTS,
        ENDS,
        tiers=tiers,
        threshold=threshold,  # type: ignore[arg-type]
        repeat=i % 2 == 0,
        scope=scope,
        priority=dice.choice([10, 20, 100]),
    )


def main() -> None:
    modes: tuple[Mode, ...] = ("parallel", "sequential")
    for mode in modes:
        for stackable in (False, True):
            took = []
            for seed in range(15):
                cart, promotions, coupons = large_case(seed, stackable)
                began = time.process_time()
                quote(cart, promotions, coupons, now=NOW, rules=ChannelRules(mode))
                took.append((time.process_time() - began) * 1000)
            began = time.process_time()
            for _ in range(1000):
                sum(line.price.fen * line.quantity for line in cart.lines)
            bare = time.process_time() - began
            middle = statistics.median(took)
            name = "all together" if stackable else "one per order"
            times = f"median {middle:6.2f} ms, worst {max(took):6.2f} ms"
            print(f"{mode:10} coupons {name:13} {times} of CPU, {middle / bare:5.0f} x a sum of the lines")


if __name__ == "__main__":
    main()
