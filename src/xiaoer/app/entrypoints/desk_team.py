"""Several people and one talk: asking a colleague in, promises to keep, what the bot should have said."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.agents import BODY, Short, member
from xiaoer.app.entrypoints.caller import wiring
from xiaoer.app.entrypoints.messages import Id
from xiaoer.app.http import describe, read_body, reply
from xiaoer.flows.show_desk.views import Row
from xiaoer.kernel.errors import NotFound
from xiaoer.slices.assist import api as assist
from xiaoer.slices.shops.types import Role

router = APIRouter(prefix="/api/v1/desk")


class InviteIn(Struct, frozen=True):
    """`to` is a colleague, or a supervisor's own id."""

    to: Short
    reason: Annotated[str, Meta(max_length=500)] = ""


class CorrectIn(Struct, frozen=True):
    """What the bot should have said instead of this message."""

    message_id: Id
    text: Annotated[str, Meta(min_length=1, max_length=2000)]


class PromiseView(Struct, frozen=True):
    """承诺. `overdue` once its time has come."""

    id: str
    conversation_id: str
    buyer_id: str
    staff_id: str
    text: str
    due_at: datetime
    made_at: datetime
    overdue: bool


class Promises(Struct, frozen=True):
    items: tuple[PromiseView, ...]
    overdue: int


@router.post("/conversations/{id}/invite", **describe("Ask a colleague in", request=InviteIn, response=Row,
             example={"to": "…", "reason": "尺码要问你"}, errors=(401, 403, 404, 409, 422)))  # fmt: skip
async def invite(request: Request, id: str) -> Response:
    """He may speak too; the talk stays with the one who has it. A supervisor may ask himself in (插话)."""
    who, product = await member(request), wiring(request)
    body = await read_body(request, InviteIn, BODY)
    conversation = await product.desk.take.invite(who, id, body.to, body.reason)
    product.desk.told(conversation)
    return reply((await product.desk.rows.rows(who.shop, who.staff_id, [conversation]))[0])


@router.post("/conversations/{id}/correct", **describe("The bot should have said", request=CorrectIn, status=204,
             example={"message_id": "…", "text": "这款是羊毛混纺，可以机洗"}, 
             errors=(401, 403, 404, 409, 422)))  # fmt: skip
async def correct(request: Request, id: str) -> Response:
    """Kept as a fact `answer.corrected`, which learning reads; it counts against the bot of these intents."""
    who, product = await member(request), wiring(request)
    body = await read_body(request, CorrectIn, BODY)
    await product.desk.reply.correct(who, id, body.message_id, body.text)
    return Response(status_code=204)


@router.get("/promises", **describe("What is promised and not done", response=Promises, errors=(401, 403, 422)))
async def promises(request: Request, all: bool = False) -> Response:
    """Mine, the most pressing first; `all` for supervisors and the owner."""
    who, product = await member(request), wiring(request)
    own = "" if all and who.role in (Role.SUPERVISOR, Role.OWNER) else who.staff_id
    now = product.clock.now()
    found = await product.db.read(lambda c: assist.open_promises(c, who.shop, staff_id=own))
    items = tuple(
        PromiseView(p.id, p.conversation_id, p.buyer_id, p.staff_id, p.text, p.due_at, p.made_at, p.due_at <= now)
        for p in found
    )
    return reply(Promises(items, sum(item.overdue for item in items)))


@router.post("/promises/{id}/done", **describe("I kept it", status=204, errors=(401, 403, 404)))
async def done(request: Request, id: str) -> Response:
    who, product = await member(request), wiring(request)
    now = product.clock.now()
    if not await product.db.write(lambda c: assist.finish_promise(c, who.shop, id, who.staff_id, now)):
        raise NotFound("Promise", id, "It is unknown, or was done before.")
    return Response(status_code=204)
