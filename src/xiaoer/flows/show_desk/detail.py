"""One conversation opened (会话详情): its messages with the notes between them, 前情提要, and the side pane."""

import contextlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct
from sqlalchemy import Connection

from xiaoer.flows.show_desk.views import MessageView, TicketView, message_view, note_view, ticket_view
from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.commerce import Buyer, Order, Product, Variant
from xiaoer.kernel.errors import XiaoerError
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money
from xiaoer.slices.assist import api as assist
from xiaoer.slices.assist.rules.summary import summarise
from xiaoer.slices.assist.types import Line, Story
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.conversations.types import Conversation, Message, StoredTurn
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.rules import buyers as buyer_rules
from xiaoer.slices.privacy.rules import masks
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
_ORDERS = 20
_PAST = 20


class ReadsBuyer(Protocol):
    """One buyer of the shop."""

    async def buyer(self, shop: ShopId, buyer_id: str) -> Buyer | None: ...


class ReadsOrders(Protocol):
    """Orders of one buyer, newest first."""

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int) -> tuple[Order, ...]: ...


class ReadsProducts(Protocol):
    """Products and their variants."""

    async def product(self, shop: ShopId, product_id: str) -> Product | None: ...
    async def variants(self, shop: ShopId, product_id: str) -> tuple[Variant, ...]: ...


class Opened(Struct, frozen=True):
    """The chat pane."""

    messages: tuple[MessageView, ...]
    summary: tuple[str, ...]


class Side(Struct, frozen=True):
    """The side pane; contact data are masked."""

    buyer: dict[str, Any]
    orders: tuple[dict[str, Any], ...]
    tickets: tuple[TicketView, ...]
    past: tuple[dict[str, Any], ...]
    product: dict[str, Any] | None


class ShowDetail:
    """Opens conversations for agents."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        buyers: ReadsBuyer,
        orders: ReadsOrders,
        products: ReadsProducts,
        forms: dict[str, Form],
        labels: dict[str, str],
    ) -> None:
        self._db = db
        self._clock = clock
        self._buyers = buyers
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
        return Opened(tuple(shown), await self._summary(conversation, said))

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
        feeling = heard.get("sentiment", {})
        intents = tuple(
            segment.get("intent", "")
            for turn in turns[-6:]
            for segment in (turn.trace.get("heard") or {}).get("segments", ())
        )
        orders: tuple[Order, ...] = ()
        product = None
        with contextlib.suppress(XiaoerError):  # a source that is down only makes the summary shorter
            orders = await self._orders.orders_of(shop, conversation.buyer_id, 3)
            if conversation.context.product_id:
                product = await self._products.product(shop, conversation.context.product_id)
        wanted = [o for o in orders if o.id == conversation.context.order_id] or list(orders[:1])
        story = Story(
            tuple(
                Line(m.author, m.text, tuple(m.meta.get("intents", ())), tuple(m.meta.get("acts", ())))
                for m in said
                if m.author != "event"
            ),
            (conversation.handoff or {}).get("reason", "") or reason,
            intents,
            float(feeling.get("anger", 0.0)),
            float(feeling.get("score", 0.0)),
            str(heard.get("urgency", "normal")),
            product.title if product else "",
            tuple(_order_line(order) for order in wanted),
            tuple(promised[:2]),
        )
        return summarise(story, self._labels)

    async def side(self, shop: ShopId, conversation_id: str) -> Side:
        """Buyer, orders, tickets, earlier talks and the product that is looked at.

        Raises:
            NotFound: no such conversation.
        """
        conversation, _ = await self._db.read(lambda c: conversations.load_recent(c, shop, conversation_id))
        buyer = await self._buyers.buyer(shop, conversation.buyer_id)
        orders = await self._orders.orders_of(shop, conversation.buyer_id, _ORDERS)
        now = self._clock.now()

        def query(connection: Connection) -> tuple[list[Ticket], list[dict[str, Any]]]:
            past = [
                c for c in owners.of_buyer(connection, shop, conversation.buyer_id, _PAST) if c.id != conversation.id
            ]
            last = conversations.last_texts(connection, shop, [c.id for c in past])
            cases = desk.get_cases(connection, shop, [c.id for c in past])
            return tickets.of_buyer(connection, shop, conversation.buyer_id), [
                {
                    "id": c.id,
                    "opened_at": c.opened_at,
                    "closed_at": c.closed_at,
                    "last_text": last.get(c.id, ""),
                    "wrap_up": cases[c.id].wrap_up if c.id in cases else "",
                    "csat": c.csat,
                }
                for c in past
            ]

        own, past = await self._db.read(query)
        return Side(
            _buyer(conversation.buyer_id, buyer, orders, own),
            tuple(_order(order) for order in orders),
            tuple(self.ticket(ticket, now) for ticket in own),
            tuple(past),
            await self._product(shop, conversation.context.product_id),
        )

    def ticket(self, ticket: Ticket, now: datetime) -> TicketView:
        """A ticket as the workbench shows it."""
        form = self._forms.get(ticket.type)
        missing = tuple(tickets.lacking(self._forms, ticket))
        overdue = flow.is_overdue(ticket, now)
        label = form.label if form else ticket.type
        return ticket_view(ticket, label, flow.LABEL[ticket.state], missing, overdue=overdue)

    async def _product(self, shop: ShopId, product_id: str | None) -> dict[str, Any] | None:
        product = await self._products.product(shop, product_id) if product_id else None
        if product is None:
            return None
        prices = [variant.price for variant in await self._products.variants(shop, product.id)]
        price = str(min(prices)) if prices else ""
        return {"id": product.id, "title": product.title, "image": product.image, "price": price}


def _order_line(order: Order) -> str:
    title = order.items[0].title if order.items else ""
    parcel = f"，{order.shipments[0].traces[-1].text}" if order.shipments and order.shipments[0].traces else ""
    return f"订单尾号 {order.id[-4:]}「{title}」{STATUS_LABEL.get(order.status, order.status)}{parcel}"


def _buyer(buyer_id: str, buyer: Buyer | None, orders: Sequence[Order], own: Sequence[Ticket]) -> dict[str, Any]:
    return {
        "id": buyer_id,
        "nick": buyer.nick if buyer else "",
        "level": buyer.level if buyer else "",
        "tags": buyer.tags if buyer else (),
        "phone": masks.mask_phone(buyer.phone) if buyer else "",
        "since": buyer.created_at if buyer else None,
        "orders": len(orders),
        "spent": str(Money(buyer_rules.paid_fen(orders))),
        "complaints": sum(ticket.type == "complaint" for ticket in own),
    }


def _order(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "status": order.status,
        "status_label": STATUS_LABEL.get(order.status, order.raw_status or order.status),
        "created_at": order.created_at,
        "pay_amount": str(order.pay_amount),
        "items": [
            {"variant_id": i.variant_id, "title": i.title, "quantity": i.quantity, "price": str(i.price)}
            for i in order.items
        ],
        "receiver": masks.mask_name(order.receiver),
        "phone": masks.mask_phone(order.phone),
        "address": masks.mask_address(order.address),
        "promise_ship_at": order.promise_ship_at,
        "shipments": [
            {
                "waybill_no": s.waybill_no,
                "carrier": s.carrier,
                "last_text": s.traces[-1].text if s.traces else "",
                "last_at": s.traces[-1].at if s.traces else None,
                "traces": s.traces,
            }
            for s in order.shipments
        ],
        "refunds": [
            {
                "id": r.id,
                "kind": r.kind,
                "status": r.status,
                "amount": str(r.amount),
                "reason": r.reason,
                "created_at": r.created_at,
            }
            for r in order.refunds
        ],
    }
