"""Orders come whole, newest first, and only their own shop's."""

from datetime import UTC, datetime, timedelta

from xiaoer.infra.clock import ManualClock
from xiaoer.infra.db import Database
from xiaoer.kernel.commerce import Order, OrderItem, Refund, Shipment, TraceStep
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money
from xiaoer.kernel.shop_facts import Transit
from xiaoer.slices.orders.ports import OrderSource, ShipmentSource
from xiaoer.slices.orders.service import EmbeddedOrders
from xiaoer.slices.orders.store import sinks
from xiaoer.slices.orders.transit import TransitTimes
from xiaoer.slices.orders.types import OrderLine, Parcel

NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)
STEP = TraceStep(NOW, "已揽收")
SWAP = Refund("R1", "O3", "exchange", "处理中", Money(0), "换码", NOW)
BACK = Refund("R2", "O3", "refund_only", "", Money(9))


async def _fill(db: Database, shop: ShopId) -> None:
    orders = [
        Order(f"O{n}", "b1" if n else "b2", "paid", NOW + timedelta(days=n), Money(100 + n), phone="13800008000")
        for n in range(4)
    ]
    lines = [
        OrderLine(f"O{n}/V{v}", f"O{n}", f"V{v}", "外套", v, Money(50), Money(50 * v)) for n in (2, 3) for v in (2, 1)
    ]
    parcels = [Parcel("SF1/O2", "SF1", "O2", "顺丰", "", (STEP,)), Parcel("SF1/O3", "SF1", "O3", "顺丰", "", (STEP,))]
    await db.write(lambda c: sinks.order_sink.upsert(c, shop, [(order, "h") for order in orders], NOW))
    await db.write(lambda c: sinks.order_line_sink.upsert(c, shop, [(line, "h") for line in lines], NOW))
    await db.write(lambda c: sinks.parcel_sink.upsert(c, shop, [(parcel, "h") for parcel in parcels], NOW))
    await db.write(lambda c: sinks.refund_sink.upsert(c, shop, [(refund, "h") for refund in (SWAP, BACK)], NOW))


async def test_an_order_comes_with_its_lines_parcels_and_refunds(db: Database, shop: ShopId) -> None:
    await _fill(db, shop)
    source: OrderSource = EmbeddedOrders(db)
    assert await source.order(shop, "O3") == Order(
        "O3",
        "b1",
        "paid",
        NOW + timedelta(days=3),
        Money(103),
        (OrderItem("V1", "外套", 1, Money(50), Money(50)), OrderItem("V2", "外套", 2, Money(50), Money(100))),
        (Shipment("SF1", "O3", "顺丰", (STEP,)),),
        (
            Refund("R1", "O3", "exchange", "处理中", Money(0), "换码", NOW),
            Refund("R2", "O3", "refund_only", "", Money(9)),
        ),
        phone="13800008000",
    )
    assert await source.order(shop, "O9") is None
    assert await source.order(ShopId("other"), "O3") is None


async def test_a_buyers_orders_come_newest_first(db: Database, shop: ShopId) -> None:
    await _fill(db, shop)
    source: OrderSource = EmbeddedOrders(db)
    assert [order.id for order in await source.orders_of(shop, "b1")] == ["O3", "O2", "O1"]
    newest, second = await source.orders_of(shop, "b1", limit=2)
    assert (len(newest.refunds), len(second.items), len(second.shipments)) == (2, 2, 1)
    assert await source.orders_of(shop, "nobody") == ()
    assert await source.orders_of(ShopId("other"), "b1") == ()


async def test_the_last_four_digits_open_only_their_own_order(db: Database, shop: ShopId) -> None:
    await _fill(db, shop)
    source: OrderSource = EmbeddedOrders(db)
    found = await source.order_with_phone(shop, "O1", "8000")
    assert found is not None
    assert found.id == "O1"
    for ending in ("8001", "", "000", "13800008000", "８０００"):
        assert await source.order_with_phone(shop, "O1", ending) is None
    assert await source.order_with_phone(shop, "O9", "8000") is None


async def test_a_parcel_is_found_by_its_waybill(db: Database, shop: ShopId) -> None:
    await _fill(db, shop)
    source: ShipmentSource = EmbeddedOrders(db)
    assert await source.track(shop, "SF1") == Shipment("SF1", "O2", "顺丰", (STEP,))
    assert await source.track(shop, "SF9") is None
    assert await source.track(ShopId("other"), "SF1") is None


async def test_days_to_a_city_without_parcels_are_those_of_its_province(
    db: Database, shop: ShopId, clock: ManualClock
) -> None:
    sent = clock.now() - timedelta(days=20)
    road = {"新疆乌鲁木齐市天山区": 7, "喀什地区喀什市": 9, "广东省深圳市": 2}
    rows = [
        Order(f"{n}-{head}", "b1", "done", NOW, Money(1), address=f"{head}某路", shipped_at=sent,
              delivered_at=sent + timedelta(days=days))
        for head, days in road.items() for n in range(12)
    ]  # fmt: skip
    await db.write(lambda c: sinks.order_sink.upsert(c, shop, [(order, "h") for order in rows], clock.now()))
    times = TransitTimes(db, clock)
    assert await times(shop, "深圳") == Transit("深圳", 2, 2, 12)
    assert await times(shop, "伊犁") == Transit("新疆", 7, 9, 24)
    assert await times(shop, "三亚") is None
