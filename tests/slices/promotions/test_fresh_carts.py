"""Carts that were reckoned by hand from the promotion model, apart from its own examples: thresholds met to the fen,
the cent that rounding leaves, levels that meet, refunds that break a step. Each line says how its figure comes about."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from tests.slices.promotions.test_worked_examples import (
    BOTH,
    ENDS,
    STARTS,
    both,
    cart,
    full_cut,
    pieces,
    price,
    promo,
    ticket,
    yuan,
)

from xiaoer.kernel.money import Money
from xiaoer.slices.promotions.rules.advice import refund_recomputed, refund_share
from xiaoer.slices.promotions.rules.quoting import quote
from xiaoer.slices.promotions.types import (
    Benefit,
    BuyerFacts,
    Cart,
    ChannelRules,
    Coupon,
    CouponTerms,
    Gift,
    Level,
    Mode,
    Presale,
    Promotion,
    Scope,
)

NTH = Benefit.NTH_PIECE_RATE
ANY = Benefit.FIXED_PRICE


def at_item(id: str, benefit: Benefit, value: int, **more: object) -> Promotion:
    return promo(id, Level.ITEM, benefit, (0, value), threshold="none", **more)


def rate(id: str, threshold: str, rate: int, level: Level = Level.SHOP_ACTIVITY, **more: object) -> Promotion:
    return promo(id, level, Benefit.PERCENT_OFF, (yuan(threshold), rate), **more)


def free(threshold: str, **more: object) -> Promotion:
    return promo("free", Level.FREIGHT, Benefit.FREIGHT_OFF, (yuan(threshold), 0), **more)


COUPON = {"level": Level.SHOP_COUPON, "coupon": CouponTerms()}
PLATFORM_300 = full_cut("x", ("300", "50"), level=Level.PLATFORM, repeat=True)
ONLY_A = Scope(skus=frozenset({"A"}))
NOT_B = Scope(exclude_skus=frozenset({"B"}))
TIERS = full_cut("cut", ("300", "30"), ("500", "60"), ("800", "100"))

Row = tuple[str, Cart, Sequence[Promotion], Mapping[str, str], Mapping[str, object]]
CARTS: list[Row] = [
    ("exactly 满300", cart(("100", 3)), [full_cut("c", ("300", "50"))], both("250.00"), {}),
    ("a fen short of 满300", cart("299.99"), [full_cut("c", ("300", "50"))], both("299.99"), {}),
    ("exactly the third step", cart(("400", 2)), [TIERS], both("700.00"), {}),
    ("a fen short of the third step", cart("799.99"), [TIERS], both("739.99"), {}),
    # 455.50 holds 4 hundreds, at most 3 count: 3 × 7
    ("每满100减7, at most three times", cart("455.50"), [full_cut("c", ("100", "7"), repeat=True, repeat_cap=3)],
     both("434.50"), {}),
    # 233.33 × 12% = 27.9996, rounded 28.00
    ("满200打8.8折", cart("233.33"), [rate("r", "200", 8800)], both("205.33"), {}),
    # 12.50 × 9% = 1.125, rounded half up 1.13
    ("9.1折 of 12.50, half a fen up", cart("12.50"), [rate("r", "0", 9100)], both("11.37"), {}),
    ("8折券, at most 30", cart("199"), [rate("r", "0", 8000, cap=Money(3000), **COUPON)], both("169.00"), {}),
    # pairs (100,100), (100,80): 50 + 40
    ("第二件半价 over goods", cart(("100", 3), "80"), [pieces("h", NTH, (2, 5000), repeat=True)], both("290.00"), {}),
    ("第二件半价 仅限同款", cart(("100", 3), "80"), [pieces("h", NTH, (2, 5000), repeat=True, same_sku_only=True)],
     both("330.00"), {}),
    # the second pays 16.665, rounded half up 16.67
    ("第二件半价 of 33.33", cart(("33.33", 2)), [pieces("h", NTH, (2, 5000), repeat=True)], both("50.00"), {}),
    ("第三件1折", cart(("90", 3)), [pieces("h", NTH, (3, 1000), nth=3, repeat=True)], both("189.00"), {}),
    # the dearest two 50 + 45 for 79, and 30
    ("79元任选2件", cart("50", "45", "30"), [pieces("a", ANY, (2, yuan("79")), repeat=True)], both("109.00"), {}),
    ("任选 that costs more than the goods", cart(("30", 2)), [pieces("a", ANY, (2, yuan("79")), repeat=True)],
     both("60.00"), {}),
    ("99元任选3件, twice", cart(("40", 6)), [pieces("a", ANY, (3, yuan("99")), repeat=True)], both("198.00"), {}),
    ("the lower of two item prices", cart("99"), [at_item("m", Benefit.FIXED_PRICE, 8500),
     at_item("t", Benefit.FIXED_PRICE, 8900)], both("85.00"), {}),
    # 129 − 20 = 109, twice 218, which reaches 199
    ("直降 under 满减", cart(("129", 2)), [at_item("d", Benefit.AMOUNT_OFF, 2000), full_cut("c", ("199", "15"))],
     both("203.00"), {}),
    # 满减 is tested on 199, the price after 单品优惠, in either mode
    ("单品优惠 takes the step away", cart("210"), [at_item("d", Benefit.FIXED_PRICE, 19900),
     full_cut("c", ("200", "30"))], both("199.00"), {}),
    # sequential: 460 misses 470, then one step of 300
    ("three levels", cart("500"), [full_cut("c", ("300", "40")), ticket("t", "470", "50"), PLATFORM_300],
     {"parallel": "360.00", "sequential": "410.00"}, {}),
    # sequential: 500 − 50 = 450 meets 450 to the fen
    ("券 met exactly after 满减", cart("500"), [full_cut("c", ("500", "50")), ticket("t", "450", "45")],
     {"parallel": "405.00", "sequential": "405.00"}, {}),
    # a tenth of 400, or of the 340 that are left
    ("满减 and 9折券", cart("400"), [full_cut("c", ("300", "60")), rate("r", "0", 9000, **COUPON)],
     {"parallel": "300.00", "sequential": "306.00"}, {}),
    ("跨店满减 with 品类券", cart("320"), [PLATFORM_300, full_cut("p", ("200", "15"), level=Level.PLATFORM,
     coupon=CouponTerms())], both("255.00"), {}),
    ("红包 up to what is left", cart("15"), [full_cut("hb", ("0", "20"), level=Level.ASSET, coupon=CouponTerms())],
     both("0.00"), {}),
    ("支付立减 does not count unasked", cart("100"), [full_cut("pay", ("0", "10"), level=Level.PAYMENT)],
     both("100.00"), {}),
    ("包邮 missed by a fen", cart("58.99", freight="8"), [free("59")], both("66.99"), {}),
    ("包邮 met exactly", cart("59", freight="8"), [free("59")], both("59.00"), {}),
    # 109 − 15 = 94 is below 99; the item price 109 is not
    ("包邮 after 满减, on what is paid", cart("109", freight="10"), [full_cut("c", ("100", "15")), free("99")],
     both("104.00"), {"freight_base": "goods_payable"}),
    ("包邮 after 满减, on the item price", cart("109", freight="10"), [full_cut("c", ("100", "15")), free("99")],
     both("94.00"), {"freight_base": "item_price"}),
    ("运费券 lowers only the freight", cart("20", freight="8"), [promo("f", Level.FREIGHT, Benefit.FREIGHT_OFF,
     (0, 500), threshold="none", coupon=CouponTerms())], both("23.00"), {}),
    ("满赠 costs nothing", cart("199"), [promo("g", Level.SHOP_ACTIVITY, Benefit.GIFT, (yuan("199"), 1),
     gift=Gift("杯", worth=Money(2900)))], both("199.00"), {}),
    # 300 is deposit 30 counted as 60: 240 + 30 = 270, which meets 270
    ("预售膨胀, then 满减 met on 定金+尾款", cart("300"), [promo("ps", Level.ITEM, Benefit.PRESALE, threshold="none",
     presale=Presale(Money(3000), Money(6000))), full_cut("c", ("270", "20"))], both("250.00"), {}),
    ("预售付定立减, a fen short", cart("289.99"), [promo("ps", Level.ITEM, Benefit.PRESALE, threshold="none",
     presale=Presale(Money(3000), Money(3000), Money(2000))), full_cut("c", ("270", "20"))], both("269.99"), {}),
    ("excluded goods do not help to a step", cart("250", "100"), [full_cut("c", ("300", "40"), scope=NOT_B)],
     both("350.00"), {}),
    # one activity a line: 50 of both lines beats 20 of A
    ("two activities of one line", cart("200", "150"), [full_cut("a", ("200", "20"), scope=ONLY_A),
     full_cut("b", ("300", "50"))], both("300.00"), {}),
    # 25 + 10 of goods coupons beat the 20 of the shop's
    ("商品券 twice or 店铺券", cart("200", "100"), [
     ticket("a", "150", "25", scope=ONLY_A, stack_group="item_coupon"),
     ticket("b", "80", "10", scope=Scope(skus=frozenset({"B"})), stack_group="item_coupon"),
     ticket("s", "250", "20")], both("265.00"), {}),
    ("满2件9折 counts pieces of one line", cart(("49.90", 2)), [pieces("p", Benefit.PERCENT_OFF, (2, 9000))],
     both("89.82"), {}),
    ("满减 is capped at the goods", cart("30"), [full_cut("c", ("10", "50"))], both("0.00"), {}),
    ("Douyin settles at a fen", cart("30"), [full_cut("c", ("10", "50"))], both("0.01"), {"floor": Money(1)}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("goods", "promotions", "payable", "mode", "rules"),
    [(goods, rows, payable, mode, rules) for _, goods, rows, payable, rules in CARTS for mode in payable],
    ids=[f"{name} {mode}" for name, _, _, payable, _ in CARTS for mode in payable],
)
def test_a_cart_costs_what_was_reckoned_by_hand(
    goods: Cart, promotions: Sequence[Promotion], payable: Mapping[str, str], mode: Mode, rules: Mapping[str, object]
) -> None:
    got = price(goods, promotions, mode, **rules)
    assert got.payable.yuan == payable[mode], got.explanation
    assert sum(line.paid.fen for line in got.lines) == got.goods_payable.fen


@pytest.mark.parametrize(
    ("at", "payable"),
    [(STARTS - timedelta(microseconds=1), "300.00"), (STARTS, "250.00"),
     (ENDS - timedelta(microseconds=1), "250.00"), (ENDS, "300.00")],
    ids=["before", "first-instant", "last-instant", "end"],
)  # fmt: skip
def test_a_period_is_half_open(at: datetime, payable: str) -> None:
    assert quote(cart("300"), [full_cut("c", ("300", "50"))], (), now=at).payable.yuan == payable


# 40 over 100, 60 and 40, all of which together just meet 200: shares 20, 12, 8
STEP = [full_cut("c", ("200", "40"))]


@pytest.mark.parametrize(
    ("returned", "shared", "recomputed"),
    [
        ({"C": 1}, "32.00", "0.00"),  # A and B cost 160 without the step, and 160 was paid
        ({"A": 1}, "80.00", "60.00"),  # B and C cost 100
        ({"A": 1, "B": 1}, "128.00", "120.00"),
        ({"A": 1, "B": 1, "C": 1}, "160.00", "160.00"),
    ],
    ids=["a little", "a lot", "two of three", "all"],
)
@pytest.mark.parametrize("mode", BOTH)
def test_a_return_that_breaks_a_step(mode: Mode, returned: dict[str, int], shared: str, recomputed: str) -> None:
    goods = cart("100", "60", "40")
    paid = price(goods, STEP, mode)
    assert refund_share(paid, returned).amount.yuan == shared
    assert refund_recomputed(paid, goods, returned, lambda c: price(c, STEP, mode)).amount.yuan == recomputed


def test_one_piece_of_four_goes_back() -> None:
    goods, rules = cart(("50", 4)), [full_cut("c", ("200", "40"))]
    paid = price(goods, rules, "parallel")
    assert refund_share(paid, {"A": 1}).amount.yuan == "40.00"
    assert refund_recomputed(paid, goods, {"A": 1}, lambda c: price(c, rules, "parallel")).amount.yuan == "10.00"


def test_shares_of_equal_lines_give_the_left_fen_to_the_earlier_one() -> None:
    got = price(cart("33.33", "33.33", "33.33"), [full_cut("c", ("99", "10"))], "parallel")
    assert [part.yuan for part in got.applied[0].shares] == ["3.34", "3.33", "3.33"]
    assert [line.paid.yuan for line in got.lines] == ["29.99", "30.00", "30.00"]


def test_a_used_up_limit_of_a_buyer_is_told() -> None:
    rule = full_cut("c", ("100", "20"), per_user_limit=1)
    buyer = BuyerFacts("b", used={"c": 1})
    got = quote(cart("100"), [rule], (), now=datetime(2026, 6, 18, tzinfo=UTC), buyer=buyer)
    assert got.payable.yuan == "100.00" and [miss.promotion_id for miss in got.not_applied] == ["c"]


def test_of_two_alike_coupons_the_one_that_ends_first_is_spent() -> None:
    rule = ticket("t", "100", "10")
    held = [Coupon("late", "t", valid_to=ENDS), Coupon("soon", "t", valid_to=ENDS - timedelta(days=5))]
    got = quote(cart("100"), [rule], held, now=STARTS, rules=ChannelRules("parallel"))
    assert [entry.coupon_id for entry in got.applied] == ["soon"]
