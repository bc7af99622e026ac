"""Douyin shops (抖店): orders and goods, and pushed order events. It cannot list one buyer's orders."""

from collections.abc import Mapping
from typing import Any

from msgspec import structs

from xiaoer.connectors.marketplace import FRESH_S, Marketplace, found_by_title
from xiaoer.connectors.payload import Json, compact, instant, mapping, may_be_id, reading, rows, text
from xiaoer.connectors.push import Push, Pushed, check_signature, event_id, json_body, reading_push, secret_of
from xiaoer.connectors.renewal import REFRESH, RenewalRefused, Tokens, read_tokens
from xiaoer.connectors.shops.douyin.mapping import to_order, to_product, to_variants
from xiaoer.connectors.shops.douyin.signing import canonical, sign, sign_push
from xiaoer.connectors.spec import Around, ConnectorSpec, Setting
from xiaoer.infra.web import Call
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.catalog.types import FoundProduct

_OK = "10000"
_AGREED = "201"
_ENDED = "isv.access-token"  # how the sub codes of an ended or unknown token begin
_ABSENT = ("不存在", "not exist")
_TAGS = {
    "100": ("order.created", "create_time"),
    "101": ("order.paid", "pay_time"),
    "102": ("order.shipped", "ship_time"),
    "103": ("order.delivered", "complete_time"),
    "106": ("order.closed", "cancel_time"),
    "200": ("order.refund_requested", "apply_time"),
    "201": ("order.refund_requested", "agree_time"),  # agreed: the money is not back yet
}


class Douyin(Marketplace):
    """`OrderSource`, `ProductSource` and `StockSource` over the 抖店 gateway."""

    title, to_product, to_variants = "抖店", staticmethod(to_product), staticmethod(to_variants)

    async def order(self, shop: ShopId, order_id: str) -> Order | None:
        if not may_be_id(order_id):
            return None
        data = await self._ask("order.orderDetail", {"shop_order_id": order_id})
        with reading("抖店"):
            detail = mapping(data, "shop_order_detail") if data else None
            return to_order(detail) if detail else None

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int = 10) -> tuple[Order, ...]:
        raise SourceUnavailable("抖店 cannot list the orders of one buyer; the imported orders can.")

    async def find(self, shop: ShopId, words: str, limit: int = 5) -> tuple[FoundProduct, ...]:
        wanted = words.strip()
        if not wanted:
            return ()
        data = await self._ask("product.listV2", {"name": wanted, "page": 1, "size": limit})
        with reading("抖店"):
            products = [to_product(row) for row in rows(data or {}, "data")]
        return found_by_title(products, wanted, limit)

    async def _goods(self, product_id: str) -> Json | None:
        return await self._ask("product.detail", {"product_id": product_id}) if product_id.isdigit() else None

    async def _ask(self, method: str, business: Mapping[str, Any]) -> Json | None:
        """Call the gateway; None when it says that the thing does not exist."""
        token = self._settings["access_token"]
        call = structs.replace(
            _call(self._settings, self._around, method, business, {"access_token": token}),
            idempotent=True,
            fresh_s=FRESH_S if method.startswith("product.") else 0.0,
            cache_key=f"douyin:{self._settings['app_key']}:{token}:{method}:{canonical(business)}",
        )
        answer = (await self._around.web.call(call)).document()
        with reading("抖店"):
            if _is_ok(answer):
                return mapping(answer, "data")
            self._around.web.forget(call.cache_key)
            said = text(answer, "sub_msg", "msg", "message")
            if any(word in said for word in _ABSENT):
                return None
            if text(answer, "sub_code").startswith(_ENDED):
                await self._around.ended()
            raise SourceUnavailable(f"抖店 refused {method}: {text(answer, 'sub_code', 'code', 'err_no')}.")


async def renew(settings: Mapping[str, str], around: Around) -> Tokens:
    """Get the next access token; until an hour before the end it is the same one.

    Raises:
        RenewalRefused: none is given. SourceUnavailable: not asked.
    """
    old = settings["refresh_token"]
    asked = {"grant_type": "refresh_token", "refresh_token": old}
    answer = (await around.web.call(_call(settings, around, "token.refresh", asked))).document()
    with reading("抖店"):
        if not _is_ok(answer):
            raise RenewalRefused("抖店", text(answer, "sub_code", "code", "err_no"))
        return read_tokens(mapping(answer, "data"), old, around.clock.now())


def _call(
    settings: Mapping[str, str],
    around: Around,
    method: str,
    business: Mapping[str, Any],
    more: Mapping[str, str] = {},
) -> Call:
    app_key, body, now = settings["app_key"], canonical(business), str(int(around.clock.now().timestamp()))
    query = {
        "app_key": app_key,
        "method": method,
        **more,
        "timestamp": now,
        "v": "2",
        "sign": sign(app_key, method, body, now, settings["app_secret"]),
        "sign_method": "hmac-sha256",
    }
    return Call(
        "POST", f"{settings['base_url'].rstrip('/')}/{method.replace('.', '/')}", query,
        headers={"Content-Type": "application/json;charset=UTF-8"}, body=body.encode(),
    )  # fmt: skip


def _is_ok(answer: Json) -> bool:
    return text(answer, "code") == _OK or text(answer, "err_no") == "0"


def read_push(settings: Mapping[str, str], push: Push) -> Pushed:
    """Read a push (推送): several messages in one body; tags nobody needs are left out."""
    body = push.body.decode("utf-8", "replace")
    expected = sign_push(settings["app_key"], body, secret_of(settings, "app_secret"))
    check_signature(expected, push.headers.get("event-sign", "").lower(), "抖店")
    events = []
    with reading_push("抖店"):
        for message in rows(json_body(body)):
            tag = _TAGS.get(text(message, "tag"))
            if tag is None:
                continue
            raw = message.get("data")
            data: Json = json_body(raw) if isinstance(raw, str) else raw or {}
            at = instant(data.get(tag[1])) or instant(data.get("update_time")) or push.received_at
            facts = {"order_id": text(data, "p_id", "s_id"), "raw_status": text(data, "order_status")}
            if text(message, "tag") == _AGREED:
                facts["refund_status"] = "waiting_refund"
            if claim := text(data, "aftersale_id"):
                facts["refund_id"] = claim
            events.append(
                Event(
                    push.shop, event_id("douyin", text(message, "msg_id") or compact(message)), tag[0], at, data=facts
                )
            )
    return Pushed(tuple(events))


SPEC = ConnectorSpec(
    name="douyin",
    title="抖店",
    kind="shop",
    ports=("orders", "products", "stock"),
    settings=(
        Setting("app_key", "App Key"),
        Setting("app_secret", "App Secret", secret=True),
        Setting("access_token", "Access Token", secret=True),
        REFRESH,
        Setting("base_url", "接口地址", default="https://openapi-fxg.jinritemai.com"),
    ),
    build=Douyin,
    evidence="derived signing vectors; local server that checks call and push signatures",
    lacks=frozenset({"orders_of"}),
    read_push=read_push,
    renews="access_token",
    renew=renew,
)
