"""`POST /api/v1/messages`, `/understand`, conversations and explanations: the part that outside programs drive."""

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import caller, wiring
from xiaoer.app.http import describe, read_body, reply
from xiaoer.flows.show_desk.views import TicketView
from xiaoer.kernel.answer import Answer, UnderstoodItem, feeling, heard_segments
from xiaoer.kernel.errors import InvalidBody, NotFound
from xiaoer.kernel.ids import BuyerId, ConversationId, MessageId, ShopId
from xiaoer.kernel.turn import BuyerMessage, Content, PastMessage, TextContent, Turn, TurnContext
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations.types import Conversation, Incoming, Message, StoredTurn
from xiaoer.slices.tickets import api as ticket_rows

router = APIRouter(prefix="/api/v1")

_ID = r"^[^\x00-\x1f\x7f]+$"  # ids are printed in logs and URLs: no control characters
Id = Annotated[str, Meta(min_length=1, max_length=128, pattern=_ID)]
_MAX_TEXT = 10_000
_CONTROL = {code: None for code in range(32) if code not in (9, 10, 13)} | {127: None}


class MessageIn(Struct, frozen=True):
    """One buyer message."""

    channel: Annotated[str, Meta(min_length=1, max_length=32, pattern=_ID)]
    buyer_id: Id
    content: Content
    message_id: Id | None = None
    conversation_id: Id | None = None
    context: TurnContext | None = None


class UnderstandItem(Struct, frozen=True):
    text: Annotated[str, Meta(max_length=_MAX_TEXT)]
    previous: Annotated[tuple[Annotated[str, Meta(max_length=_MAX_TEXT)], ...], Meta(max_length=50)] = ()
    context: TurnContext | None = None
    prev_agent: Annotated[str, Meta(max_length=_MAX_TEXT)] | None = None


class UnderstandIn(Struct, frozen=True):
    """A batch to understand, at most 1,000 items."""

    items: Annotated[tuple[UnderstandItem, ...], Meta(max_length=1000)]


class UnderstandOut(Struct, frozen=True):
    items: tuple[UnderstoodItem, ...]


class MessageView(Struct, frozen=True):
    id: str
    seq: int
    author: str
    author_name: str
    content: Any
    text: str
    at: datetime


class ConversationView(Struct, frozen=True):
    """A conversation with its messages, oldest first."""

    id: str
    state: str
    channel: str
    buyer_id: str
    opened_at: datetime
    last_at: datetime
    messages: tuple[MessageView, ...]
    tickets: tuple[TicketView, ...] = ()
    handoff: dict[str, Any] | None = None
    csat: dict[str, Any] | None = None
    assigned_to: str = ""


_EXAMPLE = {
    "channel": "api",
    "buyer_id": "b-1",
    "message_id": "m-77",
    "conversation_id": None,
    "content": {"type": "text", "text": "这件170能穿吗？什么时候发货"},
    "context": {"entry": "product", "product_id": "P1001", "campaign_id": None, "order_id": None},
}


def clean_content(content: Content) -> Content:
    """Drop control characters; refuse what is empty or too long.

    Raises:
        InvalidBody: nothing is left, or the value is too long.
    """
    value = next(iter(msgspec.structs.asdict(content).values()))
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidBody("The text holds half of a character (a lone surrogate). Send valid UTF-8.") from None
    cleaned = value.translate(_CONTROL).strip()
    if not cleaned:
        raise InvalidBody("The message is empty. Send some text, a picture, a product or an order.")
    limit = _MAX_TEXT if isinstance(content, TextContent) else 2_000
    if len(cleaned) > limit:
        raise InvalidBody(f"The message has {len(cleaned)} characters, at most {limit} are accepted.")
    return type(content)(cleaned)


@router.post(
    "/messages",
    **describe("One buyer message in, the answer out", request=MessageIn, response=Answer, example=_EXAMPLE,
               errors=(401, 404, 413, 422, 429)),
)  # fmt: skip
async def post_message(request: Request) -> Response:
    """Store the message, answer it, return the answer. The same `message_id` again gives the same answer."""
    principal, product = await caller(request), wiring(request)
    body = await read_body(request, MessageIn, product.settings.max_body_bytes, cleans=("text",))
    incoming = Incoming(
        BuyerId(body.buyer_id),
        body.channel,
        clean_content(body.content),
        body.context or TurnContext(),
        ConversationId(body.conversation_id) if body.conversation_id else None,
        body.message_id,
    )
    answered = await product.take_message(principal.shop, incoming)
    return Response(answered, media_type="application/json")


@router.post(
    "/understand",
    **describe("Understanding alone, up to 1,000 items", request=UnderstandIn, response=UnderstandOut,
               example={"items": [{"text": "那M呢", "previous": ["L码还有吗"], "context": {"product_id": "P1001"}}]},
               errors=(401, 413, 422)),
)  # fmt: skip
async def understand(request: Request) -> Response:
    """Understand each item by itself; nothing is stored."""
    principal, product = await caller(request), wiring(request)
    body = await read_body(request, UnderstandIn, 16 * product.settings.max_body_bytes, cleans=("text", "previous"))
    items = []
    for number, item in enumerate(body.items):
        turn = _turn(principal.shop, item)
        heard = product.understanding.understand(turn)
        hits = product.red_lines(turn, heard)
        red = {"rule_id": hits[0].rule_id, "reason": hits[0].reason} if hits else None
        items.append(UnderstoodItem(heard_segments(heard), feeling(heard.sentiment), heard.urgency, red))
        if number % 50 == 49:
            await product.breathe()
    return reply(UnderstandOut(tuple(items)))


def _turn(shop: ShopId, item: UnderstandItem) -> Turn:
    now = datetime.now(UTC)
    history = [PastMessage("buyer", text) for text in item.previous]
    if item.prev_agent:
        history.append(PastMessage("agent", item.prev_agent))
    context = item.context or TurnContext()
    message = BuyerMessage(MessageId("m"), TextContent(item.text), now)
    return Turn(
        shop,
        ConversationId("c"),
        BuyerId("b"),
        "api",
        (message,),
        tuple(history),
        context,
        product_in_focus=context.product_id,
    )


def view_of(
    conversation: Conversation, messages: list[Message], tickets: tuple[TicketView, ...] = ()
) -> ConversationView:
    """The outside view of a conversation."""
    return ConversationView(
        conversation.id,
        conversation.state,
        conversation.channel,
        conversation.buyer_id,
        conversation.opened_at,
        conversation.last_at,
        tuple(MessageView(m.id, m.seq, m.author, m.author_name, m.content, m.text, m.at) for m in messages),
        tickets,
        conversation.handoff,
        conversation.csat,
        conversation.assigned_to,
    )


@router.get("/conversations/{id}", **describe("One conversation, whole", response=ConversationView, errors=(401, 404)))
async def get_conversation(request: Request, id: str) -> Response:
    """State, messages, tickets, hand-over and rating of a conversation."""
    principal, product = await caller(request), wiring(request)
    conversation, messages = await product.db.read(lambda c: conversations.transcript(c, principal.shop, id))
    own = await product.db.read(lambda c: ticket_rows.of_conversation(c, principal.shop, id))
    now = product.clock.now()
    return reply(view_of(conversation, messages, tuple(product.desk.detail.ticket(ticket, now) for ticket in own)))


class Explanation(Struct, frozen=True):
    """Why a message was answered as it was; `text` is the readable form."""

    message_id: str
    text: str
    trace: dict[str, Any]


@router.get("/messages/{id}/explain", **describe("Why this answer", response=Explanation, errors=(401, 403, 404)))
async def explain(request: Request, id: str) -> Response:
    """The stored trace of the turn that a message belongs to, for staff."""
    principal, product = await caller(request), wiring(request)
    text, stored = await product.explain(principal.shop, id)
    return reply(Explanation(id, text, stored.trace))


def found_turn(stored: StoredTurn | None, message_id: str) -> StoredTurn:
    """Return the turn.

    Raises:
        NotFound: the message has no turn (yet).
    """
    if stored is None:
        raise NotFound("Message", message_id, "Only messages that were answered can be explained.")
    return stored
