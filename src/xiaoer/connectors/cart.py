"""What a cart costs in a shop that can price one without an order."""

from msgspec import Struct

from xiaoer.kernel.money import Money


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
    """`payable` is for the goods, without freight. `refused` maps a coupon to the shop's own reason."""

    payable: Money
    lines: tuple[PricedLine, ...]
    applied: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
