"""The chat widget's side: visitor sessions, pictures, and the WebSocket with resume.

After a reconnect the client names the last sequence number it saw and gets what is newer; its own sends
carry a `client_id`, so sending again what was not acknowledged doubles nothing.
"""

import asyncio
import secrets
from typing import Annotated, Any

import msgspec
import structlog
from fastapi import APIRouter, Request, WebSocket, WebSocketDisconnect
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app import stored_files
from xiaoer.app.entrypoints.caller import bearer, wiring
from xiaoer.app.entrypoints.messages import Id, clean_content
from xiaoer.app.http import FILE_BODY, describe, read_body, read_frame, receive_frame, reply
from xiaoer.app.live import Bell
from xiaoer.app.wiring import Wiring
from xiaoer.flows.rate_talk import Rating
from xiaoer.flows.vote_answer import THUMB_DOWN
from xiaoer.kernel.errors import InvalidBody, Unauthorised, XiaoerError
from xiaoer.kernel.ids import DEFAULT_SHOP, BuyerId, ShopId
from xiaoer.kernel.turn import Content, TextContent, TurnContext
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations.types import Conversation, Incoming, Message
from xiaoer.slices.desk import api as desk
from xiaoer.slices.shops.types import Visitor

router = APIRouter(prefix="/api/v1/widget")
_log = structlog.get_logger(__name__)
CHANNEL = "web"
_PING_S = 25.0  # below the 30 s at which common proxies drop a silent connection
_MAX_FRAME = 65_536


class SessionIn(Struct, frozen=True):
    """Opens or renews a visit. `visitor` is the token of an earlier visit."""

    shop: Annotated[str, Meta(min_length=1, max_length=64)] = DEFAULT_SHOP
    visitor: Annotated[str, Meta(max_length=2000)] | None = None
    context: TurnContext | None = None


class ShopView(Struct, frozen=True):
    name: str
    logo: str


class SessionOut(Struct, frozen=True):
    token: str
    buyer_id: str
    shop: ShopView


class Uploaded(Struct, frozen=True):
    url: str


class Frame(Struct, frozen=True):
    """One frame from the widget."""

    type: str
    client_id: Id | None = None
    content: Content | None = None
    context: TurnContext | None = None
    seq: int | None = None
    score: int | None = None
    comment: Annotated[str, Meta(max_length=500)] | None = None
    reasons: Annotated[tuple[Annotated[str, Meta(max_length=20)], ...], Meta(max_length=8)] = ()
    message_id: Annotated[str, Meta(max_length=120)] = ""
    good: bool | None = None


_ENCODER = msgspec.json.Encoder()
_NO_ANSWERS = {"greet", "handoff", "remind"}  # acts that nobody is asked to judge


@router.post(
    "/sessions",
    **describe("Open or renew a visit", request=SessionIn, response=SessionOut,
               example={"shop": "default", "context": {"entry": "product", "product_id": "P1001"}},
               errors=(404, 413, 422)),
)  # fmt: skip
async def open_session(request: Request) -> Response:
    """Give a visitor a signed token; an earlier token keeps its buyer."""
    product = wiring(request)
    body = await read_body(request, SessionIn, product.settings.max_body_bytes)
    shop = await product.shops.shop(ShopId(body.shop))
    buyer_id, verified = BuyerId(f"v-{secrets.token_hex(8)}"), False
    if body.visitor:
        try:
            known = product.shops.read_visitor(body.visitor)
        except Unauthorised:
            known = None
        if known is not None and known.shop == shop.id:
            buyer_id, verified = known.buyer_id, known.verified
    token = product.shops.visitor_token(shop.id, buyer_id, verified=verified, context=body.context)
    return reply(SessionOut(token, buyer_id, ShopView(shop.name, shop.logo)))


_UPLOAD = describe("Upload a picture (multipart field `file`)", response=Uploaded, errors=(401, 413, 422))
_UPLOAD["openapi_extra"]["requestBody"] = FILE_BODY


@router.post("/uploads", **_UPLOAD)
async def upload(request: Request) -> Response:
    """Keep a picture of at most 5 MB; the kind is told by its content, not by its name."""
    product = wiring(request)
    shop = product.shops.read_visitor(bearer(request)).shop
    picture = await stored_files.receive(request, stored_files.PICTURES, product.settings.max_upload_bytes)
    name = await stored_files.keep(product.settings.uploads / shop, picture)
    return reply(Uploaded(f"/uploads/{shop}/{name}"))


class Connection:
    """One open widget: reads frames, sends what is new."""

    def __init__(self, socket: WebSocket, product: Wiring, visitor: Visitor, after: int) -> None:
        self._socket = socket
        self._product = product
        self._shop = visitor.shop
        self._buyer = visitor.buyer_id
        self._context = visitor.context
        self._seq = after
        self._state = ("", "")  # who has the talk, as the window was told
        self._topic = product.live.topic(visitor.shop, CHANNEL, visitor.buyer_id)

    async def run(self) -> None:
        """Serve until either side hangs up."""
        bell = self._product.live.listen(self._topic)
        writer = asyncio.create_task(self._write(bell))
        try:
            await self._read(bell)
        finally:
            writer.cancel()
            self._product.live.leave(self._topic, bell)

    async def hello(self, context: TurnContext) -> None:
        """Say where things stand, then what the client has not seen, or greet a newcomer."""
        conversation = await self._open()
        newest = conversation.last_seq if conversation else self._seq
        await self._send(
            type="hello",
            conversation_id=conversation.id if conversation else None,
            state=conversation.state if conversation else "bot",
            agent_name=conversation.assigned_name if conversation else "",
            seq=newest,
            **await self._product.desk.presence(self._shop),
        )
        self._state = (conversation.state, conversation.assigned_name) if conversation else ("bot", "")
        await self._catch_up()
        if self._seq == 0 and (conversation is None or conversation.last_seq == 0):
            for number, part in enumerate(await self._product.greet(self._shop, context, self._buyer)):
                message = {"id": f"greet-{number}", "author": "bot", "content": part.content, "text": part.text}
                await self._send(type="message", seq=0, message={**message, "at": self._product.clock.now()})

    async def _open(self) -> Conversation | None:
        shop, buyer = self._shop, self._buyer
        return await self._product.db.read(lambda c: conversations.find_open(c, shop, CHANNEL, buyer))

    async def _catch_up(self) -> None:
        shop, buyer, after = self._shop, self._buyer, self._seq
        for message in await self._product.db.read(
            lambda c: conversations.messages_after(c, shop, CHANNEL, buyer, after)
        ):
            if message.seq > self._seq:
                await self._send(type="message", seq=message.seq, message=_view(message))
                self._seq = message.seq

    async def _write(self, bell: Bell) -> None:
        while True:
            for signal in await bell.heard():
                await self._send(**signal)
            await self._catch_up()
            conversation = await self._open()
            state = (conversation.state, conversation.assigned_name) if conversation else ("closed", "")
            if state != self._state:
                self._state = state
                presence = await self._product.desk.presence(self._shop)
                await self._send(type="state", state=state[0], agent_name=state[1], **presence)

    async def _read(self, bell: Bell) -> None:
        while True:
            try:
                async with asyncio.timeout(_PING_S):
                    raw = await receive_frame(self._socket)
            except TimeoutError:
                await self._send(type="ping")
                continue
            client_id = None
            try:
                frame = read_frame(raw, Frame, _MAX_FRAME, cleans=("text",))
                client_id = frame.client_id
                await self._take(frame)
            except XiaoerError as error:
                await self._send(type="error", code=error.code, detail=error.detail, client_id=client_id)

    async def _take(self, frame: Frame) -> None:
        match frame.type:
            case "send" if frame.content is not None and frame.client_id:
                await self._take_message(clean_content(frame.content), frame)
            case "human":
                await self._take_message(TextContent("转人工"), frame)
            case "csat" if frame.score is not None and 1 <= frame.score <= 5:
                rating = Rating(frame.score, frame.comment or "", frame.reasons, frame.message_id)
                await self._product.rate(self._shop, CHANNEL, self._buyer, rating)
                self._product.desk.feed.ring(self._shop)
                await self._send(type="rated", id=rating.message_id, score=rating.score)
            case "vote" if frame.good is not None:
                await self._take_vote(frame.message_id, is_good=frame.good)
            case "typing" | "read":
                await self._show(frame)
            case "pong":
                return
            case _:
                raise InvalidBody(f"A frame of type {frame.type[:20]} is not known, or lacks its fields.")

    async def _show(self, frame: Frame) -> None:
        """Let the agents who have this talk see that the buyer types, or how far he has read."""
        talk = await self._open()
        if talk is None or talk.state not in ("agent", "queued"):
            return
        if frame.type == "typing":
            self._product.desk.signals.buyer_types(talk)
            return
        seq, shop = max(0, min(frame.seq or 0, talk.last_seq)), self._shop
        await self._product.db.write(lambda c: desk.keep_buyer_read(c, shop, talk.id, seq))
        self._product.desk.signals.buyer_read(talk, seq)

    async def _take_vote(self, message_id: str, *, is_good: bool) -> None:
        """Keep a thumb; one down is said in the talk too while the bot has it, once for each answer."""
        talk = await self._product.vote(self._shop, self._buyer, message_id, is_good=is_good)
        self._product.desk.feed.ring(self._shop)
        await self._send(type="voted", id=message_id, good=is_good)
        if not is_good and talk.state == "bot":
            await self._take_message(TextContent(THUMB_DOWN), Frame("vote", client_id=f"vote-{message_id}"))

    async def _take_message(self, content: Content, frame: Frame) -> None:
        incoming = Incoming(self._buyer, CHANNEL, content, frame.context or self._context, external_id=frame.client_id)
        received = await self._product.receive(self._shop, incoming)
        await self._send(type="ack", client_id=frame.client_id, id=received.message.id, seq=received.message.seq)
        self._product.live.ring(self._topic)
        if received.is_new:
            self._product.answer_soon(self._shop, received.conversation, received.message)

    async def _send(self, **frame: Any) -> None:
        await self._socket.send_text(_ENCODER.encode(frame).decode())


def _view(message: Message) -> dict[str, Any]:
    client_id = (message.external_id or "").rpartition("|")[2] or None
    return {
        "id": message.id,
        "author": message.author,
        "author_name": message.author_name,
        "content": message.content,
        "text": message.text,
        "at": message.at,
        "client_id": client_id,
        "recalled": bool(message.meta.get("recalled")),
        "quote": (message.meta.get("quote") or {}).get("text"),
        # What the answer rests on (依据): titles of entries, goods and offers; they hold nothing about a person.
        "rated": message.meta.get("rated"),
        "voted": message.meta.get("voted"),
        "votable": message.author == "bot" and bool(set(message.meta.get("acts", ())) - _NO_ANSWERS),
        "sources": [{"kind": kind, "title": title} for kind, title in message.meta.get("because", ())],
    }


@router.websocket("/ws")
async def live(socket: WebSocket, token: str = "", after: int = 0) -> None:
    """The widget's live line."""
    product: Wiring = socket.app.state.wiring
    await socket.accept()
    try:
        visitor = product.shops.read_visitor(token)
    except Unauthorised as error:
        await socket.send_text(_ENCODER.encode({"type": "error", "code": error.code, "detail": error.detail}).decode())
        await socket.close(4401)
        return
    connection = Connection(socket, product, visitor, max(0, min(after, 2**31)))
    try:
        await connection.hello(visitor.context)
        await connection.run()
    except (WebSocketDisconnect, RuntimeError):
        _log.debug("widget_left", shop=visitor.shop)
