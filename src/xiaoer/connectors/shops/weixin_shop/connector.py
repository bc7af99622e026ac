"""微信小店: orders, after-sales and goods of one shop, and pushed order events."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from xiaoer.connectors.marketplace import FRESH_S, Marketplace, newest
from xiaoer.connectors.payload import Json, compact, instant, mapping, may_be_id, reading, text
from xiaoer.connectors.push import Push, Pushed, check_signature, event_id, json_body, reading_push, secret_of
from xiaoer.connectors.shops.weixin_shop.mapping import refund_ids, to_order, to_product, to_refund, to_variants
from xiaoer.connectors.spec import Around, ConnectorSpec, Setting
from xiaoer.connectors.wechat import decrypt, read_xml, sign
from xiaoer.infra.web import Call
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.catalog.types import FoundProduct

_TOKEN_FRESH_S = 240.0  # a stable token stays valid for 5 minutes after a new one is given
_WINDOW = timedelta(days=7)  # the longest creation window of one list call
_WINDOWS = 4
_TOKEN_GONE = frozenset({"40001", "40014", "42001"})
_ABSENT = ("不存在", "not exist", "not found")
_EVENTS = {
    "channels_ec_order_new": ("order.created", "create_time"),
    "channels_ec_order_pay": ("order.paid", "pay_time"),
    "channels_ec_order_deliver": ("order.shipped", "delivery_time"),
    "channels_ec_order_confirm": ("order.delivered", "confirm_time"),
    "channels_ec_order_cancel": ("order.closed", "cancel_time"),
}


class WeixinShop(Marketplace):
    """`OrderSource`, `ProductSource` and `StockSource` over the 微信小店 API."""

    title, to_product, to_variants = "微信小店", staticmethod(to_product), staticmethod(to_variants)

    def __init__(self, settings: Mapping[str, str], around: Around) -> None:
        super().__init__(settings, around)
        self._base = settings["base_url"].rstrip("/")
        self._token_key = f"weixin_shop:token:{settings['app_id']}"

    async def order(self, shop: ShopId, order_id: str) -> Order | None:
        if not may_be_id(order_id):
            return None
        answer = await self._ask("/channels/ec/order/get", {"order_id": order_id})
        raw = mapping(answer or {}, "order")
        if not raw:
            return None
        asked = (
            self._ask("/channels/ec/aftersale/getaftersaleorder", {"after_sale_order_id": id}) for id in refund_ids(raw)
        )
        claims = await asyncio.gather(*asked)
        with reading("微信小店"):
            return to_order(raw, tuple(to_refund(mapping(claim, "after_sale_order")) for claim in claims if claim))

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int = 10) -> tuple[Order, ...]:
        """Orders of the last four weeks: a list call covers seven days of creation."""
        now = self._around.clock.now()
        pages = await asyncio.gather(
            *(
                self._ask(
                    "/channels/ec/order/list/get",
                    {
                        "create_time_range": {
                            "start_time": int((now - _WINDOW * (back + 1)).timestamp()),
                            "end_time": int((now - _WINDOW * back).timestamp()),
                        },
                        "openid": buyer_id,
                        "page_size": limit,
                    },
                )
                for back in range(_WINDOWS)
            )
        )
        with reading("微信小店"):
            ids = dict.fromkeys(str(id) for page in pages if page for id in page.get("order_id_list") or ())
        found = await asyncio.gather(*(self.order(shop, id) for id in ids))
        mine = [order for order in found if order is not None and order.buyer_id == buyer_id]
        return newest(mine, limit)

    async def find(self, shop: ShopId, words: str, limit: int = 5) -> tuple[FoundProduct, ...]:
        raise SourceUnavailable("微信小店 cannot search goods by words; the imported goods can.")

    async def _goods(self, product_id: str) -> Json | None:
        if not product_id.isdigit():
            return None
        answer = await self._ask("/channels/ec/product/get", {"product_id": product_id, "data_type": 1}, FRESH_S)
        return mapping(answer, "product") if answer else None

    async def _token(self) -> str:
        body = {
            "grant_type": "client_credential",
            "appid": self._settings["app_id"],
            "secret": self._settings["app_secret"],
        }
        call = Call(
            "POST", f"{self._base}/cgi-bin/stable_token", body=compact(body).encode(), idempotent=True,
            headers={"Content-Type": "application/json"}, fresh_s=_TOKEN_FRESH_S, cache_key=self._token_key,
        )  # fmt: skip
        answer = (await self._around.web.call(call)).document()
        with reading("微信小店"):
            token = text(answer, "access_token")
            if not token:
                self._around.web.forget(self._token_key)
                raise SourceUnavailable(f"微信小店 gave no token: {text(answer, 'errcode')}. Check app id and secret.")
            return token

    async def _ask(self, path: str, body: Mapping[str, Any], fresh_s: float = 0.0) -> Json | None:
        """Call the API; None when it says that the thing does not exist. An expired token is renewed once."""
        code = ""
        for _ in range(2):
            call = Call(
                "POST", self._base + path, {"access_token": await self._token()}, idempotent=True,
                headers={"Content-Type": "application/json"}, body=compact(body).encode(),
                fresh_s=fresh_s, cache_key=f"weixin_shop:{self._settings['app_id']}:{path}:{compact(body)}",
            )  # fmt: skip
            answer = (await self._around.web.call(call)).document()
            with reading("微信小店"):
                code = text(answer, "errcode")
                if code == "0":
                    return answer
                self._around.web.forget(call.cache_key)
                if any(word in text(answer, "errmsg") for word in _ABSENT):
                    return None
            if code not in _TOKEN_GONE:
                break
            self._around.web.forget(self._token_key)
        raise SourceUnavailable(f"微信小店 refused {path}: {code}.")


def read_push(settings: Mapping[str, str], push: Push) -> Pushed:
    """Read an order event (订单消息), encrypted, as XML or JSON; other events change nothing."""
    envelope = _read(push.body)
    with reading_push("微信小店"):
        encrypted = text(envelope, "Encrypt")
        query = push.query
        parts = (secret_of(settings, "push_token"), query.get("timestamp", ""), query.get("nonce", ""), encrypted)
        check_signature(sign(*parts), query.get("msg_signature", ""), "微信小店")
        message = _read(decrypt(encrypted, secret_of(settings, "push_aes_key"), settings["app_id"]))
        kind = _EVENTS.get(text(message, "Event"))
        if kind is None:
            return Pushed(reply=b"success", reply_type="text/plain")
        info = mapping(message, "order_info")
        order_id = text(info, "order_id")
        at = instant(info.get(kind[1])) or instant(message.get("CreateTime")) or push.received_at
        key = event_id("weixin_shop", order_id, kind[0], text(message, "CreateTime"), compact(info))
        event = Event(push.shop, key, kind[0], at, data={"order_id": order_id})
    return Pushed((event,), reply=b"success", reply_type="text/plain")


def answer_check(settings: Mapping[str, str], query: Mapping[str, str]) -> str:
    """Give `echostr` back, decrypted in safe mode, to a platform that knows the token.

    Raises:
        Unauthorised: forged, or the token is not set.
    """
    token, echo = secret_of(settings, "push_token"), query.get("echostr", "")
    parts = (token, query.get("timestamp", ""), query.get("nonce", ""))
    if query.get("msg_signature"):
        check_signature(sign(*parts, echo), query["msg_signature"], "微信小店")
        return decrypt(echo, secret_of(settings, "push_aes_key"), settings["app_id"])
    check_signature(sign(*parts), query.get("signature", ""), "微信小店")
    return echo


def _read(body: bytes | str) -> Json:
    start = body.lstrip()[:1]
    found: Any = read_xml(body) if start in (b"<", "<") else json_body(body)
    return mapping({"body": found}, "body")


SPEC = ConnectorSpec(
    name="weixin_shop",
    title="微信小店",
    kind="shop",
    ports=("orders", "products", "stock"),
    settings=(
        Setting("app_id", "AppID"),
        Setting("app_secret", "AppSecret", secret=True),
        Setting("push_token", "消息推送 Token", secret=True, default=""),
        Setting("push_aes_key", "消息推送 EncodingAESKey", secret=True, default=""),
        Setting("base_url", "接口地址", default="https://api.weixin.qq.com"),
    ),
    build=WeixinShop,
    evidence="published callback vectors; local server that checks tokens",
    lacks=frozenset({"find"}),
    read_push=read_push,
    answer_check=answer_check,
)
