"""Where answers come from (数据来源): the shop's own systems when they are connected, else its imported rows.

What a system tells is kept in the own rows on the way (orders, parcels, price and stock), so lists, figures and
the next outage have it. A system that cannot be asked raises `SourceUnavailable`: old rows are never passed off
as today's. What a system has no call for (`lacks`) is answered from the own rows, with the orders that may still
change read anew one by one.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog
from msgspec import structs

from xiaoer.app.systems import Connected, Systems
from xiaoer.connectors.cart import ShopQuoter
from xiaoer.connectors.spec import Port
from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.commerce import Buyer, Order, Product, Shipment, Variant
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.buyers.service import EmbeddedBuyers
from xiaoer.slices.catalog.service import EmbeddedCatalog
from xiaoer.slices.orders.service import EmbeddedOrders
from xiaoer.slices.promotions.service import Promotions
from xiaoer.slices.promotions.types import Cart, Quote

_log = structlog.get_logger(__name__)
_OPEN = frozenset({"unpaid", "paid", "shipped", "refunding", "unknown"})
_REREAD = 3  # orders of one buyer that are read anew one by one
_TRACKED = 3  # parcels of one look-up whose traces are asked from a carrier


async def _first(systems: Systems, shop: ShopId, port: Port, call: str) -> Connected | None:
    for one in await systems.serving(shop, port):
        if one.can(call):
            return one
    return None


class LiveOrders(EmbeddedOrders):
    """Orders and parcels from the shop's systems, kept in the own rows."""

    def __init__(self, db: Database, clock: Clock) -> None:
        super().__init__(db)
        self._clock = clock
        self.systems: Systems | None = None

    async def order(self, shop: ShopId, order_id: str) -> Order | None:
        one = await self._serving(shop, "order")
        if one is None:
            return await super().order(shop, order_id)
        told = await one.source.order(shop, order_id)
        return (await self._kept(shop, (told,)))[0] if told else None

    async def order_with_phone(self, shop: ShopId, order_id: str, ending: str) -> Order | None:
        one = await self._serving(shop, "order_with_phone")
        if one is None or not one.can("phone"):
            await self.order(shop, order_id)  # what is compared below is as of now
            return await super().order_with_phone(shop, order_id, ending)
        told = await one.source.order_with_phone(shop, order_id, ending)
        return (await self._kept(shop, (told,)))[0] if told else None

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int = 10) -> tuple[Order, ...]:
        one = await self._serving(shop, "orders_of")
        if one is not None:
            return await self._kept(shop, await one.source.orders_of(shop, buyer_id, limit))
        known = await super().orders_of(shop, buyer_id, limit)
        one = await self._serving(shop, "order") if known else None
        if one is None:
            return await self._traced(shop, known)
        again = [order.id for order in known if order.status in _OPEN][:_REREAD]
        told = await asyncio.gather(*(one.source.order(shop, order_id) for order_id in again))
        fresh = {order.id: order for order in await self._kept(shop, [order for order in told if order])}
        return tuple(fresh.get(order.id, order) for order in known)

    async def track(self, shop: ShopId, waybill_no: str) -> Shipment | None:
        one = await self._first(shop, "parcels", "track")
        if one is None:
            return await super().track(shop, waybill_no)
        told: Shipment | None = await one.source.track(shop, waybill_no)
        if told is not None:
            await self.keep_parcel(shop, told, self._clock.now())
        return told

    async def _kept(self, shop: ShopId, told: Sequence[Order]) -> tuple[Order, ...]:
        """Store what was told; return it completed by what was known, with traces."""
        if not told:
            return ()
        await self.keep(shop, told, self._clock.now())
        stored = [await super(LiveOrders, self).order(shop, order.id) for order in told]
        whole = [structs.replace(s, raw_status=t.raw_status) if s else t for s, t in zip(stored, told, strict=True)]
        return await self._traced(shop, whole)

    async def _traced(self, shop: ShopId, orders: Sequence[Order]) -> tuple[Order, ...]:
        """Ask the carrier about parcels under way."""
        one = await self._first(shop, "parcels", "track")
        if one is None:
            return tuple(orders)
        moving = [p.waybill_no for o in orders if o.status == "shipped" for p in o.shipments][:_TRACKED]
        told = await asyncio.gather(*(self._trace(shop, one, number) for number in moving))
        traces = {parcel.waybill_no: parcel for parcel in told if parcel is not None}
        return tuple(
            structs.replace(
                order,
                shipments=tuple(
                    structs.replace(traces.get(p.waybill_no, p), order_id=order.id) for p in order.shipments
                ),
            )
            for order in orders
        )

    async def _trace(self, shop: ShopId, one: Connected, waybill_no: str) -> Shipment | None:
        try:
            told: Shipment | None = await one.source.track(shop, waybill_no)
        except SourceUnavailable:
            known = await super().track(shop, waybill_no)
            if known is not None and known.traces:
                return known
            raise
        if told is not None:
            await self.keep_parcel(shop, told, self._clock.now())
        return told

    async def _serving(self, shop: ShopId, call: str) -> Connected | None:
        return await self._first(shop, "orders", call)

    async def _first(self, shop: ShopId, port: Port, call: str) -> Connected | None:
        return await _first(self.systems, shop, port, call) if self.systems else None


class LiveCatalog(EmbeddedCatalog):
    """Price and stock from the shop's systems; titles and attributes from the own rows first."""

    def __init__(self, db: Database, clock: Clock) -> None:
        super().__init__(db)
        self._clock = clock
        self.systems: Systems | None = None

    async def product(self, shop: ShopId, product_id: str) -> Product | None:
        found = await super().product(shop, product_id)
        one = None if found or not self.systems else await _first(self.systems, shop, "products", "product")
        return await one.source.product(shop, product_id) if one else found

    async def variants(self, shop: ShopId, product_id: str) -> tuple[Variant, ...]:
        one = await _first(self.systems, shop, "stock", "variants") if self.systems else None
        if one is None:
            return await super().variants(shop, product_id)
        told: tuple[Variant, ...] = await one.source.variants(shop, product_id)
        await self.keep_variants(shop, told, self._clock.now())
        return await self._as_sold(shop, await self.product(shop, product_id), told)

    async def variant(self, shop: ShopId, variant_id: str) -> Variant | None:
        one = await _first(self.systems, shop, "stock", "variant") if self.systems else None
        if one is None:
            return await super().variant(shop, variant_id)
        told: Variant | None = await one.source.variant(shop, variant_id)
        if told is not None:
            await self.keep_variants(shop, (told,), self._clock.now())
        return told


class LiveBuyers(EmbeddedBuyers):
    """Buyers from the shop's systems when the own rows do not know them."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self.systems: Systems | None = None

    async def buyer(self, shop: ShopId, buyer_id: str) -> Buyer | None:
        found = await super().buyer(shop, buyer_id)
        one = None if found or not self.systems else await _first(self.systems, shop, "buyers", "buyer")
        return await one.source.buyer(shop, buyer_id) if one else found


class LiveQuoter:
    """`PriceQuoter`: the shop's own checkout where it can be asked, else our engine. Differences are logged."""

    def __init__(self, engine: Promotions, systems: Systems) -> None:
        self._engine, self._systems = engine, systems

    async def quote(self, shop: ShopId, cart: Cart, **asked: Any) -> Quote:
        """Price a cart; see the port.

        Raises:
            InvalidBody: the cart makes no sense.
        """
        own = await self._engine.quote(shop, cart, **asked)
        for one in await self._systems.connected(shop):
            if one.spec.prices and asked.get("at") is None and asked.get("mode") in (None, one.spec.prices):
                try:
                    told = await ShopQuoter(one.source, one.spec.prices).quote(shop, cart, **(asked | {"mode": None}))
                except SourceUnavailable:  # the engine's price says that it is the engine's
                    return own
                if told.goods_payable != own.goods_payable:
                    _log.warning(
                        "quote_differs", shop=shop, system=one.system.id,
                        shop_fen=told.goods_payable.fen, engine_fen=own.goods_payable.fen,
                    )  # fmt: skip
                return told
        return own
