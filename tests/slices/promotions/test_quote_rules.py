"""Levels, exclusions, limits and reasons: what a quote applies, refuses and explains."""

import runpy
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.money import Money
from xiaoer.slices.promotions.rules.quoting import quote
from xiaoer.slices.promotions.types import (
    Audience,
    Benefit,
    BuyerFacts,
    Cart,
    CartLine,
    ChannelRules,
    Coupon,
    CouponTerms,
    Gift,
    Level,
    Promotion,
    Quote,
    Scope,
    Tier,
)

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "quote.py"
NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)
STARTS, ENDS = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)


def promo(id: str, level: Level, benefit: Benefit, *tiers: tuple[int, int], **more: object) -> Promotion:
    return Promotion(id, id, level, benefit, STARTS, ENDS, tiers=tuple(Tier(*t) for t in tiers), **more)  # type: ignore[arg-type]


def off(id: str, threshold: int, amount: int, level: Level = Level.SHOP_ACTIVITY, **more: object) -> Promotion:
    return promo(id, level, Benefit.AMOUNT_OFF, (threshold * 100, amount * 100), **more)


def ticket(id: str, threshold: int, amount: int, **more: object) -> Promotion:
    return off(id, threshold, amount, Level.SHOP_COUPON, coupon=CouponTerms(), **more)


def line(name: str, price: int, quantity: int = 1, **more: str) -> CartLine:
    return CartLine(name, quantity, Money(price * 100), **more)  # type: ignore[arg-type]


def price(cart: Cart | list[CartLine], promotions: list[Promotion], **more: object) -> Quote:
    goods = cart if isinstance(cart, Cart) else Cart(tuple(cart))
    held = [Coupon(f"k-{p.id}", p.id) for p in promotions if p.needs_coupon]
    return quote(goods, promotions, held, now=NOW, **more)  # type: ignore[arg-type]


def applied(got: Quote) -> dict[str, str]:
    return {entry.promotion_id: entry.amount.yuan for entry in got.applied}


def reasons(got: Quote) -> dict[str, str]:
    return {entry.promotion_id: entry.reason for entry in got.not_applied}


DROP = promo("drop", Level.ITEM, Benefit.AMOUNT_OFF, (0, 2_000), threshold="none")
MEMBER = promo("member", Level.ITEM, Benefit.PERCENT_OFF, (0, 9_500), threshold="none")


def test_the_lowest_item_price_wins_and_lowers_the_base() -> None:
    got = price([line("A", 310)], [DROP, MEMBER, off("cut", 300, 30)])
    assert applied(got) == {"drop": "20.00"}
    assert reasons(got) == {"cut": "below_threshold", "member": "lower_price_exists"}
    assert got.payable.yuan == "290.00"
    (step,) = got.next_steps
    assert (step.promotion_id, step.gap, step.saving) == ("cut", Money(1_000), Money(3_000))


def test_another_stack_group_works_on_the_lowered_price() -> None:
    official = replace(MEMBER, id="official", stack_group="official", priority=200)
    assert applied(price([line("A", 120)], [DROP, official])) == {"drop": "20.00", "official": "5.00"}


def test_a_limit_per_order_counts_pieces_of_the_item_price() -> None:
    got = price([line("A", 100, 3)], [replace(DROP, per_order_limit=2)])
    assert applied(got) == {"drop": "40.00"}


def test_a_line_joins_one_activity_by_priority_then_saving() -> None:
    small, large = off("small", 100, 10), off("large", 100, 20)
    assert applied(price([line("A", 200)], [small, large])) == {"large": "20.00"}
    first = replace(small, priority=1)
    got = price([line("A", 200)], [first, large])
    assert applied(got) == {"small": "10.00"}
    assert reasons(got) == {"large": "line_taken"}


def test_a_bundle_price_needs_one_of_each() -> None:
    scope = Scope(skus=frozenset({"A", "B"}))
    bundle = promo("set", Level.ITEM, Benefit.BUNDLE_PRICE, (0, 9_900), threshold="none", scope=scope, repeat=True)
    got = price([line("A", 80, 2), line("B", 60, 3), line("C", 10)], [bundle])
    assert applied(got) == {"set": "82.00"}
    assert got.lines[2].paid.yuan == "10.00"


def test_a_category_includes_those_below_it_and_exclusions_win() -> None:
    scope = Scope(categories=frozenset({"服装"}), exclude_skus=frozenset({"B"}))
    goods = [line("A", 100, category="服装/女装"), line("B", 100, category="服装"), line("C", 100, category="家居")]
    assert applied(price(goods, [off("cut", 100, 10, scope=scope)])) == {"cut": "10.00"}


@pytest.mark.parametrize(
    ("change", "buyer", "reason"),
    [
        ({"starts_at": NOW + timedelta(seconds=1)}, None, "not_started"),
        ({"ends_at": NOW}, None, "ended"),
        ({"channels": frozenset({"jd"})}, None, "channel"),
        ({"audience": Audience("new_customer")}, None, "audience"),
        ({"audience": Audience("new_customer")}, BuyerFacts("b"), "audience"),
        ({"audience": Audience("member_tier", frozenset({"金卡"}))}, BuyerFacts("b", level="银卡"), "audience"),
        ({"audience": Audience("tag", frozenset({"孕妈"}))}, BuyerFacts("b", tags=frozenset({"x"})), "audience"),
        ({"per_user_limit": 1}, BuyerFacts("b", used={"cut": 1}), "user_limit"),
        ({"budget_left": Money(0)}, None, "budget_exhausted"),
        ({"budget_left": Money(999)}, None, "budget_exhausted"),
        ({"scope": Scope(skus=frozenset({"Z"}))}, None, "out_of_scope"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_count_says_why(change: dict[str, object], buyer: BuyerFacts | None, reason: str) -> None:
    got = price([line("A", 100)], [replace(off("cut", 50, 10), **change)], buyer=buyer)
    assert reasons(got) == {"cut": reason}
    assert got.payable.yuan == "100.00"
    assert got.not_applied[0].words


def test_a_promotion_counts_from_its_first_second_and_for_its_audience() -> None:
    meant = Audience("member_tier", frozenset({"金卡"}))
    rule = replace(off("cut", 50, 10), starts_at=NOW, ends_at=NOW + timedelta(seconds=1), audience=meant)
    got = price([line("A", 100)], [rule], buyer=BuyerFacts("b", level="金卡"))
    assert (applied(got), got.valid_until) == ({"cut": "10.00"}, rule.ends_at)


@pytest.mark.parametrize(
    ("coupon", "reason"),
    [
        (Coupon("k", "t", state="used"), "coupon_used"),
        (Coupon("k", "t", valid_to=NOW), "coupon_expired"),
        (Coupon("k", "t", valid_from=NOW + timedelta(days=1)), "coupon_not_started"),
        (Coupon("k", "other"), "coupon_unknown"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_dead_coupon_says_why(coupon: Coupon, reason: str) -> None:
    got = quote(Cart((line("A", 100),)), [ticket("t", 50, 10)], [coupon], now=NOW)
    assert reason in {m.reason for m in got.not_applied if m.coupon_id == "k"}
    assert got.payable.yuan == "100.00"


def test_a_coupon_that_is_not_held_is_not_invented() -> None:
    got = quote(Cart((line("A", 100),)), [ticket("t", 50, 10)], now=NOW)
    assert (got.payable.yuan, reasons(got)) == ("100.00", {"t": "not_held"})


def test_a_goods_coupon_and_a_shop_coupon_do_not_go_together() -> None:
    goods = ticket("goods", 50, 12, stack_group="item_coupon", scope=Scope(skus=frozenset({"A"})))
    got = price([line("A", 100), line("B", 100)], [goods, ticket("shop", 50, 10)])
    assert (applied(got), reasons(got)) == ({"goods": "12.00"}, {"shop": "not_best"})


def test_several_goods_coupons_serve_different_goods() -> None:
    tickets = [
        ticket(name, 50, 12, stack_group="item_coupon", scope=Scope(skus=frozenset({name}))) for name in ("A", "B")
    ]
    assert applied(price([line("A", 100), line("B", 100)], tickets)) == {"A": "12.00", "B": "12.00"}


def test_jd_style_coupons_stack_or_refuse_all_others_by_data() -> None:
    jing = [ticket(f"jing{i}", 0, 5, stack_group="jing", max_per_order=0) for i in (1, 2)]
    dong = ticket("dong", 100, 8, stack_group="dong", excludes=frozenset({"*"}))
    got = price([line("A", 100)], [*jing, dong], rules=ChannelRules("sequential"))
    assert applied(got) == {"jing1": "5.00", "jing2": "5.00"}


def test_ties_take_the_coupon_that_ends_first_then_the_smaller_id() -> None:
    rule = ticket("t", 50, 10)
    coupons = [Coupon("b", "t"), Coupon("a", "t"), Coupon("c", "t", valid_to=NOW + timedelta(hours=1))]
    got = quote(Cart((line("A", 100),)), [rule], coupons, now=NOW)
    assert [entry.coupon_id for entry in got.applied] == ["c"]
    assert got.valid_until == NOW + timedelta(hours=1)
    assert [e.coupon_id for e in quote(Cart((line("A", 100),)), [rule], coupons[:2], now=NOW).applied] == ["a"]


def test_a_near_second_choice_is_reported() -> None:
    rules = [ticket("t1", 50, 10), replace(ticket("t2", 50, 10), tiers=(Tier(5_000, 950),))]
    got = price([line("A", 100)], rules)
    assert got.runner_up is not None
    assert (got.runner_up.coupon_ids, got.runner_up.payable.yuan) == (("k-t2",), "90.50")


def test_assets_are_used_up_to_what_is_left() -> None:
    packet = off("packet", 0, 60, Level.ASSET, coupon=CouponTerms())
    got = quote(Cart((line("A", 100),)), [packet], [Coupon("k1", "packet"), Coupon("k2", "packet")], now=NOW)
    assert [entry.amount.yuan for entry in got.applied] == ["60.00", "40.00"]
    assert got.payable.yuan == "0.00"


def test_payment_discounts_count_only_when_asked() -> None:
    pay = off("pay", 50, 5, Level.PAYMENT)
    assert price([line("A", 100)], [pay]).payable.yuan == "100.00"
    assert price([line("A", 100)], [pay], with_payment=True).payable.yuan == "95.00"


def test_gifts_and_chosen_add_ons_become_lines() -> None:
    gift = promo("gift", Level.SHOP_ACTIVITY, Benefit.GIFT, (10_000, 1), gift=Gift("湿巾", left=5), stack_group="gift")
    extra = Gift("袜子", "S1", price=Money(990))
    add_on = promo("more", Level.SHOP_ACTIVITY, Benefit.ADD_ON, (10_000, 1), gift=extra, stack_group="more")
    got = price([line("A", 100)], [gift, add_on])
    assert (got.payable.yuan, [(x.title, x.gift) for x in got.lines[1:]]) == ("100.00", [("湿巾", True)])
    assert reasons(got) == {"more": "add_on_open"}
    taken = price(Cart((line("A", 100),), add_ons=("more",)), [gift, add_on])
    assert taken.payable.yuan == "109.90"
    assert sum(x.paid.fen for x in taken.lines) == taken.goods_payable.fen


def test_freight_is_named_by_the_rule_and_lifted_by_a_coupon() -> None:
    free = promo("free", Level.FREIGHT, Benefit.FREIGHT_OFF, (5_900, 0), freight=Money(800))
    got = price([line("A", 50)], [free])
    assert (got.payable.yuan, got.freight.yuan) == ("58.00", "8.00")
    (step,) = got.next_steps
    assert (step.promotion_id, step.gap, step.saving) == ("free", Money(900), Money(800))
    assert reasons(got) == {"free": "below_threshold"}
    paper = promo("paper", Level.FREIGHT, Benefit.FREIGHT_OFF, (0, 500), coupon=CouponTerms())
    assert price([line("A", 50)], [free, paper]).freight.yuan == "3.00"
    assert applied(price([line("A", 59)], [free])) == {"free": "8.00"}


def test_same_sku_pairs_do_not_mix_products() -> None:
    half = promo("half", Level.SHOP_ACTIVITY, Benefit.NTH_PIECE_RATE, (2, 5_000), threshold="pieces", repeat=True)
    goods = [line("A", 100, 1), line("B", 60, 2)]
    assert applied(price(goods, [half])) == {"half": "30.00"}
    assert applied(price(goods, [replace(half, same_sku_only=True)])) == {"half": "30.00"}
    assert applied(price([line("A", 100), line("B", 60)], [replace(half, same_sku_only=True)])) == {}


def test_steps_by_pieces_count_pieces() -> None:
    two = promo("two", Level.SHOP_ACTIVITY, Benefit.PERCENT_OFF, (2, 9_000), (3, 8_000), threshold="pieces")
    (step,) = price([line("A", 100, 2)], [two]).next_steps
    assert (step.gap, step.gap_pieces, step.saving) == (None, 1, Money(2_000))


def test_the_calculation_is_printed_line_by_line() -> None:
    goods = [line("A", 299, title="防晒外套"), line("B", 159, title="渔夫帽")]
    rules = [
        replace(off("cut", 400, 50), title="满400减50"),
        replace(ticket("t", 380, 20), title="店铺券满380减20"),
        promo("free", Level.FREIGHT, Benefit.FREIGHT_OFF, (5_900, 0), freight=Money(800), title="满59包邮"),
    ]
    assert price(goods, rules).explanation.splitlines() == [
        "防晒外套 ×1：299.00",
        "渔夫帽 ×1：159.00",
        "商品小计：458.00",
        "「满400减50」：-50.00",
        "用券「店铺券满380减20」：-20.00",
        "商品实付：388.00",
        "运费：0.00（满59包邮，省8.00）",
        "应付：388.00",
        "以上价格到7月1日8:00前有效",
    ]


@pytest.mark.parametrize(
    "cart",
    [
        Cart((line("A", 100, 0),)),
        Cart((line("A", 100, -1),)),
        Cart((line("A", -1),)),
        Cart((line("A", 1),), Money(-1)),
        Cart((line("A", 1, 1_000_000),)),
        Cart((line("A", 1),) * 1_001),
    ],
    ids=["no-piece", "negative-pieces", "negative-price", "negative-freight", "too-many-pieces", "too-many-lines"],
)
def test_a_cart_without_sense_is_refused(cart: Cart) -> None:
    with pytest.raises(InvalidBody):
        price(cart, [])


def test_an_empty_cart_costs_nothing() -> None:
    free = promo("free", Level.FREIGHT, Benefit.FREIGHT_OFF, (5_900, 0), freight=Money(800))
    assert price([], [free, off("cut", 100, 10)]).payable.yuan == "0.00"


def test_a_cart_of_100_lines_and_50_promotions_is_quick() -> None:
    cart, promotions, coupons = runpy.run_path(str(BENCHMARK))["large_case"](3)
    began = time.process_time()
    got = quote(cart, promotions, coupons, now=NOW)
    assert time.process_time() - began < 0.2  # ten times the target: test machines are slow and shared
    assert len(got.lines) == 100
