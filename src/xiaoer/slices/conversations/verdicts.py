"""What a buyer thinks of a talk (评价) and of one answer in it (赞, 踩), kept with the messages that it is about."""

from typing import Any

from sqlalchemy import Connection

from xiaoer.kernel.errors import NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.conversations import store
from xiaoer.slices.conversations.types import Message


def keep_rating(
    connection: Connection, shop: ShopId, conversation_id: str, rating: dict[str, Any], message_id: str = ""
) -> None:
    """Keep the buyer's rating with the conversation and mark the invitation as answered; the last one holds.

    Raises:
        NotFound: no such conversation.
    """
    conversation = store.get(connection, shop, conversation_id)
    if conversation is None:
        raise NotFound("Conversation", conversation_id)
    store.change(connection, shop, conversation.id, conversation.version, csat=rating)
    asked = store.get_message(connection, shop, message_id) if message_id else None
    if asked is not None and asked.conversation_id == conversation.id:
        store.set_meta(connection, shop, asked.id, {**asked.meta, "rated": rating["score"]})


def keep_vote(connection: Connection, shop: ShopId, message: Message, *, is_good: bool) -> bool:
    """Mark an answer with the buyer's thumb; whether that changed anything."""
    if message.meta.get("voted") == (vote := "up" if is_good else "down"):
        return False
    store.set_meta(connection, shop, message.id, {**message.meta, "voted": vote})
    return True
