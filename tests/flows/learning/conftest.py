"""A shop with a little knowledge, whose buyers and agents can be made to talk."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from xiaoer.app.wiring import Wiring
from xiaoer.infra.clock import ManualClock
from xiaoer.infra.idgen import new_id
from xiaoer.infra.settings import Settings
from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.money import Money
from xiaoer.kernel.reply import ReplyPart
from xiaoer.kernel.turn import TextContent, TurnContext
from xiaoer.slices.catalog.store import ProductSink, VariantSink
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations.types import Incoming
from xiaoer.slices.insights import api as insights
from xiaoer.slices.knowledge.types import EntryDraft


class Talks:
    """The shop and its people."""

    def __init__(self, product: Wiring, shop: ShopId, clock: ManualClock) -> None:
        self.product = product
        self.shop = shop
        self.clock = clock

    async def say(self, text: str, buyer: str = "") -> dict[str, Any]:
        """Say something as a buyer; a minute passes."""
        incoming = Incoming(BuyerId(buyer or uuid4().hex), "api", TextContent(text), TurnContext())
        self.clock.advance(timedelta(minutes=1))
        return dict(msgspec.json.decode(await self.product.take_message(self.shop, incoming)))

    async def agent_says(self, conversation_id: str, text: str, name: str = "小林") -> None:
        """Answer as a person."""
        self.clock.advance(timedelta(seconds=30))
        now, part = self.clock.now(), ReplyPart(TextContent(text), text)
        await self.product.db.write(
            lambda c: conversations.say(c, self.shop, conversation_id, "agent", name, [part], now)
        )

    async def correct(self, answer: dict[str, Any], text: str) -> None:
        """Say what the bot should have said to the last message."""
        conversation_id = answer["conversation_id"]

        def change(connection: Any) -> None:
            lines = conversations.transcript(connection, self.shop, conversation_id)[1]
            turn = conversations.turn_of_message(connection, self.shop, lines[-1])
            assert turn is not None
            data = {"turn_id": turn.id, "text": text}
            fact = Event(self.shop, new_id(), "answer.corrected", self.clock.now(), conversation_id, "", data)
            insights.append(connection, self.shop, [fact])

        await self.product.db.write(change)

    async def keep(self, question: str, answer: str, **fields: Any) -> str:
        """Keep an entry; it is live at once."""
        entry = await self.product.entries.create(self.shop, EntryDraft(question, answer, **fields), "店长")
        await self.product.knowledge.refresh(self.shop)
        return str(entry.id)

    async def stock(self, *titles: str) -> None:
        """Put goods on the shelf, each in one variant."""
        goods = [(Product(f"P{n}", title), "h") for n, title in enumerate(titles)]
        kinds = [(Variant(f"V{n}", f"P{n}", Money(4_990), {"颜色": "白色"}, 50), "h") for n, _ in enumerate(titles)]

        def change(connection: Any) -> None:
            ProductSink().upsert(connection, self.shop, goods, self.clock.now())
            VariantSink().upsert(connection, self.shop, kinds, self.clock.now())

        await self.product.db.write(change)

    async def gaps(self, status: str = "open", days: int = 28) -> list[Any]:
        """Run the loop, and list what it shows."""
        await self.product.learning.learn(self.shop)
        return await self.listed(status, days)

    async def listed(self, status: str = "open", days: int = 28) -> list[Any]:
        now = self.clock.now() + timedelta(seconds=1)
        return await self.product.learning.gaps(self.shop, now - timedelta(days=days), now, status, 100)


@pytest.fixture
async def talks(database_url: str, tmp_path: Path, shop: ShopId, clock: ManualClock) -> AsyncIterator[Talks]:
    product = Wiring(Settings(home=tmp_path, database_url=database_url), clock)
    await product.shops.ensure_shop(shop, "山野户外")
    yield Talks(product, shop, clock)
    await product.stop()
