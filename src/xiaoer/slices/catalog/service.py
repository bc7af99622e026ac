"""The shop's own catalogue (商品): products and stock read from the tables, titles searched in memory."""

import time
from collections.abc import Sequence

from xiaoer.infra.db import Database
from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.catalog import store
from xiaoer.slices.catalog.rules import TitleIndex
from xiaoer.slices.catalog.types import FoundProduct

_CHECK_EVERY_S = 0.5  # a changed title is found in every worker within this time
_SHOPS = 64  # title indexes kept in memory


class EmbeddedCatalog:
    """`ProductSource` and `StockSource` over the shop's own rows."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._indexes: dict[ShopId, tuple[int, TitleIndex]] = {}
        self._checked: dict[ShopId, float] = {}

    async def product(self, shop: ShopId, product_id: str) -> Product | None:
        return await self._db.read(lambda c: store.get_product(c, shop, product_id))

    async def products(self, shop: ShopId, product_ids: Sequence[str]) -> tuple[Product, ...]:
        return await self._db.read(lambda c: store.get_products(c, shop, product_ids))

    async def page(self, shop: ShopId, words: str = "", offset: int = 0, limit: int = 50) -> tuple[list[Product], int]:
        return await self._db.read(lambda c: store.page_products(c, shop, words, offset, limit))

    async def variants(self, shop: ShopId, product_id: str) -> tuple[Variant, ...]:
        return await self._db.read(lambda c: store.variants_of(c, shop, product_id))

    async def variant(self, shop: ShopId, variant_id: str) -> Variant | None:
        return await self._db.read(lambda c: store.get_variant(c, shop, variant_id))

    async def find(self, shop: ShopId, words: str, limit: int = 5) -> tuple[FoundProduct, ...]:
        found = (await self.titles(shop)).find(words, limit)
        products = {product.id: product for product in await self.products(shop, [id for id, _ in found])}
        return tuple(FoundProduct(products[id], score) for id, score in found if id in products)

    async def recommend(self, shop: ShopId, text: str, max_yuan: float | None, limit: int) -> tuple[Product, ...]:
        """Products near to the buyer's words, in stock and within the budget, best first."""
        picks: list[Product] = []
        for found in await self.find(shop, text, 4 * limit):
            ready = [v for v in await self.variants(shop, found.product.id) if v.stock > 0]
            if any(max_yuan is None or v.price.fen <= max_yuan * 100 for v in ready):
                picks.append(found.product)
        return tuple(picks[:limit])

    async def titles(self, shop: ShopId) -> TitleIndex:
        """The title index of the shop, renewed when the catalogue has changed."""
        cached = self._indexes.get(shop)
        if cached is not None and self._checked[shop] > time.monotonic():
            return cached[1]
        revision = await self._db.read(lambda c: store.revision(c, shop))
        if cached is None or cached[0] != revision:
            cached = revision, TitleIndex(await self._db.read(lambda c: store.search_texts(c, shop)))
            self._indexes.pop(shop, None)
            self._indexes[shop] = cached
            if len(self._indexes) > _SHOPS:
                self._indexes.pop(next(iter(self._indexes)))
        self._checked[shop] = time.monotonic() + _CHECK_EVERY_S
        return cached[1]
