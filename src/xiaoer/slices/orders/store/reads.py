"""Rows of orders, lines, parcels and refunds. `shop` first, always.

The statements are built once: a buyer's order list is read in most conversations, and building a select
costs more than running it.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Text, bindparam, select, type_coerce

from xiaoer.kernel.commerce import Order, OrderItem, Refund, Shipment, TraceStep
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.orders.tables import order_items, orders, refunds, shipments

_traces = msgspec.json.Decoder(tuple[TraceStep, ...])

_SHOP, _ID, _BUYER, _LIMIT = bindparam("shop"), bindparam("id"), bindparam("buyer_id"), bindparam("limit")
_ORDER_COLUMNS = (
    orders.c.id,
    orders.c.buyer_id,
    orders.c.status,
    orders.c.created_at,
    orders.c.pay_amount,
    orders.c.paid_at,
    orders.c.shipped_at,
    orders.c.delivered_at,
    orders.c.promise_ship_at,
    orders.c.address,
    orders.c.receiver,
    orders.c.phone,
    orders.c.raw_status,
)
_ONE = select(*_ORDER_COLUMNS).where(orders.c.shop == _SHOP, orders.c.id == _ID)
_OF_BUYER = (
    select(*_ORDER_COLUMNS)
    .where(orders.c.shop == _SHOP, orders.c.buyer_id == _BUYER)
    .order_by(orders.c.created_at.desc(), orders.c.id.desc())
    .limit(_LIMIT)
)
_IDS = bindparam("ids", expanding=True)
_ITEMS = (
    select(
        order_items.c.order_id,
        order_items.c.variant_id,
        order_items.c.title,
        order_items.c.quantity,
        order_items.c.price,
        order_items.c.pay_amount,
    )
    .where(order_items.c.shop == _SHOP, order_items.c.order_id.in_(_IDS))
    .order_by(order_items.c.order_id, order_items.c.id)
)
_SHIPMENT_COLUMNS = (
    shipments.c.waybill_no,
    shipments.c.order_id,
    shipments.c.carrier,
    type_coerce(shipments.c.traces, Text).label("traces"),
)
_SHIPMENTS = (
    select(*_SHIPMENT_COLUMNS)
    .where(shipments.c.shop == _SHOP, shipments.c.order_id.in_(_IDS))
    .order_by(shipments.c.order_id, shipments.c.id)
)
_BY_WAYBILL = (
    select(*_SHIPMENT_COLUMNS)
    .where(shipments.c.shop == _SHOP, shipments.c.waybill_no == _ID)
    .order_by(shipments.c.id)
    .limit(1)
)
_REFUNDS = (
    select(
        refunds.c.id,
        refunds.c.order_id,
        refunds.c.kind,
        refunds.c.status,
        refunds.c.amount,
        refunds.c.reason,
        refunds.c.created_at,
    )
    .where(refunds.c.shop == _SHOP, refunds.c.order_id.in_(_IDS))
    .order_by(refunds.c.order_id, refunds.c.created_at, refunds.c.id)
)


def _shipment(row: Row[Any]) -> Shipment:
    return Shipment(row[0], row[1], row[2], _traces.decode(row[3]))


def _whole(connection: Connection, shop: ShopId, heads: Sequence[Row[Any]]) -> tuple[Order, ...]:
    """Give every order its lines, parcels and refunds: three reads, however many orders."""
    if not heads:
        return ()
    ids = {"shop": shop, "ids": [head[0] for head in heads]}
    lines: defaultdict[str, list[OrderItem]] = defaultdict(list)
    parcels: defaultdict[str, list[Shipment]] = defaultdict(list)
    claims: defaultdict[str, list[Refund]] = defaultdict(list)
    for line in connection.execute(_ITEMS, ids):
        lines[line[0]].append(OrderItem(*line[1:]))
    for parcel in connection.execute(_SHIPMENTS, ids):
        parcels[parcel[1]].append(_shipment(parcel))
    for claim in connection.execute(_REFUNDS, ids):
        claims[claim[1]].append(Refund(*claim))
    return tuple(
        Order(
            *head[:5],
            tuple(lines.get(head[0], ())),
            tuple(parcels.get(head[0], ())),
            tuple(claims.get(head[0], ())),
            *head[5:],
        )
        for head in heads
    )


def get(connection: Connection, shop: ShopId, order_id: str) -> Order | None:
    found = _whole(connection, shop, connection.execute(_ONE, {"shop": shop, "id": order_id}).all())
    return found[0] if found else None


def of_buyer(connection: Connection, shop: ShopId, buyer_id: str, limit: int) -> tuple[Order, ...]:
    """The buyer's orders, newest first."""
    heads = connection.execute(_OF_BUYER, {"shop": shop, "buyer_id": buyer_id, "limit": limit}).all()
    return _whole(connection, shop, heads)


def by_waybill(connection: Connection, shop: ShopId, waybill_no: str) -> Shipment | None:
    row = connection.execute(_BY_WAYBILL, {"shop": shop, "id": waybill_no}).one_or_none()
    return _shipment(row) if row else None
