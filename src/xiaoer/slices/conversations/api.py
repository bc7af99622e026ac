"""Taking messages in, loading a turn, keeping its answer (会话).

Every function works on a connection: the flow that calls it owns the transaction. Order within a
conversation holds by version: a turn that was overtaken by a newer message is not saved, and the caller
loads again. Sequence numbers grow per buyer and channel, also over conversations, so that a client that
lost its connection asks for everything after the last number it saw.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection

from xiaoer.infra.idgen import new_id
from xiaoer.kernel.errors import Conflict, NotFound
from xiaoer.kernel.ids import BuyerId, ConversationId, MessageId, ShopId
from xiaoer.kernel.reply import ReplyPart
from xiaoer.kernel.turn import (
    Author,
    Content,
    ImageContent,
    OrderContent,
    ProductContent,
    State,
    TextContent,
    TurnContext,
)
from xiaoer.slices.conversations import rules, store
from xiaoer.slices.conversations.types import ENDS, Conversation, Incoming, Message, Received, StoredTurn

HISTORY = 24  # messages read per turn: the burst and about ten rounds before it
_LONGEST_BURST = 100  # messages of one turn


def plain_text(content: Content) -> str:
    """What a message shows where pictures and cards cannot be shown."""
    match content:
        case TextContent(text=text):
            return text
        case ImageContent():
            return "[图片]"
        case ProductContent(product_id=product_id):
            return f"[商品 {product_id}]"
        case OrderContent(order_id=order_id):
            return f"[订单 {order_id}]"


def receive(connection: Connection, shop: ShopId, incoming: Incoming, now: datetime, idle: timedelta) -> Received:
    """Store one buyer message, opening a conversation when there is none.

    Raises:
        NotFound: `conversation_id` is unknown, or is another buyer's.
    """
    external = f"{incoming.channel}|{incoming.buyer_id}|{incoming.external_id}" if incoming.external_id else None
    if external:
        known = store.find_external(connection, shop, external)
        if known:
            owner = store.get(connection, shop, known.conversation_id)
            assert owner is not None  # a message row cannot outlive its conversation
            return Received(owner, known, is_new=False)
    if incoming.conversation_id:
        named = store.get(connection, shop, incoming.conversation_id)
        if named is None or named.buyer_id != incoming.buyer_id or named.channel != incoming.channel:
            raise NotFound("Conversation", incoming.conversation_id, "Leave it out to start or continue one.")
    current = store.find_open(connection, shop, incoming.channel, incoming.buyer_id)
    closed_id = None
    if current and rules.is_idle(current.state, current.last_at, now, idle):
        store.change(connection, shop, current.id, current.version, state="closed", closed_at=now)
        closed_id, current = current.id, None
    opened = current is None
    if current is None:
        current = _open(connection, shop, incoming.buyer_id, incoming.channel, now)
    message = Message(
        MessageId(new_id()),
        current.id,
        current.last_seq + 1,
        "buyer",
        incoming.content,
        plain_text(incoming.content),
        now,
        external_id=external,
    )
    store.add_messages(connection, shop, [message])
    context = _merge(current.context, incoming)
    store.change(connection, shop, current.id, current.version, last_seq=message.seq, last_at=now, context=context)
    changed = msgspec.structs.replace(
        current, version=current.version + 1, last_seq=message.seq, last_at=now, context=context
    )
    return Received(changed, message, is_new=True, opened=opened, closed_id=closed_id)


def _open(connection: Connection, shop: ShopId, buyer_id: BuyerId, channel: str, now: datetime) -> Conversation:
    seq = store.last_seq_of(connection, shop, channel, buyer_id)
    value = Conversation(shop, ConversationId(new_id()), buyer_id, channel, "bot", 1, seq, seq, now, now, TurnContext())
    store.add(connection, shop, value)
    return value


def open_for(connection: Connection, shop: ShopId, buyer_id: BuyerId, channel: str, now: datetime) -> Conversation:
    """The buyer's open conversation on a channel; a new one of the bot when there is none."""
    return store.find_open(connection, shop, channel, buyer_id) or _open(connection, shop, buyer_id, channel, now)


def _merge(context: TurnContext, incoming: Incoming) -> TurnContext:
    """The page that is open now wins; what it does not name stays; a card that is sent is in focus."""
    new = incoming.context
    product, order = new.product_id or context.product_id, new.order_id or context.order_id
    match incoming.content:
        case ProductContent(product_id=sent):
            product = sent
        case OrderContent(order_id=sent):
            order = sent
    return TurnContext(
        new.entry or context.entry, product, new.campaign_id or context.campaign_id, order, new.search or context.search
    )


def load_recent(connection: Connection, shop: ShopId, conversation_id: str) -> tuple[Conversation, tuple[Message, ...]]:
    """Return a conversation and its newest messages, oldest first; of a burst that is still unanswered, all of it.

    Raises:
        NotFound: no such conversation.
    """
    conversation = _existing(connection, shop, conversation_id)
    open_ = conversation.last_seq - conversation.answered_seq
    count = min(max(HISTORY, open_), _LONGEST_BURST)
    return conversation, tuple(store.last_messages(connection, shop, conversation_id, count))


def save_turn(
    connection: Connection,
    shop: ShopId,
    conversation: Conversation,
    stored: StoredTurn,
    parts: Sequence[tuple[MessageId, ReplyPart]],
    meta: dict[str, Any],
    now: datetime,
    **changes: Any,
) -> tuple[Message, ...] | None:
    """Keep the answer: messages, trace, new state. None when a newer message overtook the turn: nothing is kept."""
    seq = conversation.last_seq
    rows: list[Message] = []
    for message_id, part in parts:
        seq += 1
        rows.append(
            Message(
                message_id,
                conversation.id,
                seq,
                "bot",
                part.content,
                part.text,
                now,
                turn_id=stored.id,
                meta=meta if not rows else {},
            )
        )
    kept = store.change(
        connection,
        shop,
        conversation.id,
        conversation.version,
        last_seq=seq,
        answered_seq=seq,
        last_at=now,
        **changes,
    )
    if not kept:
        return None
    store.add_messages(connection, shop, rows)
    store.add_turn(connection, shop, stored)
    return tuple(rows)


def note_ends(connection: Connection, shop: ShopId, message_ids: Sequence[MessageId]) -> None:
    """Note of a buyer's messages that they ask for nothing (好的谢谢): nobody waits for an answer to them."""
    for id_ in message_ids:
        if (message := store.get_message(connection, shop, id_)) is not None:
            store.set_meta(connection, shop, id_, {**message.meta, ENDS: True})


def say(
    connection: Connection,
    shop: ShopId,
    conversation_id: str,
    author: Author,
    author_name: str,
    parts: Sequence[ReplyPart],
    now: datetime,
    external_id: str | None = None,
    meta: dict[str, Any] | None = None,
) -> tuple[Message, ...]:
    """Append messages of a person, of the bot speaking first, or of an event line; `meta` goes with the first.

    Raises:
        NotFound: no such conversation. Conflict: it was changed at the same moment; load and try again.
    """
    conversation = _existing(connection, shop, conversation_id)
    if external_id:
        known = store.find_external(connection, shop, external_id)
        if known:
            return (known,)
    rows = [
        Message(
            MessageId(new_id()),
            conversation.id,
            conversation.last_seq + index,
            author,
            part.content,
            part.text,
            now,
            author_name,
            external_id if index == 1 else None,
            meta=(meta or {}) if index == 1 else {},
        )
        for index, part in enumerate(parts, start=1)
    ]
    last_seq = conversation.last_seq + len(rows)
    answered = last_seq if author == "agent" else conversation.answered_seq
    if conversation.answered_seq == conversation.last_seq:
        answered = last_seq
    seen = {"last_seq": last_seq, "answered_seq": answered, "last_at": now}
    if not store.change(connection, shop, conversation.id, conversation.version, **seen):
        raise Conflict(f"Conversation {conversation_id} was changed by somebody else just now. Load it again.")
    store.add_messages(connection, shop, rows)
    return tuple(rows)


def move(
    connection: Connection, shop: ShopId, conversation_id: str, target: State, now: datetime, **values: Any
) -> Conversation:
    """Pass a conversation to another owner (bot, queue, agent) or close it.

    Raises:
        NotFound: no such conversation. Conflict: the move is not allowed from its present state.
    """
    conversation = _existing(connection, shop, conversation_id)
    rules.check_move(conversation.id, conversation.state, target)
    if target == "closed":
        values["closed_at"] = now
    if not store.change(connection, shop, conversation.id, conversation.version, state=target, **values):
        raise Conflict(f"Conversation {conversation_id} was changed by somebody else just now. Load it again.")
    return _existing(connection, shop, conversation_id)


def _existing(connection: Connection, shop: ShopId, conversation_id: str) -> Conversation:
    conversation = store.get(connection, shop, conversation_id)
    if conversation is None:
        raise NotFound("Conversation", conversation_id)
    return conversation


def transcript(connection: Connection, shop: ShopId, conversation_id: str) -> tuple[Conversation, list[Message]]:
    """The whole conversation, oldest message first.

    Raises:
        NotFound: no such conversation.
    """
    return _existing(connection, shop, conversation_id), store.last_messages(connection, shop, conversation_id, 10_000)


def find_message(connection: Connection, shop: ShopId, message_id: str) -> Message | None:
    """A message by our id, or by the id that its channel gave it."""
    return store.get_message(connection, shop, message_id) or store.find_by_channel_id(connection, shop, message_id)


get = store.get
get_message = store.get_message
turn_of_message = store.turn_of_message
find_open = store.find_open
messages_after = store.messages_after
page = store.page
last_texts = store.last_texts
unanswered = store.unanswered


def buyer_lines(
    connection: Connection, shop: ShopId, since: datetime, limit: int
) -> list[tuple[str, str, datetime, str]]:
    """What buyers wrote since then, (message id, conversation id, time, text), newest talk first, at most `limit`."""
    return store.buyer_lines(connection, shop, since, limit)
