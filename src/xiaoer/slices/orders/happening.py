"""What happens to orders in the shop (订单事件): read models kept fresh by `POST /api/v1/events`.

Events come twice, late and in any order. So an order's state only goes forward on its main way (unpaid, paid, shipped,
delivered), side exits hold by the time of the event, an instant that is known is not overwritten, and traces are put
together by their own time. An event that comes before anybody told whose order it is makes an order without a buyer,
who is added when he is told. An amount that is not exact to the fen or not in the order's currency, or a state that is
not one of ours, changes nothing: the state is kept raw for agents. A clock that runs ahead counts as now.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, select, update

from xiaoer.kernel.clock import parse_instant
from xiaoer.kernel.commerce import Order, Refund, Shipment, TraceStep
from xiaoer.kernel.errors import InvalidBody, InvalidMoney
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money, foreign
from xiaoer.slices.orders.store import reads
from xiaoer.slices.orders.store.sinks import keep_traces, order_line_sink, order_sink, parcel_sink, refund_sink
from xiaoer.slices.orders.tables import orders
from xiaoer.slices.orders.types import OrderLine, Parcel

_TARGET = {
    "order.created": "unpaid",
    "order.paid": "paid",
    "order.shipped": "shipped",
    "order.delivered": "delivered",
    "order.refund_requested": "refunding",
    "order.refunded": "refunded",
    "order.closed": "closed",
}
_STAMP = {"order.paid": "paid_at", "order.shipped": "shipped_at", "order.delivered": "delivered_at"}
_WAY = ("unpaid", "paid", "shipped", "delivered", "completed")
_ALL = frozenset((*_WAY, "closed", "refunding", "refunded"))
_LONGEST = 128


def take_event(connection: Connection, shop: ShopId, event: Event, now: datetime) -> bool:
    """Bring the read models up to date with one event; False when it changes nothing or cannot be used."""
    at = min(event.at, now)
    if event.type == "shipment.updated":
        return _take_parcel(connection, shop, event.data, at, now)
    order_id = _text(event.data, "order_id")
    if event.type not in _TARGET or not order_id:
        return False
    known = reads.get(connection, shop, order_id)
    buyer_id = _text(event.data, "buyer_id") or event.buyer_id
    newest = connection.scalar(select(orders.c.event_at).where(orders.c.shop == shop, orders.c.id == order_id))
    before = known or Order(order_id, buyer_id, "unpaid", at, Money(0))
    if not before.buyer_id:
        before = replace(before, buyer_id=buyer_id)
    if not before.pay_amount and not before.items:  # no amount is known yet that the currency could change
        before = replace(before, currency=before.currency or foreign(_text(event.data, "currency")))
    after = order_after(before, event.type, at, event.data, newest)
    if after != known:
        order_sink.upsert(connection, shop, [(after, "")], now)
        if known is None or not known.items:
            lines = _lines(after, event.data)
            order_line_sink.upsert(connection, shop, [(line, "") for line in lines], now)
    if newest is None or at > newest:
        connection.execute(update(orders).where(orders.c.shop == shop, orders.c.id == order_id).values(event_at=at))
    if event.type in ("order.refund_requested", "order.refunded"):
        _take_refund(connection, shop, after, event, at, now)
    if event.type == "order.shipped" and _text(event.data, "waybill_no"):
        _take_parcel(connection, shop, event.data, at, now)
    return after != known


def order_after(order: Order, type_: str, at: datetime, data: Mapping[str, Any], newest: datetime | None) -> Order:
    """The order after an event; `newest` is the time of the newest event that counted before. Pure."""
    values: dict[str, Any] = {}
    stamp = _STAMP.get(type_)
    if stamp and getattr(order, stamp) is None:
        values[stamp] = at
    told = _text(data, "status")
    target = told if told in _ALL else _TARGET[type_]
    if told and told not in _ALL and (newest is None or at >= newest):
        values["raw_status"] = told[:100]
    if _goes(order.status, target, at, newest):
        values["status"] = target
    amount = _told(order, data, "pay_amount")
    if amount is not None and (newest is None or at >= newest or not order.pay_amount):
        values["pay_amount"] = amount
    if type_ == "order.created":
        values["created_at"] = min(at, order.created_at)
    for name in ("address", "receiver", "phone"):
        if not getattr(order, name) and (text := _text(data, name, 500)):
            values[name] = text
    if order.promise_ship_at is None and (promise := _instant(data.get("promise_ship_at"))):
        values["promise_ship_at"] = promise
    return replace(order, **values)


def _goes(present: str, target: str, at: datetime, newest: datetime | None) -> bool:
    if target in _WAY:
        return (present in _WAY and _WAY.index(target) > _WAY.index(present)) or present not in _ALL
    late = newest is not None and at < newest
    if target == "refunded":
        return present != "refunded"
    if target == "refunding":
        return not late and present not in ("refunded", "closed")
    return not late and present in ("unpaid", "paid", "refunding")


def _take_refund(connection: Connection, shop: ShopId, order: Order, event: Event, at: datetime, now: datetime) -> None:
    refund_id = _text(event.data, "refund_id") or f"R{order.id}"
    known = next((refund for refund in order.refunds if refund.id == refund_id), None)
    status = "refunded" if event.type == "order.refunded" else _text(event.data, "refund_status") or "pending_review"
    if known is not None and known.status == "refunded":
        return
    amount = _told(order, event.data, "amount")
    row = Refund(
        refund_id,
        order.id,
        _text(event.data, "kind") or (known.kind if known else "refund_only"),
        status,
        amount if amount is not None else known.amount if known else Money(0),
        _text(event.data, "reason") or (known.reason if known else ""),
        known.created_at if known else at,
    )
    refund_sink.upsert(connection, shop, [(row, "")], now)


def _take_parcel(connection: Connection, shop: ShopId, data: Mapping[str, Any], at: datetime, now: datetime) -> bool:
    waybill, order_id = _text(data, "waybill_no"), _text(data, "order_id")
    steps = traces_of(data, at)
    if not waybill and (order := reads.get(connection, shop, order_id)) and len(order.shipments) == 1:
        waybill = order.shipments[0].waybill_no
    if not waybill:
        return False
    known = reads.parcels_of_waybill(connection, shop, waybill)
    if not known and not order_id:
        return False
    new = not known
    if new:
        known = [Shipment(waybill, order_id, _text(data, "carrier"))]
    changed = False
    for parcel in known:
        together = merge_traces(parcel.traces, steps)
        carrier = parcel.carrier or _text(data, "carrier")
        if together == parcel.traces and parcel.traces and carrier == parcel.carrier:
            continue
        told = replace(parcel, carrier=carrier, traces=together)
        if new:
            row = Parcel(f"{waybill}:{parcel.order_id}", waybill, parcel.order_id, carrier, "", together)
            parcel_sink.upsert(connection, shop, [(row, "")], now)
        else:
            keep_traces(connection, shop, [parcel], told, now)
        changed = True
    return changed


def merge_traces(known: Sequence[TraceStep], told: Sequence[TraceStep]) -> tuple[TraceStep, ...]:
    """Both traces as one, by time; a scan that is told twice stands once. Pure."""
    both: dict[tuple[datetime, str], TraceStep] = {}
    for step in (*known, *told):
        if (step.at, step.text) not in both or step.state:
            both[step.at, step.text] = step
    return tuple(sorted(both.values(), key=lambda step: step.at))


def traces_of(data: Mapping[str, Any], at: datetime) -> tuple[TraceStep, ...]:
    """The scans of an event: a list, or one line of text; what has no words or no time is left out. Pure."""
    rows = data.get("traces")
    if not isinstance(rows, list):
        text = _text(data, "text", 500)
        return (TraceStep(at, text),) if text else ()
    found = []
    for row in rows:
        text, when = (_text(row, "text", 500), _instant(row.get("at"))) if isinstance(row, dict) else ("", None)
        if text and when is not None:
            found.append(TraceStep(when, text))
    return tuple(found)


def _told(order: Order, data: Mapping[str, Any], name: str) -> Money | None:
    return _amount(data.get(name)) if _in_its_currency(order, data) else None


def _in_its_currency(order: Order, data: Mapping[str, Any]) -> bool:
    """Whether an event's amounts are in the order's currency, as they are where it names none."""
    told = data.get("currency")
    return told in (None, "") or (isinstance(told, str) and foreign(told) == order.currency)


def _lines(order: Order, data: Mapping[str, Any]) -> list[OrderLine]:
    lines, rows = [], data.get("items") if _in_its_currency(order, data) else None
    for number, row in enumerate(rows if isinstance(rows, list) else ()):
        if not isinstance(row, dict):
            continue
        quantity = row.get("quantity", 1)
        price, paid = _amount(row.get("price")), _amount(row.get("pay_amount"))
        if isinstance(quantity, int) and quantity > 0 and price is not None:
            total = paid if paid is not None else price * quantity
            variant_id, title = _text(row, "variant_id"), _text(row, "title", 500)
            lines.append(OrderLine(f"{order.id}:{number}", order.id, variant_id, title, quantity, price, total))
    return lines


def _text(data: Mapping[str, Any], name: str, longest: int = _LONGEST) -> str:
    value = data.get(name)
    return value.strip()[:longest] if isinstance(value, str) else ""


def _amount(value: Any) -> Money | None:
    """Yuan as a string, a whole number or a float that is exact to the fen; anything else is no amount."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = Money.from_yuan(repr(value) if isinstance(value, float) else value)
    except InvalidMoney:
        return None
    return found if found.fen >= 0 else None


def _instant(value: Any) -> datetime | None:
    try:
        return parse_instant(value) if isinstance(value, str) else None
    except InvalidBody:
        return None
