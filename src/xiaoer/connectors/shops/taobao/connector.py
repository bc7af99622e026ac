"""Taobao and Tmall (淘宝, 天猫): orders, refunds and goods of one seller through TOP.

Contact data come as ciphertext (OAID) unless the app was approved for more, and stay as they come.
"""

import asyncio
import json
from collections.abc import Mapping
from urllib.parse import urlencode

from xiaoer.connectors.marketplace import FRESH_S, Marketplace, found_by_title, newest
from xiaoer.connectors.payload import Json, mapping, reading, rows, text
from xiaoer.connectors.renewal import REFRESH, RenewalRefused, Tokens, read_tokens
from xiaoer.connectors.shops.taobao.mapping import refund_ids, to_order, to_product, to_refund, to_variant, to_variants
from xiaoer.connectors.shops.taobao.signing import sign
from xiaoer.connectors.spec import Around, ConnectorSpec, Setting
from xiaoer.infra.web import Call
from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.commerce import Order, Variant
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.catalog.types import FoundProduct

_TRADE_FIELDS = (
    "tid,status,payment,created,pay_time,consign_time,sign_time,buyer_open_uid,receiver_name,receiver_mobile,"
    "receiver_state,receiver_city,receiver_district,receiver_address,orders"
)
_REFUND_FIELDS = "refund_id,tid,status,refund_fee,reason,created,has_good_return"
_ITEM_FIELDS = "num_iid,title,detail_url,pic_url,price,num,props_name,sku"
_SKU_FIELDS = "sku_id,num_iid,price,quantity,properties_name"
_FORM = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
_ENDED = frozenset({"26", "27"})  # missing session, invalid session


class Taobao(Marketplace):
    """`OrderSource`, `ProductSource` and `StockSource` over TOP."""

    title, to_product, to_variants = "淘宝", staticmethod(to_product), staticmethod(to_variants)

    async def order(self, shop: ShopId, order_id: str) -> Order | None:
        if not order_id.isdigit():
            return None
        answer = await self._ask("taobao.trade.fullinfo.get", tid=order_id, fields=_TRADE_FIELDS)
        if answer is None:
            return None
        return await self._whole(mapping(answer, "trade"))

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int = 10) -> tuple[Order, ...]:
        answer = await self._ask(
            "taobao.trades.sold.get", buyer_open_id=buyer_id, fields=_TRADE_FIELDS, page_no="1", page_size=str(limit)
        )
        trades = rows(answer or {}, "trades", "trade")
        with reading("淘宝"):
            mine = [trade for trade in trades if text(trade, "buyer_open_uid") == buyer_id]
        found = await asyncio.gather(*(self._whole(trade) for trade in mine))
        return newest(found, limit)

    async def find(self, shop: ShopId, words: str, limit: int = 5) -> tuple[FoundProduct, ...]:
        if not words.strip():
            return ()
        answer = await self._ask(
            "taobao.items.onsale.get",
            q=words.strip(),
            fields="num_iid,title,pic_url",
            page_no="1",
            page_size=str(limit),
        )
        with reading("淘宝"):
            products = [to_product(item) for item in rows(answer or {}, "items", "item")]
        return found_by_title(products, words.strip(), limit)

    async def variant(self, shop: ShopId, variant_id: str) -> Variant | None:
        if not variant_id.isdigit():
            return None
        answer = await self._ask("taobao.item.sku.get", sku_id=variant_id, fields=_SKU_FIELDS)
        with reading("淘宝"):
            return to_variant(mapping(answer, "sku")) if answer else None

    async def _whole(self, trade: Json) -> Order:
        refunds = await asyncio.gather(
            *(self._ask("taobao.refund.get", refund_id=id, fields=_REFUND_FIELDS) for id in refund_ids(trade))
        )
        with reading("淘宝"):
            return to_order(trade, tuple(to_refund(mapping(refund, "refund")) for refund in refunds if refund))

    async def _goods(self, product_id: str) -> Json | None:
        if not product_id.isdigit():
            return None
        answer = await self._ask("taobao.item.seller.get", num_iid=product_id, fields=_ITEM_FIELDS)
        return mapping(answer, "item") if answer else None

    async def _ask(self, method: str, **business: str) -> Json | None:
        """Call TOP; None when it says that the thing does not exist."""
        params = _signed(self._settings, self._around, method, {**business, "session": self._settings["session"]})
        goods = method.startswith("taobao.item")
        call = Call(
            "POST", self._settings["base_url"], body=urlencode(params).encode(), idempotent=True, headers=_FORM,
            fresh_s=FRESH_S if goods else 0.0,
            cache_key=f"taobao:{self._settings['app_key']}:{self._settings['session']}:{method}:{sorted(business.items())}",
        )  # fmt: skip
        answer = (await self._around.web.call(call)).document()
        with reading("淘宝"):
            error = mapping(answer, "error_response")
            if error:
                self._around.web.forget(call.cache_key)
                if "not-exist" in text(error, "sub_code"):
                    return None
                if text(error, "code") in _ENDED:
                    await self._around.ended()
                raise SourceUnavailable(f"淘宝 refused {method}: {text(error, 'sub_code', 'code')}.")
            found: Json = answer[method.removeprefix("taobao.").replace(".", "_") + "_response"]
            return found


async def renew(settings: Mapping[str, str], around: Around) -> Tokens:
    """Get the next session; apps of a merchant's own back office are refused one and authorise anew.

    Raises:
        RenewalRefused: none is given. SourceUnavailable: not asked.
    """
    old = settings["refresh_token"]
    params = _signed(settings, around, "taobao.top.auth.token.refresh", {"refresh_token": old})
    call = Call("POST", settings["base_url"], body=urlencode(params).encode(), headers=_FORM)
    answer = (await around.web.call(call)).document()
    with reading("淘宝"):
        error = mapping(answer, "error_response")
        if error:
            raise RenewalRefused("淘宝", text(error, "sub_code", "code"))
        given = json.loads(mapping(answer, "top_auth_token_refresh_response")["token_result"])
        return read_tokens(given, old, around.clock.now(), "expire_time")


def _signed(settings: Mapping[str, str], around: Around, method: str, business: Mapping[str, str]) -> dict[str, str]:
    now = around.clock.now().astimezone(SHOP_ZONE)
    params = {
        **business,
        "method": method,
        "app_key": settings["app_key"],
        "timestamp": now.strftime("%Y-%m-%d %H:%M:%S"),
        "format": "json",
        "v": "2.0",
        "sign_method": "hmac-sha256",
    }
    return {**params, "sign": sign(params, settings["app_secret"], "hmac-sha256")}


SPEC = ConnectorSpec(
    name="taobao",
    title="淘宝 / 天猫",
    kind="shop",
    ports=("orders", "products", "stock"),
    settings=(
        Setting("app_key", "App Key"),
        Setting("app_secret", "App Secret", secret=True),
        Setting("session", "授权 Session Key", secret=True),
        REFRESH,
        Setting("base_url", "接口地址", default="https://eco.taobao.com/router/rest"),
    ),
    build=Taobao,
    evidence="published signing vector; local server that checks signatures",
    renews="session",
    renew=renew,
)
