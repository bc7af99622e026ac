"""The side pane (客户与订单): who the buyer is, what he is worth, what is remembered, his orders and tickets.

Contact data are masked. What is remembered comes from the traces of earlier talks, each line with its day.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol, TypeVar

from msgspec import Struct
from sqlalchemy import Connection

from xiaoer.flows.show_desk.detail import STATUS_LABEL, ShowDetail
from xiaoer.flows.show_desk.views import TicketView
from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.commerce import Buyer, Order, Product, Variant
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money
from xiaoer.slices.assist.rules.remembered import Heard, Remembered, remember
from xiaoer.slices.buyers import card as cards
from xiaoer.slices.buyers.card import Card
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.conversations.types import Conversation
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.rules import buyers as buyer_rules
from xiaoer.slices.desk.rules.closing import WRAP_UPS
from xiaoer.slices.desk.types import Case
from xiaoer.slices.privacy.rules import masks
from xiaoer.slices.tickets import api as tickets
from xiaoer.slices.tickets.types import Ticket

T = TypeVar("T")
_ORDERS = 20
_WAIT_S = 2.5  # for a system; an agent who waits longer helps nobody
_PAST = 20
_COMPLAINED = frozenset({"sensitive", "negative_sentiment"})
_WRAP_UP = {wrap_up.code: wrap_up.label for wrap_up in WRAP_UPS}
_MATTER = {
    "cancel": "取消订单",
    "change_address": "改地址",
    "note": "改备注",
    "change_item": "改款式",
    "combine": "合并发货",
    "after_sale": "退换货",
}


class ReadsBuyer(Protocol):
    """One buyer of the shop."""

    async def buyer(self, shop: ShopId, buyer_id: str) -> Buyer | None: ...


class ReadsOrders(Protocol):
    """Orders of one buyer, newest first."""

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int) -> tuple[Order, ...]: ...


class KeepsOrders(ReadsOrders, Protocol):
    """The shop's own rows of orders, and when those of a buyer were brought up to date last."""

    async def kept_at(self, shop: ShopId, buyer_id: str) -> datetime | None: ...


class ReadsProducts(Protocol):
    """Products and their variants."""

    async def product(self, shop: ShopId, product_id: str) -> Product | None: ...
    async def variants(self, shop: ShopId, product_id: str) -> tuple[Variant, ...]: ...


class Outage(Struct, frozen=True):
    """A system that cannot be asked now: what is shown in its place is as of `as_of`."""

    what: Literal["buyer", "orders", "stock"]
    as_of: datetime | None = None


class Side(Struct, frozen=True):
    """The side pane; contact data are masked. `complaints` are newest first; `outages` name what is not from now."""

    buyer: dict[str, Any]
    orders: tuple[dict[str, Any], ...]
    tickets: tuple[TicketView, ...]
    past: tuple[dict[str, Any], ...]
    product: dict[str, Any] | None
    card: Card = Card()
    memory: tuple[Remembered, ...] = ()
    complaints: tuple[dict[str, Any], ...] = ()
    outages: tuple[Outage, ...] = ()


class _Talks(Struct, frozen=True):
    """What the buyer's talks and tickets tell."""

    tickets: list[Ticket]
    past: list[Conversation]
    last: dict[str, str]
    cases: dict[str, Case]
    heard: list[Heard]
    card: Card


class ShowSide:
    """Reads the side pane of a talk."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        sources: tuple[ReadsBuyer, ReadsOrders, ReadsProducts],
        own: tuple[ReadsBuyer, KeepsOrders, ReadsProducts],
        detail: ShowDetail,
        labels: dict[str, str],
    ) -> None:
        self._db = db
        self._clock = clock
        self._buyers, self._orders, self._products = sources
        self._own_buyers, self._own_orders, self._own_products = own
        self._detail = detail
        self._labels = labels

    async def __call__(self, shop: ShopId, conversation_id: str) -> Side:
        """Everything that is known of this talk's buyer; from the own rows where a system cannot be asked.

        Raises:
            NotFound: no such conversation.
        """
        conversation, _ = await self._db.read(lambda c: conversations.load_recent(c, shop, conversation_id))
        id_, outages = conversation.buyer_id, list[Outage]()
        buyer = await _told(self._buyers.buyer(shop, id_))
        if isinstance(buyer, _Down):
            buyer = await self._own_buyers.buyer(shop, id_)
            outages.append(Outage("buyer"))
        orders = await _told(self._orders.orders_of(shop, id_, _ORDERS))
        if isinstance(orders, _Down):
            orders = await self._own_orders.orders_of(shop, id_, _ORDERS)
            outages.append(Outage("orders", await self._own_orders.kept_at(shop, id_)))
        product_id = conversation.memory.product_in_focus(conversation.context.product_id)
        product = await _told(self._product(shop, product_id, self._products))
        if isinstance(product, _Down):
            product = await self._product(shop, product_id, self._own_products)
            outages.append(Outage("stock"))
        talks = await self._db.read(lambda c: _talks(c, conversation))
        complaints = _complaints(talks)
        now = self._clock.now()
        open_matters = [_MATTER.get(matter.kind, matter.kind) for matter in conversation.memory.matters]
        return Side(
            _buyer(conversation.buyer_id, buyer, orders, len(complaints)),
            tuple(_order(order) for order in orders),
            tuple(self._detail.ticket(ticket, now) for ticket in talks.tickets),
            tuple(_past(talks, past) for past in talks.past),
            product,
            talks.card,
            remember(talks.heard, self._labels, open_matters),
            complaints,
            tuple(outages),
        )

    @staticmethod
    async def _product(shop: ShopId, product_id: str | None, source: ReadsProducts) -> dict[str, Any] | None:
        product = await source.product(shop, product_id) if product_id else None
        if product is None:
            return None
        return product_view(product, await source.variants(shop, product.id))


class _Down(Struct, frozen=True):
    """The system did not answer."""


async def _told(asking: Awaitable[T]) -> T | _Down:
    """What a system tells in good time."""
    try:
        async with asyncio.timeout(_WAIT_S):
            return await asking
    except (SourceUnavailable, TimeoutError):
        return _Down()


def product_view(product: Product, variants: Sequence[Variant]) -> dict[str, Any]:
    """A product for the workbench with its specifications and the lowest price."""
    prices = [variant.price for variant in variants]
    return {
        "id": product.id,
        "title": product.title,
        "image": product.image,
        "price": str(min(prices)) if prices else "",
        "attributes": product.attributes,
        "variants": [
            {"id": v.id, "title": " ".join(v.spec.values()) or "默认", "price": str(v.price), "stock": v.stock}
            for v in variants
        ],
    }


def _talks(connection: Connection, conversation: Conversation) -> _Talks:
    shop, buyer_id = conversation.shop, conversation.buyer_id
    known = owners.of_buyer(connection, shop, buyer_id, _PAST)
    past = [c for c in known if c.id != conversation.id]
    ids = [c.id for c in past]
    turns = [*owners.last_turns(connection, shop, ids).values(), *owners.turns_of(connection, shop, conversation.id)]
    return _Talks(
        tickets.of_buyer(connection, shop, buyer_id),
        past,
        conversations.last_texts(connection, shop, ids),
        desk.get_cases(connection, shop, ids),
        [Heard(turn.at, tuple((turn.trace.get("heard") or {}).get("segments", ()))) for turn in turns],
        cards.card_of(connection, shop, buyer_id),
    )


def _past(talks: _Talks, past: Conversation) -> dict[str, Any]:
    code = talks.cases[past.id].wrap_up if past.id in talks.cases else ""
    rating = past.csat or {}
    return {
        "id": past.id,
        "opened_at": past.opened_at,
        "closed_at": past.closed_at,
        "last_text": talks.last.get(past.id, ""),
        "wrap_up": _WRAP_UP.get(code, code),
        "csat": rating.get("score"),
        "csat_reasons": rating.get("reasons", ()),
        "csat_comment": rating.get("comment", ""),
    }


def _complaints(talks: _Talks) -> tuple[dict[str, Any], ...]:
    """Complaint tickets, talks that went to people in anger, and bad ratings; newest first."""
    found: list[dict[str, Any]] = [
        {"at": ticket.created_at, "kind": "ticket", "text": f"投诉工单 {ticket.no}：{ticket.title}", "id": ticket.id}
        for ticket in talks.tickets
        if ticket.type == "complaint"
    ]
    for past in talks.past:
        reason = (past.handoff or {}).get("reason", "")
        score = (past.csat or {}).get("score", 5)
        if reason in _COMPLAINED:
            found.append({"at": past.opened_at, "kind": "talk", "text": "生气或提到投诉，转了人工", "id": past.id})
        if score <= 2:
            found.append({"at": past.last_at, "kind": "rating", "text": f"评了 {score} 星", "id": past.id})
    return tuple(sorted(found, key=lambda one: one["at"], reverse=True))


def _buyer(buyer_id: str, buyer: Buyer | None, orders: Sequence[Order], complaints: int) -> dict[str, Any]:
    spent = buyer_rules.paid_fen(orders)
    paid = [order for order in orders if order.status not in ("unpaid", "closed")]
    returned = sum(1 for order in paid if order.refunds)
    return {
        "id": buyer_id,
        "nick": buyer.nick if buyer else "",
        "level": buyer.level if buyer else "",
        "tags": buyer.tags if buyer else (),
        "phone": masks.mask_phone(buyer.phone) if buyer else "",
        "since": buyer.created_at if buyer else None,
        "orders": len(orders),
        "spent": str(Money(spent)),
        "mean": str(Money(spent // len(paid))) if paid else "",
        "returned_ratio": round(returned / len(paid), 2) if paid else None,
        "last_order_at": orders[0].created_at if orders else None,
        "complaints": complaints,
    }


def _order(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "status": order.status,
        "status_label": STATUS_LABEL.get(order.status, order.raw_status or order.status),
        "created_at": order.created_at,
        "pay_amount": order.paid_as_told,
        "items": [
            {"variant_id": i.variant_id, "title": i.title, "quantity": i.quantity, "price": order.as_told(i.price)}
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
                "amount": order.as_told(r.amount),
                "reason": r.reason,
                "created_at": r.created_at,
            }
            for r in order.refunds
        ],
    }
