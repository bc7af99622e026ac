"""A cart is priced (到手价): lines from the catalogue, what promotions ask about the buyer, then the engine."""

from collections.abc import Sequence
from datetime import datetime

from xiaoer.kernel.errors import NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.shop_facts import PriceNow
from xiaoer.slices.buyers.ports import CustomerSource
from xiaoer.slices.catalog.ports import ProductSource, StockSource
from xiaoer.slices.orders.ports import OrderSource
from xiaoer.slices.promotions.ports import PriceQuoter
from xiaoer.slices.promotions.types import BuyerFacts, Cart, CartLine, Mode, Quote

_BOUGHT = frozenset({"paid", "shipped", "delivered", "completed", "refunding"})
_ORDERS = 10  # newest orders looked at to tell a new customer; as many as the answer reads


class QuoteCart:
    """Prices carts of variants."""

    def __init__(
        self,
        products: ProductSource,
        stock: StockSource,
        buyers: CustomerSource,
        orders: OrderSource,
        quoter: PriceQuoter,
    ) -> None:
        self._products = products
        self._stock = stock
        self._buyers = buyers
        self._orders = orders
        self._quoter = quoter

    async def __call__(
        self,
        shop: ShopId,
        items: Sequence[tuple[str, int]],
        *,
        buyer_id: str | None,
        channel: str,
        coupons: tuple[str, ...] | None = None,
        mode: Mode | None = None,
        at: datetime | None = None,
    ) -> Quote:
        """Price (variant, quantity) pairs.

        Raises:
            NotFound: a variant is unknown.
        """
        lines = tuple([await self._line(shop, variant_id, quantity) for variant_id, quantity in items])
        buyer = await self._buyer(shop, buyer_id) if buyer_id else None
        return await self._quoter.quote(
            shop, Cart(lines), channel=channel, buyer=buyer, coupons=coupons, mode=mode, at=at
        )

    async def price_now(self, shop: ShopId, variant_id: str, buyer_id: str, channel: str) -> PriceNow:
        """What one piece costs this buyer now, without coupons that must still be claimed.

        Raises:
            NotFound: the variant is unknown.
        """
        quote = await self(shop, [(variant_id, 1)], buyer_id=buyer_id, channel=channel, coupons=())
        line = quote.lines[0]
        applied = tuple((used.promotion_id, used.title) for used in quote.applied if used.level != "freight")
        return PriceNow(variant_id, line.base, line.paid, quote.freight, applied)

    async def _line(self, shop: ShopId, variant_id: str, quantity: int) -> CartLine:
        variant = await self._stock.variant(shop, variant_id)
        if variant is None:
            raise NotFound("Variant", variant_id)
        product = await self._products.product(shop, variant.product_id)
        category, title = (product.category, product.title) if product else ("", "")
        return CartLine(variant_id, quantity, variant.price, variant.product_id, category, title)

    async def _buyer(self, shop: ShopId, buyer_id: str) -> BuyerFacts:
        buyer = await self._buyers.buyer(shop, buyer_id)
        orders = await self._orders.orders_of(shop, buyer_id, _ORDERS)
        is_new = not any(order.status in _BOUGHT for order in orders)
        return BuyerFacts(buyer_id, is_new, buyer.level if buyer else "", frozenset(buyer.tags if buyer else ()))
