"""Rows of conversations, messages and turns. `shop` first, always.

The statements of the message path are built once: building one anew costs more than running it.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    update,
)

from xiaoer.infra.db import append
from xiaoer.infra.statement import Statement
from xiaoer.kernel.ids import BuyerId, ConversationId, MessageId, ShopId
from xiaoer.kernel.memory import Memory
from xiaoer.kernel.turn import TurnContext
from xiaoer.slices.conversations.spoken import is_spoken
from xiaoer.slices.conversations.tables import conversations, messages, turns
from xiaoer.slices.conversations.types import Conversation, Message, StoredTurn

_SHOP: BindParameter[str] = bindparam("shop")
_ID: BindParameter[str] = bindparam("id")
_GET = Statement(select(conversations).where(conversations.c.shop == _SHOP, conversations.c.id == _ID))
_FIND_OPEN = Statement(
    select(conversations).where(
        conversations.c.shop == _SHOP,
        conversations.c.channel == bindparam("channel"),
        conversations.c.buyer_id == bindparam("buyer"),
        conversations.c.state != literal_column("'closed'"),  # a parameter would hide that the index of open ones fits
    )
)
_LAST_SEQ = Statement(
    select(func.max(conversations.c.last_seq)).where(
        conversations.c.shop == _SHOP,
        conversations.c.channel == bindparam("channel"),
        conversations.c.buyer_id == bindparam("buyer"),
    )
)
_ADD, _ADD_MESSAGES, _ADD_TURN = Statement(insert(conversations)), Statement(insert(messages)), Statement(insert(turns))
_FIND_EXTERNAL = Statement(
    select(messages).where(messages.c.shop == _SHOP, messages.c.external_id == bindparam("external"))
)
_GET_MESSAGE = Statement(select(messages).where(messages.c.shop == _SHOP, messages.c.id == _ID))
_LAST_MESSAGES = Statement(
    select(messages)
    .where(messages.c.shop == _SHOP, messages.c.conversation_id == bindparam("conversation"))
    .order_by(messages.c.seq.desc())
    .limit(bindparam("count"))
)
_SAME_INSTANT = 8  # turns of one talk that may stand at one instant, of which only one holds a message
_TURN_AFTER = Statement(
    select(turns)
    .where(
        turns.c.shop == _SHOP, turns.c.conversation_id == bindparam("conversation"), turns.c.at >= bindparam("since")
    )
    .order_by(turns.c.at)
    .limit(_SAME_INSTANT)
)
_GET_TURN = Statement(select(turns).where(turns.c.shop == _SHOP, turns.c.id == _ID))


@lru_cache(maxsize=64)
def _change(names: tuple[str, ...]) -> Statement:
    shop: BindParameter[str] = bindparam("of_shop")
    return Statement(
        update(conversations)
        .where(
            conversations.c.shop == shop,
            conversations.c.id == bindparam("of_id"),
            conversations.c.version == bindparam("of_version"),
        )
        .values({name: bindparam(f"new_{name}") for name in names})
    )


def conversation_of(row: Row[Any]) -> Conversation:
    return Conversation(
        ShopId(row.shop),
        ConversationId(row.id),
        BuyerId(row.buyer_id),
        row.channel,
        row.state,
        row.version,
        row.last_seq,
        row.answered_seq,
        row.opened_at,
        row.last_at,
        msgspec.convert(row.context, TurnContext),
        row.unsatisfied,
        row.unsure,
        row.assigned_to,
        row.assigned_name,
        row.handoff,
        row.csat,
        row.closed_at,
        msgspec.convert(row.memory, Memory) if row.memory else Memory(),
    )


def message_of(row: Row[Any]) -> Message:
    return Message(
        MessageId(row.id),
        ConversationId(row.conversation_id),
        row.seq,
        row.author,
        row.content,
        row.text,
        row.at,
        row.author_name,
        row.external_id,
        row.turn_id,
        row.meta or {},
    )


def get(connection: Connection, shop: ShopId, conversation_id: str) -> Conversation | None:
    row = _GET.one(connection, {"shop": shop, "id": conversation_id})
    return conversation_of(row) if row else None


def find_open(connection: Connection, shop: ShopId, channel: str, buyer_id: str) -> Conversation | None:
    row = _FIND_OPEN.one(connection, {"shop": shop, "channel": channel, "buyer": buyer_id})
    return conversation_of(row) if row else None


def last_seq_of(connection: Connection, shop: ShopId, channel: str, buyer_id: str) -> int:
    """The highest sequence number that this buyer ever saw on this channel; 0 when there is none."""
    return _LAST_SEQ.scalar(connection, {"shop": shop, "channel": channel, "buyer": buyer_id}) or 0


def add(connection: Connection, shop: ShopId, value: Conversation) -> None:
    _ADD.run(connection, {**msgspec.structs.asdict(value), "shop": shop})


def change(connection: Connection, shop: ShopId, conversation_id: str, version: int, **values: Any) -> bool:
    """Update when the version still holds; the version grows by one. False: somebody was faster."""
    values["version"] = version + 1
    where = {"of_shop": shop, "of_id": conversation_id, "of_version": version}
    new = {f"new_{name}": value for name, value in values.items()}
    return _change(tuple(values)).run(connection, {**where, **new}) == 1


def add_messages(connection: Connection, shop: ShopId, rows: Sequence[Message]) -> None:
    if rows:
        append(connection, _ADD_MESSAGES, [{**msgspec.structs.asdict(row), "shop": shop} for row in rows])


def find_external(connection: Connection, shop: ShopId, external_id: str) -> Message | None:
    row = _FIND_EXTERNAL.one(connection, {"shop": shop, "external": external_id})
    return message_of(row) if row else None


def find_by_channel_id(connection: Connection, shop: ShopId, channel_message_id: str) -> Message | None:
    """The newest message that some channel gave this id (people paste ids without channel and buyer)."""
    row = connection.execute(
        select(messages)
        .where(messages.c.shop == shop, messages.c.external_id.endswith(f"|{channel_message_id}", autoescape=True))
        .order_by(messages.c.at.desc())
        .limit(1)
    ).one_or_none()
    return message_of(row) if row else None


def get_message(connection: Connection, shop: ShopId, message_id: str) -> Message | None:
    row = _GET_MESSAGE.one(connection, {"shop": shop, "id": message_id})
    return message_of(row) if row else None


def set_meta(connection: Connection, shop: ShopId, message_id: str, meta: dict[str, Any]) -> None:
    """Replace what is kept beside a message."""
    where = (messages.c.shop == shop, messages.c.id == message_id)
    connection.execute(update(messages).where(*where).values(meta=meta))


def last_messages(connection: Connection, shop: ShopId, conversation_id: str, count: int) -> list[Message]:
    """The newest `count` messages, oldest first."""
    where = {"shop": shop, "conversation": conversation_id, "count": count}
    return [message_of(row) for row in reversed(_LAST_MESSAGES.all(connection, where))]


def messages_after(
    connection: Connection, shop: ShopId, channel: str, buyer_id: str, after_seq: int, limit: int = 200
) -> list[Message]:
    """A buyer's messages on a channel, over all conversations, newer than `after_seq`, oldest first."""
    rows = connection.execute(
        select(messages)
        .join(
            conversations,
            (conversations.c.shop == messages.c.shop) & (conversations.c.id == messages.c.conversation_id),
        )
        .where(
            messages.c.shop == shop,
            conversations.c.buyer_id == buyer_id,
            conversations.c.channel == channel,
            messages.c.seq > after_seq,
        )
        .order_by(messages.c.seq.desc())
        .limit(limit)
    ).all()
    return [message_of(row) for row in reversed(rows)]


def add_turn(connection: Connection, shop: ShopId, value: StoredTurn) -> None:
    append(connection, _ADD_TURN, [{**msgspec.structs.asdict(value), "shop": shop}])


def turn_of_row(row: Row[Any]) -> StoredTurn:
    ids = tuple(row.message_ids)
    return StoredTurn(row.id, ConversationId(row.conversation_id), row.at, ids, row.response, row.trace, row.elapsed_us)


def turn_of_message(connection: Connection, shop: ShopId, message: Message) -> StoredTurn | None:
    """The turn that a message belongs to: of a bot message its own, of a buyer message the one since that holds it."""
    if message.turn_id:
        row = _GET_TURN.one(connection, {"shop": shop, "id": message.turn_id})
        return turn_of_row(row) if row else None
    since = {"shop": shop, "conversation": message.conversation_id, "since": message.at}
    rows = _TURN_AFTER.all(connection, since)
    return next((turn_of_row(row) for row in rows if message.id in row.message_ids), None)


def page(
    connection: Connection, shop: ShopId, state: str | None, offset: int, limit: int
) -> tuple[list[Conversation], int]:
    where = [conversations.c.shop == shop] + ([conversations.c.state == state] if state else [])
    rows = connection.execute(
        select(conversations).where(*where).order_by(conversations.c.last_at.desc()).offset(offset).limit(limit)
    )
    total = connection.scalar(select(func.count()).select_from(conversations).where(*where)) or 0
    return [conversation_of(row) for row in rows], total


def unanswered(connection: Connection, shop: ShopId, before: datetime) -> list[Conversation]:
    """Conversations of the bot whose newest buyer message got no answer (a crash came between)."""
    rows = connection.execute(
        select(conversations).where(
            conversations.c.shop == shop,
            conversations.c.state == "bot",
            conversations.c.answered_seq < conversations.c.last_seq,
            conversations.c.last_at < before,
        )
    )
    return [conversation_of(row) for row in rows]


def last_texts(connection: Connection, shop: ShopId, conversation_ids: Sequence[str]) -> dict[str, str]:
    """What was said last in each conversation."""
    newest = (
        select(messages.c.conversation_id, func.max(messages.c.seq).label("seq"))
        .where(messages.c.shop == shop, messages.c.conversation_id.in_(conversation_ids), is_spoken())
        .group_by(messages.c.conversation_id)
        .subquery()
    )
    rows = connection.execute(
        select(messages.c.conversation_id, messages.c.text)
        .join(newest, (messages.c.conversation_id == newest.c.conversation_id) & (messages.c.seq == newest.c.seq))
        .where(messages.c.shop == shop)
    )
    return {row.conversation_id: row.text for row in rows}


def buyer_lines(
    connection: Connection, shop: ShopId, since: datetime, limit: int
) -> list[tuple[str, str, datetime, str]]:
    """What buyers wrote in talks that were alive since then: (message, conversation, time, text), newest talk first."""
    rows = connection.execute(
        select(messages.c.id, messages.c.conversation_id, messages.c.at, messages.c.text)
        .join(
            conversations,
            (conversations.c.shop == messages.c.shop) & (conversations.c.id == messages.c.conversation_id),
        )
        .where(
            conversations.c.shop == shop,
            conversations.c.last_at >= since,
            messages.c.author == "buyer",
            messages.c.at >= since,
        )
        .order_by(conversations.c.last_at.desc(), messages.c.seq)
        .limit(limit)
    )
    return [(row.id, row.conversation_id, row.at, row.text) for row in rows]
