"""Vendure: orders, goods, stock and customers through the Admin API; prices a cart by a draft that is deleted again.

Chinese words are found by `products(filter)`, not by `search`, which ignores words of one or two characters.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from xiaoer.connectors.cart import CartLine, CartPrice
from xiaoer.connectors.payload import Json, compact, instant, mapping, may_be_id, phone_ends, reading, rows, text
from xiaoer.connectors.push import Push, Pushed, check_signature, event_id, json_body, reading_push, secret_of
from xiaoer.connectors.shops.vendure import queries
from xiaoer.connectors.shops.vendure.acting import KINDS, Acting
from xiaoer.connectors.shops.vendure.mapping import to_buyer, to_order, to_price, to_product, to_variant
from xiaoer.connectors.shops.vendure.signing import sign_push
from xiaoer.connectors.spec import Around, ConnectorSpec, Setting
from xiaoer.infra.web import Answer, Call
from xiaoer.kernel.commerce import Buyer, Order, Product, Variant
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.shop_facts import Outcome
from xiaoer.slices.catalog.types import FoundProduct
from xiaoer.slices.orders.types import ActionKind, OrderAction

_MORE = 30  # orders changed lately that are read beyond those wanted
_SESSION_FRESH_S = 1800.0
_NOT_ALLOWED = "FORBIDDEN"
_STATES = {
    "ArrangingPayment": "order.created",
    "PaymentSettled": "order.paid",
    "Shipped": "order.shipped",
    "Delivered": "order.delivered",
    "Cancelled": "order.closed",
}


class Vendure:
    """`OrderSource`, `ProductSource`, `StockSource`, `CustomerSource`, `OrderActions`, and `price_cart`."""

    def __init__(self, settings: Mapping[str, str], around: Around) -> None:
        self._settings, self._around = settings, around
        self._url = f"{settings['base_url'].rstrip('/')}/admin-api"
        self._session_key = f"vendure:session:{self._url}:{settings['user']}"

    async def supported(self, shop: ShopId) -> frozenset[ActionKind]:
        return KINDS

    async def act(self, shop: ShopId, action: OrderAction) -> Outcome | None:
        if action.order_id and not may_be_id(action.order_id):
            return Outcome("refused")
        return await Acting(self._ask, self._settings["language"]).act(action)

    async def order(self, shop: ShopId, order_id: str) -> Order | None:
        if not may_be_id(order_id):
            return None
        data = await self._ask(queries.ORDER, {"code": order_id})
        with reading("Vendure"):
            return next((to_order(node) for node in rows(data["orders"], "items")), None)

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int = 10) -> tuple[Order, ...]:
        if not buyer_id.isdigit():
            return ()
        # Vendure sorts by when the cart was begun or by when it was placed, and one of them may be missing.
        data = await self._ask(queries.ORDERS_OF, {"id": buyer_id, "take": limit + _MORE})
        with reading("Vendure"):
            found = [to_order(node) for node in rows(data["customer"], "orders", "items")]
        return tuple(sorted(found, key=lambda order: order.created_at, reverse=True)[:limit])

    async def order_with_phone(self, shop: ShopId, order_id: str, ending: str) -> Order | None:
        return phone_ends(await self.order(shop, order_id), ending)

    async def product(self, shop: ShopId, product_id: str) -> Product | None:
        if not product_id.isdigit():
            return None
        data = await self._ask(queries.PRODUCT, {"id": product_id})
        with reading("Vendure"):
            return to_product(data["product"]) if data["product"] is not None else None

    async def products(self, shop: ShopId, product_ids: Sequence[str]) -> tuple[Product, ...]:
        found = await asyncio.gather(*(self.product(shop, id) for id in product_ids))
        return tuple(product for product in found if product is not None)

    async def find(self, shop: ShopId, words: str, limit: int = 5) -> tuple[FoundProduct, ...]:
        wanted = words.strip()
        if not wanted:
            return ()
        data = await self._ask(queries.PRODUCTS, {"words": wanted, "take": limit})
        with reading("Vendure"):
            return tuple(FoundProduct(to_product(node), 1.0) for node in rows(data["products"], "items"))

    async def variants(self, shop: ShopId, product_id: str) -> tuple[Variant, ...]:
        if not product_id.isdigit():
            return ()
        data = await self._ask(queries.VARIANTS, {"id": product_id})
        with reading("Vendure"):
            return tuple(to_variant(node) for node in rows(data["product"], "variants"))

    async def variant(self, shop: ShopId, variant_id: str) -> Variant | None:
        node = await self._by_sku(variant_id)
        with reading("Vendure"):
            return to_variant(node) if node else None

    async def buyer(self, shop: ShopId, buyer_id: str) -> Buyer | None:
        if not buyer_id.isdigit():
            return None
        data = await self._ask(queries.CUSTOMER, {"id": buyer_id})
        with reading("Vendure"):
            return to_buyer(data["customer"]) if data["customer"] is not None else None

    async def buyers_by_phone_ending(self, shop: ShopId, ending: str) -> tuple[Buyer, ...]:
        data = await self._ask(queries.CUSTOMERS, {"ending": ending})
        with reading("Vendure"):
            found = [to_buyer(node) for node in rows(data["customers"], "items")]
        return tuple(sorted((b for b in found if b.phone.endswith(ending)), key=lambda buyer: buyer.id)[:50])

    async def price_cart(self, shop: ShopId, lines: Sequence[CartLine], coupons: Sequence[str] = ()) -> CartPrice:
        """Price a cart without an order; the shop's draft is deleted whatever happens.

        Raises:
            SourceUnavailable: not asked, an unknown variant, or less stock than wanted.
        """
        nodes = await asyncio.gather(*(self._by_sku(line.variant_id) for line in lines))
        draft = mapping(await self._ask(queries.DRAFT, {}, idempotent=False), "createDraftOrder")
        with reading("Vendure"):
            draft_id = str(draft["id"])
        try:
            for line, node in zip(lines, nodes, strict=True):
                added = {"id": draft_id, "variant": text(node or {}, "id"), "quantity": line.quantity}
                answer = mapping(await self._ask(queries.ADD_LINE, added, idempotent=False), "addItemToDraftOrder")
                if text(answer, "errorCode"):
                    raise SourceUnavailable(f"Vendure refused {line.variant_id}: {text(answer, 'errorCode')}.")
            refused = []
            for code in coupons:
                coupon = {"id": draft_id, "code": code}
                data = await self._ask(queries.ADD_COUPON, coupon, idempotent=False)
                answer = mapping(data, "applyCouponCodeToDraftOrder")
                if text(answer, "errorCode"):
                    refused.append((code, text(answer, "errorCode")))
            data = await self._ask(queries.PRICED, {"id": draft_id})
            with reading("Vendure"):
                return to_price(data["order"], tuple(refused))
        finally:
            await asyncio.shield(self._ask(queries.DELETE_DRAFT, {"id": draft_id}))

    async def _by_sku(self, sku: str) -> Json | None:
        if not may_be_id(sku):
            return None
        data = await self._ask(queries.VARIANT, {"sku": sku})
        with reading("Vendure"):
            return next(iter(rows(data["productVariants"], "items")), None)

    async def _token(self) -> str:
        login = {"user": self._settings["user"], "password": self._settings["password"]}
        body = compact({"query": queries.LOGIN, "variables": login}).encode()
        answer = await self._post(body, {}, idempotent=True, fresh_s=_SESSION_FRESH_S, cache_key=self._session_key)
        answer.document()
        token = answer.headers.get("vendure-auth-token", "")
        if not token:
            self._around.web.forget(self._session_key)
            raise SourceUnavailable("Vendure did not log in. Check user and password.")
        return token

    async def _ask(self, query: str, variables: Mapping[str, Any], *, idempotent: bool = True) -> Json:
        """Ask the Admin API; a session that has ended is renewed once."""
        body, code = compact({"query": query, "variables": variables}).encode(), ""
        for _ in range(2):
            headers = {"Authorization": f"Bearer {await self._token()}"}
            answer = (await self._post(body, headers, idempotent=idempotent)).document()
            with reading("Vendure"):
                errors = rows(answer, "errors")
                if not errors:
                    data: Json = answer["data"]
                    return data
                code = text(mapping(errors[0], "extensions"), "code")
            if code != _NOT_ALLOWED:
                break
            self._around.web.forget(self._session_key)
        raise SourceUnavailable(f"Vendure refused the query: {code or 'error'}.")

    async def _post(
        self, body: bytes, headers: Mapping[str, str], *, idempotent: bool, fresh_s: float = 0.0, cache_key: str = ""
    ) -> Answer:
        return await self._around.web.call(
            Call(
                "POST", self._url, {"languageCode": self._settings["language"]}, idempotent=idempotent,
                headers={"Content-Type": "application/json", **headers}, body=body,
                fresh_s=fresh_s, cache_key=cache_key,
            )
        )  # fmt: skip


def read_push(settings: Mapping[str, str], push: Push) -> Pushed:
    """Read a push of the small webhook plugin (docs/connectors.md); states nobody needs change nothing."""
    expected = sign_push(secret_of(settings, "webhook_secret"), push.body)
    check_signature(expected, push.headers.get("x-shop-signature", ""), "Vendure")
    with reading_push("Vendure"):
        data = mapping(json_body(push.body), "data")
        code, state = text(data, "code"), text(data, "to")
        kind = _STATES.get(state)
        if kind is None or not code:
            return Pushed()
        at = instant(data.get("at")) or push.received_at
        key = event_id("vendure", code, state, text(data, "at"))
    return Pushed((Event(push.shop, key, kind, at, data={"order_id": code, "raw_status": state}),))


SPEC = ConnectorSpec(
    name="vendure",
    title="Vendure",
    kind="shop",
    ports=("orders", "products", "stock", "buyers", "actions"),
    settings=(
        Setting("base_url", "店铺地址"),
        Setting("user", "管理员账号"),
        Setting("password", "管理员密码", secret=True),
        Setting("webhook_secret", "Webhook 密钥", secret=True, default=""),
        Setting("language", "语言", default="zh_Hans"),
    ),
    build=Vendure,
    evidence="contract suite against Vendure 3.7.3",
    verified="real_shop_verified",
    read_push=read_push,
    prices="sequential",
)
