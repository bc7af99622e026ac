"""django-oscar: goods through its own API, the rest through the small bridge of docs/connectors.md.

Oscar's API has no orders by number, no search by words and no price without a basket of one's own.
"""

import asyncio
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from xiaoer.connectors.cart import CartLine, CartPrice
from xiaoer.connectors.payload import compact, may_be_id, phone_ends, reading, rows, text
from xiaoer.connectors.shops.oscar.mapping import to_buyer, to_order, to_price, to_product, to_variant
from xiaoer.connectors.spec import Around, ConnectorSpec, Setting
from xiaoer.infra.web import Call
from xiaoer.kernel.commerce import Buyer, Order, Product, Variant
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.catalog.types import FoundProduct

_NOT_FOUND = 404


class Oscar:
    """`OrderSource`, `ProductSource`, `StockSource`, `CustomerSource`, and `price_cart`."""

    def __init__(self, settings: Mapping[str, str], around: Around) -> None:
        self._around, self._base = around, settings["base_url"].rstrip("/")
        login = b64encode(f"{settings['user']}:{settings['password']}".encode()).decode()
        self._headers = {"Authorization": f"Basic {login}", "Accept": "application/json"}

    async def order(self, shop: ShopId, order_id: str) -> Order | None:
        if not may_be_id(order_id):
            return None
        answer = await self._bridge("orders", number=order_id)
        with reading("Oscar"):
            return next((to_order(row) for row in rows(answer["items"])), None)

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int = 10) -> tuple[Order, ...]:
        if not buyer_id.isdigit():
            return ()
        answer = await self._bridge("orders", buyer_id=buyer_id, limit=str(limit))
        with reading("Oscar"):
            return tuple(to_order(row) for row in rows(answer["items"]))

    async def order_with_phone(self, shop: ShopId, order_id: str, ending: str) -> Order | None:
        return phone_ends(await self.order(shop, order_id), ending)

    async def product(self, shop: ShopId, product_id: str) -> Product | None:
        if not (product_id.isascii() and product_id.isdigit()):
            return None
        url = f"{self._base}/api/products/{quote(product_id)}/"
        answer = await self._around.web.call(Call("GET", url, headers=self._headers))
        if answer.status == _NOT_FOUND:
            return None
        document = answer.document()
        with reading("Oscar"):
            return to_product(document)

    async def products(self, shop: ShopId, product_ids: Sequence[str]) -> tuple[Product, ...]:
        found = await asyncio.gather(*(self.product(shop, id) for id in product_ids))
        return tuple(product for product in found if product is not None)

    async def find(self, shop: ShopId, words: str, limit: int = 5) -> tuple[FoundProduct, ...]:
        wanted = words.strip()
        if not wanted:
            return ()
        answer = await self._bridge("search", q=wanted, limit=str(limit))
        with reading("Oscar"):
            return tuple(FoundProduct(to_product(row), 1.0) for row in rows(answer["items"]))

    async def variants(self, shop: ShopId, product_id: str) -> tuple[Variant, ...]:
        if not (product_id.isascii() and product_id.isdigit()):
            return ()
        answer = await self._bridge("variants", product_id=product_id)
        with reading("Oscar"):
            return tuple(to_variant(row) for row in rows(answer["items"]))

    async def variant(self, shop: ShopId, variant_id: str) -> Variant | None:
        if not may_be_id(variant_id):
            return None
        answer = await self._bridge("variants", sku=variant_id)
        with reading("Oscar"):
            return next((to_variant(row) for row in rows(answer["items"])), None)

    async def buyer(self, shop: ShopId, buyer_id: str) -> Buyer | None:
        if not (buyer_id.isascii() and buyer_id.isdigit()):
            return None
        answer = await self._bridge("buyers", id=buyer_id)
        with reading("Oscar"):
            return next((to_buyer(row) for row in rows(answer["items"])), None)

    async def buyers_by_phone_ending(self, shop: ShopId, ending: str) -> tuple[Buyer, ...]:
        answer = await self._bridge("buyers", phone_ending=ending)
        with reading("Oscar"):
            return tuple(to_buyer(row) for row in rows(answer["items"]))

    async def price_cart(self, shop: ShopId, lines: Sequence[CartLine], coupons: Sequence[str] = ()) -> CartPrice:
        """Price a cart without an order; the shop keeps no basket of it.

        Raises:
            SourceUnavailable: not asked, an unknown variant, or less stock than wanted.
        """
        cart = {"lines": [{"sku": one.variant_id, "quantity": one.quantity} for one in lines], "coupons": list(coupons)}
        headers = {**self._headers, "Content-Type": "application/json"}
        call = Call(
            "POST", f"{self._base}/bridge/price/", headers=headers, body=compact(cart).encode(), idempotent=True
        )
        answer = (await self._around.web.call(call)).document()
        if "refused_line" in answer:
            raise SourceUnavailable(f"Oscar refused {text(answer, 'refused_line')}: {text(answer, 'reason')[:80]}.")
        with reading("Oscar"):
            return to_price(answer)

    async def _bridge(self, resource: str, **query: str) -> Any:
        call = Call("GET", f"{self._base}/bridge/{resource}/", query, self._headers)
        return (await self._around.web.call(call)).document()


SPEC = ConnectorSpec(
    name="oscar",
    title="django-oscar",
    kind="shop",
    ports=("orders", "products", "stock", "buyers"),
    settings=(
        Setting("base_url", "店铺地址"),
        Setting("user", "服务账号"),
        Setting("password", "服务账号密码", secret=True),
    ),
    build=Oscar,
    evidence="contract suite against django-oscar 4.2.1 with django-oscar-api 3.3.0",
    verified="real_shop_verified",
    prices="parallel",
)
