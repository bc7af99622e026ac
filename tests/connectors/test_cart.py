"""A shop's own price becomes a quote; what the shop cannot do is said instead of guessed."""

from collections.abc import Sequence

import pytest
from tests.connectors.world import NOW, SHOP

from xiaoer.connectors.cart import CartLine, CartPrice, PricedLine, ShopQuoter
from xiaoer.kernel.errors import InvalidBody, SourceUnavailable
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money
from xiaoer.slices.promotions import types as promotions
from xiaoer.slices.promotions.ports import PriceQuoter

_CART = promotions.Cart((promotions.CartLine("V1", 2, Money(10_000), title="杯子"),), freight=Money(800))


class _Shop:
    """Takes a tenth off, adds a lid for nothing, and knows one coupon."""

    async def price_cart(self, shop: ShopId, lines: Sequence[CartLine], coupons: Sequence[str] = ()) -> CartPrice:
        (line,) = lines
        base = Money(10_000) * line.quantity
        priced = PricedLine(line.variant_id, line.quantity, base, Money(base.fen * 9 // 10))
        refused = tuple((code, "EXPIRED") for code in coupons if code != "OK")
        lid = PricedLine("LID", 1, Money(300), Money(0))
        return CartPrice(priced.paid, (priced, lid), (("九折", base - priced.paid),), refused)


async def test_the_shop_s_price_and_freight_make_the_quote() -> None:
    quoter: PriceQuoter = ShopQuoter(_Shop(), "sequential")
    quote = await quoter.quote(SHOP, _CART, coupons=("OK", "OLD"))
    assert (quote.payable, quote.goods_payable, quote.freight) == (Money(18_800), Money(18_000), Money(800))
    assert [(line.variant_id, line.title, line.gift) for line in quote.lines] == [
        ("V1", "杯子", False),
        ("LID", "", True),
    ]
    assert sum(line.paid.fen for line in quote.lines) == quote.goods_payable.fen
    assert [(one.title, one.amount) for one in quote.applied] == [("九折", Money(2_000))]
    assert [(one.coupon_id, one.reason) for one in quote.not_applied] == [("OLD", "EXPIRED")]
    assert (quote.source, quote.mode) == ("shop_api", "sequential")


async def test_another_time_or_another_mode_cannot_be_asked() -> None:
    quoter = ShopQuoter(_Shop(), "sequential")
    with pytest.raises(SourceUnavailable):
        await quoter.quote(SHOP, _CART, at=NOW)
    with pytest.raises(SourceUnavailable):
        await quoter.quote(SHOP, _CART, mode="parallel")


async def test_an_empty_cart_makes_no_sense() -> None:
    for lines in ((), (promotions.CartLine("V1", 0, Money(1)),)):
        with pytest.raises(InvalidBody):
            await ShopQuoter(_Shop(), "parallel").quote(SHOP, promotions.Cart(lines))
