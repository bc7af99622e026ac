"""A marketplace (电商平台) that knows goods as one document with their variants: what all of them answer alike.

A connector adds `order`, `orders_of`, `find`, how goods are fetched (`_goods`) and how its documents are read.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from xiaoer.connectors.payload import Json, phone_ends, reading
from xiaoer.connectors.spec import Around
from xiaoer.kernel.commerce import Order, Product, Variant
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.catalog.types import FoundProduct

FRESH_S = 30.0  # goods change rarely; stock is shown to buyers, so not longer


class Marketplace(ABC):
    """The shared part of `OrderSource`, `ProductSource` and `StockSource`. `title` names the platform in errors."""

    title: ClassVar[str]
    to_product: ClassVar["staticmethod[[Json], Product]"]
    to_variants: ClassVar["staticmethod[[Json], tuple[Variant, ...]]"]

    def __init__(self, settings: Mapping[str, str], around: Around) -> None:
        self._settings, self._around = settings, around

    @abstractmethod
    async def order(self, shop: ShopId, order_id: str) -> Order | None: ...

    @abstractmethod
    async def _goods(self, product_id: str) -> Json | None:
        """The document of a product; None when there is none."""

    async def order_with_phone(self, shop: ShopId, order_id: str, ending: str) -> Order | None:
        return phone_ends(await self.order(shop, order_id), ending)

    async def product(self, shop: ShopId, product_id: str) -> Product | None:
        goods = await self._goods(product_id)
        with reading(self.title):
            return self.to_product(goods) if goods else None

    async def products(self, shop: ShopId, product_ids: Sequence[str]) -> tuple[Product, ...]:
        found = await asyncio.gather(*(self.product(shop, id) for id in product_ids))
        return tuple(product for product in found if product is not None)

    async def variants(self, shop: ShopId, product_id: str) -> tuple[Variant, ...]:
        goods = await self._goods(product_id)
        with reading(self.title):
            return self.to_variants(goods) if goods else ()

    async def variant(self, shop: ShopId, variant_id: str) -> Variant | None:
        """Needs the product of the variant, which the shop's own rows know."""
        product_id = await self._around.hints.product_of(shop, variant_id)
        if product_id is None:
            return None
        return next((v for v in await self.variants(shop, product_id) if v.id == variant_id), None)


def newest(orders: Iterable[Order], limit: int) -> tuple[Order, ...]:
    """The newest orders first."""
    return tuple(sorted(orders, key=lambda order: order.created_at, reverse=True)[:limit])


def found_by_title(products: Sequence[Product], words: str, limit: int) -> tuple[FoundProduct, ...]:
    """What a platform's search gave, which tells no score: sure when the title holds the words."""
    return tuple(FoundProduct(p, 1.0 if words in p.title else 0.5) for p in products[:limit])
