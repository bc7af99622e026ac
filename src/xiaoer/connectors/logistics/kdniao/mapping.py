"""快递鸟 payloads → parcels. `StateEx` is finer than `State` and wins."""

from typing import Any

from xiaoer.connectors.logistics.carriers import name_of
from xiaoer.connectors.payload import UNKNOWN, Json, needed_instant, rows, text
from xiaoer.kernel.commerce import Shipment, TraceStep

_STATES = {
    "0": "created", "1": "picked_up", "2": "in_transit", "3": "delivered", "4": "exception",
    "201": "at_destination", "202": "out_for_delivery", "211": "in_locker",
    "301": "delivered", "302": "delivered", "304": "delivered", "311": "in_locker",
    "401": "awaiting_pickup", "402": "exception", "403": "exception", "404": "returning", "405": "exception",
    "406": "returned", "407": "returning", "412": "in_locker",
}  # fmt: skip


def raw_state(payload: Json) -> str:
    return text(payload, "StateEx", "State")


def to_state(code: str) -> str:
    """The parcel state (包裹状态) of a code; a code nobody described is `unknown`."""
    return _STATES.get(code, UNKNOWN)


def to_shipment(payload: Json, order_id: str = "") -> Shipment:
    steps = [
        TraceStep(needed_instant(row.get("AcceptTime")), text(row, "AcceptStation")) for row in rows(payload, "Traces")
    ]
    number, carrier = text(payload, "LogisticCode"), name_of(text(payload, "ShipperCode"))
    return Shipment(number, order_id or text(payload, "OrderCode"), carrier, tuple(sorted(steps, key=_when)))


def _when(step: TraceStep) -> Any:
    return step.at
