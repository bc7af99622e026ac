"""Orders read whole: head, lines, parcels and refunds come back from one statement.

A buyer's order list is read in most conversations, and a statement costs more in Python than in the
database, so the four tables answer together (UNION ALL), as plain text and numbers.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, select, text

from xiaoer.infra.statement import ListStatement, Statement
from xiaoer.kernel.commerce import Order, OrderItem, Refund, Shipment, TraceStep
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money
from xiaoer.slices.orders.rules import PAID_BACK
from xiaoer.slices.orders.tables import order_items, orders, refunds, shipments

_traces = msgspec.json.Decoder(tuple[TraceStep, ...])
_CHUNK = 500  # ids a statement, below SQLite's parameter limit
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_WHOLE = """
SELECT 0 AS part, id AS order_id, buyer_id AS t1, status AS t2, address AS t3, receiver AS t4, phone AS t5,
       raw_status AS t6, note AS t7, currency AS t8,
       created_at AS n1, pay_amount AS n2, paid_at AS n3, shipped_at AS n4,
       delivered_at AS n5, promise_ship_at AS n6
  FROM orders WHERE shop = :shop AND id {these}
UNION ALL
SELECT 1, order_id, id, variant_id, title, '', '', '', '', '', quantity, price, pay_amount, 0, 0, 0
  FROM order_items WHERE shop = :shop AND order_id {these}
UNION ALL
SELECT 2, order_id, id, waybill_no, carrier, traces, '', '', '', '', 0, 0, 0, 0, 0, 0
  FROM shipments WHERE shop = :shop AND order_id {these}
UNION ALL
SELECT 3, order_id, id, kind, status, reason, '', '', '', '', amount, created_at, 0, 0, 0, 0
  FROM refunds WHERE shop = :shop AND order_id {these}
"""
_STATUSES = ListStatement(
    lambda ids: select(orders.c.buyer_id, orders.c.status).where(
        orders.c.shop == bindparam("shop"), orders.c.buyer_id.in_(ids)
    )
)
_ONE = Statement(text(_WHOLE.format(these="= :id")))
_OF_BUYER = Statement(
    text(
        _WHOLE.format(
            these="IN (SELECT id FROM orders WHERE shop = :shop AND buyer_id = :buyer_id"
            " ORDER BY created_at DESC, id DESC LIMIT :limit)"
        )
    )
)
_WAYBILL = """
SELECT waybill_no, order_id, carrier, traces FROM shipments WHERE shop = :shop AND waybill_no = :waybill_no ORDER BY id
"""
_ALL_BY_WAYBILL, _BY_WAYBILL = Statement(text(_WAYBILL)), Statement(text(_WAYBILL + "LIMIT 1"))


def _at(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else _EPOCH + timedelta(microseconds=microseconds)


def _read(connection: Connection, shop: ShopId, statement: Statement, **values: Any) -> tuple[Order, ...]:
    """Run one of the statements above; return the orders, newest first."""
    heads: list[Any] = []
    lines: defaultdict[str, list[Any]] = defaultdict(list)
    parcels: defaultdict[str, list[Any]] = defaultdict(list)
    claims: defaultdict[str, list[Any]] = defaultdict(list)
    by_part = (lines, parcels, claims)
    for row in statement.all(connection, {"shop": shop, **values}):
        if row[0] == 0:
            heads.append(row)
        else:
            by_part[row[0] - 1][row[1]].append(row)
    heads.sort(key=lambda row: (row[10], row[1]), reverse=True)
    return tuple(
        Order(
            row[1],
            row[2],
            row[3],
            _EPOCH + timedelta(microseconds=row[10]),
            Money(row[11]),
            tuple([OrderItem(x[3], x[4], x[10], Money(x[11]), Money(x[12])) for x in sorted(lines[row[1]], key=_id)]),
            tuple([Shipment(x[3], x[1], x[4], _traces.decode(x[5])) for x in sorted(parcels[row[1]], key=_id)]),
            tuple([_refund(x) for x in sorted(claims[row[1]], key=_id)]),
            _at(row[12]),
            _at(row[13]),
            _at(row[14]),
            _at(row[15]),
            row[4],
            row[5],
            row[6],
            row[7],
            row[8],
            row[9],
        )
        for row in heads
    )


def _id(row: Any) -> str:
    return str(row[2])


def _refund(row: Any) -> Refund:
    return Refund(row[2], row[1], row[3], row[4], Money(row[10]), row[5], _at(row[11]))


def get(connection: Connection, shop: ShopId, order_id: str) -> Order | None:
    found = _read(connection, shop, _ONE, id=order_id)
    return found[0] if found else None


def of_buyer(connection: Connection, shop: ShopId, buyer_id: str, limit: int) -> tuple[Order, ...]:
    """The buyer's orders, newest first."""
    return _read(connection, shop, _OF_BUYER, buyer_id=buyer_id, limit=limit)


def kept_at(connection: Connection, shop: ShopId, buyer_id: str) -> datetime | None:
    """When one of this buyer's orders or their parcels was written last."""
    own = (orders.c.shop == shop, orders.c.buyer_id == buyer_id)
    parcels = select(func.max(shipments.c.updated_at)).where(
        shipments.c.shop == shop, shipments.c.order_id.in_(select(orders.c.id).where(*own))
    )
    moments = (connection.scalar(select(func.max(orders.c.updated_at)).where(*own)), connection.scalar(parcels))
    return max((moment for moment in moments if moment is not None), default=None)


def by_waybill(connection: Connection, shop: ShopId, waybill_no: str) -> Shipment | None:
    row = _BY_WAYBILL.one(connection, {"shop": shop, "waybill_no": waybill_no})
    return Shipment(row[0], row[1], row[2], _traces.decode(row[3])) if row else None


def parcels_of_waybill(connection: Connection, shop: ShopId, waybill_no: str) -> list[Shipment]:
    """The parcel once for each order that it carries."""
    rows = _ALL_BY_WAYBILL.all(connection, {"shop": shop, "waybill_no": waybill_no})
    return [Shipment(row[0], row[1], row[2], _traces.decode(row[3])) for row in rows]


def statuses_of(connection: Connection, shop: ShopId, buyer_ids: Sequence[str]) -> dict[str, list[str]]:
    """The statuses of each buyer's orders."""
    found: dict[str, list[str]] = {}
    for start in range(0, len(buyer_ids), _CHUNK):
        chunk = buyer_ids[start : start + _CHUNK]
        for row in _STATUSES.all(connection, {"shop": shop}, chunk):
            found.setdefault(row.buyer_id, []).append(row.status)
    return found


def changed_buyers(connection: Connection, shop: ShopId, since: datetime, limit: int) -> list[tuple[str, datetime]]:
    """(buyer, when) of orders and refunds that were written at or after `since`, oldest first."""
    by_order = select(orders.c.buyer_id, orders.c.updated_at).where(
        orders.c.shop == shop, orders.c.updated_at >= since, orders.c.buyer_id != ""
    )
    by_refund = (
        select(orders.c.buyer_id, refunds.c.updated_at)
        .join(orders, (orders.c.shop == refunds.c.shop) & (orders.c.id == refunds.c.order_id))
        .where(refunds.c.shop == shop, refunds.c.updated_at >= since, orders.c.buyer_id != "")
    )
    found = [(row[0], row[1]) for part in (by_order, by_refund) for row in connection.execute(part.limit(limit))]
    return sorted(found, key=lambda pair: (pair[1], pair[0]))


def baskets(connection: Connection, shop: ShopId, since: datetime, limit: int = 50_000) -> list[list[str]]:
    """The variants of every order that was bought since, newest orders first."""
    newest = (
        select(orders.c.id)
        .where(orders.c.shop == shop, orders.c.created_at >= since, orders.c.status.not_in(("unpaid", "closed")))
        .order_by(orders.c.created_at.desc())
        .limit(limit)
        .subquery()
    )
    rows = connection.execute(
        select(order_items.c.order_id, order_items.c.variant_id)
        .join(newest, newest.c.id == order_items.c.order_id)
        .where(order_items.c.shop == shop)
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.order_id, []).append(row.variant_id)
    return list(found.values())


_HEAD = 14  # characters of an address: province and city


def days_on_the_road(connection: Connection, shop: ShopId, since: datetime, limit: int) -> list[tuple[str, int]]:
    """(head of the address, whole days from shipping to arrival) of the newest orders that arrived."""
    rows = connection.execute(
        select(orders.c.address, orders.c.shipped_at, orders.c.delivered_at)
        .where(
            orders.c.shop == shop,
            orders.c.updated_at >= since,
            orders.c.shipped_at.is_not(None),
            orders.c.delivered_at.is_not(None),
        )
        .order_by(orders.c.updated_at.desc())
        .limit(limit)
    )
    day = timedelta(days=1)
    return [
        (row.address[:_HEAD], max(1, -((row.shipped_at - row.delivered_at) // day)))
        for row in rows
        if row.address and row.delivered_at > row.shipped_at
    ]


def buyer_of(connection: Connection, shop: ShopId, order_id: str) -> str:
    """Whose order it is; empty when it is not known."""
    return connection.scalar(select(orders.c.buyer_id).where(orders.c.shop == shop, orders.c.id == order_id)) or ""


def paid_since(connection: Connection, shop: ShopId, since: datetime) -> dict[str, list[tuple[datetime, int]]]:
    """By buyer: when each order was paid since, and its fen less what was paid back; 0 in another currency."""
    where = (orders.c.shop == shop, orders.c.paid_at >= since)
    back: dict[str, int] = {}
    query = (
        select(refunds.c.order_id, refunds.c.amount)
        .join(orders, (orders.c.shop == refunds.c.shop) & (orders.c.id == refunds.c.order_id))
        .where(*where, refunds.c.status.in_(PAID_BACK) | (orders.c.status == "refunded"))
    )
    for order_id, amount in connection.execute(query):
        back[order_id] = back.get(order_id, 0) + amount.fen
    found: dict[str, list[tuple[datetime, int]]] = {}
    columns = (
        orders.c.id,
        orders.c.buyer_id,
        orders.c.status,
        orders.c.paid_at,
        orders.c.pay_amount,
        orders.c.currency,
    )
    for id_, buyer_id, status, paid_at, amount, currency in connection.execute(select(*columns).where(*where)):
        whole = amount.fen if status == "refunded" and not back.get(id_) else back.get(id_, 0)
        found.setdefault(buyer_id, []).append((paid_at, 0 if currency else max(0, amount.fen - whole)))
    return found
