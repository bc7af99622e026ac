"""`POST /api/v1/events`: what happened in the shop."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from msgspec import Meta, Struct, field
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import caller, wiring
from xiaoer.app.entrypoints.messages import Id
from xiaoer.app.http import describe, read_body, reply
from xiaoer.kernel.clock import to_utc
from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.events import SHOP_EVENT_TYPES, Event, lacks

router = APIRouter(prefix="/api/v1")


class EventIn(Struct, frozen=True):
    """One thing that happened; `at` without an offset is read in the shop's time zone."""

    id: Id
    type: str
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)


class EventsIn(Struct, frozen=True):
    events: Annotated[tuple[EventIn, ...], Meta(max_length=1000)]


class EventsOut(Struct, frozen=True):
    """How many were new, how many were here already."""

    accepted: int
    duplicates: int


@router.post(
    "/events",
    **describe(
        "What happened in the shop",
        request=EventsIn,
        response=EventsOut,
        example={
            "events": [
                {
                    "id": "e-1",
                    "type": "order.paid",
                    "at": "2026-06-18T20:01:00+08:00",
                    "data": {"order_id": "20260618000001", "buyer_id": "b-1"},
                }
            ]
        },
        errors=(401, 413, 422),
    ),
)
async def post_events(request: Request) -> Response:
    """Keep shop events; an id that was seen before changes nothing.

    Events of orders name `order_id` in `data`, those of parcels `waybill_no` or `order_id`, looks and baskets
    `buyer_id`; a call with one that does not is refused as a whole. Whose order it is may come with any of its events,
    or is read from the shop's own system. Amounts are yuan unless `currency` says otherwise.
    """
    principal, product = await caller(request), wiring(request)
    body = await read_body(request, EventsIn, 4 * product.settings.max_body_bytes)
    for event in body.events:
        if event.type not in SHOP_EVENT_TYPES:
            raise InvalidBody(
                f"Event {event.id} has type “{event.type[:40]}”. Known: {', '.join(sorted(SHOP_EVENT_TYPES))}."
            )
        if missing := lacks(event.type, event.data):
            raise InvalidBody(
                f"Event {event.id} ({event.type}) belongs to nothing: its data has no {missing} as text. "
                "Nothing of this call was kept; add it, or leave the event out, and send the call again."
            )
    facts = [
        Event(principal.shop, f"shop:{e.id}", e.type, to_utc(e.at), buyer_id=_buyer(e.data), data=e.data)
        for e in body.events
    ]
    new = await product.take_events(principal.shop, facts)
    return reply(EventsOut(new, len(facts) - new))


def _buyer(data: dict[str, Any]) -> str:
    value = data.get("buyer_id")
    return value[:128] if isinstance(value, str) else ""
