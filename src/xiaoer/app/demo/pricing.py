"""What a past order of the sample shop cost, to the fen.

The orders must look as if the shop's own promotions had priced them, so the four promotions that
ran while they were placed are repeated here in miniature (parallel stacking, promotions.toml):
member price PM06 and direct cut PM05 on the item, 满减 PM01 or 每满减 PM02 on the lines, the shop
coupon PM04 when the buyer used it, and freight. Goods of the other running activities are kept
out of recent orders by `may_be_ordered`. The real engine is `xiaoer.slices.promotions`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from xiaoer.app.demo.dates import start_of_day
from xiaoer.app.demo.shelf import Good

FREIGHT = 800
FREE_SHIPPING_FROM = 5900
FULL_REDUCTION = ((49900, 6000), (29900, 3000), (19900, 1500))
COUPON_FROM, COUPON_OFF = 19900, 2000
DIRECT_CUT = 2000

BASIC_CLOTHES = frozenset({"P1003", "P1011", "P1012", "P1016"})
PICK_THREE = frozenset({"P1205", "P1206", "P1207", "P1212"})
SECOND_HALF = frozenset({"P1102", "P1109", "P1111"})
CUT_TODAY = frozenset({"P1001", "P1501"})
PRESALE = frozenset({"P1316"})


@dataclass(frozen=True)
class Line:
    good: Good
    quantity: int


@dataclass(frozen=True)
class Bill:
    """What each line cost after all discounts, the freight, and their sum; all in fen."""

    paid: tuple[int, ...]
    freight: int

    @property
    def payable(self) -> int:
        return sum(self.paid) + self.freight


def may_be_ordered(good: Good, at: datetime, now: datetime) -> bool:
    """Say whether an order placed at `at` may hold this good and still be priced here."""
    if good.product_id in PRESALE:
        return False
    recent = at >= start_of_day(now) - timedelta(days=3)
    return not (recent and good.product_id in BASIC_CLOTHES | PICK_THREE | SECOND_HALF)


def price_order(lines: list[Line], *, at: datetime, now: datetime, level: str, coupon: bool) -> Bill:
    """Price an order placed at `at` by a buyer of `level`; the running periods hang on `now`."""
    today = start_of_day(now)
    bases = [_unit_price(line.good, at >= today, level) * line.quantity for line in lines]
    discounts = [0] * len(lines)

    if at >= today - timedelta(days=60):
        joined = [_joins_full_reduction(line.good) for line in lines]
        base = _sum_where(bases, joined)
        off = next((benefit for floor, benefit in FULL_REDUCTION if base >= floor), 0)
        _spread(off, bases, joined, discounts)
    if at >= today - timedelta(days=1):
        joined = [_joins_food_steps(line.good) for line in lines]
        off = min(_sum_where(bases, joined) // 10000, 5) * 1000
        _spread(off, bases, joined, discounts)
    if coupon and at >= today - timedelta(days=20) and sum(bases) >= COUPON_FROM:
        _spread(COUPON_OFF, bases, [True] * len(lines), discounts)

    paid = tuple(base - off for base, off in zip(bases, discounts, strict=True))
    return Bill(paid, 0 if sum(paid) >= FREE_SHIPPING_FROM else FREIGHT)


def share_discount(discount: int, bases: list[int]) -> list[int]:
    """Split a discount over lines by their base; leftover fen go to the largest fractions."""
    total = sum(bases)
    if total == 0:
        return [0] * len(bases)
    shares = [discount * base // total for base in bases]
    by_fraction = sorted(range(len(bases)), key=lambda i: (-(discount * bases[i] % total), i))
    for index in by_fraction[: discount - sum(shares)]:
        shares[index] += 1
    return shares


def _unit_price(good: Good, cut_runs: bool, level: str) -> int:
    prices = [good.price]
    if good.category == "家居" and level in ("金卡", "黑金"):
        prices.append((good.price * 9500 + 5000) // 10000)
    if cut_runs and good.product_id in CUT_TODAY:
        prices.append(good.price - DIRECT_CUT)
    return min(prices)


def _joins_full_reduction(good: Good) -> bool:
    return good.category in ("服装", "家居") and good.product_id not in BASIC_CLOTHES


def _joins_food_steps(good: Good) -> bool:
    return good.category == "食品" and good.product_id not in PICK_THREE


def _sum_where(bases: list[int], joined: list[bool]) -> int:
    return sum(base for base, joins in zip(bases, joined, strict=True) if joins)


def _spread(off: int, bases: list[int], joined: list[bool], discounts: list[int]) -> None:
    weights = [base if joins else 0 for base, joins in zip(bases, joined, strict=True)]
    for index, share in enumerate(share_discount(off, weights)):
        discounts[index] += share
