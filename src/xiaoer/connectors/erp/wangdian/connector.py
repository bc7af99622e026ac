"""旺店通企业版 ERP: orders, goods and sellable stock. It cannot list one buyer's orders."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from xiaoer.connectors.erp.wangdian.mapping import names_order, sellable, to_order, to_product, to_variants
from xiaoer.connectors.erp.wangdian.signing import sign
from xiaoer.connectors.payload import may_be_id, phone_ends, reading, rows, text
from xiaoer.connectors.spec import Around, ConnectorSpec, Setting
from xiaoer.infra.web import Call
from xiaoer.kernel.commerce import Order, Product, Variant
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.catalog.types import FoundProduct

_FRESH_S = 30.0  # goods and stock; the API counts calls per minute


class Wangdian:
    """`OrderSource`, `ProductSource` and `StockSource` over openapi2."""

    def __init__(self, settings: Mapping[str, str], around: Around) -> None:
        self._settings, self._around = settings, around

    async def order(self, shop: ShopId, order_id: str) -> Order | None:
        if not may_be_id(order_id):
            return None
        answer = await self._ask("trade_query", src_tid=order_id)
        with reading("旺店通"):
            trade = next((row for row in rows(answer, "trades") if names_order(row, order_id)), None)
            return to_order(trade, order_id) if trade else None

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int = 10) -> tuple[Order, ...]:
        raise SourceUnavailable("旺店通 cannot list the orders of one buyer; the imported orders can.")

    async def order_with_phone(self, shop: ShopId, order_id: str, ending: str) -> Order | None:
        return phone_ends(await self.order(shop, order_id), ending)

    async def product(self, shop: ShopId, product_id: str) -> Product | None:
        goods = await self._goods(product_id)
        with reading("旺店通"):
            return to_product(goods) if goods else None

    async def products(self, shop: ShopId, product_ids: Sequence[str]) -> tuple[Product, ...]:
        found = await asyncio.gather(*(self.product(shop, id) for id in product_ids))
        return tuple(product for product in found if product is not None)

    async def find(self, shop: ShopId, words: str, limit: int = 5) -> tuple[FoundProduct, ...]:
        raise SourceUnavailable("旺店通 cannot search goods by words; the imported goods can.")

    async def variants(self, shop: ShopId, product_id: str) -> tuple[Variant, ...]:
        goods = await self._goods(product_id)
        if goods is None:
            return ()
        specs = [text(spec, "spec_no") for spec in rows(goods, "spec_list")]
        answers = await asyncio.gather(*(self._stock(spec) for spec in specs))
        with reading("旺店通"):
            return to_variants(goods, sellable(row for answer in answers for row in answer))

    async def variant(self, shop: ShopId, variant_id: str) -> Variant | None:
        stocks = await self._stock(variant_id)
        product_id = next((text(row, "goods_no") for row in stocks), "")
        if not product_id:
            return None
        return next((v for v in await self.variants(shop, product_id) if v.id == variant_id), None)

    async def _stock(self, spec_no: str) -> tuple[Mapping[str, Any], ...]:
        return rows(await self._ask("stock_query", _FRESH_S, spec_no=spec_no), "stocks")

    async def _goods(self, product_id: str) -> Mapping[str, Any] | None:
        answer = await self._ask("goods_query", _FRESH_S, goods_no=product_id)
        return next((row for row in rows(answer, "goods_list") if text(row, "goods_no") == product_id), None)

    async def _ask(self, service: str, fresh_s: float = 0.0, **business: str) -> Any:
        params = {
            **business,
            "sid": self._settings["sid"],
            "appkey": self._settings["app_key"],
            "timestamp": str(int(self._around.clock.now().timestamp())),
        }
        params["sign"] = sign(params, self._settings["app_secret"])
        call = Call(
            "POST", f"{self._settings['base_url'].rstrip('/')}/{service}.php", body=urlencode(params).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"}, idempotent=True, fresh_s=fresh_s,
            cache_key=f"wangdian:{self._settings['sid']}:{self._settings['app_key']}:{service}:{sorted(business.items())}",
        )  # fmt: skip
        answer = (await self._around.web.call(call)).document()
        with reading("旺店通"):
            if text(answer, "code") != "0":
                self._around.web.forget(call.cache_key)
                raise SourceUnavailable(f"旺店通 refused {service}: {text(answer, 'code')}.")
            return answer


SPEC = ConnectorSpec(
    name="wangdian",
    title="旺店通企业版",
    kind="erp",
    ports=("orders", "products", "stock"),
    settings=(
        Setting("sid", "卖家账号 sid"),
        Setting("app_key", "appkey"),
        Setting("app_secret", "appsecret", secret=True),
        Setting("base_url", "接口地址", default="https://api.wangdian.cn/openapi2"),
    ),
    build=Wangdian,
    evidence="published signing vector; local server that checks signatures",
    lacks=frozenset({"orders_of", "find", "refunds", "spec_names"}),
)
