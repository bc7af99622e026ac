"""Where products and stock come from: the shop's own rows here, or a connector to the shop's system."""

from collections.abc import Sequence
from typing import Protocol

from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.catalog.types import FoundProduct


class ProductSource(Protocol):
    """Reads products (商品) of one shop.

    An unknown product is None, or is left out of a list; raise `SourceUnavailable` when the system behind
    cannot be asked. Never raise anything else.
    """

    async def product(self, shop: ShopId, product_id: str) -> Product | None: ...

    async def products(self, shop: ShopId, product_ids: Sequence[str]) -> tuple[Product, ...]:
        """Return the known ones, in the order asked for."""
        ...

    async def find(self, shop: ShopId, words: str, limit: int = 5) -> tuple[FoundProduct, ...]:
        """Return products that `words` may mean, best first; words that mean nothing give ()."""
        ...


class StockSource(Protocol):
    """Reads variants (SKU) with price and stock, as of now.

    Same errors as `ProductSource`. Variants come in a stable order.
    """

    async def variants(self, shop: ShopId, product_id: str) -> tuple[Variant, ...]: ...

    async def variant(self, shop: ShopId, variant_id: str) -> Variant | None: ...
