"""What holds for every cart: nothing below zero, no fen lost, the order of lines does not matter."""

import itertools
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from xiaoer.kernel.money import ZERO, Money
from xiaoer.slices.promotions.rules.quoting import payable, quote
from xiaoer.slices.promotions.rules.sharing import share
from xiaoer.slices.promotions.rules.stacking import may_combine
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
    Quote,
    Scope,
    Tier,
)

NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)
STARTS, ENDS = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
CATEGORIES = ["a", "b", "c"]
EVERY = settings(max_examples=50, deadline=None)
MODES: tuple[Mode, ...] = ("parallel", "sequential")

lines = st.builds(
    CartLine,
    st.sampled_from([f"V{i}" for i in range(12)]),
    st.integers(1, 4),
    st.builds(Money, st.integers(0, 60_000)),
    category=st.sampled_from(CATEGORIES),
)
carts = st.builds(Cart, st.lists(lines, min_size=1, max_size=8).map(tuple), st.sampled_from([None, Money(800)]))
scopes = st.sampled_from([Scope(), Scope(), *(Scope(categories=frozenset({c})) for c in CATEGORIES)])


@st.composite
def promotions(draw: st.DrawFn, scope: st.SearchStrategy[Scope] = scopes) -> list[Promotion]:
    made = []
    for i in range(draw(st.integers(0, 6))):
        level = draw(st.sampled_from([Level.ITEM, Level.SHOP_ACTIVITY, Level.SHOP_COUPON, Level.PLATFORM, Level.ASSET]))
        benefit = draw(st.sampled_from([Benefit.AMOUNT_OFF, Benefit.PERCENT_OFF]))
        threshold = "none" if level is Level.ITEM else "amount"
        tiers: tuple[Tier, ...] = (Tier(draw(st.integers(100, 80_000)), draw(st.integers(1, 30_000))),)
        if benefit is Benefit.PERCENT_OFF:
            tiers = (Tier(tiers[0].threshold, draw(st.integers(0, 10_000))),)
        elif level is Level.SHOP_ACTIVITY and draw(st.booleans()):
            benefit, threshold, tiers = Benefit.NTH_PIECE_RATE, "pieces", (Tier(2, draw(st.integers(0, 10_000))),)
        made.append(
            Promotion(
                f"p{i}", f"p{i}", level, benefit, STARTS, ENDS, tiers=tiers, threshold=threshold,  # type: ignore[arg-type]
                scope=draw(scope), repeat=draw(st.booleans()), priority=draw(st.sampled_from([10, 100])),
                coupon=CouponTerms() if level is Level.SHOP_COUPON else None,
                max_per_order=draw(st.sampled_from([None, 0])), same_sku_only=draw(st.booleans()),
            )
        )  # fmt: skip
    return made


def price(cart: Cart, rules: list[Promotion], mode: Mode, floor: Money = ZERO, held: bool = True) -> Quote:
    coupons = [Coupon(f"k-{p.id}", p.id) for p in rules if p.needs_coupon] if held else []
    return quote(cart, rules, coupons, now=NOW, rules=ChannelRules(mode, floor))


@EVERY
@given(carts, promotions(), st.sampled_from(MODES), st.sampled_from([ZERO, Money(1)]))
def test_the_sums_close_to_the_fen(cart: Cart, rules: list[Promotion], mode: Mode, floor: Money) -> None:
    got = price(cart, rules, mode, floor)
    assert got.payable == got.goods_payable + got.freight
    assert all(line.paid.fen >= 0 for line in got.lines)
    assert sum(line.paid.fen for line in got.lines) == got.goods_payable.fen
    for entry in got.applied:
        assert sum(part.fen for part in entry.shares) == entry.amount.fen > 0
    base = sum(line.base.fen for line in got.lines)
    assert base - sum(entry.amount.fen for entry in got.applied) == got.goods_payable.fen
    assert got.goods_payable.fen >= min(floor.fen, sum(line.item_total.fen for line in got.lines))
    last = got.explanation.splitlines()[-1 if got.valid_until is None else -2]
    assert last in (f"应付：{got.payable.yuan}", f"应付（不含运费）：{got.payable.yuan}")


@EVERY
@given(carts, promotions(), st.sampled_from(MODES))
def test_what_is_to_be_paid_is_the_same_without_the_explanation(cart: Cart, rules: list[Promotion], mode: Mode) -> None:
    coupons = [Coupon(f"k-{p.id}", p.id) for p in rules if p.needs_coupon]
    assert payable(cart, rules, coupons, now=NOW, rules=ChannelRules(mode)) == price(cart, rules, mode).payable


@EVERY
@given(carts, promotions(), st.sampled_from(MODES), st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_no_total(cart: Cart, rules: list[Promotion], mode: Mode, dice: object) -> None:
    shuffled = list(cart.lines)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    one, two = price(cart, rules, mode), price(replace(cart, lines=tuple(shuffled)), rules, mode)
    assert one.payable == two.payable
    assert [(a.promotion_id, a.amount) for a in one.applied] == [(a.promotion_id, a.amount) for a in two.applied]


@EVERY
@given(carts, promotions(), st.sampled_from(MODES))
def test_the_same_input_gives_the_same_quote(cart: Cart, rules: list[Promotion], mode: Mode) -> None:
    assert price(cart, rules, mode) == price(cart, list(reversed(rules)), mode)


@EVERY
@given(carts, promotions(), st.sampled_from(MODES))
def test_a_coupon_out_of_reach_changes_nothing(cart: Cart, rules: list[Promotion], mode: Mode) -> None:
    extra = Promotion(
        "far", "far", Level.SHOP_COUPON, Benefit.AMOUNT_OFF, STARTS, ENDS, tiers=(Tier(10**9, 500),),
        coupon=CouponTerms(),
    )  # fmt: skip
    before, after = price(cart, rules, mode), price(cart, [*rules, extra], mode)
    assert (after.payable, after.lines, after.applied) == (before.payable, before.lines, before.applied)


@st.composite
def fixed_rules(draw: st.DrawFn) -> list[Promotion]:
    """At most one fixed-amount rule a level, over the whole shop, and some coupons."""
    levels = draw(st.lists(st.sampled_from([Level.SHOP_ACTIVITY, Level.PLATFORM]), unique=True))
    levels += [Level.SHOP_COUPON] * draw(st.integers(0, 3))
    return [
        Promotion(
            f"p{i}", f"p{i}", level, Benefit.AMOUNT_OFF, STARTS, ENDS,
            tiers=(Tier(draw(st.integers(100, 80_000)), draw(st.integers(1, 20_000))),),
            coupon=CouponTerms() if level is Level.SHOP_COUPON else None,
            repeat=draw(st.booleans()),
        )
        for i, level in enumerate(levels)
    ]  # fmt: skip


@EVERY
@given(carts, fixed_rules())
def test_parallel_is_never_dearer_than_sequential(cart: Cart, rules: list[Promotion]) -> None:
    assert price(cart, rules, "parallel").payable <= price(cart, rules, "sequential").payable


@EVERY
@given(carts, fixed_rules(), st.data())
def test_in_parallel_a_higher_threshold_never_lowers_the_bill(
    cart: Cart, rules: list[Promotion], data: st.DataObject
) -> None:
    if not rules:
        return
    index = data.draw(st.integers(0, len(rules) - 1))
    tier = rules[index].tiers[0]
    higher = replace(tier, threshold=tier.threshold + data.draw(st.integers(1, 50_000)))
    raised = [replace(p, tiers=(higher,)) if i == index else p for i, p in enumerate(rules)]
    assert price(cart, rules, "parallel").payable <= price(cart, raised, "parallel").payable


@EVERY
@given(carts, promotions(), st.sampled_from(MODES))
def test_the_chosen_coupons_are_the_cheapest_of_all_allowed_sets(
    cart: Cart, rules: list[Promotion], mode: Mode
) -> None:
    tickets = [p for p in rules if p.needs_coupon]
    best = price(cart, rules, mode).payable
    for count in range(len(tickets) + 1):
        for chosen in itertools.combinations(tickets, count):
            if all(may_combine([q for q in chosen if q.id != p.id], p) for p in chosen):
                coupons = [Coupon(f"k-{p.id}", p.id) for p in chosen]
                forced = quote(cart, rules, coupons, now=NOW, rules=ChannelRules(mode), named=True)
                assert best <= forced.payable


@EVERY
@given(
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)), min_size=1, max_size=12),
    st.floats(0, 1),
)
def test_shares_add_up_and_stay_within_their_room(pairs: list[tuple[int, int]], part: float) -> None:
    bases, rooms = [p[0] for p in pairs], [p[1] for p in pairs]
    amount = int(sum(rooms) * part)
    parts = share(amount, bases, rooms)
    assert sum(parts) == amount
    assert all(0 <= p <= room for p, room in zip(parts, rooms, strict=True))
