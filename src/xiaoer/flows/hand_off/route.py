"""A waiting conversation finds its person (转人工): who takes it, or how long it takes, or a ticket.

Everything that decides is read again inside the one write that acts on it, so two workers never give a
conversation away twice and an agent's last free place is never given to two buyers.
"""

import contextlib
from datetime import datetime
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection

from xiaoer.flows.hand_off.leave_ticket import leave_ticket
from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.commerce import Buyer, Order, Product
from xiaoer.kernel.errors import XiaoerError
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.reply import ReplyPart
from xiaoer.kernel.turn import Author, TextContent
from xiaoer.kernel.worktime import BusinessHours
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.conversations.types import Conversation
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.rules import buyers as buyer_rules
from xiaoer.slices.desk.rules import queue, routing, words
from xiaoer.slices.desk.rules.language import language_of
from xiaoer.slices.desk.types import Agent, Assign, Case, DeskSettings, LeaveTicket, Route, Wait
from xiaoer.slices.insights import api as insights
from xiaoer.slices.tickets.types import Form

_ORDERS = 10
_LOOKED_AT = 1_000  # waiting conversations that one round looks at
_ORDERED = 200  # longest queue in which a buyer's exact place is worked out; each hears it once


class ReadsBuyers(Protocol):
    """Buyers of the shop."""

    async def buyer(self, shop: ShopId, buyer_id: str) -> Buyer | None: ...


class ReadsOrders(Protocol):
    """Orders of one buyer, newest first."""

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int) -> tuple[Order, ...]: ...


class ReadsProducts(Protocol):
    """Products."""

    async def product(self, shop: ShopId, product_id: str) -> Product | None: ...


class ReadsHours(Protocol):
    """The shop's business hours."""

    async def hours(self, shop: ShopId) -> BusinessHours: ...


class Known(msgspec.Struct, frozen=True):
    """What was read about the buyer before the write."""

    buyer: Buyer | None
    orders: tuple[Order, ...]
    hours: BusinessHours
    category: str = ""


class HandOff:
    """Routes one waiting conversation, or all of them."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        hours: ReadsHours,
        buyers: ReadsBuyers,
        orders: ReadsOrders,
        products: ReadsProducts,
        forms: dict[str, Form],
    ) -> None:
        self._db = db
        self._clock = clock
        self._hours = hours
        self._buyers = buyers
        self._orders = orders
        self._products = products
        self._forms = forms

    async def __call__(self, shop: ShopId, conversation_id: str) -> Route | None:
        """Route it now; None when it does not wait (any more)."""
        found = await self._db.read(lambda c: conversations.get(c, shop, conversation_id))
        if found is None or found.state != "queued":
            return None
        known = await self._known(found)
        now = self._clock.now()
        return await self._db.write(lambda c: self._route(c, shop, conversation_id, known, now))

    async def all_waiting(self, shop: ShopId) -> list[str]:
        """Route the queue, the most pressing one first; return the conversations that left it.

        One read tells which of them anything can happen to; only those cost a write.
        """
        hours, now = await self._hours.hours(shop), self._clock.now()

        def query(connection: Connection) -> list[str]:
            waiting = owners.longest_silent(connection, shop, "queued", _LOOKED_AT)
            if not waiting:
                return []
            known = desk.get_cases(connection, shop, [c.id for c in waiting])
            settings = desk.get_settings(connection, shop)
            agents = desk.agents(connection, shop, owners.loads(connection, shop))
            order = queue.in_order([known.get(c.id) or Case(shop, c.id, "", queued_at=c.last_at) for c in waiting], now)
            return [str(case.conversation_id) for case in routing.movable(order, agents, hours, settings, now)]

        moved = []
        for conversation_id in await self._db.read(query):
            route = await self(shop, conversation_id)
            if isinstance(route, Assign | LeaveTicket):
                moved.append(conversation_id)
        return moved

    async def _known(self, conversation: Conversation) -> Known:
        """What helps to route; a source that is down only makes it less exact."""
        shop, buyer_id = conversation.shop, conversation.buyer_id
        product_id = conversation.memory.product_in_focus(conversation.context.product_id)
        buyer: Buyer | None = None
        product: Product | None = None
        orders: tuple[Order, ...] = ()
        with contextlib.suppress(XiaoerError):
            buyer = await self._buyers.buyer(shop, buyer_id)
            orders = await self._orders.orders_of(shop, buyer_id, _ORDERS)
            product = await self._products.product(shop, product_id) if product_id else None
        return Known(buyer, orders, await self._hours.hours(shop), product.category if product else "")

    def _route(
        self, connection: Connection, shop: ShopId, conversation_id: str, known: Known, now: datetime
    ) -> Route | None:
        conversation = conversations.get(connection, shop, conversation_id)
        if conversation is None or conversation.state != "queued":
            return None
        settings = desk.get_settings(connection, shop)
        agents = desk.agents(connection, shop, owners.loads(connection, shop))
        case = self._case(connection, conversation, known, now)
        route = routing.choose_route(case, agents, known.hours, settings, now)
        match route:
            case Assign():
                self._assign(connection, conversation, case, route, now)
            case Wait():
                self._wait(connection, conversation, case, agents, settings, now)
            case LeaveTicket():
                leave_ticket(connection, conversation, case, route, known.orders, known.hours, self._forms, now)
        return route

    def _case(self, connection: Connection, conversation: Conversation, known: Known, now: datetime) -> Case:
        """The case as it waits; made from the hand-over when the conversation has just come."""
        shop = conversation.shop
        earlier = desk.get_case(connection, shop, conversation.id)
        if earlier is not None and earlier.queued_at is not None:
            return earlier
        handoff = conversation.handoff or {}
        turn = owners.last_turn(connection, shop, conversation.id)
        heard: dict[str, Any] = (turn.trace.get("heard") if turn else None) or {}
        intents = tuple(segment.get("intent", "") for segment in heard.get("segments", ()))
        reason = str(handoff.get("reason", "requested"))
        _, recent = conversations.load_recent(connection, shop, conversation.id)
        earlier_matters = [m.meta.get("intents", ()) for m in reversed(recent) if m.author == "bot"]
        skill = routing.skill_for(reason, str(handoff.get("skill", "")), intents, earlier_matters)
        about = conversation.memory.order_in_focus(conversation.context.order_id)
        order = next((order for order in known.orders if order.id == about), None)
        if skill == "general" and order is not None:
            skill = routing.skill_by_order(order.status, has_refund=bool(order.refunds))
        case = Case(
            shop,
            conversation.id,
            reason,
            str(handoff.get("rule_id", "")),
            skill,
            known.category,
            language_of([message.text for message in recent if message.author == "buyer"]),
            urgency=str(heard.get("urgency", "normal")),
            anger=float(heard.get("sentiment", {}).get("anger", 0.0)),
            value_fen=buyer_rules.paid_fen(known.orders),
            vip=buyer_rules.is_vip(known.buyer),
            queued_at=now,
            from_seq=conversation.last_seq,
            previous_agent=owners.last_agent_of(connection, shop, conversation.buyer_id),
            intents=intents,
            invited_at=earlier.invited_at if earlier else None,
        )
        desk.save_case(connection, shop, case)
        return case

    @staticmethod
    def _assign(connection: Connection, conversation: Conversation, case: Case, route: Assign, now: datetime) -> None:
        shop, agent = conversation.shop, route.agent
        _say(connection, conversation, "event", words.taken(routing.role_of(agent, case.skill), agent.name), now)
        owners.assign(connection, shop, conversation.id, agent.id, agent.name, now)
        waited = round((now - case.queued_at).total_seconds()) if case.queued_at else 0
        kept = msgspec.structs.replace(case, queued_at=None, assigned_at=now, told_position=0, wanted_agent="")
        desk.save_case(connection, shop, kept)
        desk.touch_agent(connection, shop, agent.id, assigned_at=now)
        data = {"agent_id": agent.id, "why": route.why, "skill": case.skill, "waited_s": waited}
        _append(connection, conversation, "conversation.assigned", now, data)

    @staticmethod
    def _wait(
        connection: Connection,
        conversation: Conversation,
        case: Case,
        agents: list[Agent],
        settings: DeskSettings,
        now: datetime,
    ) -> None:
        """Tell the place once, and once more when the buyer has come to the front from further behind."""
        shop = conversation.shop
        if 0 < case.told_position < routing.FRONT:
            return
        position = owners.count_of_state(connection, shop, "queued")
        if position <= _ORDERED:  # a longer queue is told by its length: putting it in order would cost every buyer
            position = queue.positions(desk.waiting(connection, shop), now).get(conversation.id, 1)
        if case.told_position == 0 or (position == 1 and case.told_position >= routing.FRONT):
            minutes = queue.expected_wait_min(
                position, case.skill, agents, settings.handle_s, now, settings.lost_after_s
            )
            _say(connection, conversation, "event", words.queued(position, minutes), now)
            desk.save_case(connection, shop, msgspec.structs.replace(case, told_position=position))
            if case.told_position == 0:
                data = {"skill": case.skill, "position": position, "reason": case.reason}
                _append(connection, conversation, "conversation.queued", now, data)


def _say(connection: Connection, conversation: Conversation, author: Author, text: str, now: datetime) -> None:
    part = ReplyPart(TextContent(text), text)
    conversations.say(connection, conversation.shop, conversation.id, author, "", [part], now)


def _append(
    connection: Connection, conversation: Conversation, type_: str, now: datetime, data: dict[str, Any]
) -> None:
    fact: Event = desk.fact(conversation.shop, type_, now, conversation.id, conversation.buyer_id, **data)
    insights.append(connection, conversation.shop, [fact])
