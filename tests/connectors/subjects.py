"""Every source of the product with its fake platform behind it, ready for the contract."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx2
from msgspec.structs import asdict
from msgspec.structs import replace as changed
from tests.connectors.contract import Subject
from tests.connectors.fakes import (
    douyin,
    generic,
    jd,
    jushuitan,
    kdniao,
    kuaidi100,
    pinduoduo,
    shopify,
    taobao,
    wangdian,
    weixin_shop,
    youzan,
)
from tests.connectors.fakes.wire import Platform
from tests.connectors.world import NOW, SHOP, WORLD, World

from xiaoer.connectors.registry import CONNECTORS, build
from xiaoer.connectors.spec import Around, ParcelHint, Port
from xiaoer.infra.clock import ManualClock
from xiaoer.infra.db import Database, metadata
from xiaoer.infra.web import Web, WebPolicy
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.buyers.service import EmbeddedBuyers
from xiaoer.slices.buyers.store import BuyerSink
from xiaoer.slices.catalog.service import EmbeddedCatalog
from xiaoer.slices.catalog.store import ProductSink, VariantSink
from xiaoer.slices.orders.acting import EmbeddedOrderActions
from xiaoer.slices.orders.service import EmbeddedOrders
from xiaoer.slices.orders.store.sinks import order_line_sink, order_sink, parcel_sink, refund_sink
from xiaoer.slices.orders.types import OrderLine, Parcel

PLATFORMS: dict[str, Callable[[World], Platform]] = {
    "generic": generic.platform,
    "taobao": taobao.platform,
    "jd": jd.platform,
    "pinduoduo": pinduoduo.platform,
    "douyin": douyin.platform,
    "weixin_shop": weixin_shop.platform,
    "youzan": youzan.platform,
    "shopify": shopify.platform,
    "jushuitan": jushuitan.platform,
    "wangdian": wangdian.platform,
    "kuaidi100": kuaidi100.platform,
    "kdniao": kdniao.platform,
}

# What a platform has no word for, or says with another one.
_STATUS_OF = {
    "pinduoduo": {"5001": "unknown", "5005": "unknown", "5006": "refunded"},
    "shopify": {"5004": "delivered"},
    "jushuitan": {"5004": "shipped"},
}


def fresh_world() -> World:
    """The world with orders and stock that may change."""
    return replace(WORLD, orders=dict(WORLD.orders), variants=dict(WORLD.variants))


def first_in_state(status: str) -> str:
    """Every test of a fake opens a fresh one, so the same order may serve each."""
    return next(order.id for order in WORLD.orders.values() if order.status == status and not order.refunds)


class EmbeddedActing(EmbeddedOrderActions, EmbeddedOrders):
    """The own rows, read and changed through one object as connectors are."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        EmbeddedOrderActions.__init__(self, database, clock)


class WorldHints:
    """Hints from the world, as the shop's own rows would give them."""

    async def product_of(self, shop: ShopId, variant_id: str) -> str | None:
        variant = WORLD.variants.get(variant_id)
        return variant.product_id if variant else None

    async def parcel(self, shop: ShopId, waybill_no: str) -> ParcelHint | None:
        parcel = WORLD.parcels.get(waybill_no)
        return ParcelHint(parcel.carrier, parcel.order_id, "13800138000") if parcel else None


async def no_pause(_: float) -> None:
    """Retries wait for nothing in tests."""


def web_over(transport: httpx2.AsyncBaseTransport, clock: ManualClock | None = None, **policy: Any) -> Web:
    return Web(clock or ManualClock(NOW), WebPolicy(**policy), transport, pause=no_pause, jitter=lambda: 0.5)


def with_port(port: Port) -> list[str]:
    """Names of everything that serves this port, the shop's own rows first."""
    return ["embedded"] + [name for name, spec in CONNECTORS.items() if port in spec.ports and name in PLATFORMS]


@asynccontextmanager
async def open_subject(name: str, port: Port) -> AsyncIterator[Subject]:
    if name == "embedded":
        async with _embedded(port) as subject:
            yield subject
        return
    world = replace(fresh_world(), status_of=_STATUS_OF.get(name, {}))
    platform = PLATFORMS[name](world)
    web = web_over(httpx2.ASGITransport(platform.app))
    source = build(name, platform.settings, Around(web, ManualClock(NOW), WorldHints()))
    yield Subject(source, world, CONNECTORS[name].lacks, take=first_in_state)
    await web.close()


@asynccontextmanager
async def _embedded(port: Port) -> AsyncIterator[Subject]:
    database = Database("sqlite://")
    with database.transaction() as connection:
        metadata.create_all(connection)
        orders = WORLD.orders.values()
        ProductSink().upsert(connection, SHOP, [(p, p.id) for p in WORLD.products.values()], NOW)
        VariantSink().upsert(connection, SHOP, [(v, v.id) for v in WORLD.variants.values()], NOW)
        order_sink.upsert(connection, SHOP, [(_stored(o), o.id) for o in orders], NOW)
        lines = [OrderLine(f"{o.id}:{i}", o.id, **asdict(item)) for o in orders for i, item in enumerate(o.items)]
        order_line_sink.upsert(connection, SHOP, [(line, line.id) for line in lines], NOW)
        parcels = [
            Parcel(f"{p.waybill_no}:{p.order_id}", p.waybill_no, p.order_id, p.carrier, "", p.traces)
            for p in WORLD.parcels.values()
        ]
        parcel_sink.upsert(connection, SHOP, [(parcel, parcel.id) for parcel in parcels], NOW)
        refund_sink.upsert(connection, SHOP, [(r, r.id) for o in orders for r in o.refunds], NOW)
        BuyerSink().upsert(connection, SHOP, [(b, b.id) for b in WORLD.buyers.values()], NOW)
    services: dict[Port, Any] = {
        "orders": EmbeddedOrders,
        "parcels": EmbeddedOrders,
        "products": EmbeddedCatalog,
        "stock": EmbeddedCatalog,
        "buyers": EmbeddedBuyers,
    }
    source = EmbeddedActing(database, ManualClock(NOW)) if port == "actions" else services[port](database)
    yield Subject(source, WORLD, take=first_in_state)
    await database.close()


def _stored(order: Order) -> Order:
    """The odd order as an import keeps it: the raw word beside."""
    return changed(order, raw_status="平台新状态") if order.id == WORLD.odd_order else order
