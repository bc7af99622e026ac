"""One conversation opened (会话详情): its messages with the notes between them, and 前情提要."""

import contextlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from xiaoer.flows.show_desk.views import MessageView, TicketView, message_view, note_view, ticket_view
from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.commerce import Order, Product
from xiaoer.kernel.errors import XiaoerError
from xiaoer.kernel.heard import Segment
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.assist import api as assist
from xiaoer.slices.assist.rules.summary import summarise
from xiaoer.slices.assist.types import Line, Story
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.conversations.types import Conversation, Message, StoredTurn
from xiaoer.slices.desk import api as desk
from xiaoer.slices.policies.rules.picking import order_told
from xiaoer.slices.tickets import api as tickets
from xiaoer.slices.tickets.rules import flow
from xiaoer.slices.tickets.types import Form, Ticket

STATUS_LABEL = {
    "unpaid": "待付款",
    "paid": "待发货",
    "shipped": "已发货",
    "delivered": "已签收",
    "completed": "已完成",
    "closed": "已关闭",
    "refunding": "退款中",
    "refunded": "已退款",
}


_ORDERS = 20  # among which the one that is talked about is looked for
_TOLD = 6  # turns in which the matter of the talk is looked for
_FELT = 3  # turns whose feeling the summary tells


class ReadsOrders(Protocol):
    """Orders of one buyer, newest first."""

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int) -> tuple[Order, ...]: ...


class ReadsProducts(Protocol):
    """Products."""

    async def product(self, shop: ShopId, product_id: str) -> Product | None: ...


class Opened(Struct, frozen=True):
    """The chat pane. `read_seq` is the last message that the buyer has seen, 0 where the channel does not tell."""

    messages: tuple[MessageView, ...]
    summary: tuple[str, ...]
    read_seq: int = 0


class ShowDetail:
    """Opens conversations for agents."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        orders: ReadsOrders,
        products: ReadsProducts,
        forms: dict[str, Form],
        labels: dict[str, str],
    ) -> None:
        self._db = db
        self._clock = clock
        self._orders = orders
        self._products = products
        self._forms = forms
        self._labels = labels

    async def opened(self, shop: ShopId, conversation_id: str) -> Opened:
        """Messages and notes, oldest first, with the summary.

        Raises:
            NotFound: no such conversation.
        """
        conversation, said = await self._db.read(lambda c: conversations.transcript(c, shop, conversation_id))
        notes = await self._db.read(lambda c: desk.list_notes(c, shop, conversation_id))
        shown = [message_view(m) for m in said] + [note_view(n) for n in notes]
        shown.sort(key=lambda view: (view.seq, view.author == "note", view.at))
        read_seq = await self._db.read(lambda c: desk.buyer_read_seq(c, shop, conversation_id))
        return Opened(tuple(shown), await self._summary(conversation, said), read_seq)

    async def _summary(self, conversation: Conversation, said: Sequence[Message]) -> tuple[str, ...]:
        shop = conversation.shop

        def query(connection: Connection) -> tuple[StoredTurn | None, list[StoredTurn], list[str], str]:
            turns = owners.turns_of(connection, shop, conversation.id)
            open_ = tickets.open_of_buyer(connection, shop, conversation.buyer_id)
            case = desk.get_case(connection, shop, conversation.id)
            said = [promise.text for promise in assist.open_promises(connection, shop, conversation_id=conversation.id)]
            said += [f"工单 {t.no} {t.title}" for t in open_[:2]]
            return turns[-1] if turns else None, turns, said, case.reason if case else ""

        last, turns, promised, reason = await self._db.read(query)
        heard: dict[str, Any] = (last.trace.get("heard") if last else None) or {}
        # 「转人工」 after 「气死我了」 sounds calm: the strongest feeling of the last turns counts.
        felt = [(turn.trace.get("heard") or {}).get("sentiment", {}) for turn in turns[-_FELT:]]
        intents = tuple(
            segment.get("intent", "")
            for turn in turns[-_TOLD:]
            for segment in (turn.trace.get("heard") or {}).get("segments", ())
        )
        orders: tuple[Order, ...] = ()
        product = None
        with contextlib.suppress(XiaoerError):  # a source that is down only makes the summary shorter
            orders = await self._orders.orders_of(shop, conversation.buyer_id, _ORDERS)
            product_id = conversation.memory.product_in_focus(conversation.context.product_id)
            if product_id:
                product = await self._products.product(shop, product_id)
        segments = [
            msgspec.convert(segment, Segment)
            for turn in reversed(turns[-_TOLD:])
            for segment in (turn.trace.get("heard") or {}).get("segments", ())
        ]
        order = order_told(orders, segments, _order_about(conversation, said), self._clock.now())
        about = order.id if order else ""
        known = [_order_line(order) for order in orders if order.id == about]
        newest = [f"最近一单 {_order_line(order)}" for order in orders[:1]]  # nobody said which one it is about
        story = Story(
            tuple(
                Line(
                    m.author,
                    m.text,
                    tuple(m.meta.get("intents", ())),
                    tuple(m.meta.get("acts", ())),
                    m.meta.get("voted") == "down",
                )
                for m in said
                if m.author != "event" and not m.meta.get("recalled")
            ),
            (conversation.handoff or {}).get("reason", "") or reason,
            intents,
            max((float(one.get("anger", 0.0)) for one in felt), default=0.0),
            min((float(one.get("score", 0.0)) for one in felt), default=0.0),
            str(heard.get("urgency", "normal")),
            product.title if product else "",
            tuple(known or newest),
            tuple(promised[:2]),
        )
        return summarise(story, self._labels)

    def ticket(self, ticket: Ticket, now: datetime) -> TicketView:
        """A ticket as the workbench shows it."""
        form = self._forms.get(ticket.type)
        missing = tuple(tickets.lacking(self._forms, ticket))
        overdue = flow.is_overdue(ticket, now)
        label = form.label if form else ticket.type
        return ticket_view(ticket, label, flow.LABEL[ticket.state], missing, overdue=overdue)


def _order_about(conversation: Conversation, said: Sequence[Message]) -> str:
    """The order that was talked about last: remembered, named by an answer's sources, or that of the page."""
    cited = (
        id_ for m in reversed(said) if m.author == "bot" for kind, id_ in m.meta.get("sources", ()) if kind == "order"
    )
    return conversation.memory.order_id or next(cited, "") or conversation.context.order_id or ""


def _order_line(order: Order) -> str:
    title = order.items[0].title if order.items else ""
    parcel = f"，{order.shipments[0].traces[-1].text}" if order.shipments and order.shipments[0].traces else ""
    return f"订单尾号 {order.id[-4:]}「{title}」{STATUS_LABEL.get(order.status, order.status)}{parcel}"
