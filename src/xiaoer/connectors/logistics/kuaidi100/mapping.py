"""快递100 payloads → parcels. States: one digit, or a finer code with `resultv2`."""

from typing import Any

from xiaoer.connectors.logistics.carriers import name_of, with_state
from xiaoer.connectors.payload import UNKNOWN, Json, needed_instant, rows, text
from xiaoer.kernel.commerce import Shipment, TraceStep

_STATES = {
    "0": "in_transit", "1001": "at_destination", "1002": "in_transit", "1003": "in_transit",
    "1": "picked_up", "101": "created", "102": "awaiting_pickup", "103": "picked_up",
    "2": "exception",
    "3": "delivered", "301": "delivered", "302": "delivered", "303": "delivered", "304": "in_locker",
    "4": "returned", "401": "returned", "14": "returning",
    "5": "out_for_delivery", "501": "in_locker",
    "6": "returning", "7": "in_transit",
    "8": "in_transit", "10": "in_transit", "11": "in_transit", "12": "in_transit", "13": "in_transit",
}  # fmt: skip


def to_state(code: str) -> str:
    """The parcel state (包裹状态) of a code; a code nobody described is `unknown`."""
    return _STATES.get(code, UNKNOWN)


def to_shipment(payload: Json, order_id: str = "") -> Shipment:
    """Read a query answer or the `lastResult` of a push; traces come newest first and leave oldest first.

    The parcel's state belongs to the newest scan, where the scan has no code of its own.
    """
    steps = sorted(map(_step, rows(payload, "data")), key=_when)
    steps = with_state(steps, known_state(text(payload, "state")))
    return Shipment(text(payload, "nu"), order_id, name_of(text(payload, "com")), tuple(steps))


def known_state(code: str) -> str:
    """The state that stands in a trace; empty for a code that nobody described."""
    return _STATES.get(code, "")


def _step(row: Json) -> TraceStep:
    state = known_state(text(row, "statusCode"))
    return TraceStep(needed_instant(text(row, "ftime", "time")), text(row, "context"), state)


def _when(step: TraceStep) -> Any:
    return step.at
