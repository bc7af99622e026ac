"""A desk on a real database: every flow, no model; the bot's part is played by the same calls that it makes."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from xiaoer.flows.agent_reply import AgentReply, Outgoing
from xiaoer.flows.change_agent import ChangeAgent
from xiaoer.flows.check_writing import CheckWriting
from xiaoer.flows.close_conversation import CloseConversation
from xiaoer.flows.hand_off.route import HandOff
from xiaoer.flows.open_ticket import OpenTicket
from xiaoer.flows.quote_cart import QuoteCart
from xiaoer.flows.send_draft import SendDraft
from xiaoer.flows.take_conversation import TakeConversation
from xiaoer.infra.clock import ManualClock
from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.infra.job_runner import Jobs
from xiaoer.infra.jobs import Job
from xiaoer.kernel.ids import BuyerId, MessageId, ShopId
from xiaoer.kernel.reply import ReplyPart
from xiaoer.kernel.turn import TextContent
from xiaoer.kernel.worktime import BusinessHours
from xiaoer.slices.bargaining.service import Bargaining
from xiaoer.slices.buyers.service import EmbeddedBuyers
from xiaoer.slices.catalog.service import EmbeddedCatalog
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations.types import Conversation, Incoming, Message, Received, StoredTurn
from xiaoer.slices.desk import api as desk
from xiaoer.slices.insights.tables import events
from xiaoer.slices.orders.service import EmbeddedOrders
from xiaoer.slices.promotions.service import Promotions
from xiaoer.slices.shops.types import Principal, Role
from xiaoer.slices.tickets import api as tickets

FORMS = tickets.load_forms(Path(tickets.__file__).parents[2] / "packs" / "ecommerce" / "tickets.toml")
IDLE = timedelta(minutes=30)


class Hours:
    """Nine to eleven in the evening."""

    async def hours(self, shop: ShopId) -> BusinessHours:
        return BusinessHours()


class World:
    """One shop's desk."""

    def __init__(self, db: Database, clock: ManualClock, shop: ShopId) -> None:
        self.db, self.clock, self.shop = db, clock, shop
        orders, hours = EmbeddedOrders(db), Hours()
        self.hand_off = HandOff(db, clock, hours, EmbeddedBuyers(db), orders, EmbeddedCatalog(db), FORMS)
        self.take = TakeConversation(db, clock)
        self.agents = ChangeAgent(db, clock)
        goods, buyers = EmbeddedCatalog(db), EmbeddedBuyers(db)
        prices = QuoteCart(goods, goods, buyers, orders, Promotions(db, clock))
        self.reply = AgentReply(db, clock, goods, orders, CheckWriting(db, Bargaining(db), goods, prices))
        self.closing = CloseConversation(db, clock, IDLE)
        self.tickets = OpenTicket(db, clock, hours, orders, FORMS)
        self.jobs, self._send_draft = Jobs(db, clock), SendDraft(db, clock)
        self.jobs.handle(desk.DRAFT_JOB, self._draft_due)

    def person(self, name: str, role: str = "agent") -> Principal:
        return Principal(self.shop, Role(role), name, name, f"session-{name}")

    async def comes(self, name: str, status: str = "online", **values: Any) -> Principal:
        """A person opens the workbench."""
        who = self.person(name)
        await self.agents.change(who, {"status": status, **values})
        return who

    async def buyer(self, text: str, buyer: str = "b") -> Received:
        """A buyer writes."""
        incoming = Incoming(BuyerId(buyer), "web", TextContent(text))
        now = self.clock.now()
        return await self.db.write(lambda c: conversations.receive(c, self.shop, incoming, now, IDLE))

    async def bot_turn(self, loaded: Conversation, said: str = "", **changes: Any) -> tuple[Message, ...] | None:
        """The bot saves its turn as the answer path does: nothing is kept when somebody was faster."""
        now = self.clock.now()
        heard = {
            "segments": [{"text": "…", "intent": changes.pop("intent", "ship.when"), "confidence": 0.9}],
            "sentiment": {"anger": 0.0},
        }
        trace = {"heard": heard | {"urgency": "normal", "normal": "问题"}, **changes.pop("trace", {})}
        stored = StoredTurn(new_id(), loaded.id, now, (), "{}", trace, 1)
        parts = [(MessageId(new_id()), ReplyPart(TextContent(said), said))] if said else []
        return await self.db.write(
            lambda c: conversations.save_turn(c, self.shop, loaded, stored, parts, {}, now, **changes)
        )

    async def _draft_due(self, job: Job) -> None:
        await self._send_draft(job)

    async def draft(self, loaded: Conversation, message_id: str, after_s: int) -> None:
        """The bot only drafts its answer (辅助), to go out after so many seconds."""
        part = {"content": {"type": "text", "text": "今天发"}, "text": "今天发"}
        trace = {"heard": {"segments": []}, "draft": {"text": "今天发", "parts": [part], "after_s": after_s}}
        now, state = self.clock.now(), "queued" if loaded.state == "bot" else loaded.state
        stored = StoredTurn(new_id(), loaded.id, now, (MessageId(message_id),), "{}", trace, 1)
        handoff = loaded.handoff or {"reason": "assist", "rule_id": "mode.assist"}

        def change(connection: Any) -> None:
            kept = conversations.save_turn(
                connection, self.shop, loaded, stored, (), {}, now, state=state, handoff=handoff
            )
            if kept is not None:
                due = now + timedelta(seconds=after_s)
                desk.order_draft(connection, self.shop, loaded.id, stored.id, due)

        await self.db.write(change)

    async def asks_for_a_person(self, buyer: str = "b", reason: str = "requested", intent: str = "ship.when") -> str:
        """A buyer writes, the bot hands over; returns the conversation's id, waiting in the queue."""
        received = await self.buyer("转人工", buyer)
        handoff = {"reason": reason, "rule_id": "r", "skill": "general", "summary": ""}
        await self.bot_turn(received.conversation, "马上转", state="queued", handoff=handoff, intent=intent)
        return str(received.conversation.id)

    async def state(self, conversation_id: str) -> Conversation:
        found = await self.db.read(lambda c: conversations.get(c, self.shop, conversation_id))
        assert found is not None
        return found

    async def owner(self, conversation_id: str) -> str:
        found = await self.state(conversation_id)
        return found.assigned_to if found.state == "agent" else found.state

    async def texts(self, conversation_id: str) -> list[str]:
        _, said = await self.db.read(lambda c: conversations.transcript(c, self.shop, conversation_id))
        return [f"{m.author}:{m.text}" for m in said]

    async def facts(self, type_: str) -> list[dict[str, Any]]:
        def query(connection: Any) -> list[dict[str, Any]]:
            rows = connection.execute(events.select().where(events.c.type == type_).order_by(events.c.id))
            return [row.data for row in rows]

        return await self.db.read(query)

    async def settings(self, **values: Any) -> None:
        await self.db.write(lambda c: desk.change_settings(c, self.shop, values))

    @staticmethod
    def text(words: str, client_id: str = "c1", **values: Any) -> Outgoing:
        return Outgoing(client_id, TextContent(words), **values)


@pytest.fixture
async def world(db: Database, clock: ManualClock, shop: ShopId) -> World:
    """An empty desk at 20:00 in the shop's zone, within opening hours."""
    return World(db, clock, shop)


@pytest.fixture
def world_class() -> type[World]:
    """For tests that make many desks."""
    return World
