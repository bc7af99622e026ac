"""Variants of a product with what one piece costs everybody now (直降价), for whoever tells a price."""

from collections.abc import Sequence

from msgspec.structs import replace

from xiaoer.kernel.clock import Clock
from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money
from xiaoer.slices.promotions.rules.direct import direct_price, in_force
from xiaoer.slices.promotions.service import Promotions
from xiaoer.slices.promotions.types import CartLine, Promotion

_SHOPS = 64  # whose prices are remembered
_LINES = 20_000  # variants of one shop whose price is remembered

_Prices = dict[CartLine, Money | None]


class DirectPrices:
    """Reads the shop's promotions, of which none has a condition here. A shelf is priced for many questions, so the
    prices of a shop are remembered as long as the same promotions are in force."""

    def __init__(self, promotions: Promotions, clock: Clock) -> None:
        self._promotions = promotions
        self._clock = clock
        self._known: dict[ShopId, tuple[tuple[Promotion, ...], _Prices]] = {}

    async def __call__(self, shop: ShopId, product: Product, variants: Sequence[Variant]) -> tuple[Variant, ...]:
        now = self._clock.now()
        live = in_force(await self._promotions.all(shop), now)
        if not live:
            return tuple(variants)
        known = self._prices(shop, live)
        lines = [CartLine(v.id, 1, v.price, product.id, product.category) for v in variants]
        for line in lines:
            if line not in known:
                known[line] = direct_price(line, live, now)
        prices = [known[line] for line in lines]
        return tuple(
            replace(v, now=price) if price is not None else v for v, price in zip(variants, prices, strict=True)
        )

    def _prices(self, shop: ShopId, live: tuple[Promotion, ...]) -> _Prices:
        """What is known of the shop's prices under the promotions in force."""
        held = self._known.get(shop)
        if held is None or held[0] != live or len(held[1]) >= _LINES:
            if len(self._known) >= _SHOPS:
                self._known.pop(next(iter(self._known)))
            held = self._known[shop] = (live, {})
        return held[1]
