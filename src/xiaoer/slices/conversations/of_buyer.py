"""What a buyer's conversations tell before he is spoken to first: trouble, the newest talk, the last word."""

from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from xiaoer.kernel.ids import ShopId
from xiaoer.slices.conversations.store import conversation_of
from xiaoer.slices.conversations.tables import conversations, messages
from xiaoer.slices.conversations.types import Conversation


def in_trouble(connection: Connection, shop: ShopId, buyer_id: str, since: datetime) -> bool:
    """Whether people have, await or lately had a talk of this buyer: nobody to be sold to just now."""
    mine = (conversations.c.shop == shop, conversations.c.buyer_id == buyer_id)
    open_ = conversations.c.state.in_(("queued", "agent"))
    handed = conversations.c.handoff.is_not(None) & (conversations.c.last_at >= since)
    return connection.execute(select(conversations.c.id).where(*mine, or_(open_, handed)).limit(1)).first() is not None


def newest_of(connection: Connection, shop: ShopId, buyer_id: str) -> Conversation | None:
    """The buyer's newest conversation on any channel."""
    mine = (conversations.c.shop == shop, conversations.c.buyer_id == buyer_id)
    row = connection.execute(
        select(conversations).where(*mine).order_by(conversations.c.last_at.desc()).limit(1)
    ).one_or_none()
    return conversation_of(row) if row else None


def last_word_of(connection: Connection, shop: ShopId, channel: str, buyer_id: str) -> datetime | None:
    """When the buyer wrote last on a channel, or on any when it is empty; platforms count their windows from it."""
    row = connection.execute(
        select(messages.c.at)
        .join(
            conversations,
            (conversations.c.shop == messages.c.shop) & (conversations.c.id == messages.c.conversation_id),
        )
        .where(
            messages.c.shop == shop,
            conversations.c.buyer_id == buyer_id,
            *([conversations.c.channel == channel] if channel else []),
            messages.c.author == "buyer",
        )
        .order_by(messages.c.at.desc())
        .limit(1)
    ).one_or_none()
    return row.at if row else None


def said_since(connection: Connection, shop: ShopId, channel: str, buyer_id: str, since: datetime) -> int:
    """How many messages the shop (bot or people) wrote to the buyer on a channel after `since`."""
    talks = select(conversations.c.id).where(
        conversations.c.shop == shop, conversations.c.buyer_id == buyer_id, conversations.c.channel == channel
    )
    mine = (messages.c.shop == shop, messages.c.conversation_id.in_(talks), messages.c.at >= since)
    query = select(func.count()).select_from(messages).where(*mine, messages.c.author.in_(("bot", "agent")))
    return connection.scalar(query) or 0
