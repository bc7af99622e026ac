"""Money at other times than the purchase: presale balance, refunds, price protection; and buying together."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from xiaoer.kernel.money import Money
from xiaoer.slices.promotions.rules.advice import refund_recomputed, refund_share, saving_together
from xiaoer.slices.promotions.rules.price_protection import (
    ProtectionTerms,
    Purchase,
    current_price,
    protect_price,
)
from xiaoer.slices.promotions.rules.quoting import quote
from xiaoer.slices.promotions.types import (
    Benefit,
    Cart,
    CartLine,
    ChannelRules,
    Coupon,
    CouponTerms,
    Level,
    Presale,
    Promotion,
    Quote,
    Tier,
)

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


DROP = promo("drop", Level.ITEM, Benefit.AMOUNT_OFF, (0, 2_000), threshold="none")


def test_buying_together_names_the_saving_and_its_rule() -> None:
    rules = [off("cut", 400, 50)]
    one, two = line("A", 299), line("B", 159)
    found = saving_together([Cart((one,)), Cart((two,))], Cart((one, two)), lambda c: price(c, rules))
    assert (found.saving.yuan, [a.promotion_id for a in found.because]) == ("50.00", ["cut"])


def test_refunds_by_piece_never_exceed_what_was_paid() -> None:
    cart = Cart((line("A", 100, 3), line("B", 100)), Money(0))
    rules = [off("cut", 400, 50)]
    paid = price(cart, rules)
    assert refund_share(paid, {"A": 1}).amount.yuan == "87.50"
    assert refund_share(paid, {"A": 9, "B": 9}).amount == paid.goods_payable
    again = refund_recomputed(paid, cart, {"A": 1}, lambda c: price(c, rules))
    assert again.amount.yuan == "50.00"
    assert refund_recomputed(paid, cart, {"A": 3, "B": 1}, lambda c: price(c, rules)).amount == paid.goods_payable


def test_a_refund_may_withhold_the_freight_that_the_return_brings_back() -> None:
    free = promo("free", Level.FREIGHT, Benefit.FREIGHT_OFF, (9_900, 0), freight=Money(800))
    cart = Cart((line("A", 60), line("B", 60)))
    paid = price(cart, [free])
    back = refund_recomputed(paid, cart, {"B": 1}, lambda c: price(c, [free]), withhold_freight=True)
    assert (back.amount.yuan, back.freight_withheld.yuan) == ("52.00", "8.00")


BOUGHT = Purchase(line("A", 100, 2), Money(20_000), NOW - timedelta(days=3))


@pytest.mark.parametrize(
    ("purchase", "days", "reason", "difference"),
    [
        (BOUGHT, 7, "granted", "40.00"),
        (BOUGHT, 0, "no_promise", "0.00"),
        (BOUGHT, 3, "too_late", "0.00"),
        (replace(BOUGHT, claims=1), 7, "already_claimed", "0.00"),
        (replace(BOUGHT, in_after_sale=True), 7, "in_after_sale", "0.00"),
        (replace(BOUGHT, in_stock=False), 7, "out_of_stock", "0.00"),
        (replace(BOUGHT, paid=Money(16_000)), 7, "not_lower", "0.00"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_price_protection_pays_the_promised_difference(
    purchase: Purchase, days: int, reason: str, difference: str
) -> None:
    sale = replace(promo("sale", Level.ITEM, Benefit.AMOUNT_OFF, (0, 9_000), threshold="none"), price_protected=False)
    now_price = current_price(purchase.line, [DROP, sale, ticket("t", 10, 50)], NOW, ChannelRules())
    assert now_price.yuan == "160.00"
    got = protect_price(purchase, now_price, ProtectionTerms(days), NOW)
    assert (got.granted, got.reason, got.difference.yuan) == (reason == "granted", reason, difference)
    assert got.words


def test_nothing_lowers_a_deposit() -> None:
    terms = Presale(Money(5_000), Money(10_000))
    rule = promo("ps", Level.ITEM, Benefit.PRESALE, threshold="none", presale=terms)
    got = price([line("A", 200)], [rule, off("cut", 100, 500)])
    assert (got.payable.yuan, got.presale and got.presale.balance.yuan) == ("50.00", "0.00")


def test_the_balance_of_a_presale_is_priced_after_the_deposit_phase() -> None:
    terms = Presale(Money(5_000), Money(10_000), balance_ends_at=NOW + timedelta(days=1))
    rule = replace(promo("ps", Level.ITEM, Benefit.PRESALE, threshold="none", presale=terms), ends_at=NOW)
    late = line("A", 200)
    assert price([late], [rule]).payable.yuan == "200.00"
    assert price([replace(late, deposit_paid=True)], [rule]).payable.yuan == "150.00"
