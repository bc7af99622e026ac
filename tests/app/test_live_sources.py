"""A connected system answers instead of the own rows, what it tells is kept, and an outage is never passed off as news."""

import hashlib
import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import httpx2
import pytest
from msgspec.structs import replace
from sqlalchemy import Connection
from starlette.types import Receive, Scope, Send
from tests.connectors.contract import OrderSourceContract, ShipmentSourceContract, StockSourceContract, Subject
from tests.connectors.fakes import generic, kuaidi100, taobao
from tests.connectors.subjects import no_pause
from tests.connectors.world import NOW, SHOP, WORLD

from xiaoer.app.pushes import Pushes
from xiaoer.app.sources import LiveBuyers, LiveCatalog, LiveOrders
from xiaoer.app.systems import Systems
from xiaoer.connectors.push import Push
from xiaoer.flows.show_desk.detail import ShowDetail
from xiaoer.flows.show_desk.side import ShowSide
from xiaoer.infra import jobs
from xiaoer.infra.clock import ManualClock
from xiaoer.infra.db import Database
from xiaoer.infra.job_runner import Jobs
from xiaoer.infra.vault import Vault
from xiaoer.infra.web import Web
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.ids import BuyerId
from xiaoer.kernel.turn import TextContent, TurnContext
from xiaoer.migrations.tables import load_tables
from xiaoer.slices.buyers.service import EmbeddedBuyers
from xiaoer.slices.catalog.service import EmbeddedCatalog
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations.types import Incoming
from xiaoer.slices.orders.service import EmbeddedOrders

_FAKES = {"bridge": generic.platform(WORLD), "taobao": taobao.platform(WORLD), "carrier": kuaidi100.platform(WORLD)}


@dataclass
class Street:
    """All fake platforms behind one transport, told apart by host; any of them can be shut."""

    shut: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = dict(scope["headers"])[b"host"].decode().split(":")[0]
        self.calls.append(f"{host}{scope['path']}")
        name = next((name for name, fake in _FAKES.items() if host in str(fake.settings)), "")
        if name in self.shut or not name:
            await send({"type": "http.response.start", "status": 503, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await _FAKES[name].app(scope, receive, send)


@dataclass
class Shop:
    """Live sources over one database."""

    db: Database
    street: Street
    systems: Systems
    orders: LiveOrders
    catalog: LiveCatalog
    buyers: LiveBuyers
    own_orders: EmbeddedOrders
    own_catalog: EmbeddedCatalog
    clock: ManualClock

    async def connect(self, fake: str, connector: str, *ports: str) -> str:
        system = await self.systems.save(
            SHOP,
            "店主",
            id_="",
            connector=connector,
            title="",
            ports=ports,
            settings=_FAKES[fake].settings,
            enabled=True,
        )
        return system.id


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    db, clock, street = Database("sqlite://"), ManualClock(NOW), Street()
    with db.transaction() as connection:
        load_tables().create_all(connection)
    own_orders, own_catalog = EmbeddedOrders(db), EmbeddedCatalog(db)
    web = Web(clock, transport=httpx2.ASGITransport(street), pause=no_pause, jitter=lambda: 0.5)
    systems = Systems(db, clock, Vault("secret"), own_catalog, own_orders, web)
    orders, catalog, buyers = LiveOrders(db, clock), LiveCatalog(db, clock), LiveBuyers(db)
    orders.systems = catalog.systems = buyers.systems = systems
    yield Shop(db, street, systems, orders, catalog, buyers, own_orders, own_catalog, clock)
    await systems.close()
    await db.close()


class TestLiveOrdersKeepTheContract(OrderSourceContract, ShipmentSourceContract):
    @pytest.fixture
    async def subject(self, shop: Shop) -> Subject:
        await shop.connect("bridge", "generic", "orders", "parcels")
        return Subject(shop.orders, WORLD)


class TestLiveStockKeepsTheContract(StockSourceContract):
    @pytest.fixture
    async def subject(self, shop: Shop) -> Subject:
        await shop.connect("bridge", "generic", "stock", "products")
        return Subject(shop.catalog, WORLD)


async def test_what_a_system_tells_is_kept_in_the_own_rows(shop: Shop) -> None:
    await shop.connect("bridge", "generic", "orders", "stock")
    told = await shop.orders.orders_of(SHOP, "2001")
    assert [order.id for order in await shop.own_orders.orders_of(SHOP, "2001")] == [order.id for order in told]
    await shop.catalog.variants(SHOP, "1001")
    assert (await shop.own_catalog.variant(SHOP, "10011")) == WORLD.variants["10011"]


async def test_an_outage_is_an_outage_and_not_yesterday_s_answer(shop: Shop) -> None:
    await shop.connect("bridge", "generic", "orders")
    assert await shop.orders.orders_of(SHOP, "2001")
    shop.street.shut.add("bridge")
    shop.clock.advance(timedelta(seconds=11))  # an answer is reused for ten seconds
    with pytest.raises(SourceUnavailable):
        await shop.orders.orders_of(SHOP, "2001")


async def test_the_side_pane_shows_what_was_known_and_how_old_it_is(shop: Shop) -> None:
    await shop.connect("bridge", "generic", "orders", "stock")
    detail = ShowDetail(shop.db, shop.clock, shop.orders, shop.catalog, {}, {})
    live, own = (shop.buyers, shop.orders, shop.catalog), (EmbeddedBuyers(shop.db), shop.own_orders, shop.own_catalog)
    show = ShowSide(shop.db, shop.clock, live, own, detail, {})
    said = Incoming(BuyerId("2001"), "web", TextContent("在吗"), TurnContext(product_id="1001"))
    taken = await shop.db.write(lambda c: conversations.receive(c, SHOP, said, shop.clock.now(), timedelta(hours=9)))
    fresh = await show(SHOP, taken.conversation.id)
    assert fresh.orders and not fresh.outages
    known_at = shop.clock.now()
    shop.street.shut.add("bridge")
    shop.clock.advance(timedelta(minutes=20))
    stale = await show(SHOP, taken.conversation.id)
    assert [order["id"] for order in stale.orders] == [order["id"] for order in fresh.orders]
    assert {outage.what: outage.as_of for outage in stale.outages}["orders"] == known_at
    assert stale.buyer["id"] == "2001"


async def test_a_platform_that_lists_no_buyer_has_its_open_orders_read_anew(shop: Shop) -> None:
    stale = [Order(o.id, o.buyer_id, "unpaid", o.created_at, o.pay_amount) for o in WORLD.orders.values()]
    await shop.own_orders.keep(SHOP, stale, NOW)
    await shop.connect("taobao", "taobao", "orders")
    mine = {order.id: order.status for order in await shop.orders.orders_of(SHOP, "2001")}
    newest = list(mine)[:3]
    assert [mine[id_] for id_ in newest] == [WORLD.orders[id_].status for id_ in newest]


async def test_traces_come_from_the_carrier_when_one_is_connected(shop: Shop) -> None:
    parcel = WORLD.parcels["YT1234567890123"]
    bare = replace(WORLD.orders["5003"], shipments=(replace(parcel, traces=()),))
    await shop.own_orders.keep(SHOP, [bare], NOW)
    await shop.connect("carrier", "kuaidi100", "parcels")
    (order,) = await shop.orders.orders_of(SHOP, "2001")
    assert order.shipments[0].traces == (*parcel.traces[:-1], replace(parcel.traces[-1], state="in_transit"))
    (again,) = await shop.own_orders.orders_of(SHOP, "2001")
    assert again.shipments == order.shipments  # the carrier's code is kept too


async def test_a_test_tells_a_good_connection_from_a_wrong_secret(shop: Shop) -> None:
    good = await shop.connect("bridge", "generic", "orders", "stock")
    assert await shop.systems.test(SHOP, good) == {"orders": "ok", "stock": "ok"}
    settings = {**_FAKES["bridge"].settings, "secret": "wrong"}
    bad = await shop.systems.save(
        SHOP, "店主", id_="", connector="generic", title="", ports=("orders",), settings=settings, enabled=True
    )
    assert "401" in (await shop.systems.test(SHOP, bad.id))["orders"]


async def test_secrets_are_stored_sealed_shown_as_dots_and_kept_when_sent_back(shop: Shop) -> None:
    id_ = await shop.connect("bridge", "generic", "orders")
    (shown,) = await shop.systems.listed(SHOP)
    assert "bridge-secret" not in str(shown.settings)
    raw = await shop.db.read(lambda c: str(c.exec_driver_sql("SELECT settings FROM systems").scalar()))
    assert "bridge-secret" not in raw
    await shop.systems.save(
        SHOP,
        "店主",
        id_=id_,
        connector="generic",
        title="换个名字",
        ports=("orders",),
        settings=shown.settings,
        enabled=True,
    )
    assert await shop.systems.test(SHOP, id_) == {"orders": "ok"}


async def test_a_push_is_kept_once_and_has_the_order_read_again(shop: Shop) -> None:
    runner = Jobs(shop.db, shop.clock)
    take = Pushes(shop.db, shop.clock, shop.systems, shop.orders, runner)
    id_ = await shop.connect("bridge", "generic", "orders")
    body = (
        b'{"events":[{"id":"e1","type":"order.paid","at":"2026-03-05T12:00:00+08:00",'
        b'"data":{"order_id":"5002","buyer_id":"2001"}}]}'
    )
    stamp = str(int(NOW.timestamp()))
    signed = f"POST\nevents\n{stamp}\n".encode() + body
    headers = {
        "x-xiaoer-timestamp": stamp,
        "x-xiaoer-signature": hmac.new(b"bridge-secret", signed, hashlib.sha256).hexdigest(),
    }
    for _ in range(2):
        await take(Push(SHOP, body, NOW, headers), id_)
    assert await runner.run_due() == 1
    kept = await shop.own_orders.order(SHOP, "5002")
    assert kept is not None
    assert kept.status == "paid"

    def ordered(connection: Connection) -> int:
        return sum(jobs.count(connection, SHOP, "order.reread").values())

    assert await shop.db.read(ordered) == 1
