"""Pinduoduo (拼多多): orders and goods. No buyer ids, and contact data masked at best."""

import asyncio
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from xiaoer.connectors.payload import Json, mapping, may_be_id, phone_ends, reading, rows, text
from xiaoer.connectors.shops.pinduoduo.mapping import to_order, to_product, to_variants
from xiaoer.connectors.shops.pinduoduo.signing import sign
from xiaoer.connectors.spec import Around, ConnectorSpec, Setting
from xiaoer.infra.web import Call
from xiaoer.kernel.commerce import Order, Product, Variant
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.catalog.types import FoundProduct

_FRESH_S = 30.0  # goods change rarely; stock is shown to buyers, so not longer
_ROOTS = {
    "pdd.order.information.get": "order_info_get_response",
    "pdd.goods.detail.get": "goods_detail_get_response",
    "pdd.goods.list.get": "goods_list_get_response",
}
_ABSENT = ("不存在", "not exist", "not found")


class Pinduoduo:
    """`OrderSource`, `ProductSource` and `StockSource` over the POP gateway."""

    def __init__(self, settings: Mapping[str, str], around: Around) -> None:
        self._settings, self._around = settings, around

    async def order(self, shop: ShopId, order_id: str) -> Order | None:
        if not may_be_id(order_id):
            return None
        answer = await self._ask("pdd.order.information.get", order_sn=order_id)
        with reading("拼多多"):
            return to_order(mapping(answer, "order_info")) if answer else None

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int = 10) -> tuple[Order, ...]:
        raise SourceUnavailable("拼多多 does not tell whose an order is; the buyer names the order instead.")

    async def order_with_phone(self, shop: ShopId, order_id: str, ending: str) -> Order | None:
        return phone_ends(await self.order(shop, order_id), ending)

    async def product(self, shop: ShopId, product_id: str) -> Product | None:
        goods = await self._goods(product_id)
        with reading("拼多多"):
            return to_product(goods) if goods else None

    async def products(self, shop: ShopId, product_ids: Sequence[str]) -> tuple[Product, ...]:
        found = await asyncio.gather(*(self.product(shop, id) for id in product_ids))
        return tuple(product for product in found if product is not None)

    async def find(self, shop: ShopId, words: str, limit: int = 5) -> tuple[FoundProduct, ...]:
        wanted = words.strip()
        if not wanted:
            return ()
        answer = await self._ask("pdd.goods.list.get", goods_name=wanted, page="1", page_size=str(limit))
        with reading("拼多多"):
            products = [to_product(goods) for goods in rows(answer or {}, "goods_list")]
        return tuple(FoundProduct(p, 1.0 if wanted in p.title else 0.5) for p in products[:limit])

    async def variants(self, shop: ShopId, product_id: str) -> tuple[Variant, ...]:
        goods = await self._goods(product_id)
        with reading("拼多多"):
            return to_variants(goods) if goods else ()

    async def variant(self, shop: ShopId, variant_id: str) -> Variant | None:
        """Needs the product of the variant, which the shop's own rows know."""
        product_id = await self._around.hints.product_of(shop, variant_id)
        if product_id is None:
            return None
        return next((v for v in await self.variants(shop, product_id) if v.id == variant_id), None)

    async def _goods(self, product_id: str) -> Json | None:
        return await self._ask("pdd.goods.detail.get", goods_id=product_id) if product_id.isdigit() else None

    async def _ask(self, type_: str, **business: str) -> Json | None:
        """Call the gateway; None when it says that the thing does not exist."""
        params = {
            **business,
            "type": type_,
            "client_id": self._settings["client_id"],
            "access_token": self._settings["access_token"],
            "timestamp": str(int(self._around.clock.now().timestamp())),
            "data_type": "JSON",
        }
        params["sign"] = sign(params, self._settings["client_secret"])
        call = Call(
            "POST", self._settings["base_url"], body=urlencode(params).encode(), idempotent=True,
            headers={"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"},
            fresh_s=_FRESH_S if type_.startswith("pdd.goods") else 0.0,
            cache_key=f"pdd:{self._settings['client_id']}:{self._settings['access_token']}:{type_}:{sorted(business.items())}",
        )  # fmt: skip
        answer = (await self._around.web.call(call)).document()
        with reading("拼多多"):
            error = mapping(answer, "error_response")
            if error:
                self._around.web.forget(call.cache_key)
                said = text(error, "sub_msg", "error_msg")
                if any(word in said for word in _ABSENT):
                    return None
                raise SourceUnavailable(f"拼多多 refused {type_}: {text(error, 'sub_code', 'error_code')}.")
            found: Json = answer[_ROOTS[type_]]
            return found


SPEC = ConnectorSpec(
    name="pinduoduo",
    title="拼多多",
    kind="shop",
    ports=("orders", "products", "stock"),
    settings=(
        Setting("client_id", "client_id"),
        Setting("client_secret", "client_secret", secret=True),
        Setting("access_token", "access_token", secret=True),
        Setting("base_url", "接口地址", default="https://gw-api.pinduoduo.com/api/router"),
    ),
    build=Pinduoduo,
    evidence="published signing vector; local server that checks signatures",
    lacks=frozenset({"orders_of", "buyer_of_order", "refunds", "line_shares"}),
)
