"""Imported orders, lines, parcels and refunds. `shop` first, always."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Connection, Table, delete, update

from xiaoer.infra.upsert import existing_hashes, upsert
from xiaoer.kernel.commerce import Order, Refund, Shipment
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.orders.tables import order_items, orders, refunds, shipments
from xiaoer.slices.orders.types import OrderLine, Parcel

R = TypeVar("R", bound=Struct)


class _Sink(Generic[R]):
    """Takes imported rows into one table whose columns have the names of the row's fields."""

    _never_imported: tuple[str, ...] = ()

    def __init__(self, table: Table) -> None:
        self._table = table

    def existing_hashes(self, connection: Connection, shop: ShopId, ids: Sequence[str]) -> dict[str, str]:
        return existing_hashes(connection, self._table, shop, ids)

    def upsert(
        self,
        connection: Connection,
        shop: ShopId,
        rows: Sequence[tuple[R, str]],
        now: datetime,
        keep: Collection[str] = (),
    ) -> None:
        extra = {"shop": shop, "updated_at": now}
        values = [self._values(row) | extra | {"hash": hashed} for row, hashed in rows]
        upsert(connection, self._table, values, (*keep, *self._never_imported))

    def _values(self, row: R) -> dict[str, Any]:
        return asdict(row)


class _OrderSink(_Sink[Order]):
    _never_imported = ("note", "event_at")

    def _values(self, row: Order) -> dict[str, Any]:
        values = asdict(row)
        for part in ("items", "shipments", "refunds"):
            del values[part]
        return values | {"event_at": None}


order_sink = _OrderSink(orders)
order_line_sink: _Sink[OrderLine] = _Sink(order_items)
parcel_sink: _Sink[Parcel] = _Sink(shipments)
refund_sink: _Sink[Refund] = _Sink(refunds)


def keep_whole(connection: Connection, shop: ShopId, orders: Sequence[Order], now: datetime) -> None:
    """Write orders with their parts. The rows lose their import hash, so that a later import compares them anew."""
    order_sink.upsert(connection, shop, [(order, "") for order in orders], now)
    lines = [
        OrderLine(f"{o.id}:{number}", o.id, i.variant_id, i.title, i.quantity, i.price, i.pay_amount)
        for o in orders
        for number, i in enumerate(o.items)
    ]
    ids = [order.id for order in orders]
    connection.execute(delete(order_items).where(order_items.c.shop == shop, order_items.c.order_id.in_(ids)))
    order_line_sink.upsert(connection, shop, [(line, "") for line in lines], now)
    parcels = [
        Parcel(f"{p.waybill_no}:{o.id}", p.waybill_no, o.id, p.carrier, "", p.traces)
        for o in orders
        for p in o.shipments
    ]
    connection.execute(delete(shipments).where(shipments.c.shop == shop, shipments.c.order_id.in_(ids)))
    parcel_sink.upsert(connection, shop, [(parcel, "") for parcel in parcels], now)
    refund_sink.upsert(connection, shop, [(refund, "") for order in orders for refund in order.refunds], now)


def keep_traces(
    connection: Connection, shop: ShopId, known: Sequence[Shipment], parcel: Shipment, now: datetime
) -> None:
    """Write a newer trace to every order that the parcel carries."""
    for old in known:
        connection.execute(
            update(shipments)
            .where(
                shipments.c.shop == shop,
                shipments.c.waybill_no == parcel.waybill_no,
                shipments.c.order_id == old.order_id,
            )
            .values(traces=parcel.traces, carrier=parcel.carrier or old.carrier, hash="", updated_at=now)
        )
