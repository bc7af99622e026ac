"""Questions about money are priced (算价): carts are built from catalogue and order, the engine does the rest."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from xiaoer.kernel.commerce import Order, OrderItem, Product, Variant
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money
from xiaoer.kernel.shop_facts import Diagnosis, HeldCoupon, Priced, Protection, Stacking, TopUp
from xiaoer.kernel.terms import Terms
from xiaoer.slices.buyers.ports import CustomerSource
from xiaoer.slices.catalog.ports import ProductSource, StockSource
from xiaoer.slices.policies.rules.spec_words import pieces_in
from xiaoer.slices.promotions.answers import PromotionAnswers
from xiaoer.slices.promotions.rules.price_protection import Purchase
from xiaoer.slices.promotions.types import BuyerFacts, Cart, CartLine

_BOUGHT = frozenset({"paid", "shipped", "delivered", "completed", "refunding"})
_CANDIDATES = 24  # goods tried for 凑单: each costs one quote
_CLAIMED = ("价保", "价格保护")


class AnswerPrices:
    """Builds carts and asks the engine."""

    def __init__(
        self, products: ProductSource, stock: StockSource, buyers: CustomerSource, answers: PromotionAnswers
    ) -> None:
        self._products = products
        self._stock = stock
        self._buyers = buyers
        self._answers = answers

    async def priced(self, shop: ShopId, key: str, buyer: BuyerFacts, channel: str, at: datetime) -> Priced | None:
        """The price of a cart written as `variant*count,…`; None when a variant is not known."""
        cart = await self._cart(shop, key)
        return await self._answers.priced(shop, cart, channel=channel, buyer=buyer, at=at) if cart else None

    async def top_up(
        self, shop: ShopId, key: str, others: Sequence[str], buyer: BuyerFacts, channel: str, at: datetime
    ) -> TopUp | None:
        """What is missing for the next step of a cart, with goods (`others` are product ids to try) to add."""
        cart = await self._cart(shop, key)
        if cart is None:
            return None
        have = {line.product_id for line in cart.lines}
        tried = [p for p in dict.fromkeys(others) if p not in have][:_CANDIDATES]
        lines = [line for product_id in tried if (line := await self._cheapest(shop, product_id)) is not None]
        return await self._answers.top_up(shop, cart, lines, channel=channel, buyer=buyer, at=at)

    async def diagnose(self, shop: ShopId, order: Order, buyer: BuyerFacts, channel: str, at: datetime) -> Diagnosis:
        """Why an offer did not count on this order, and what its goods cost now."""
        goods = await self._goods(shop, order.items)
        bought = Cart(tuple(_line(item, product, item.price) for item, (product, _) in goods))
        sold = all(variant is not None and variant.stock >= item.quantity for item, (_, variant) in goods)
        today = None
        if sold:
            today = Cart(tuple(_line(item, product, variant.price) for item, (product, variant) in goods if variant))
        return await self._answers.diagnose(
            shop, order.id, bought, today, order.pay_amount, channel=channel, buyer=buyer,
            ordered_at=order.created_at, at=at,
        )  # fmt: skip

    async def protect(self, shop: ShopId, order: Order, terms: Terms, channel: str, at: datetime) -> Protection:
        """Price protection of this order by the shop's promise."""
        goods = await self._goods(shop, order.items)
        claims = sum(any(word in refund.reason for word in _CLAIMED) for refund in order.refunds)
        in_after_sale = order.status in ("refunding", "refunded")
        purchases = [
            Purchase(
                _line(item, product, variant.price),
                item.pay_amount,
                order.created_at,
                order.delivered_at,
                claims,
                in_after_sale,
                variant.stock > 0,
            )
            for item, (product, variant) in goods
            if variant is not None and item.quantity > 0
        ]
        return await self._answers.protect(shop, order.id, purchases, terms, channel=channel, at=at)

    async def refundable(
        self, shop: ShopId, order: Order, variant_id: str, buyer: BuyerFacts, terms: Terms, channel: str
    ) -> Money | None:
        """What goes back for the lines of `variant_id` (several by commas, `*` for all; `#2` behind it: two pieces of
        it); None when there are none."""
        variant_id, _, pieces = variant_id.partition("#")
        wanted = variant_id.split(",")
        lines = [item for item in order.items if variant_id == "*" or item.variant_id in wanted]
        if not lines:
            return None
        goods = await self._goods(shop, order.items)
        bought = Cart(tuple(_line(item, product, item.price) for item, (product, _) in goods))
        paid: dict[str, Money] = {}
        for item in order.items:
            paid[item.variant_id] = paid.get(item.variant_id, Money(0)) + item.pay_amount
        returned = {
            item.variant_id: int(pieces or sum(i.quantity for i in lines if i.variant_id == item.variant_id))
            for item in lines
        }
        return await self._answers.refundable(
            shop, bought, paid, returned, terms, channel=channel, buyer=buyer, ordered_at=order.created_at
        )

    async def coupons(self, shop: ShopId, buyer: BuyerFacts, at: datetime) -> tuple[HeldCoupon, ...]:
        """The buyer's coupons and those that may be claimed."""
        return await self._answers.coupons(shop, buyer, at)

    async def stackings(self, shop: ShopId, channel: str, at: datetime) -> tuple[Stacking, ...]:
        """Which kinds of offers go together."""
        return await self._answers.stackings(shop, channel, at)

    async def buyer(self, shop: ShopId, buyer_id: str, orders: Sequence[Order]) -> BuyerFacts:
        """What promotions ask about a buyer."""
        known = await self._buyers.buyer(shop, buyer_id)
        is_new = not any(order.status in _BOUGHT for order in orders)
        level, tags = (known.level, frozenset(known.tags)) if known else ("", frozenset[str]())
        return BuyerFacts(buyer_id, is_new, level, tags)

    async def _goods(
        self, shop: ShopId, items: Sequence[OrderItem]
    ) -> list[tuple[OrderItem, tuple[Product | None, Variant | None]]]:
        variants = await asyncio.gather(*(self._stock.variant(shop, item.variant_id) for item in items))
        ids = [variant.product_id if variant else "" for variant in variants]
        products = await asyncio.gather(*(self._product(shop, product_id) for product_id in ids))
        return [(i, (p, v)) for i, p, v in zip(items, products, variants, strict=True)]

    async def _product(self, shop: ShopId, product_id: str) -> Product | None:
        return await self._products.product(shop, product_id) if product_id else None

    async def _cart(self, shop: ShopId, key: str) -> Cart | None:
        lines: list[CartLine] = []
        parts = [part.rpartition("*") for part in key.split(",")]
        found = [await self._stock.variant(shop, variant_id) for variant_id, _, _ in parts]
        products = [variant.product_id for variant in found if variant]
        for (variant_id, _, count), variant in zip(parts, found, strict=True):
            if variant is None:
                return None
            product = await self._product(shop, variant.product_id)
            category = product.category if product else ""
            among = products.count(variant.product_id) > 1
            title = await self._called(shop, product, variant, among) if product else ""
            lines.append(CartLine(variant_id, int(count), variant.price, variant.product_id, category, title))
        return Cart(tuple(lines))

    async def _called(self, shop: ShopId, product: Product, variant: Variant, among: bool) -> str:
        """The title, with the spec where it makes the price, is a pack of several, or is one `among` others."""
        spec = " ".join(variant.spec.values())
        others = await self._stock.variants(shop, product.id)
        differ = among or len({one.price for one in others}) > 1 or any(number > 1 for number in pieces_in(spec))
        return f"{product.title}（{spec}）" if spec and differ else product.title

    async def _cheapest(self, shop: ShopId, product_id: str) -> CartLine | None:
        product = await self._product(shop, product_id)
        ready = [v for v in await self._stock.variants(shop, product_id) if v.stock > 0] if product else []
        if product is None or not ready:
            return None
        variant = min(ready, key=lambda v: (v.price, v.id))
        return CartLine(variant.id, 1, variant.price, product.id, product.category, product.title)


def _line(item: OrderItem, product: Product | None, price: Money) -> CartLine:
    product_id, category = (product.id, product.category) if product else ("", "")
    return CartLine(item.variant_id, max(item.quantity, 1), price, product_id, category, item.title)
