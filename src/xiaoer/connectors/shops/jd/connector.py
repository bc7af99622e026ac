"""JD POP shops (京东): orders through the 宙斯 gateway. It cannot list one buyer's orders."""

from collections.abc import Mapping
from urllib.parse import urlencode

from xiaoer.connectors.payload import Json, compact, mapping, phone_ends, reading, text
from xiaoer.connectors.renewal import REFRESH, RenewalRefused, Tokens, read_tokens
from xiaoer.connectors.shops.jd.mapping import to_order
from xiaoer.connectors.shops.jd.signing import sign
from xiaoer.connectors.spec import Around, ConnectorSpec, Setting
from xiaoer.infra.web import Call
from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.ids import ShopId

_FIELDS = (
    "orderId,orderState,orderPayment,orderStartTime,orderEndTime,paymentConfirmTime,waybill,logisticsId,"
    "consigneeInfo,itemInfoList,couponDetailList,open_id_buyer"
)
_NO_ORDER = frozenset({"order_not_exist"})
_ENDED = "19"


class Jd:
    """`OrderSource` over 宙斯."""

    def __init__(self, settings: Mapping[str, str], around: Around) -> None:
        self._settings, self._around = settings, around

    async def order(self, shop: ShopId, order_id: str) -> Order | None:
        if not order_id.isdigit():
            return None
        answer = await self._ask("jingdong.pop.order.get", {"optional_fields": _FIELDS, "order_id": order_id})
        with reading("京东"):
            detail = mapping(answer, "orderDetailInfo")
            info = mapping(detail, "orderInfo")
            if info:
                return to_order(info)
            result = mapping(detail, "apiResult")
            if result.get("success") is True or text(result, "errorCode", "numberCode") in _NO_ORDER:
                return None
            raise SourceUnavailable(f"京东 refused the order query: {text(result, 'errorCode', 'numberCode')}.")

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int = 10) -> tuple[Order, ...]:
        raise SourceUnavailable("京东 cannot list the orders of one buyer; the imported orders can.")

    async def order_with_phone(self, shop: ShopId, order_id: str, ending: str) -> Order | None:
        return phone_ends(await self.order(shop, order_id), ending)

    async def _ask(self, method: str, business: Mapping[str, str]) -> Json:
        now = self._around.clock.now().astimezone(SHOP_ZONE)
        params = {
            "method": method,
            "app_key": self._settings["app_key"],
            "access_token": self._settings["access_token"],
            "timestamp": f"{now:%Y-%m-%d %H:%M:%S}.{now.microsecond // 1000:03d}+0800",
            "v": "2.0",
            "360buy_param_json": compact(dict(sorted(business.items()))),
        }
        params["sign"] = sign(params, self._settings["app_secret"])
        call = Call(
            "POST", self._settings["base_url"], body=urlencode(params).encode(), idempotent=True,
            headers={"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"},
        )  # fmt: skip
        answer = (await self._around.web.call(call)).document()
        with reading("京东"):
            error = mapping(answer, "error_response")
            if error:
                if text(error, "code") == _ENDED:
                    await self._around.ended()
                raise SourceUnavailable(f"京东 refused {method}: {text(error, 'code')}.")
            # "responce" is how the gateway spells it
            found: Json = answer[method.replace(".", "_") + "_responce"]
            return found


async def renew(settings: Mapping[str, str], around: Around) -> Tokens:
    """Get the next access token.

    Raises:
        RenewalRefused: none is given. SourceUnavailable: not asked.
    """
    old = settings["refresh_token"]
    asked = {
        "app_key": settings["app_key"],
        "app_secret": settings["app_secret"],
        "grant_type": "refresh_token",
        "refresh_token": old,
    }
    call = Call("POST", f"{settings['oauth_url'].rstrip('/')}/oauth2/refresh_token", body=urlencode(asked).encode(),
                headers={"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"})  # fmt: skip
    answer = (await around.web.call(call)).document()
    with reading("京东"):
        if not text(answer, "access_token"):
            raise RenewalRefused("京东", text(answer, "code"))
        return read_tokens(answer, old, around.clock.now())


SPEC = ConnectorSpec(
    name="jd",
    title="京东",
    kind="shop",
    ports=("orders",),
    settings=(
        Setting("app_key", "App Key"),
        Setting("app_secret", "App Secret", secret=True),
        Setting("access_token", "Access Token", secret=True),
        REFRESH,
        Setting("base_url", "接口地址", default="https://api.jd.com/routerjson"),
        Setting("oauth_url", "授权地址", default="https://open-oauth.jd.com"),
    ),
    build=Jd,
    evidence="published signing vector; local server that checks signatures",
    lacks=frozenset({"orders_of", "refunds"}),
    renews="access_token",
    renew=renew,
)
