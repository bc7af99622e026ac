"""Generic HTTP: any shop or ERP that answers the small JSON contract of docs/connectors.md, and may push events."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal, get_args
from urllib.parse import quote, urlencode, urlsplit

from xiaoer.connectors.acting import act_on
from xiaoer.connectors.payload import compact, instant, may_be_id, phone_ends, reading, rows, text, yuan
from xiaoer.connectors.push import Push, Pushed, check_signature, event_id, json_body, reading_push, secret_of
from xiaoer.connectors.shops.generic.mapping import to_buyer, to_order, to_product, to_shipment, to_variant
from xiaoer.connectors.shops.generic.signing import sign
from xiaoer.connectors.spec import Around, ConnectorSpec, Setting
from xiaoer.infra.web import Call
from xiaoer.kernel.commerce import Buyer, Order, Product, Shipment, Variant
from xiaoer.kernel.errors import InvalidBody, SourceUnavailable, Unauthorised
from xiaoer.kernel.events import SHOP_EVENT_TYPES, Event, lacks
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.shop_facts import Outcome
from xiaoer.slices.catalog.types import FoundProduct
from xiaoer.slices.orders.types import ActionKind, OrderAction

_FRESH_S = 10.0  # goods and buyers; an order is asked anew each time, or a push about it would be answered from before
_SKEW = timedelta(minutes=5)  # an older push may be a replay
_NOT_FOUND = 404
_PUSH_TARGET = "events"
_OUTCOMES: tuple[Literal["done", "already", "too_late", "refused"], ...] = ("done", "already", "too_late", "refused")
_KINDS: tuple[ActionKind, ...] = get_args(ActionKind)


class Generic:
    """All five sources and `OrderActions` over the generic contract."""

    def __init__(self, settings: Mapping[str, str], around: Around) -> None:
        self._settings, self._around = settings, around
        self._base = settings["base_url"].rstrip("/")

    async def order(self, shop: ShopId, order_id: str) -> Order | None:
        row = await self._one("orders", order_id)
        with reading("The shop"):
            return None if row is None else to_order(row)

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int = 10) -> tuple[Order, ...]:
        answer = await self._ask("/orders", buyer_id=buyer_id, limit=str(limit))
        with reading("The shop"):
            found = [to_order(row) for row in rows(_listed(answer))]
        mine = [order for order in found if order.buyer_id == buyer_id]
        return tuple(sorted(mine, key=lambda order: order.created_at, reverse=True)[:limit])

    async def order_with_phone(self, shop: ShopId, order_id: str, ending: str) -> Order | None:
        return phone_ends(await self.order(shop, order_id), ending)

    async def track(self, shop: ShopId, waybill_no: str) -> Shipment | None:
        row = await self._one("shipments", waybill_no)
        with reading("The shop"):
            return None if row is None else to_shipment(row)

    async def product(self, shop: ShopId, product_id: str) -> Product | None:
        row = await self._one("products", product_id)
        with reading("The shop"):
            return None if row is None else to_product(row)

    async def products(self, shop: ShopId, product_ids: Sequence[str]) -> tuple[Product, ...]:
        if not product_ids:
            return ()
        answer = await self._ask("/products", ids=",".join(product_ids))
        with reading("The shop"):
            found = {product.id: product for product in map(to_product, rows(_listed(answer)))}
        return tuple(found[id] for id in product_ids if id in found)

    async def find(self, shop: ShopId, words: str, limit: int = 5) -> tuple[FoundProduct, ...]:
        wanted = words.strip()
        if not wanted:
            return ()
        answer = await self._ask("/products", q=wanted, limit=str(limit))
        with reading("The shop"):
            products = [to_product(row) for row in rows(_listed(answer))]
        return tuple(FoundProduct(p, 1.0 if wanted in p.title else 0.5) for p in products[:limit])

    async def variants(self, shop: ShopId, product_id: str) -> tuple[Variant, ...]:
        answer = await self._one("products", product_id, "/variants")
        with reading("The shop"):
            return tuple(to_variant(row, product_id) for row in rows(_listed(answer)))

    async def variant(self, shop: ShopId, variant_id: str) -> Variant | None:
        row = await self._one("variants", variant_id)
        with reading("The shop"):
            return None if row is None else to_variant(row)

    async def buyer(self, shop: ShopId, buyer_id: str) -> Buyer | None:
        row = await self._one("buyers", buyer_id)
        with reading("The shop"):
            return None if row is None else to_buyer(row)

    async def buyers_by_phone_ending(self, shop: ShopId, ending: str) -> tuple[Buyer, ...]:
        answer = await self._ask("/buyers", phone_ending=ending)
        with reading("The shop"):
            found = [to_buyer(row) for row in rows(_listed(answer))]
        return tuple(sorted((b for b in found if b.phone.endswith(ending)), key=lambda buyer: buyer.id)[:50])

    async def supported(self, shop: ShopId) -> frozenset[ActionKind]:
        """The kinds that `/actions` lists; none where that is not answered (404)."""
        answer = await self._ask("/actions")
        with reading("The shop"):
            named = {str(kind) for kind in (answer or {}).get("items") or ()}
        return frozenset(kind for kind in _KINDS if kind in named)

    async def act(self, shop: ShopId, action: OrderAction) -> Outcome | None:
        if action.kind == "issue_coupon":
            return await self._do(action)
        if not may_be_id(action.order_id):
            return Outcome("refused")

        return await act_on(lambda: self.order(shop, action.order_id), lambda _: self._do(action), action)

    async def _do(self, action: OrderAction) -> Outcome | None:
        wanted = {"id": action.id, "kind": action.kind, "order_id": action.order_id, "data": action.data}
        answer = await self._around.web.call(self._signed("POST", "/actions", compact(wanted).encode()))
        if answer.status == _NOT_FOUND:
            return None
        told = answer.document()
        with reading("The shop"):
            state = next((word for word in _OUTCOMES if word == text(told, "state")), None)
            if state is None:
                raise SourceUnavailable("The shop answered an action with a state that the contract does not know.")
            amount = yuan(told["amount"]) if text(told, "amount") else None
            return Outcome(state, text(told, "no"), instant(told.get("valid_to")), amount, text(told, "status"))

    async def _one(self, kind: str, id: str, part: str = "") -> Any:
        return await self._ask(f"/{kind}/{quote(id, safe='')}{part}") if may_be_id(id) else None

    async def _ask(self, path: str, **query: str) -> Any:
        """Read one resource; None when there is none (404)."""
        answer = await self._around.web.call(self._signed("GET", path + (f"?{urlencode(query)}" if query else "")))
        return None if answer.status == _NOT_FOUND else answer.document()

    def _signed(self, method: str, path: str, body: bytes = b"") -> Call:
        """A signed call; writes carry an id of their own, so they may be repeated."""
        url = self._base + path
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        timestamp = str(int(self._around.clock.now().timestamp()))
        headers = {
            "Accept": "application/json",
            "X-Xiaoer-Timestamp": timestamp,
            "X-Xiaoer-Signature": sign(self._settings["secret"], method, target, timestamp, body),
        }
        if method == "GET":
            fresh_s = 0.0 if path.startswith("/orders") else _FRESH_S
            return Call("GET", url, headers=headers, fresh_s=fresh_s, cache_key=f"generic:{url}")
        headers["Content-Type"] = "application/json"
        return Call(method, url, headers=headers, body=body, idempotent=True)


def _listed(answer: Any) -> Any:
    """The rows of a list answer; a resource that is not there (404) has none."""
    return () if answer is None else answer["items"]


def read_push(settings: Mapping[str, str], push: Push) -> Pushed:
    """Read pushed events: the body of `POST /api/v1/events`, signed like a call to target `events`.

    Raises:
        Unauthorised: forged, or signed more than five minutes ago.
        InvalidBody: not such a body.
    """
    timestamp = push.headers.get("x-xiaoer-timestamp", "")
    expected = sign(secret_of(settings, "secret"), "POST", _PUSH_TARGET, timestamp, push.body)
    check_signature(expected, push.headers.get("x-xiaoer-signature", "").lower(), "the shop")
    with reading_push("The shop"):
        signed_at = instant(timestamp)
        if signed_at is None or abs(push.received_at - signed_at) > _SKEW:
            raise Unauthorised("The push was signed more than five minutes ago. Check the sender's clock.")
        events, body = [], json_body(push.body)
        if not isinstance(body, dict) or not isinstance(body.get("events"), list):
            raise InvalidBody("The body is an object with a list of events.")
        for row in rows(body, "events"):
            kind, at = text(row, "type"), instant(row.get("at"))
            if kind not in SHOP_EVENT_TYPES or at is None or not text(row, "id"):
                raise InvalidBody("Every event needs an id, a known type and a time.")
            key = event_id("generic", text(row, "id"))
            data = dict(row.get("data") or {})
            if missing := lacks(kind, data):
                raise InvalidBody(
                    f"Event {text(row, 'id')} ({kind}) belongs to nothing: its data has no {missing} as text."
                )
            events.append(Event(push.shop, key, kind, at, buyer_id=text(data, "buyer_id"), data=data))
    return Pushed(tuple(events), whole=True)


SPEC = ConnectorSpec(
    name="generic",
    title="通用 HTTP 接口",
    kind="generic",
    ports=("orders", "parcels", "products", "stock", "buyers", "actions"),
    settings=(Setting("base_url", "接口地址"), Setting("secret", "签名密钥", secret=True)),
    build=Generic,
    evidence="documented contract; local server that checks call and push signatures",
    read_push=read_push,
)
