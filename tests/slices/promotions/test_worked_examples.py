"""The worked examples of the promotion model: exact totals, in both stacking modes where it matters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from xiaoer.kernel.money import Money
from xiaoer.slices.promotions.rules.advice import rank_candidates, refund_recomputed, refund_share
from xiaoer.slices.promotions.rules.channels import rules_of
from xiaoer.slices.promotions.rules.presale import plan_presale
from xiaoer.slices.promotions.rules.quoting import quote
from xiaoer.slices.promotions.rules.sharing import share
from xiaoer.slices.promotions.types import (
    Benefit,
    Cart,
    CartLine,
    ChannelRules,
    Coupon,
    CouponTerms,
    Level,
    Mode,
    Presale,
    Promotion,
    Quote,
    Scope,
    Tier,
)

NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)
STARTS, ENDS = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
BOTH: tuple[Mode, ...] = ("parallel", "sequential")


def yuan(text: str) -> int:
    return Money.from_yuan(text).fen


def promo(id: str, level: Level, benefit: Benefit, *tiers: tuple[int, int], **more: object) -> Promotion:
    steps = tuple(Tier(*tier) for tier in tiers)
    return Promotion(id, id, level, benefit, STARTS, ENDS, tiers=steps, **more)  # type: ignore[arg-type]


def full_cut(id: str, *tiers: tuple[str, str], level: Level = Level.SHOP_ACTIVITY, **more: object) -> Promotion:
    return promo(id, level, Benefit.AMOUNT_OFF, *((yuan(a), yuan(b)) for a, b in tiers), **more)


def ticket(id: str, threshold: str, off: str, **more: object) -> Promotion:
    return full_cut(id, (threshold, off), level=Level.SHOP_COUPON, coupon=CouponTerms(), **more)


def pieces(id: str, benefit: Benefit, *tiers: tuple[int, int], **more: object) -> Promotion:
    return promo(id, Level.SHOP_ACTIVITY, benefit, *tiers, threshold="pieces", **more)


def cart(*goods: str | tuple[str, int], sellers: Sequence[str] = (), freight: str | None = None) -> Cart:
    """Lines named A, B, C… at these prices."""
    lines = []
    for i, good in enumerate(goods):
        price, quantity = good if isinstance(good, tuple) else (good, 1)
        seller = sellers[i] if sellers else ""
        lines.append(CartLine(chr(65 + i), quantity, Money(yuan(price)), seller=seller))
    return Cart(tuple(lines), Money(yuan(freight)) if freight else None)


def price(goods: Cart, promotions: Sequence[Promotion], mode: Mode, **rules: object) -> Quote:
    held = [Coupon(p.id, p.id) for p in promotions if p.needs_coupon]
    named = bool(rules.pop("named", False))
    return quote(goods, promotions, held, now=NOW, named=named, rules=ChannelRules(mode, **rules))  # type: ignore[arg-type]


AB = cart("299", "159")
PER_300 = {"level": Level.PLATFORM, "repeat": True}
SHOPS = ("one", "two", "three")


@dataclass
class Example:
    name: str
    goods: Cart
    promotions: Sequence[Promotion]
    payable: Mapping[str, str]
    rules: Mapping[str, object] = field(default_factory=dict)


def seller_cut(id: str, threshold: str, off: str, *sellers: str) -> Promotion:
    scope = Scope(sellers=frozenset(sellers))
    return full_cut(id, (threshold, off), level=Level.PLATFORM, repeat=True, scope=scope)


E8 = [full_cut("cut", ("400", "50"), ("600", "90")), ticket("t", "600", "20"), full_cut("x", ("300", "40"), **PER_300)]
E6 = [seller_cut("200-20", "200", "20", "one", "two"), seller_cut("300-20", "300", "20", "three")]
HALF = pieces("half", Benefit.NTH_PIECE_RATE, (2, 5000), repeat=True)
FREE_99 = promo("free", Level.FREIGHT, Benefit.FREIGHT_OFF, (yuan("99"), 0))


def both(amount: str) -> dict[str, str]:
    return dict.fromkeys(BOTH, amount)


EXAMPLES = [
    Example("E1", AB, [full_cut("cut", ("400", "50"))], both("408.00")),
    Example(
        "E2",
        AB,
        [full_cut("cut", ("400", "100")), ticket("t", "380", "20")],
        {"parallel": "338.00", "sequential": "358.00"},
    ),
    Example(
        "E3",
        cart("400"),
        [ticket("t", "400", "380"), full_cut("x", ("400", "50"), level=Level.PLATFORM)],
        {"parallel": "0.00", "sequential": "20.00"},
    ),
    Example(
        "E3-douyin",
        cart("400"),
        [ticket("t", "400", "380"), full_cut("x", ("400", "50"), level=Level.PLATFORM)],
        {"parallel": "0.01"},
        {"floor": Money(1)},
    ),
    Example("E4", cart("300", "200", "100", sellers=SHOPS), [full_cut("x", ("200", "20"), **PER_300)], both("540.00")),
    Example(
        "E5",
        cart("300", "200", "100", sellers=SHOPS),
        [full_cut("x", ("200", "20"), **PER_300), ticket("hb", "0", "5", scope=Scope(sellers=frozenset({"two"})))],
        {"parallel": "535.00", "sequential": "555.00"},
        {"named": True},
    ),
    Example("E6", cart("200", "200", "200", sellers=SHOPS), E6, both("560.00")),
    Example("E7", cart("300", "300", "300", sellers=SHOPS), E6, both("820.00")),
    Example("E8", cart("299", ("159", 2)), E8, {"parallel": "427.00", "sequential": "487.00"}),
    Example("E9", cart("89", "69", "49", "39"), [HALF], both("192.00")),
    Example("E10", cart(("99", 3)), [HALF], both("247.50")),
    Example("E11", AB, [pieces("p", Benefit.PERCENT_OFF, (2, 9000))], both("412.20")),
    Example("E12", cart(("159", 3)), [pieces("p", Benefit.PERCENT_OFF, (2, 9000), (3, 8000))], both("381.60")),
    Example(
        "E13",
        cart("45", "39", "36", "29"),
        [pieces("any3", Benefit.FIXED_PRICE, (3, yuan("99")), repeat=True)],
        both("128.00"),
    ),
    Example(
        "E15-payable",
        cart("105", freight="8"),
        [ticket("t", "0", "10"), FREE_99],
        both("103.00"),
        {"freight_base": "goods_payable"},
    ),
    Example(
        "E15-item",
        cart("105", freight="8"),
        [ticket("t", "0", "10"), FREE_99],
        both("95.00"),
        {"freight_base": "item_price"},
    ),
    Example(
        "E16-199", cart("199"), [full_cut("c", ("199", "80")), ticket("t", "120", "10")], {"sequential": "119.00"}
    ),
    Example(
        "E16-210", cart("210"), [full_cut("c", ("199", "80")), ticket("t", "120", "10")], {"sequential": "120.00"}
    ),
    Example(
        "E21",
        AB,
        [
            ticket("20", "300", "20"),
            ticket("45", "450", "45"),
            promo(
                "9z", Level.SHOP_COUPON, Benefit.PERCENT_OFF, (0, 9000), threshold="none", cap=Money(3000),
                coupon=CouponTerms(),
            ),
        ],
        both("413.00"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("example", "mode"),
    [(example, mode) for example in EXAMPLES for mode in example.payable],
    ids=lambda value: value.name if isinstance(value, Example) else value,
)
def test_a_worked_example_comes_out_to_the_fen(example: Example, mode: Mode) -> None:
    got = price(example.goods, example.promotions, mode, **example.rules)
    assert got.payable.yuan == example.payable[mode]
    assert sum(line.paid.fen for line in got.lines) == got.goods_payable.fen
    for entry in got.applied:
        if entry.level is not Level.FREIGHT:
            assert sum(part.fen for part in entry.shares) == entry.amount.fen


def _paid(got: Quote) -> list[str]:
    return [line.paid.yuan for line in got.lines]


def _amounts(got: Quote) -> dict[str, str]:
    return {entry.promotion_id: entry.amount.yuan for entry in got.applied}


def test_e1_shares_the_discount_by_price() -> None:
    got = price(AB, [full_cut("cut", ("400", "50"))], "parallel")
    assert [part.yuan for part in got.applied[0].shares] == ["32.64", "17.36"]
    assert _paid(got) == ["266.36", "141.64"]


def test_e2_sequential_says_how_much_the_coupon_misses() -> None:
    got = price(AB, [full_cut("cut", ("400", "100")), ticket("t", "380", "20")], "sequential")
    assert [(m.promotion_id, m.reason, m.gap) for m in got.not_applied] == [("t", "below_threshold", Money(2_200))]


def test_e4_shares_over_shops() -> None:
    got = price(cart("300", "200", "100", sellers=SHOPS), [full_cut("x", ("200", "20"), **PER_300)], "parallel")
    assert [part.yuan for part in got.applied[0].shares] == ["30.00", "20.00", "10.00"]


@pytest.mark.parametrize(("mode", "cross"), [("sequential", "40.00"), ("parallel", "60.00")])
def test_e5_a_red_packet_lowers_the_base_only_in_sequence(mode: Mode, cross: str) -> None:
    example = next(e for e in EXAMPLES if e.name == "E5")
    assert _amounts(price(example.goods, example.promotions, mode, named=True)) == {"hb": "5.00", "x": cross}


def test_e5_a_red_packet_that_costs_a_step_is_kept_unless_the_buyer_names_it() -> None:
    example = next(e for e in EXAMPLES if e.name == "E5")
    assert _amounts(price(example.goods, example.promotions, "sequential")) == {"x": "60.00"}


def test_e6_steps_of_different_size_do_not_pool() -> None:
    got = price(cart("200", "200", "200", sellers=SHOPS), E6, "parallel")
    assert _amounts(got) == {"200-20": "40.00"}
    assert _paid(got) == ["180.00", "180.00", "200.00"]


def test_e13_the_dearest_three_make_the_group() -> None:
    example = next(e for e in EXAMPLES if e.name == "E13")
    got = price(example.goods, example.promotions, "parallel")
    assert got.lines[3].paid.yuan == "29.00"


@pytest.mark.parametrize("mode", BOTH)
def test_e14_candidates_are_ranked_by_what_the_bill_changes(mode: Mode) -> None:
    rule = full_cut("per300", ("300", "50"), repeat=True)
    base = cart("260")
    got = price(base, [rule], mode)
    assert [(s.gap.yuan, s.saving.yuan) for s in got.next_steps if s.gap] == [("40.00", "50.00")]
    candidates = [CartLine(name, 1, Money(yuan(name))) for name in ("45", "40", "120")]
    ranked = rank_candidates(base, candidates, lambda c: price(c, [rule], mode).payable)
    assert [(c.line.variant_id, c.net.yuan, c.payable.yuan) for c in ranked] == [
        ("40", "-10.00", "250.00"),
        ("45", "-5.00", "255.00"),
        ("120", "70.00", "330.00"),
    ]


@pytest.mark.parametrize(
    ("total", "terms", "balance", "base", "paid"),
    [
        ("800", Presale(Money(10000), Money(20000)), "600.00", "700.00", "700.00"),
        ("200", Presale(Money(1000), Money(1000), Money(2000)), "170.00", "180.00", "180.00"),
        ("240", Presale(Money(5000), Money(5000), Money(4000)), "150.00", "200.00", "200.00"),
    ],
    ids=["E17", "E18", "E19"],
)
def test_a_presale_splits_into_deposit_and_balance(
    total: str, terms: Presale, balance: str, base: str, paid: str
) -> None:
    plan = plan_presale(Money.from_yuan(total), terms)
    assert (plan.balance.yuan, plan.threshold_base.yuan, plan.total.yuan) == (balance, base, paid)
    rule = promo("ps", Level.ITEM, Benefit.PRESALE, threshold="none", presale=terms)
    for mode in BOTH:
        got = price(cart(total), [rule], mode)
        assert got.presale is not None
        assert (got.payable.yuan, got.presale.balance.yuan, got.presale.threshold_base.yuan) == (paid, balance, base)


def test_e20_refunds_follow_the_refund_mode() -> None:
    rules = [full_cut("cut", ("400", "50"))]
    paid = price(AB, rules, "parallel")
    assert refund_share(paid, {"B": 1}).amount.yuan == "141.64"
    recomputed = refund_recomputed(paid, AB, {"B": 1}, lambda c: price(c, rules, "parallel"))
    assert (recomputed.amount.yuan, recomputed.kept) == ("109.00", Money(yuan("299")))


def test_e21_reports_the_chosen_coupon() -> None:
    example = next(e for e in EXAMPLES if e.name == "E21")
    got = price(example.goods, example.promotions, "parallel")
    assert _amounts(got) == {"45": "45.00"}
    assert {m.promotion_id: m.reason for m in got.not_applied} == {"20": "not_best", "9z": "not_best"}


def test_e22_the_leftover_fen_go_to_the_largest_fraction() -> None:
    assert share(5000, [33300, 33300, 33400]) == [1665, 1665, 1670]


def test_taobao_and_douyin_settle_differently_at_zero() -> None:
    rules = next(e for e in EXAMPLES if e.name == "E3").promotions
    held = [Coupon("t", "t")]
    for channel, payable in (("taobao", "0.00"), ("douyin", "0.01"), ("jd", "20.00")):
        assert quote(cart("400"), rules, held, now=NOW, rules=rules_of(channel)).payable.yuan == payable
