"""What picking asks of the slices: goods, orders, promotions, quotes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from xiaoer.kernel.commerce import Order, Product, Taste, Variant
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.shop_facts import Offer
from xiaoer.slices.promotions.types import Quote


class ReadsGoods(Protocol):
    """Products, stock and search of the shop. `kinds`: words of the trade that name a kind of thing (保温杯)."""

    @property
    def kinds(self) -> frozenset[str]: ...

    async def product(self, shop: ShopId, product_id: str) -> Product | None: ...
    async def variants(self, shop: ShopId, product_id: str) -> tuple[Variant, ...]: ...
    async def variant(self, shop: ShopId, variant_id: str) -> Variant | None: ...
    def is_named(self, shop: ShopId, words: str) -> bool:
        """Whether the words name a kind of the shop's goods, as far as its shelf was read."""
        ...

    async def recommend(
        self, shop: ShopId, need: str, max_yuan: float | None, limit: int, taste: Taste = ...
    ) -> tuple[Product, ...]: ...
    async def alike(self, shop: ShopId, product_id: str, limit: int) -> tuple[Product, ...]: ...
    async def of_asked(self, shop: ShopId, text: str) -> frozenset[str] | None: ...
    async def shelf(
        self, shop: ShopId, need: str, max_yuan: float | None, limit: int, taste: Taste
    ) -> tuple[tuple[Product, bool], ...]: ...


class ReadsOrders(Protocol):
    """A buyer's orders, newest first."""

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int) -> tuple[Order, ...]: ...


class ReadsOffers(Protocol):
    """The promotions that run now."""

    async def offers(self, shop: ShopId, *, at: datetime) -> tuple[Offer, ...]: ...


class QuotesCarts(Protocol):
    """What goods cost a buyer together."""

    async def __call__(
        self, shop: ShopId, items: Sequence[tuple[str, int]], *, buyer_id: str | None, channel: str
    ) -> Quote: ...
