"""Conversations at the desk over HTTP: the list, and all that is done with one. Shapes: docs/desk-api.md."""

import contextlib
from typing import Annotated

from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.agents import BODY, Short, member
from xiaoer.app.entrypoints.caller import wiring
from xiaoer.app.entrypoints.messages import Id, clean_content
from xiaoer.app.http import describe, read_body, reply
from xiaoer.app.wiring import Wiring
from xiaoer.flows.agent_reply import Outgoing
from xiaoer.flows.close_conversation import SuggestedWrapUp
from xiaoer.flows.show_desk.side import Side
from xiaoer.flows.show_desk.views import MessageView, Row, message_view, note_view
from xiaoer.flows.suggest_reply import Suggested
from xiaoer.kernel.errors import NotFound, SourceUnavailable
from xiaoer.kernel.turn import Content
from xiaoer.slices.conversations.types import Conversation
from xiaoer.slices.desk import api as desk
from xiaoer.slices.shops.types import Principal

router = APIRouter(prefix="/api/v1/desk")
_OPEN = "/conversations/{id}"
Text = Annotated[str, Meta(min_length=1, max_length=2000)]


class Groups(Struct, frozen=True):
    revision: str
    groups: dict[str, list[Row]]
    counts: dict[str, int]


class Viewer(Struct, frozen=True):
    id: str
    name: str


class Open(Struct, frozen=True):
    row: Row
    messages: tuple[MessageView, ...]
    summary: tuple[str, ...]
    viewers: tuple[Viewer, ...] = ()
    read_seq: int = 0


class TakeIn(Struct, frozen=True):
    force: bool = False


class SendIn(Struct, frozen=True):
    """One message of an agent. `suggested` is the suggestion's text, so that edits teach."""

    client_id: Id
    content: Content
    quote: Id | None = None
    suggestion_id: Annotated[str, Meta(max_length=128)] = ""
    suggested: Annotated[str, Meta(max_length=2000)] = ""
    confirmed: bool = False


class Sent(Struct, frozen=True):
    message: MessageView


class TransferIn(Struct, frozen=True):
    to: Short | None = None
    skill: Short | None = None
    reason: Annotated[str, Meta(max_length=500)] = ""


class CloseIn(Struct, frozen=True):
    wrap_up: Short = "solved"
    note: Annotated[str, Meta(max_length=2000)] = ""
    invite: bool = True


class NoteIn(Struct, frozen=True):
    text: Text


class RecallIn(Struct, frozen=True):
    message_id: Id


class TypingIn(Struct, frozen=True):
    on: bool = True


class ReadIn(Struct, frozen=True):
    seq: Annotated[int, Meta(ge=0, le=2**31 - 1)]


class StarIn(Struct, frozen=True):
    color: Annotated[str, Meta(max_length=10)] | None = None


async def _row(product: Wiring, who: Principal, conversation: Conversation) -> Response:
    product.desk.told(conversation)
    return reply((await product.desk.rows.rows(who.shop, who.staff_id, [conversation]))[0])


@router.get("/conversations", **describe("The list, by groups", response=Groups, errors=(401, 403)))
async def list_desk(request: Request, q: str = "") -> Response:
    """排队中, 我的接待, 机器人, 同事, 最近, 星标; `q` finds buyers, orders and words."""
    who, product = await member(request), wiring(request)
    return reply(await groups_of(product, who, q[:100]))


async def groups_of(product: Wiring, who: Principal, words: str = "") -> Groups:
    """The list of one agent with the revision it stands at."""
    revision = product.desk.feed.revision(who.shop)
    if words.strip():
        order = None
        with contextlib.suppress(SourceUnavailable):  # then only what is in the talks is found
            order = await product.orders.order(who.shop, words.strip())
        words = order.buyer_id if order else words
    shown = await product.desk.rows.groups(who.shop, who.staff_id, words)
    return Groups(revision, shown, {name: len(rows) for name, rows in shown.items()})


@router.get(_OPEN, **describe("One conversation, opened", response=Open, errors=(401, 403, 404)))
async def opened(request: Request, id: str) -> Response:
    who, product = await member(request), wiring(request)
    found = await product.desk.detail.opened(who.shop, id)
    row = await product.desk.rows.one(who.shop, who.staff_id, id)
    if row is None:
        raise NotFound("Conversation", id)
    viewers = tuple(Viewer(one["id"], one["name"]) for one in product.desk.signals.viewers(who.shop, id))
    return reply(Open(row, found.messages, found.summary, viewers, found.read_seq))


@router.post(
    _OPEN + "/take",
    **describe("Take over", request=TakeIn, example={"force": False}, response=Row, errors=(401, 403, 404, 409, 422)),
)
async def take(request: Request, id: str) -> Response:
    """From the bot or the queue; from a colleague only by force, as supervisor or owner."""
    who, product = await member(request), wiring(request)
    body = await read_body(request, TakeIn, BODY)
    await product.desk.agents.appear(who)
    return await _row(product, who, await product.desk.take.take(who, id, force=body.force))


@router.post(_OPEN + "/messages", **describe("Write to the buyer", request=SendIn, response=Sent,
             example={"client_id": "a-1", "content": {"type": "text", "text": "您好，我来帮您看"}},
             errors=(401, 403, 404, 409, 413, 422)))  # fmt: skip
async def send(request: Request, id: str) -> Response:
    """The same `client_id` again returns the first copy. A text that crosses a blocking rule needs `confirmed`."""
    who, product = await member(request), wiring(request)
    body = await read_body(request, SendIn, product.settings.max_body_bytes, cleans=("text",))
    out = Outgoing(
        body.client_id,
        clean_content(body.content),
        body.quote,
        body.suggestion_id,
        body.suggested,
        body.confirmed,
    )
    message = await product.desk.reply.send(who, id, out)
    product.desk.told(await product.desk.existing(who.shop, id))
    return reply(Sent(message_view(message)))


@router.post(_OPEN + "/transfer", **describe("Pass on", request=TransferIn, response=Row,
             example={"skill": "after_sales", "reason": "要退货"}, errors=(401, 403, 404, 409, 422)))  # fmt: skip
async def transfer(request: Request, id: str) -> Response:
    """To a colleague at once, or to a skill through the queue."""
    who, product = await member(request), wiring(request)
    body = await read_body(request, TransferIn, BODY)
    moved = await product.desk.take.transfer(who, id, body.to, body.skill, body.reason)
    if moved.state == "queued":
        await product.desk.hand_off(who.shop, id)
        moved = await product.desk.existing(who.shop, id)
    return await _row(product, who, moved)


@router.post(_OPEN + "/close", **describe("End the talk",
             request=CloseIn, example={"wrap_up": "solved", "invite": True}, response=Row,
             errors=(401, 403, 404, 409, 422)))  # fmt: skip
async def close(request: Request, id: str) -> Response:
    """File it under a wrap-up code; a rating is asked for when that is decent."""
    who, product = await member(request), wiring(request)
    body = await read_body(request, CloseIn, BODY)
    closed = await product.desk.closing.close(who, id, body.wrap_up, body.note, invite=body.invite)
    return await _row(product, who, closed)


@router.post(_OPEN + "/return", **describe("Back to the bot", response=Row, errors=(401, 403, 404, 409)))
async def give_to_bot(request: Request, id: str) -> Response:
    who, product = await member(request), wiring(request)
    return await _row(product, who, await product.desk.closing.give_to_bot(who, id))


@router.post(_OPEN + "/note", **describe("A note among colleagues",
             request=NoteIn, example={"text": "买家下午再来，记得留货"}, response=MessageView,
             errors=(401, 403, 404, 422)))  # fmt: skip
async def note(request: Request, id: str) -> Response:
    who, product = await member(request), wiring(request)
    body = await read_body(request, NoteIn, BODY)
    kept = await product.desk.reply.note(who, id, body.text)
    product.desk.feed.ring(who.shop)
    return reply(note_view(kept))


@router.post(_OPEN + "/recall", **describe("Take a message back",
             request=RecallIn, example={"message_id": "…"}, response=MessageView,
             errors=(401, 403, 404, 409, 422)))  # fmt: skip
async def recall(request: Request, id: str) -> Response:
    """Own messages, within two minutes."""
    who, product = await member(request), wiring(request)
    body = await read_body(request, RecallIn, BODY)
    changed = await product.desk.reply.recall(who, id, body.message_id)
    conversation = await product.desk.existing(who.shop, id)
    product.desk.signal_buyer(conversation, {"type": "recalled", "id": changed.id, "text": changed.text})
    product.desk.feed.ring(who.shop)
    return reply(message_view(changed))


@router.post(
    _OPEN + "/typing",
    **describe("I am typing", request=TypingIn, example={"on": True}, status=204, errors=(401, 403, 404, 422)),
)
async def typing(request: Request, id: str) -> Response:
    who, product = await member(request), wiring(request)
    body = await read_body(request, TypingIn, BODY)
    await show_typing(product, who, id, on=body.on)
    return Response(status_code=204)


async def show_typing(product: Wiring, who: Principal, id: str, *, on: bool) -> None:
    """Show the buyer that a person types; only of the one who has the talk."""
    conversation = await product.desk.existing(who.shop, id)
    if on and conversation.state in ("queued", "agent"):
        await product.desk.types(who, id)
    if conversation.assigned_to == who.staff_id:
        product.desk.signal_buyer(conversation, {"type": "typing", "on": on, "author": "agent"})


@router.post(_OPEN + "/read", **describe("I have read this far", request=ReadIn, example={"seq": 12}, status=204,
             errors=(401, 403, 404, 422)))  # fmt: skip
async def read(request: Request, id: str) -> Response:
    who, product = await member(request), wiring(request)
    body = await read_body(request, ReadIn, BODY)
    await product.desk.existing(who.shop, id)
    await product.db.write(lambda c: desk.save_mark(c, who.shop, who.staff_id, id, read_seq=body.seq))
    return Response(status_code=204)


@router.post(_OPEN + "/star", **describe("Star it, or not", request=StarIn, example={"color": "red"}, response=Row,
             errors=(401, 403, 404, 422)))  # fmt: skip
async def star(request: Request, id: str) -> Response:
    who, product = await member(request), wiring(request)
    body = await read_body(request, StarIn, BODY)
    conversation = await product.desk.existing(who.shop, id)
    await product.db.write(lambda c: desk.star(c, who.shop, who.staff_id, id, body.color))
    return reply((await product.desk.rows.rows(who.shop, who.staff_id, [conversation]))[0])


@router.get(_OPEN + "/side", **describe("The side pane", response=Side, errors=(401, 403, 404)))
async def side(request: Request, id: str) -> Response:
    """Buyer, orders (masked), tickets, earlier talks, the product that is looked at."""
    who, product = await member(request), wiring(request)
    return reply(await product.desk.side(who.shop, id))


@router.get(_OPEN + "/suggestions", **describe("What I could say", response=Suggested, errors=(401, 403, 404)))
async def suggestions(request: Request, id: str) -> Response:
    who, product = await member(request), wiring(request)
    return reply(await product.desk.suggest(who, id))


@router.get(_OPEN + "/wrap-up", **describe("The wrap-up code that fits, and whether a rating is asked for",
            response=SuggestedWrapUp, errors=(401, 403, 404)))  # fmt: skip
async def wrap_up(request: Request, id: str) -> Response:
    who, product = await member(request), wiring(request)
    return reply(await product.desk.closing.suggest(who, id))
