"""Pinduoduo (拼多多): orders and goods. No buyer ids, and contact data masked at best."""

from collections.abc import Mapping
from urllib.parse import urlencode

from xiaoer.connectors.marketplace import FRESH_S, Marketplace, found_by_title
from xiaoer.connectors.payload import Json, mapping, may_be_id, reading, rows, text
from xiaoer.connectors.renewal import REFRESH, RenewalRefused, Tokens, read_tokens
from xiaoer.connectors.shops.pinduoduo.mapping import to_order, to_product, to_variants
from xiaoer.connectors.shops.pinduoduo.signing import sign
from xiaoer.connectors.spec import Around, ConnectorSpec, Setting
from xiaoer.infra.web import Call
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.catalog.types import FoundProduct

_ROOTS = {
    "pdd.order.information.get": "order_info_get_response",
    "pdd.goods.detail.get": "goods_detail_get_response",
    "pdd.goods.list.get": "goods_list_get_response",
}
_FORM = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
_ENDED = frozenset({"10019", "10035"})  # the access token ended, or was taken back
_ABSENT = ("不存在", "not exist", "not found")


class Pinduoduo(Marketplace):
    """`OrderSource`, `ProductSource` and `StockSource` over the POP gateway."""

    title, to_product, to_variants = "拼多多", staticmethod(to_product), staticmethod(to_variants)

    async def order(self, shop: ShopId, order_id: str) -> Order | None:
        if not may_be_id(order_id):
            return None
        answer = await self._ask("pdd.order.information.get", order_sn=order_id)
        with reading("拼多多"):
            return to_order(mapping(answer, "order_info")) if answer else None

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int = 10) -> tuple[Order, ...]:
        raise SourceUnavailable("拼多多 does not tell whose an order is; the buyer names the order instead.")

    async def find(self, shop: ShopId, words: str, limit: int = 5) -> tuple[FoundProduct, ...]:
        wanted = words.strip()
        if not wanted:
            return ()
        answer = await self._ask("pdd.goods.list.get", goods_name=wanted, page="1", page_size=str(limit))
        with reading("拼多多"):
            products = [to_product(goods) for goods in rows(answer or {}, "goods_list")]
        return found_by_title(products, wanted, limit)

    async def _goods(self, product_id: str) -> Json | None:
        return await self._ask("pdd.goods.detail.get", goods_id=product_id) if product_id.isdigit() else None

    async def _ask(self, type_: str, **business: str) -> Json | None:
        """Call the gateway; None when it says that the thing does not exist."""
        token = self._settings["access_token"]
        params = _signed(self._settings, self._around, type_, {**business, "access_token": token})
        call = Call(
            "POST", self._settings["base_url"], body=urlencode(params).encode(), idempotent=True, headers=_FORM,
            fresh_s=FRESH_S if type_.startswith("pdd.goods") else 0.0,
            cache_key=f"pdd:{self._settings['client_id']}:{token}:{type_}:{sorted(business.items())}",
        )  # fmt: skip
        answer = (await self._around.web.call(call)).document()
        with reading("拼多多"):
            error = mapping(answer, "error_response")
            if error:
                self._around.web.forget(call.cache_key)
                said = text(error, "sub_msg", "error_msg")
                if any(word in said for word in _ABSENT):
                    return None
                if text(error, "error_code") in _ENDED:
                    await self._around.ended()
                raise SourceUnavailable(f"拼多多 refused {type_}: {text(error, 'sub_code', 'error_code')}.")
            found: Json = answer[_ROOTS[type_]]
            return found


async def renew(settings: Mapping[str, str], around: Around) -> Tokens:
    """Get the next access token.

    Raises:
        RenewalRefused: none is given. SourceUnavailable: not asked.
    """
    old = settings["refresh_token"]
    params = _signed(settings, around, "pdd.pop.auth.token.refresh", {"refresh_token": old})
    call = Call("POST", settings["base_url"], body=urlencode(params).encode(), headers=_FORM)
    answer = (await around.web.call(call)).document()
    with reading("拼多多"):
        error = mapping(answer, "error_response")
        if error:
            raise RenewalRefused("拼多多", text(error, "sub_code", "error_code"))
        return read_tokens(mapping(answer, "pop_auth_token_refresh_response"), old, around.clock.now(), "expires_at")


def _signed(settings: Mapping[str, str], around: Around, type_: str, business: Mapping[str, str]) -> dict[str, str]:
    params = {
        **business,
        "type": type_,
        "client_id": settings["client_id"],
        "timestamp": str(int(around.clock.now().timestamp())),
        "data_type": "JSON",
    }
    return {**params, "sign": sign(params, settings["client_secret"])}


SPEC = ConnectorSpec(
    name="pinduoduo",
    title="拼多多",
    kind="shop",
    ports=("orders", "products", "stock"),
    settings=(
        Setting("client_id", "client_id"),
        Setting("client_secret", "client_secret", secret=True),
        Setting("access_token", "access_token", secret=True),
        REFRESH,
        Setting("base_url", "接口地址", default="https://gw-api.pinduoduo.com/api/router"),
    ),
    build=Pinduoduo,
    evidence="published signing vector; local server that checks signatures",
    lacks=frozenset({"orders_of", "buyer_of_order", "refunds", "line_shares"}),
    renews="access_token",
    renew=renew,
)
