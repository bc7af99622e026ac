"""Imported orders, lines, parcels and refunds. `shop` first, always."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Connection, Table

from xiaoer.infra.upsert import existing_hashes, upsert
from xiaoer.kernel.commerce import Order, Refund
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
