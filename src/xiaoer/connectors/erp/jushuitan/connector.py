"""聚水潭 ERP: orders with after-sales, goods and sellable stock. It cannot list one buyer's orders."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from msgspec import structs

from xiaoer.connectors.erp.jushuitan.mapping import sellable, to_order, to_product, to_refund, to_variant
from xiaoer.connectors.erp.jushuitan.signing import sign
from xiaoer.connectors.payload import Json, compact, mapping, may_be_id, phone_ends, reading, rows, text
from xiaoer.connectors.renewal import REFRESH, RenewalRefused, Tokens, read_tokens
from xiaoer.connectors.spec import Around, ConnectorSpec, Setting
from xiaoer.infra.web import Call
from xiaoer.kernel.commerce import Order, Product, Variant
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.catalog.types import FoundProduct

_ENDED = re.compile(r"(?i)token|授权")  # its words; the code for it is the one for a wrong signature, too
_FRESH_S = 30.0  # goods and stock; the API counts calls per minute


class Jushuitan:
    """`OrderSource`, `ProductSource` and `StockSource` over the open API."""

    def __init__(self, settings: Mapping[str, str], around: Around) -> None:
        self._settings, self._around = settings, around

    async def order(self, shop: ShopId, order_id: str) -> Order | None:
        if not may_be_id(order_id):
            return None
        asked = {"so_ids": [order_id], "page_index": 1, "page_size": 10}
        orders, claims = await asyncio.gather(
            self._ask("/open/orders/single/query", asked), self._ask("/open/refund/single/query", asked)
        )
        with reading("聚水潭"):
            found = next((row for row in rows(orders, "orders") if text(row, "so_id") == order_id), None)
            refunds = tuple(to_refund(row) for row in rows(claims, "datas") if text(row, "so_id") == order_id)
            return to_order(found, refunds) if found else None

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int = 10) -> tuple[Order, ...]:
        raise SourceUnavailable("聚水潭 cannot list the orders of one buyer; the imported orders can.")

    async def order_with_phone(self, shop: ShopId, order_id: str, ending: str) -> Order | None:
        return phone_ends(await self.order(shop, order_id), ending)

    async def product(self, shop: ShopId, product_id: str) -> Product | None:
        return next(iter(await self.products(shop, [product_id])), None)

    async def products(self, shop: ShopId, product_ids: Sequence[str]) -> tuple[Product, ...]:
        if not product_ids:
            return ()
        data = await self._goods(product_ids)
        with reading("聚水潭"):
            found = {product.id: product for product in map(to_product, rows(data, "datas"))}
        return tuple(found[id] for id in product_ids if id in found)

    async def find(self, shop: ShopId, words: str, limit: int = 5) -> tuple[FoundProduct, ...]:
        raise SourceUnavailable("聚水潭 cannot search goods by words; the imported goods can.")

    async def variants(self, shop: ShopId, product_id: str) -> tuple[Variant, ...]:
        data = await self._goods([product_id])
        goods = next((row for row in rows(data, "datas") if text(row, "i_id") == product_id), None)
        return await self._with_stock(rows(goods or {}, "skus"), product_id)

    async def variant(self, shop: ShopId, variant_id: str) -> Variant | None:
        asked = {"sku_ids": variant_id, "page_index": 1, "page_size": 10}
        data = await self._ask("/open/sku/query", asked, _FRESH_S)
        skus = [row for row in rows(data, "datas") if text(row, "sku_id") == variant_id]
        return next(iter(await self._with_stock(skus)), None)

    async def _with_stock(self, skus: Sequence[Json], product_id: str = "") -> tuple[Variant, ...]:
        if not skus:
            return ()
        ids = ",".join(text(sku, "sku_id") for sku in skus[:100])  # the most that one call takes
        asked = {"sku_ids": ids, "has_lock_qty": True, "page_index": 1, "page_size": 100}
        data = await self._ask("/open/inventory/query", asked, _FRESH_S)
        with reading("聚水潭"):
            stock = dict(sellable(row) for row in rows(data, "inventorys"))
            return tuple(to_variant({"i_id": product_id, **sku}, stock) for sku in skus)

    async def _goods(self, product_ids: Sequence[str]) -> Json:
        asked = {"i_ids": list(product_ids), "page_index": 1, "page_size": 50}
        return await self._ask("/open/mall/item/query", asked, _FRESH_S)

    async def _ask(self, path: str, business: Mapping[str, Any], fresh_s: float = 0.0) -> Json:
        biz, token = compact(business), self._settings["access_token"]
        call = structs.replace(
            _call(self._settings, self._around, path, {"access_token": token, "version": "2", "biz": biz}),
            idempotent=True,
            fresh_s=fresh_s,
            cache_key=f"jushuitan:{self._settings['app_key']}:{token}:{path}:{biz}",
        )
        answer = (await self._around.web.call(call)).document()
        with reading("聚水潭"):
            if text(answer, "code") != "0":
                self._around.web.forget(call.cache_key)
                if _ENDED.search(text(answer, "msg")):
                    await self._around.ended()
                raise SourceUnavailable(f"聚水潭 refused {path}: {text(answer, 'code')}.")
            return mapping(answer, "data")


async def renew(settings: Mapping[str, str], around: Around) -> Tokens:
    """Get the next access token.

    Raises:
        RenewalRefused: none is given. SourceUnavailable: not asked.
    """
    old = settings["refresh_token"]
    asked = {"grant_type": "refresh_token", "refresh_token": old, "scope": "all"}
    answer = (await around.web.call(_call(settings, around, "/openWeb/auth/refreshToken", asked))).document()
    with reading("聚水潭"):
        if text(answer, "code") != "0":
            raise RenewalRefused("聚水潭", text(answer, "code"))
        return read_tokens(mapping(answer, "data"), old, around.clock.now())


def _call(settings: Mapping[str, str], around: Around, path: str, business: Mapping[str, str]) -> Call:
    params = {
        **business,
        "app_key": settings["app_key"],
        "timestamp": str(int(around.clock.now().timestamp())),
        "charset": "utf-8",
    }
    params["sign"] = sign(params, settings["app_secret"])
    return Call(
        "POST", settings["base_url"].rstrip("/") + path, body=urlencode(params).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"},
    )  # fmt: skip


SPEC = ConnectorSpec(
    name="jushuitan",
    title="聚水潭",
    kind="erp",
    ports=("orders", "products", "stock"),
    settings=(
        Setting("app_key", "App Key"),
        Setting("app_secret", "App Secret", secret=True),
        Setting("access_token", "Access Token", secret=True),
        REFRESH,
        Setting("base_url", "接口地址", default="https://openapi.jushuitan.com"),
    ),
    build=Jushuitan,
    evidence="signing vector of a public client; local server that checks signatures",
    lacks=frozenset({"orders_of", "find", "spec_names"}),
    renews="access_token",
    renew=renew,
)
