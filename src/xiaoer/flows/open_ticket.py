"""Tickets from talks (工单): opened with what is known, changed, merged; the buyer hears of what matters to him."""

import contextlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.errors import NotFound, XiaoerError
from xiaoer.kernel.heard import Segment
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.reply import ReplyPart
from xiaoer.kernel.turn import TextContent
from xiaoer.kernel.worktime import BusinessHours
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.desk import api as desk
from xiaoer.slices.insights import api as insights
from xiaoer.slices.policies.rules.picking import order_told
from xiaoer.slices.shops.types import Principal
from xiaoer.slices.tickets import api as tickets
from xiaoer.slices.tickets import files
from xiaoer.slices.tickets.rules import filling, flow
from xiaoer.slices.tickets.types import Draft, Form, Opened, Ticket

_ORDERS = 10
_PHOTOS, _FILLED = 20, 3  # pictures of the talk to choose from, and those that are filled in


class ReadsOrders(Protocol):
    """Orders of one buyer, newest first."""

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int) -> tuple[Order, ...]: ...


class ReadsHours(Protocol):
    """The shop's business hours."""

    async def hours(self, shop: ShopId) -> BusinessHours: ...


class Prefilled(msgspec.Struct, frozen=True):
    """What a new ticket of this talk would hold; `photos` are the buyer's pictures to choose from, newest first.

    `type` is the one that was asked for, else what the talk is about, else "" with nothing filled in.
    """

    type: str
    fields: dict[str, str]
    order_id: str
    missing: tuple[str, ...]
    photos: tuple[str, ...] = ()


class OpenTicket:
    """Opens, changes, notes and merges."""

    def __init__(
        self, db: Database, clock: Clock, hours: ReadsHours, orders: ReadsOrders, forms: dict[str, Form]
    ) -> None:
        self._db = db
        self._clock = clock
        self._hours = hours
        self._orders = orders
        self._forms = forms

    async def prefill(self, shop: ShopId, type_: str, conversation_id: str) -> Prefilled:
        """Fields from the whole talk and the order it is about; of the type that fits when none is named.

        Raises:
            NotFound: no such conversation or type.
        """
        if type_ and type_ not in self._forms:
            raise NotFound("Ticket type", type_, "Ask GET /api/v1/tickets/types.")
        conversation, messages = await self._db.read(lambda c: conversations.transcript(c, shop, conversation_id))
        turns = await self._db.read(lambda c: owners.turns_of(c, shop, conversation_id))
        segments: list[Segment] = []
        for turn in turns:
            for raw in (turn.trace.get("heard") or {}).get("segments", ()):
                segments.insert(0, msgspec.convert(raw, Segment))  # what was said last wins
        form = self._forms.get(type_ := type_ or filling.form_for(self._forms, [s.intent for s in segments], ""))
        if form is None:
            return Prefilled("", {}, "", ())
        orders: tuple[Order, ...] = ()
        with contextlib.suppress(XiaoerError):  # then the agent fills in the order himself
            orders = await self._orders.orders_of(shop, conversation.buyer_id, _ORDERS)
        named = next((s.entities.order_no for s in segments if s.entities.order_no), None)
        wanted = named or conversation.memory.order_in_focus(conversation.context.order_id)
        order = order_told(orders, segments, wanted, self._clock.now()) or (orders[0] if len(orders) == 1 else None)
        said = [m for m in messages if m.author == "buyer"]
        text = "；".join(m.text for m in said[-5:] if m.text and not m.text.startswith("["))
        photos = [m.content["url"] for m in said if isinstance(m.content, dict) and m.content.get("type") == "image"]
        photos = list(dict.fromkeys(reversed(photos)))
        fields = filling.prefill(form, segments, text, order, "\n".join(photos[:_FILLED]))
        known = order.id if order else (wanted or "")
        return Prefilled(type_, fields, known, filling.missing(form, fields), tuple(photos[:_PHOTOS]))

    async def open(self, who: Principal, draft: Draft) -> Opened:
        """Open a ticket, or append to the open one of the same matter.

        Raises:
            InvalidBody: an unknown type. NotFound: an unknown conversation.
        """
        work, now = await self._hours.hours(who.shop), self._clock.now()
        goods = await self._goods(who.shop, draft)

        def change(connection: Connection) -> Opened:
            wanted = msgspec.structs.replace(draft, goods=goods)
            if draft.conversation_id:
                conversation = conversations.get(connection, who.shop, draft.conversation_id)
                if conversation is None:
                    raise NotFound("Conversation", draft.conversation_id)
                wanted = msgspec.structs.replace(wanted, buyer_id=draft.buyer_id or conversation.buyer_id)
            by = (who.staff_id, who.name)
            opened = tickets.open_ticket(connection, who.shop, self._forms, wanted, work, now, by)
            kind = "ticket.appended" if opened.appended else "ticket.opened"
            self._fact(connection, who.shop, kind, opened.ticket, now, by=who.staff_id)
            return opened

        return await self._db.write(change)

    async def _goods(self, shop: ShopId, draft: Draft) -> str:
        """What was ordered, for the title; a source that is down only makes that shorter."""
        buyer, talk = draft.buyer_id, draft.conversation_id
        if not buyer and talk and draft.order_id:
            conversation = await self._db.read(lambda c: conversations.get(c, shop, talk))
            buyer = str(conversation.buyer_id) if conversation else ""
        if not buyer or not draft.order_id:
            return ""
        with contextlib.suppress(XiaoerError, TimeoutError):
            orders = await self._orders.orders_of(shop, buyer, _ORDERS)
            return filling.goods_of(next((order for order in orders if order.id == draft.order_id), None))
        return ""

    async def change(
        self, who: Principal, ticket_id: str, changes: dict[str, Any], *, tell: bool, note: str = ""
    ) -> Ticket:
        """Change a ticket; a changed state is told to the buyer when `tell`.

        Raises:
            NotFound: no such ticket or assignee. Conflict: the move is not allowed.
        """
        work, now = await self._hours.hours(who.shop), self._clock.now()
        return await self._db.write(
            lambda connection: self._change(connection, who, ticket_id, changes, work, now, tell=tell, note=note)
        )

    async def change_many(self, who: Principal, ticket_ids: Sequence[str], changes: dict[str, Any]) -> int:
        """Change several tickets; those that cannot go there stay as they are. Returns how many changed."""
        work, now = await self._hours.hours(who.shop), self._clock.now()

        def change(connection: Connection) -> int:
            done = 0
            for ticket in tickets.by_ids(connection, who.shop, ticket_ids):
                target = changes.get("state")
                if target and target != ticket.state and target not in flow.MOVES[ticket.state]:
                    continue
                self._change(connection, who, ticket.id, changes, work, now, tell=True, note="")
                done += 1
            return done

        return await self._db.write(change)

    def _change(
        self,
        connection: Connection,
        who: Principal,
        ticket_id: str,
        changes: dict[str, Any],
        work: BusinessHours,
        now: datetime,
        *,
        tell: bool,
        note: str,
    ) -> Ticket:
        by = (who.staff_id, who.name)
        if changes.get("assignee"):
            agent = desk.get_agent(connection, who.shop, changes["assignee"])
            if agent is None:
                raise NotFound("Agent", changes["assignee"], "Only people who have opened the workbench take tickets.")
            changes = {**changes, "assignee_name": agent.name}
        before, after = tickets.change(connection, who.shop, self._forms, ticket_id, changes, work, now, by)
        if after.state != before.state:
            data = {"from": before.state, "to": after.state, "overdue": flow.is_overdue(before, now)}
            self._fact(connection, who.shop, "ticket.state", after, now, by=who.staff_id, **data)
            words = flow.buyer_words(after, self._label(after), note)
            if tell and words and _tell(connection, who.shop, after, words, now):
                tickets.log(connection, who.shop, after, "told", words, now, by)
        if after.assignee != before.assignee:
            self._fact(connection, who.shop, "ticket.assigned", after, now, by=who.staff_id, to=after.assignee)
        return after

    async def note(self, who: Principal, ticket_id: str, text: str) -> Ticket:
        """Add a colleague's remark.

        Raises:
            NotFound: no such ticket.
        """
        now = self._clock.now()
        by = (who.staff_id, who.name)
        return await self._db.write(lambda c: tickets.add_note(c, who.shop, ticket_id, text, now, by))

    async def merge(self, who: Principal, ticket_id: str, into_id: str, *, is_same_person: bool = False) -> Ticket:
        """Put one ticket into another; return the one that stays.

        Raises:
            NotFound, Conflict, OtherBuyer: as `tickets.merge`.
        """
        now = self._clock.now()

        def change(connection: Connection) -> Ticket:
            by = (who.staff_id, who.name)
            kept = tickets.merge(connection, who.shop, ticket_id, into_id, now, by, is_same_person=is_same_person)
            files.move(connection, who.shop, ticket_id, kept.id)
            self._fact(connection, who.shop, "ticket.merged", kept, now, by=who.staff_id, merged=ticket_id)
            return kept

        return await self._db.write(change)

    def _label(self, ticket: Ticket) -> str:
        form = self._forms.get(ticket.type)
        return form.label if form else ""

    @staticmethod
    def _fact(connection: Connection, shop: ShopId, type_: str, ticket: Ticket, now: datetime, **data: Any) -> None:
        values = {"ticket_id": ticket.id, "type": ticket.type, "priority": ticket.priority, **data}
        fact = desk.fact(shop, type_, now, ticket.conversation_id, ticket.buyer_id, **values)
        insights.append(connection, shop, [fact])


def _tell(connection: Connection, shop: ShopId, ticket: Ticket, text: str, now: datetime) -> bool:
    """Say it where the buyer reads: in the open talk on that channel, else in the talk of the ticket."""
    origin = conversations.get(connection, shop, ticket.conversation_id) if ticket.conversation_id else None
    if origin is None:
        recent = owners.of_buyer(connection, shop, ticket.buyer_id, 1) if ticket.buyer_id else []
        if not recent:
            return False
        origin = recent[0]
    current = conversations.find_open(connection, shop, origin.channel, BuyerId(origin.buyer_id)) or origin
    conversations.say(connection, shop, current.id, "event", "", [ReplyPart(TextContent(text), text)], now)
    return True
