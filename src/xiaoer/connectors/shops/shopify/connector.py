"""Shopify: orders, goods, stock and customers through the Admin GraphQL API, and webhooks."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from xiaoer.connectors.acting import act_on
from xiaoer.connectors.payload import Json, compact, instant, mapping, only_yuan, phone_ends, reading, rows, text
from xiaoer.connectors.push import Push, Pushed, check_signature, event_id, json_body, reading_push, secret_of
from xiaoer.connectors.shops.shopify import acting, queries
from xiaoer.connectors.shops.shopify.mapping import to_buyer, to_order, to_product, to_variant
from xiaoer.connectors.shops.shopify.signing import sign_push
from xiaoer.connectors.spec import Around, ConnectorSpec, Setting
from xiaoer.infra.web import Call
from xiaoer.kernel.commerce import Buyer, Order, Product, Variant
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.shop_facts import Outcome
from xiaoer.slices.catalog.types import FoundProduct
from xiaoer.slices.orders.types import ActionKind, OrderAction

_log = structlog.get_logger(__name__)
_FRESH_S = 10.0  # goods and buyers; an order is asked anew each time, or a push about it would be answered from before
_TOPICS = {
    "orders/create": ("order.created", "created_at"),
    "orders/paid": ("order.paid", "updated_at"),
    "orders/fulfilled": ("order.shipped", "updated_at"),
    "orders/cancelled": ("order.closed", "cancelled_at"),
    "refunds/create": ("order.refunded", "created_at"),
}


class Shopify:
    """`OrderSource`, `ProductSource`, `StockSource`, `CustomerSource` and `OrderActions` over the Admin API."""

    def __init__(self, settings: Mapping[str, str], around: Around) -> None:
        self._settings, self._around = settings, around
        base = settings["base_url"].rstrip("/")
        self._url = f"{base}/admin/api/{settings['api_version']}/graphql.json"

    async def order(self, shop: ShopId, order_id: str) -> Order | None:
        node = await self._order_node(queries.ORDERS, order_id)
        with reading("Shopify"):
            return to_order(node) if node else None

    async def _order_node(self, query: str, order_id: str) -> Json | None:
        # a search term: only what an order name may hold, or the term could widen the search
        if not order_id or not all(char.isalnum() or char in "-_" for char in order_id):
            return None
        data = await self._ask(query, {"q": f"name:{order_id}", "n": 1}, fresh_s=0.0)
        with reading("Shopify"):
            found = rows(data, "orders", "nodes")
            return next((node for node in found if text(node, "name").lstrip("#") == order_id), None)

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int = 10) -> tuple[Order, ...]:
        if not buyer_id.isdigit():
            return ()
        data = await self._ask(queries.ORDERS, {"q": f"customer_id:{buyer_id}", "n": limit}, fresh_s=0.0)
        with reading("Shopify"):
            found = [to_order(node) for node in rows(data, "orders", "nodes")]
        mine = [order for order in found if order.buyer_id == buyer_id]
        return tuple(sorted(mine, key=lambda order: order.created_at, reverse=True)[:limit])

    async def order_with_phone(self, shop: ShopId, order_id: str, ending: str) -> Order | None:
        return phone_ends(await self.order(shop, order_id), ending)

    async def product(self, shop: ShopId, product_id: str) -> Product | None:
        node = await self._node(queries.PRODUCT, "product", "Product", product_id)
        with reading("Shopify"):
            return to_product(node) if node else None

    async def products(self, shop: ShopId, product_ids: Sequence[str]) -> tuple[Product, ...]:
        found = await asyncio.gather(*(self.product(shop, id) for id in product_ids))
        return tuple(product for product in found if product is not None)

    async def find(self, shop: ShopId, words: str, limit: int = 5) -> tuple[FoundProduct, ...]:
        wanted = "".join(char for char in words if char.isalnum() or char == " ").strip()
        if not wanted:
            return ()
        data = await self._ask(queries.PRODUCTS, {"q": f"title:*{wanted}*", "n": limit})
        with reading("Shopify"):
            products = [to_product(node) for node in rows(data, "products", "nodes")]
        return tuple(FoundProduct(p, 1.0 if wanted in p.title else 0.5) for p in products[:limit])

    async def variants(self, shop: ShopId, product_id: str) -> tuple[Variant, ...]:
        node = await self._node(queries.PRODUCT, "product", "Product", product_id, priced=True)
        with reading("Shopify"):
            return tuple(to_variant(row) for row in rows(node or {}, "variants", "nodes"))

    async def variant(self, shop: ShopId, variant_id: str) -> Variant | None:
        node = await self._node(queries.VARIANT, "productVariant", "ProductVariant", variant_id, priced=True)
        with reading("Shopify"):
            return to_variant(node) if node else None

    async def buyer(self, shop: ShopId, buyer_id: str) -> Buyer | None:
        node = await self._node(queries.CUSTOMER, "customer", "Customer", buyer_id)
        with reading("Shopify"):
            return to_buyer(node) if node else None

    async def buyers_by_phone_ending(self, shop: ShopId, ending: str) -> tuple[Buyer, ...]:
        raise SourceUnavailable("Shopify cannot search customers by the end of a phone number.")

    async def supported(self, shop: ShopId) -> frozenset[ActionKind]:
        return acting.KINDS

    async def act(self, shop: ShopId, action: OrderAction) -> Outcome | None:
        if action.kind == "issue_coupon":
            return await self._discount(action)
        node: Json = {}

        async def read() -> Order | None:
            nonlocal node
            node = await self._order_node(queries.ORDER_TO_CHANGE, action.order_id) or {}
            with reading("Shopify"):
                return to_order(node) if node else None

        async def write(_: Order) -> Outcome | None:
            with reading("Shopify"):
                wanted = acting.change(node, action)
            return Outcome("done") if wanted and await self._change(*wanted) else None

        return await act_on(read, write, action)

    async def _discount(self, action: OrderAction) -> Outcome | None:
        """A discount code, looked for by its name before and after."""
        wanted = acting.discount(action, self._around.clock.now().isoformat())
        if wanted is None:
            return None
        code = action.data["code"]
        asked = (queries.DISCOUNT, {"code": code})
        known = await self._ask(*asked, write=True)
        only_yuan(mapping(known, "shop").get("currencyCode"), "Shopify")
        if mapping(known, "codeDiscountNodeByCode"):
            return Outcome("already", no=code)
        if not await self._change(*wanted):
            return None
        if not mapping(await self._ask(*asked, write=True), "codeDiscountNodeByCode"):
            raise SourceUnavailable("Shopify made the discount, but does not show it.")
        return Outcome("done", no=code)

    async def _change(self, query: str, variables: Mapping[str, Any], field: str) -> bool:
        """Make a change; False when Shopify refuses it, which people must look at."""
        answer = mapping(await self._ask(query, variables, write=True), field)
        errors = rows(answer, "userErrors")
        if errors:
            codes = [text(error, "code") or "/".join(map(str, error.get("field") or ())) for error in errors]
            _log.warning("change_refused", system="shopify", change=field, codes=codes)
        return not errors

    async def _node(self, query: str, name: str, kind: str, id: str, *, priced: bool = False) -> Json | None:
        """One thing by its id; with `priced` its price is told, so the shop must price in yuan."""
        if not id.isdigit():
            return None
        data = await self._ask(query, {"id": f"gid://shopify/{kind}/{id}"})
        if priced:
            only_yuan(mapping(data, "shop").get("currencyCode"), "Shopify")
        return mapping(data, name) or None

    async def _ask(
        self, query: str, variables: Mapping[str, Any], *, write: bool = False, fresh_s: float = _FRESH_S
    ) -> Json:
        """Ask; a write is neither repeated nor kept."""
        body = compact({"query": query, "variables": variables})
        call = Call(
            "POST", self._url, body=body.encode(), idempotent=not write, fresh_s=0.0 if write else fresh_s,
            cache_key=f"{self._url}:{body}",
            headers={"Content-Type": "application/json", "X-Shopify-Access-Token": self._settings["access_token"]},
        )  # fmt: skip
        answer = (await self._around.web.call(call)).document()
        with reading("Shopify"):
            errors = rows(answer, "errors")
            if errors or not isinstance(answer["data"], Mapping):
                self._around.web.forget(call.cache_key)
                code = text(mapping(errors[0], "extensions"), "code") if errors else ""
                raise SourceUnavailable(f"Shopify refused the query: {code or 'no data'}.")
            return mapping(answer, "data")


def read_push(settings: Mapping[str, str], push: Push) -> Pushed:
    """Read a webhook; topics nobody needs change nothing."""
    expected = sign_push(secret_of(settings, "webhook_secret"), push.body)
    check_signature(expected, push.headers.get("x-shopify-hmac-sha256", ""), "Shopify")
    kind = _TOPICS.get(push.headers.get("x-shopify-topic", ""))
    if kind is None:
        return Pushed(reply=b"")
    with reading_push("Shopify"):
        body: Json = json_body(push.body)
        at = instant(body.get(kind[1])) or instant(push.headers.get("x-shopify-triggered-at")) or push.received_at
        facts = {
            "order_id": text(body, "name").lstrip("#"),
            "platform_id": text(body, "order_id", "id"),
            "raw_status": "/".join((text(body, "financial_status"), text(body, "fulfillment_status"))),
        }
        # the header with Shopify's own id is not signed: under another one an old body would count as news
        key = event_id("shopify", kind[0], push.body.decode("utf-8", "replace"))
    return Pushed((Event(push.shop, key, kind[0], at, data=facts),), reply=b"")


SPEC = ConnectorSpec(
    name="shopify",
    title="Shopify",
    kind="shop",
    ports=("orders", "products", "stock", "buyers", "actions"),
    settings=(
        Setting("base_url", "店铺地址，如 https://example.myshopify.com"),
        Setting("access_token", "Admin API Access Token", secret=True),
        Setting("webhook_secret", "Webhook 密钥", secret=True, default=""),
        Setting("api_version", "API 版本", default="2026-10"),
    ),
    build=Shopify,
    evidence="derived webhook vector; local server that checks tokens",
    lacks=frozenset({"buyers_by_phone_ending"}),
    read_push=read_push,
)
