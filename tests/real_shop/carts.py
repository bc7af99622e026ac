"""Random carts that a real shop and our engine must price alike, to the fen.

Only what the shop can express: one 满减 of the shop on everything, at most one shop coupon and one platform coupon.
The rules are made in the order of our levels, which is also the order in which both shops apply them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from tests.real_shop.catalogue import SKUS, sku

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
    Tier,
)

NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)
CARTS = 500


@dataclass(frozen=True)
class Rule:
    """从 `least` fen: `off` fen, or a rate in basis points (9折 is 9000)."""

    code: str
    level: Level
    least: int
    off: int
    percent: bool = False


ACTIVITY = Rule("", Level.SHOP_ACTIVITY, 40_000, 5_000)
COUPONS = (
    Rule("S200", Level.SHOP_COUPON, 20_000, 1_500),
    Rule("S390", Level.SHOP_COUPON, 39_000, 3_500),
    Rule("S600", Level.SHOP_COUPON, 60_000, 8_000),
    Rule("S9Z", Level.SHOP_COUPON, 50_000, 9_000, percent=True),
    Rule("P100", Level.PLATFORM, 10_000, 500),
    Rule("P350", Level.PLATFORM, 35_000, 2_500),
    Rule("P700", Level.PLATFORM, 70_000, 10_000),
)


@dataclass(frozen=True)
class Case:
    """A cart and the coupon codes that its buyer enters."""

    lines: tuple[tuple[str, int], ...]
    codes: tuple[str, ...]


def cases(seed: int, *, percent: bool) -> list[Case]:
    """The same carts for the same seed; thresholds are met, missed and met exactly."""
    random = Random(seed)
    known = [one.id for one in SKUS if one.stock >= 3]
    shop = [rule.code for rule in COUPONS if rule.level is Level.SHOP_COUPON and (percent or not rule.percent)]
    platform = [rule.code for rule in COUPONS if rule.level is Level.PLATFORM]
    found = []
    for _ in range(CARTS):
        ids = random.sample(known, random.randint(1, 5))
        codes = [random.choice(shop)] if random.random() < 0.75 else []
        codes += [random.choice(platform)] if random.random() < 0.6 else []
        found.append(Case(tuple((id_, random.randint(1, 2)) for id_ in ids), tuple(codes)))
    return found


def engine_price(case: Case, mode: Mode) -> tuple[Money, list[str]]:
    """What our engine says for the goods, and the codes that it used: of those held, the set that costs least."""
    rules = [ACTIVITY, *(rule for rule in COUPONS if rule.code in case.codes)]
    promotions = [_promotion(rule) for rule in rules]
    lines = tuple(CartLine(id_, count, Money(sku(id_).price)) for id_, count in case.lines)
    held = [Coupon(code, code) for code in case.codes]
    found = quote(Cart(lines), promotions, held, now=NOW, rules=ChannelRules(mode))
    return found.goods_payable, [one.coupon_id for one in found.applied if one.coupon_id]


def _promotion(rule: Rule) -> Promotion:
    benefit = Benefit.PERCENT_OFF if rule.percent else Benefit.AMOUNT_OFF
    return Promotion(
        rule.code or "A", rule.code or "A", rule.level, benefit, NOW - timedelta(days=1), NOW + timedelta(days=1),
        tiers=(Tier(rule.least, rule.off),), coupon=CouponTerms() if rule.code else None,
    )  # fmt: skip
