"""Tickets (工单) over HTTP: list, board, forms, changes. Shapes: docs/desk-api.md."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from sqlalchemy import Connection
from starlette.responses import Response

from xiaoer.app.entrypoints.agents import BODY, member
from xiaoer.app.entrypoints.caller import caller, wiring
from xiaoer.app.entrypoints.messages import Id
from xiaoer.app.http import describe, read_body, reply
from xiaoer.app.wiring import Wiring
from xiaoer.flows.open_ticket import Prefilled
from xiaoer.flows.show_desk.views import TicketView
from xiaoer.slices.desk import api as desk
from xiaoer.slices.shops.types import Principal
from xiaoer.slices.tickets import api as tickets
from xiaoer.slices.tickets.types import Draft, Field, Filter, LogLine, Priority, Ticket, TicketState

router = APIRouter(prefix="/api/v1/tickets")
FILTERS = ("state", "type", "assignee", "conversation_id", "order_id", "buyer_id", "q")
Short = Annotated[str, Meta(max_length=128)]
Fields = Annotated[dict[Short, Annotated[str, Meta(max_length=2000)]], Meta(max_length=40)]


class TicketPage(Struct, frozen=True):
    items: tuple[TicketView, ...]
    total: int
    counts: dict[str, int]


class FormView(Struct, frozen=True):
    type: str
    label: str
    group: str
    sla_hours: float
    fields: tuple[Field, ...]


class Forms(Struct, frozen=True):
    items: tuple[FormView, ...]


class TicketIn(Struct, frozen=True):
    """A ticket that is asked for."""

    type: Annotated[str, Meta(min_length=1, max_length=40)]
    title: Annotated[str, Meta(max_length=200)] = ""
    conversation_id: Short | None = None
    buyer_id: Short | None = None
    order_id: Short | None = None
    fields: Fields = {}
    priority: Priority | None = None
    assignee: Short | None = None
    note: Annotated[str, Meta(max_length=2000)] = ""


class ChangeIn(Struct, frozen=True):
    """What changes; what is not named stays. `tell` false keeps it from the buyer; `note` goes with what he hears."""

    state: TicketState | None = None
    assignee: Short | None = None
    group: Short | None = None
    priority: Priority | None = None
    title: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    fields: Fields | None = None
    watch: bool | None = None
    tell: bool = True
    note: Annotated[str, Meta(max_length=500)] = ""


class BulkIn(Struct, frozen=True):
    ids: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=500)]
    state: TicketState | None = None
    assignee: Short | None = None
    priority: Priority | None = None


class Bulk(Struct, frozen=True):
    changed: int


class NoteIn(Struct, frozen=True):
    text: Annotated[str, Meta(min_length=1, max_length=2000)]


class MergeIn(Struct, frozen=True):
    into: Id
    same_person: bool = False


class Whole(Struct, frozen=True):
    ticket: TicketView
    log: tuple[LogLine, ...]


def wanted_of(request: Request, product: Wiring) -> Filter:
    """The filter that a query asks for."""
    query = request.query_params
    values = {name: query.get(name, "")[:128] for name in FILTERS}
    overdue = query.get("overdue", "").lower() in ("1", "true", "yes")
    return Filter(**values, overdue_at=product.clock.now() if overdue else None)


def view_of(product: Wiring, ticket: Ticket) -> TicketView:
    """A ticket as people see it now."""
    return product.desk.detail.ticket(ticket, product.clock.now())


_LIST = describe("Tickets, newest first", response=TicketPage, errors=(401,))
_LIST["openapi_extra"]["parameters"] = [
    {"name": name, "in": "query", "required": False, "schema": {"type": "string"}} for name in (*FILTERS, "overdue")
]


@router.get("", **_LIST)
async def list_tickets(request: Request, page: int = 1, page_size: int = 50) -> Response:
    """Filters: state, type, assignee, conversation_id, order_id, buyer_id, q, overdue. `counts` is by state."""
    who, product = await caller(request), wiring(request)
    size = max(1, min(page_size, 200))
    offset = (max(1, min(page, 100_000)) - 1) * size
    wanted = wanted_of(request, product)
    found, total, counts = await product.db.read(lambda c: tickets.page(c, who.shop, wanted, offset, size))
    return reply(TicketPage(tuple(view_of(product, ticket) for ticket in found), total, counts))


@router.get("/types", **describe("Types and their forms", response=Forms, errors=(401,)))
async def types(request: Request) -> Response:
    await caller(request)
    forms = wiring(request).desk.forms
    return reply(Forms(tuple(FormView(t, f.label, f.group, f.sla_hours, f.fields) for t, f in forms.items())))


@router.get("/prefill", **describe("A form, filled from a talk", response=Prefilled, errors=(401, 404)))
async def prefill(request: Request, type: str = "", conversation_id: str = "") -> Response:
    who, product = await caller(request), wiring(request)
    return reply(await product.desk.tickets.prefill(who.shop, type, conversation_id))


@router.post("", **describe("Open a ticket", request=TicketIn, response=dict[str, Any],
             example={"type": "return", "conversation_id": "…", "fields": {"reason": "尺码"}},
             errors=(401, 403, 404, 413, 422)))  # fmt: skip
async def open_ticket(request: Request) -> Response:
    """A duplicate of an open one is appended to it (`appended` true)."""
    who, product = await caller(request), wiring(request)
    body = await read_body(request, TicketIn, BODY)
    name = await _name_of(product, who, body.assignee)
    draft = Draft(
        body.type,
        body.buyer_id or "",
        body.conversation_id or "",
        body.order_id or "",
        body.title,
        body.fields,
        body.priority,
        body.assignee or "",
        name,
        body.note,
    )
    opened = await product.desk.tickets.open(who, draft)
    product.desk.feed.ring(who.shop)
    view = msgspec.to_builtins(view_of(product, opened.ticket))
    return reply({**view, "appended": opened.appended})


async def _name_of(product: Wiring, who: Principal, staff_id: str | None) -> str:
    agent = await product.db.read(lambda c: desk.get_agent(c, who.shop, staff_id)) if staff_id else None
    return agent.name if agent else ""


@router.post(
    "/bulk",
    **describe(
        "Change several",
        request=BulkIn,
        example={"ids": ["…"], "state": "done"},
        response=Bulk,
        errors=(401, 403, 404, 422),
    ),
)
async def bulk(request: Request) -> Response:
    """Those that cannot go there stay as they are."""
    who, product = await member(request), wiring(request)
    body = await read_body(request, BulkIn, BODY)
    changes = {"state": body.state, "assignee": body.assignee, "priority": body.priority}
    return reply(Bulk(await product.desk.tickets.change_many(who, body.ids, changes)))


@router.get("/{id}", **describe("One ticket with its log", response=Whole, errors=(401, 404)))
async def get_ticket(request: Request, id: str) -> Response:
    who, product = await caller(request), wiring(request)

    def query(connection: Connection) -> tuple[Ticket, list[LogLine]]:
        return tickets.existing(connection, who.shop, id), tickets.log_of_ticket(connection, who.shop, id)

    ticket, log = await product.db.read(query)
    return reply(Whole(view_of(product, ticket), tuple(log)))


@router.patch("/{id}", **describe("Change a ticket", request=ChangeIn, response=TicketView,
              example={"state": "done"}, errors=(401, 403, 404, 409, 422)))  # fmt: skip
async def change(request: Request, id: str) -> Response:
    """The buyer hears of a changed state unless `tell` is false."""
    who, product = await member(request), wiring(request)
    body = await read_body(request, ChangeIn, BODY)
    changes = {name: value for name, value in msgspec.structs.asdict(body).items() if name not in ("tell", "note")}
    ticket = await product.desk.tickets.change(who, id, changes, tell=body.tell, note=body.note)
    if ticket.conversation_id:
        await product.desk.tell_moved(who.shop, [ticket.conversation_id])
    return reply(view_of(product, ticket))


@router.post(
    "/{id}/notes",
    **describe(
        "A remark",
        request=NoteIn,
        example={"text": "已经打电话问过快递"},
        response=TicketView,
        errors=(401, 403, 404, 422),
    ),
)
async def note(request: Request, id: str) -> Response:
    who, product = await member(request), wiring(request)
    body = await read_body(request, NoteIn, BODY)
    return reply(view_of(product, await product.desk.tickets.note(who, id, body.text)))


@router.post("/{id}/merge", **describe("Put it into another",
             request=MergeIn, example={"into": "…"}, response=TicketView,
             errors=(401, 403, 404, 409, 422)))  # fmt: skip
async def merge(request: Request, id: str) -> Response:
    """The two must be open matters of one buyer, or of two whom `same_person` calls one (409 `other_buyer` else);
    the answer is the one that stays."""
    who, product = await member(request), wiring(request)
    body = await read_body(request, MergeIn, BODY)
    kept = await product.desk.tickets.merge(who, id, body.into, is_same_person=body.same_person)
    return reply(view_of(product, kept))
