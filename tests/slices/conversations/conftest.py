"""A buyer's talk with a shop, step by step."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from xiaoer.infra.clock import ManualClock
from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.kernel.ids import BuyerId, MessageId, ShopId
from xiaoer.kernel.reply import ReplyPart
from xiaoer.kernel.turn import Content, TextContent, Turn
from xiaoer.slices.conversations import api, turns
from xiaoer.slices.conversations.types import Conversation, Incoming, Message, Received, StoredTurn

_IDLE = timedelta(minutes=30)


class Talk:
    """One buyer and the shop, talking over a database."""

    def __init__(self, db: Database, clock: ManualClock, shop: ShopId) -> None:
        self.db, self.clock, self.shop = db, clock, shop

    def in_shop(self, shop: ShopId) -> "Talk":
        return Talk(self.db, self.clock, shop)

    async def buyer_says(self, content: str | Content, buyer: str = "b1", **more: Any) -> Received:
        body: Content = TextContent(content) if isinstance(content, str) else content
        incoming = Incoming(BuyerId(buyer), "web", body, **more)
        now = self.clock.now()
        return await self.db.write(lambda c: api.receive(c, self.shop, incoming, now, _IDLE))

    async def turn(self, conversation_id: str) -> tuple[Conversation, Turn] | None:
        conversation, recent = await self.db.read(lambda c: api.load_recent(c, self.shop, conversation_id))
        turn = turns.as_turn(conversation, recent)
        return (conversation, turn) if turn else None

    async def bot_answers(
        self, loaded: tuple[Conversation, Turn] | None, *texts: str, **changes: Any
    ) -> tuple[Message, ...] | None:
        assert loaded is not None
        conversation, turn = loaded
        now = self.clock.now()
        ids = tuple(message.id for message in turn.messages)
        stored = StoredTurn(new_id(), conversation.id, now, ids, "{}", {"rule": "test"}, 900)
        parts = [(MessageId(new_id()), _part(text)) for text in texts]
        meta = {"intents": ["ship.when"], "acts": ["answer"], "asked_for": ["size"]}
        return await self.db.write(
            lambda c: api.save_turn(c, self.shop, conversation, stored, parts, meta, now, **changes)
        )

    async def agent_says(self, conversation_id: str, text: str, **more: Any) -> tuple[Message, ...]:
        now = self.clock.now()
        return await self.db.write(
            lambda c: api.say(c, self.shop, conversation_id, "agent", "小美", [_part(text)], now, **more)
        )

    async def moves(self, conversation_id: str, target: Any, **values: Any) -> Conversation:
        now = self.clock.now()
        return await self.db.write(lambda c: api.move(c, self.shop, conversation_id, target, now, **values))

    async def texts(self, conversation_id: str) -> list[str]:
        _, messages = await self.db.read(lambda c: api.transcript(c, self.shop, conversation_id))
        assert [m.seq for m in messages] == sorted({m.seq for m in messages})
        return [message.text for message in messages]


def _part(text: str) -> ReplyPart:
    return ReplyPart(TextContent(text), text)


@pytest.fixture
def talk(db: Database, clock: ManualClock, shop: ShopId) -> Talk:
    """A buyer's talk with an empty shop."""
    return Talk(db, clock, shop)


@pytest.fixture
def other_worker(talk: Talk, open_db: Callable[[], Database]) -> Talk:
    """The same talk, taken in by another process."""
    return Talk(open_db(), talk.clock, talk.shop)
