"""Tryton as ERP: sales, stock after orders, products and parties, through JSON-RPC with a session."""

import asyncio
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from xiaoer.connectors.erp.tryton.mapping import party_ids, to_buyer, to_order, to_product, to_variant
from xiaoer.connectors.payload import Json, compact, may_be_id, phone_ends, reading, rows, text
from xiaoer.connectors.spec import Around, ConnectorSpec, Setting
from xiaoer.infra.web import Call
from xiaoer.kernel.commerce import Buyer, Order, Product, Variant
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.catalog.types import FoundProduct

_SESSION_FRESH_S = 1800.0
_GONE = frozenset({401, 403})
_SALE = ["number", "state", "shipment_state", "create_date", "total_amount", "currency.code", "party", "party.rec_name"]
_LINE = ["sale", "quantity", "unit_price", "amount", "product.code", "product.rec_name", "product.template.name"]
_VARIANT = ["code", "template", "template.list_price", "forecast_quantity"]
_PARTY = ["name", "mobile", "phone"]


class Tryton:
    """`OrderSource`, `ProductSource`, `StockSource` and `CustomerSource` over JSON-RPC."""

    def __init__(self, settings: Mapping[str, str], around: Around) -> None:
        self._settings, self._around = settings, around
        self._url = f"{settings['base_url'].rstrip('/')}/{settings['database']}/rpc/"
        self._session_key = f"tryton:session:{self._url}:{settings['user']}"

    async def order(self, shop: ShopId, order_id: str) -> Order | None:
        if not may_be_id(order_id):
            return None
        return next(iter(await self._orders([["number", "=", order_id]], 1)), None)

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int = 10) -> tuple[Order, ...]:
        if not _is_number(buyer_id):
            return ()
        return await self._orders([["party", "=", int(buyer_id)], ["number", "!=", None]], limit)

    async def order_with_phone(self, shop: ShopId, order_id: str, ending: str) -> Order | None:
        return phone_ends(await self.order(shop, order_id), ending)

    async def product(self, shop: ShopId, product_id: str) -> Product | None:
        return next(iter(await self.products(shop, [product_id])), None)

    async def products(self, shop: ShopId, product_ids: Sequence[str]) -> tuple[Product, ...]:
        wanted = [int(id) for id in product_ids if _is_number(id)]
        if not wanted:
            return ()
        found = await self._read("product.template", [["id", "in", wanted]], len(wanted), ["name"])
        with reading("Tryton"):
            known = {product.id: product for product in map(to_product, found)}
        return tuple(known[id] for id in product_ids if id in known)

    async def find(self, shop: ShopId, words: str, limit: int = 5) -> tuple[FoundProduct, ...]:
        wanted = words.strip().replace("%", "").replace("_", "")
        if not wanted:
            return ()
        domain = [["name", "ilike", f"%{wanted}%"], ["salable", "=", True]]
        found = await self._read("product.template", domain, limit, ["name"])
        with reading("Tryton"):
            return tuple(FoundProduct(to_product(row), 1.0) for row in found)

    async def variants(self, shop: ShopId, product_id: str) -> tuple[Variant, ...]:
        return await self._variants([["template", "=", int(product_id)]], 100) if _is_number(product_id) else ()

    async def variant(self, shop: ShopId, variant_id: str) -> Variant | None:
        if not may_be_id(variant_id):
            return None
        return next(iter(await self._variants([["code", "=", variant_id]], 1)), None)

    async def buyer(self, shop: ShopId, buyer_id: str) -> Buyer | None:
        if not _is_number(buyer_id):
            return None
        found = await self._read("party.party", [["id", "=", int(buyer_id)]], 1, _PARTY)
        with reading("Tryton"):
            return next((to_buyer(row) for row in found), None)

    async def buyers_by_phone_ending(self, shop: ShopId, ending: str) -> tuple[Buyer, ...]:
        if not (len(ending) == 4 and _is_number(ending)):
            return ()
        domain = [["contact_mechanisms.value_compact", "like", f"%{ending}"]]
        found = await self._read("party.party", domain, 50, _PARTY)
        with reading("Tryton"):
            return tuple(buyer for buyer in map(to_buyer, found) if buyer.phone.endswith(ending))

    async def _orders(self, domain: list[Any], limit: int) -> tuple[Order, ...]:
        """Sales with their lines and the buyers' phones: three questions, however many sales."""
        sales = await self._read("sale.sale", domain, limit, _SALE, order=[["create_date", "DESC"], ["id", "DESC"]])
        if not sales:
            return ()
        with reading("Tryton"):
            of_sales = [["sale", "in", [row["id"] for row in sales]], ["type", "=", "line"]]
            of_parties = [["id", "in", party_ids(sales)]]
        lines, parties = await asyncio.gather(
            self._read("sale.line", of_sales, 1_000, _LINE), self._read("party.party", of_parties, limit, _PARTY)
        )
        with reading("Tryton"):
            phones = {buyer.id: buyer.phone for buyer in map(to_buyer, parties)}
            return tuple(
                to_order(row, tuple(x for x in lines if x["sale"] == row["id"]), phones.get(text(row, "party"), ""))
                for row in sales
            )

    async def _variants(self, domain: list[Any], limit: int) -> tuple[Variant, ...]:
        warehouses = [row["id"] for row in await self._read("stock.location", [["type", "=", "warehouse"]], 50, ["id"])]
        # prices belong to a company, stock to places: both travel as context
        preferences = await self._ask("model.res.user.get_preferences", [True, {}], fresh_s=_SESSION_FRESH_S)
        with reading("Tryton"):
            context = {"company": preferences["company"], "locations": warehouses}
        found = await self._read("product.product", domain, limit, _VARIANT, context)
        with reading("Tryton"):
            return tuple(to_variant(row) for row in found if text(row, "code"))

    async def _read(
        self,
        model: str,
        domain: list[Any],
        limit: int,
        fields: list[str],
        context: Mapping[str, Any] | None = None,
        order: list[Any] | None = None,
    ) -> tuple[Json, ...]:
        answer = await self._ask(f"model.{model}.search_read", [domain, 0, limit, order, fields, dict(context or {})])
        return rows(answer)

    async def _ask(self, method: str, params: list[Any], fresh_s: float = 0.0) -> Any:
        """Call a method; a session that has ended is renewed once."""
        body = compact({"id": 1, "method": method, "params": params}).encode()
        for _ in range(2):
            headers = {"Content-Type": "application/json", "Authorization": f"Session {await self._session()}"}
            key = f"{self._session_key}:{method}"
            call = Call("POST", self._url, {}, headers, body, idempotent=True, fresh_s=fresh_s, cache_key=key)
            answer = await self._around.web.call(call)
            if answer.status not in _GONE:
                return _result(answer.document())
            self._around.web.forget(self._session_key)
        raise SourceUnavailable("Tryton refused the session. Check user and password.")

    async def _session(self) -> str:
        user = self._settings["user"]
        login = [user, {"password": self._settings["password"]}, "en"]
        call = Call(
            "POST", self._url, {}, {"Content-Type": "application/json"},
            compact({"id": 0, "method": "common.db.login", "params": login}).encode(), idempotent=True,
            fresh_s=_SESSION_FRESH_S, cache_key=self._session_key,
        )  # fmt: skip
        document = (await self._around.web.call(call)).document()
        with reading("Tryton"):
            result = _result(document)
            if not result:
                self._around.web.forget(self._session_key)
                raise SourceUnavailable("Tryton did not log in. Check user and password.")
            return b64encode(f"{user}:{result[0]}:{result[1]}".encode()).decode()


def _is_number(id: str) -> bool:
    return id.isascii() and id.isdigit() and len(id) < 12


def _result(document: Json) -> Any:
    """Take the result out; an error names its kind and nothing of the content."""
    if "error" in document:
        error = document["error"]
        kind = str(error[0])[:40] if isinstance(error, list) and error else "error"
        raise SourceUnavailable(f"Tryton refused the call: {kind}.")
    return document.get("result")


SPEC = ConnectorSpec(
    name="tryton",
    title="Tryton",
    kind="erp",
    ports=("orders", "products", "stock", "buyers"),
    settings=(
        Setting("base_url", "服务地址"),
        Setting("database", "数据库名"),
        Setting("user", "用户"),
        Setting("password", "密码", secret=True),
    ),
    build=Tryton,
    evidence="contract suite against Tryton 8.2",
    verified="real_shop_verified",
    lacks=frozenset({"refunds", "spec_names"}),
)
