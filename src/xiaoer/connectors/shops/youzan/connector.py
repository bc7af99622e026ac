"""有赞: orders and goods of one shop (自用型应用), and pushed trade messages. Service versions are settings."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from xiaoer.connectors.marketplace import FRESH_S, Marketplace, found_by_title, newest
from xiaoer.connectors.payload import Json, compact, instant, mapping, may_be_id, reading, rows, text
from xiaoer.connectors.push import Push, Pushed, check_signature, event_id, json_body, reading_push, secret_of
from xiaoer.connectors.shops.youzan.mapping import to_order, to_product, to_variants
from xiaoer.connectors.shops.youzan.signing import sign_push
from xiaoer.connectors.spec import Around, ConnectorSpec, Setting
from xiaoer.infra.web import Call
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.catalog.types import FoundProduct

_TOKEN_FRESH_S = 3600.0  # tokens live seven days
_TOKEN_GONE = frozenset({"4201", "4202", "4203"})
_ABSENT = ("不存在", "not exist")
_TYPES = {
    "trade_TradeCreate": "order.created",
    "trade_TradePaid": "order.paid",
    "trade_TradeSellerShip": "order.shipped",
    "trade_TradeSuccess": "order.delivered",
    "trade_TradeClose": "order.closed",
    "trade_refund_BuyerCreated": "order.refund_requested",
    "trade_refund_RefundSuccess": "order.refunded",
}


class Youzan(Marketplace):
    """`OrderSource`, `ProductSource` and `StockSource` over the 有赞 cloud API."""

    title, to_product, to_variants = "有赞", staticmethod(to_product), staticmethod(to_variants)

    def __init__(self, settings: Mapping[str, str], around: Around) -> None:
        super().__init__(settings, around)
        self._base = settings["base_url"].rstrip("/")
        self._token_key = f"youzan:token:{settings['client_id']}:{settings['kdt_id']}"

    async def order(self, shop: ShopId, order_id: str) -> Order | None:
        if not may_be_id(order_id):
            return None
        data = await self._ask("youzan.trade.get", self._settings["trade_version"], {"tid": order_id})
        with reading("有赞"):
            return to_order(_whole(data)) if data and mapping(data, "full_order_info") else None

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int = 10) -> tuple[Order, ...]:
        question = {"yz_open_id": buyer_id, "page_no": 1, "page_size": limit}
        data = await self._ask("youzan.trades.sold.get", self._settings["trade_version"], question)
        with reading("有赞"):
            found = [to_order(_whole(row)) for row in rows(data or {}, "full_order_info_list")]
        mine = [order for order in found if order.buyer_id == buyer_id]
        return newest(mine, limit)

    async def find(self, shop: ShopId, words: str, limit: int = 5) -> tuple[FoundProduct, ...]:
        wanted = words.strip()
        if not wanted:
            return ()
        question = {"q": wanted, "page_no": 1, "page_size": limit}
        data = await self._ask("youzan.items.onsale.get", self._settings["item_version"], question)
        with reading("有赞"):
            products = [to_product(item) for item in rows(data or {}, "items")]
        return found_by_title(products, wanted, limit)

    async def _goods(self, product_id: str) -> Json | None:
        if not product_id.isdigit():
            return None
        data = await self._ask("youzan.item.get", self._settings["item_version"], {"item_id": int(product_id)}, FRESH_S)
        return mapping(data, "item") if data else None

    async def _token(self) -> str:
        body = {
            "client_id": self._settings["client_id"],
            "client_secret": self._settings["client_secret"],
            "authorize_type": "silent",
            "grant_id": self._settings["kdt_id"],
        }
        call = Call(
            "POST", f"{self._base}/auth/token", headers={"Content-Type": "application/json"},
            body=compact(body).encode(), idempotent=True, fresh_s=_TOKEN_FRESH_S, cache_key=self._token_key,
        )  # fmt: skip
        answer = (await self._around.web.call(call)).document()
        with reading("有赞"):
            token = text(mapping(answer, "data"), "access_token")
            if not token:
                self._around.web.forget(self._token_key)
                raise SourceUnavailable(f"有赞 gave no token: {text(answer, 'code')}. Check client id and secret.")
            return token

    async def _ask(self, service: str, version: str, body: Mapping[str, Any], fresh_s: float = 0.0) -> Json | None:
        """Call a service; None when it says that the thing does not exist. An expired token is renewed once."""
        code = ""
        for _ in range(2):
            call = Call(
                "POST", f"{self._base}/api/{service}/{version}", {"access_token": await self._token()}, idempotent=True,
                headers={"Content-Type": "application/json"}, body=compact(body).encode(), fresh_s=fresh_s,
                cache_key=f"youzan:{self._settings['kdt_id']}:{service}:{compact(body)}",
            )  # fmt: skip
            answer = (await self._around.web.call(call)).document()
            with reading("有赞"):
                error = mapping(answer, "gw_err_resp")
                code = text(error, "err_code") or text(answer, "code")
                if code == "200" and not error:
                    return mapping(answer, "data")
                self._around.web.forget(call.cache_key)
                if any(word in text(answer, "message") for word in _ABSENT):
                    return None
            if code not in _TOKEN_GONE:
                break
            self._around.web.forget(self._token_key)
        raise SourceUnavailable(f"有赞 refused {service}: {code}.")


def _whole(data: Json) -> Json:
    """Put the refunds and parcels that stand beside `full_order_info` inside it."""
    beside = {name: data[name] for name in ("refund_order", "delivery_order") if name in data}
    return {**mapping(data, "full_order_info"), **beside}


def read_push(settings: Mapping[str, str], push: Push) -> Pushed:
    """Read a push (消息推送): one trade message, its content URL-encoded JSON."""
    body = push.body.decode("utf-8", "replace")
    expected = sign_push(settings["client_id"], body, secret_of(settings, "client_secret"))
    check_signature(expected, push.headers.get("event-sign", "").lower(), "有赞")
    with reading_push("有赞"):
        message: Json = json_body(body)
        kind = _TYPES.get(text(message, "type"))
        if kind is None or message.get("test") is True:
            return Pushed()
        content: Json = json_body(unquote(text(message, "msg")))
        info = mapping(content, "full_order_info", "order_info")
        order_id = text(info, "tid") or text(content, "tid") or text(message, "id")
        at = instant(info.get("update_time")) or instant(content.get("update_time")) or push.received_at
        facts = {"order_id": order_id, "raw_status": text(info, "status") or text(message, "status")}
        key = event_id("youzan", text(message, "msg_id") or body)
    return Pushed((Event(push.shop, key, kind, at, data=facts),))


SPEC = ConnectorSpec(
    name="youzan",
    title="有赞",
    kind="shop",
    ports=("orders", "products", "stock"),
    settings=(
        Setting("client_id", "client_id"),
        Setting("client_secret", "client_secret", secret=True),
        Setting("kdt_id", "店铺 ID（kdt_id）"),
        Setting("trade_version", "交易接口版本", default="4.0.2"),
        Setting("item_version", "商品接口版本", default="3.0.0"),
        Setting("base_url", "接口地址", default="https://open.youzanyun.com"),
    ),
    build=Youzan,
    evidence="derived push vector; local server that checks tokens",
    read_push=read_push,
)
