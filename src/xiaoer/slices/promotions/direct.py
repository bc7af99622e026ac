"""Variants of a product with what one piece costs everybody now (直降价), for whoever tells a price."""

from collections.abc import Sequence

from msgspec.structs import replace

from xiaoer.kernel.clock import Clock
from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.promotions.rules.direct import direct_prices
from xiaoer.slices.promotions.service import Promotions
from xiaoer.slices.promotions.types import CartLine


class DirectPrices:
    """Reads the shop's promotions, of which none has a condition here."""

    def __init__(self, promotions: Promotions, clock: Clock) -> None:
        self._promotions = promotions
        self._clock = clock

    async def __call__(self, shop: ShopId, product: Product, variants: Sequence[Variant]) -> tuple[Variant, ...]:
        lines = [CartLine(v.id, 1, v.price, product.id, product.category) for v in variants]
        prices = direct_prices(lines, await self._promotions.all(shop), self._clock.now())
        return tuple(replace(v, now=prices[v.id]) if v.id in prices else v for v in variants)
