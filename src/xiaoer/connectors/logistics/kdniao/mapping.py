"""快递鸟 payloads → parcels. `StateEx` is finer than `State` and wins."""

from typing import Any

from xiaoer.connectors.logistics.carriers import name_of, with_state
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
    """Read a query answer or a pushed parcel. Its state belongs to the newest scan, which may have a code itself."""
    steps = sorted(map(_step, rows(payload, "Traces")), key=_when)
    steps = with_state(steps, known_state(raw_state(payload)))
    number, carrier = text(payload, "LogisticCode"), name_of(text(payload, "ShipperCode"))
    return Shipment(number, order_id or text(payload, "OrderCode"), carrier, tuple(steps))


def known_state(code: str) -> str:
    """The state that stands in a trace; empty for a code that nobody described."""
    return _STATES.get(code, "")


def _step(row: Json) -> TraceStep:
    return TraceStep(
        needed_instant(row.get("AcceptTime")), text(row, "AcceptStation"), known_state(text(row, "Action"))
    )


def _when(step: TraceStep) -> Any:
    return step.at
