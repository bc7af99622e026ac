"""What was said, for those who count and review (读会话原文): texts by conversation, nothing else."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, func, insert, select

from xiaoer.kernel.ids import ShopId
from xiaoer.slices.conversations import store
from xiaoer.slices.conversations.tables import conversations, messages, turns
from xiaoer.slices.conversations.types import Conversation, Message, StoredTurn

_CHUNK = 400


def messages_of(connection: Connection, shop: ShopId, conversation_ids: Sequence[str]) -> dict[str, list[Message]]:
    """Every message of these conversations in order."""
    found: dict[str, list[Message]] = defaultdict(list)
    for start in range(0, len(conversation_ids), _CHUNK):
        part = conversation_ids[start : start + _CHUNK]
        rows = connection.execute(
            select(messages)
            .where(messages.c.shop == shop, messages.c.conversation_id.in_(part))
            .order_by(messages.c.conversation_id, messages.c.seq)
        )
        for row in rows:
            found[row.conversation_id].append(store.message_of(row))
    return found


def has_channel(connection: Connection, shop: ShopId, channel: str) -> bool:
    """Whether buyers ever came through this channel."""
    where = (conversations.c.shop == shop, conversations.c.channel == channel)
    return connection.scalar(select(conversations.c.id).where(*where).limit(1)) is not None


def heard_segments(
    connection: Connection, shop: ShopId, conversation_ids: Sequence[str]
) -> dict[str, list[tuple[str, str]]]:
    """(intent, text) of every understood segment of these conversations."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for start in range(0, len(conversation_ids), _CHUNK):
        part = conversation_ids[start : start + _CHUNK]
        rows = connection.execute(
            select(turns.c.conversation_id, turns.c.trace)
            .where(turns.c.shop == shop, turns.c.conversation_id.in_(part))
            .order_by(turns.c.at)
        )
        for row in rows:
            for segment in ((row.trace or {}).get("heard") or {}).get("segments", ()):
                found[row.conversation_id].append((segment.get("intent", ""), segment.get("text", "")))
    return found


def add_whole(
    connection: Connection,
    shop: ShopId,
    talks: Sequence[Conversation],
    lines: Sequence[Message],
    stored: Sequence[StoredTurn],
) -> None:
    """Keep talks that ended before this shop began here, with all that was said and understood."""
    for table, rows in ((conversations, talks), (messages, lines), (turns, stored)):
        if rows:
            connection.execute(insert(table), [{**msgspec.structs.asdict(row), "shop": shop} for row in rows])


def count(connection: Connection, shop: ShopId) -> int:
    """How many conversations the shop has."""
    return connection.scalar(select(func.count()).select_from(conversations).where(conversations.c.shop == shop)) or 0


def turns_of(connection: Connection, shop: ShopId, conversation_ids: Sequence[str]) -> dict[str, list[StoredTurn]]:
    """Every stored turn of these conversations, oldest first."""
    found: dict[str, list[StoredTurn]] = defaultdict(list)
    for start in range(0, len(conversation_ids), _CHUNK):
        part = conversation_ids[start : start + _CHUNK]
        rows = connection.execute(
            select(turns)
            .where(turns.c.shop == shop, turns.c.conversation_id.in_(part))
            .order_by(turns.c.at, turns.c.id)
        )
        for row in rows:
            found[row.conversation_id].append(store.turn_of_row(row))
    return found


def talks_since(
    connection: Connection, shop: ShopId, since: datetime, before_id: str, limit: int
) -> list[Conversation]:
    """Conversations that were alive since then, the highest id first; `before_id` is the last one seen."""
    where = [conversations.c.shop == shop, conversations.c.last_at >= since]
    if before_id:
        where.append(conversations.c.id < before_id)
    rows = connection.execute(select(conversations).where(*where).order_by(conversations.c.id.desc()).limit(limit))
    return [store.conversation_of(row) for row in rows]
