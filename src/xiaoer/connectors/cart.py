"""What a cart costs in a shop that can price one without an order, and that price as a quote (到手价)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from xiaoer.kernel.errors import InvalidBody, SourceUnavailable
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import ZERO, Money
from xiaoer.slices.promotions.types import Applied, BuyerFacts, Cart, Level, Mode, NotApplied, Quote, QuoteLine


class CartLine(Struct, frozen=True):
    variant_id: str
    quantity: int


class PricedLine(Struct, frozen=True):
    """`base` and `paid` are for the whole line."""

    variant_id: str
    quantity: int
    base: Money
    paid: Money


class CartPrice(Struct, frozen=True):
    """`payable` is for the goods, without freight. `applied` are the shop's own names with what each takes off;

    `refused` maps a coupon to the shop's own reason.
    """

    payable: Money
    lines: tuple[PricedLine, ...]
    applied: tuple[tuple[str, Money], ...] = ()
    refused: tuple[tuple[str, str], ...] = ()


class CartPricer(Protocol):
    """A shop that prices carts. Raises `SourceUnavailable` and nothing else."""

    async def price_cart(self, shop: ShopId, lines: Sequence[CartLine], coupons: Sequence[str] = ()) -> CartPrice: ...


class ShopQuoter:
    """`PriceQuoter` over a shop's own checkout.

    The shop prices now, by its own stacking (`mode`), and knows no buyer here: `coupons` None means none. It
    does not say what is missing for the next step, so a quote of it has no next steps.
    """

    def __init__(self, pricer: CartPricer, mode: Mode) -> None:
        self._pricer, self._mode = pricer, mode

    async def quote(
        self,
        shop: ShopId,
        cart: Cart,
        *,
        channel: str = "",
        buyer: BuyerFacts | None = None,
        coupons: tuple[str, ...] | None = None,
        mode: Mode | None = None,
        at: datetime | None = None,
    ) -> Quote:
        if not cart.lines or any(line.quantity < 1 for line in cart.lines):
            raise InvalidBody("A cart needs at least one line, each with one piece or more.")
        if at is not None or mode not in (None, self._mode):
            raise SourceUnavailable("The shop prices carts as of now and in its own way only.")
        wanted = [CartLine(line.variant_id, line.quantity) for line in cart.lines]
        return to_quote(cart, await self._pricer.price_cart(shop, wanted, coupons or ()), self._mode)


def to_quote(cart: Cart, price: CartPrice, mode: Mode) -> Quote:
    """Write a shop's price as a quote; what was not in the cart is a gift of the shop."""
    titles = {line.variant_id: line.title for line in cart.lines}
    lines = tuple(
        QuoteLine(
            line.variant_id, line.quantity, line.base, line.base, line.paid, titles.get(line.variant_id, ""),
            gift=line.variant_id not in titles,
        )
        for line in price.lines
    )  # fmt: skip
    freight = cart.freight or ZERO
    return Quote(
        payable=price.payable + freight,
        goods_payable=price.payable,
        freight=freight,
        lines=lines,
        applied=tuple(Applied(name, name, amount, Level.SHOP_ACTIVITY) for name, amount in price.applied),
        not_applied=tuple(NotApplied(code, code, reason, coupon_id=code) for code, reason in price.refused),
        next_steps=(),
        valid_until=None,
        mode=mode,
        source="shop_api",
    )
