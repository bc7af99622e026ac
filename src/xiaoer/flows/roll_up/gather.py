"""What the roll-up reads beside the facts: orders and refunds of buyers, who was on duty, what was said."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from xiaoer.kernel.commerce import Order, Refund
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import foreign
from xiaoer.slices.catalog import store as catalog
from xiaoer.slices.conversations import told
from xiaoer.slices.insights.rules.days import as_date, day_of, micros
from xiaoer.slices.insights.rules.figures import main_agent
from xiaoer.slices.insights.rules.free_days import Calendar
from xiaoer.slices.insights.rules.reasons import name_reason, pick_words
from xiaoer.slices.insights.types import BuyerDay, Deal, ModelCall, RefundFacts, Talk
from xiaoer.slices.orders.rules import PAID_BACK
from xiaoer.slices.orders.store import reads as orders
from xiaoer.slices.privacy import api as privacy

_ORDERS = 200  # of one buyer; more than that is not a person
_NEAR_US = 15 * 86_400_000_000
_SHOWN = 80
_CLAIMS = {
    "size": "尺码表",
    "color": "颜色图片",
    "material": "材质说明",
    "function": "功能参数",
    "short_life": "续航说明",
    "not_as_described": "详情页描述",
    "cheaper": "价格说明",
    "missing_part": "包装清单",
    "late": "发货时间",
}


def orders_of(connection: Connection, shop: ShopId, buyer_id: str) -> tuple[Order, ...]:
    """The buyer's orders as the shop keeps them."""
    return orders.of_buyer(connection, shop, buyer_id, _ORDERS)


def deals_of(
    kept: Sequence[Order], told_by_shop: Sequence[Event], owner_of: Mapping[str, str], calendar: Calendar
) -> list[Deal]:
    """Orders near talks: those of the shop's tables, and those that only events told about.

    `owner_of` maps variant to product; `calendar` tells when people are at work.
    """
    deals = {
        order.id: Deal(
            order.id,
            micros(order.created_at),
            micros(order.paid_at) if order.paid_at else 0,
            order.yuan_paid.fen,
            0 if order.currency else sum(r.amount.fen for r in order.refunds if _is_paid_back(r, order)),
            micros(order.shipped_at) if order.shipped_at else 0,
            tuple(sorted({owner_of.get(item.variant_id, "") for item in order.items} - {""})),
        )
        for order in kept
    }
    only: dict[str, dict[str, int]] = {}
    for fact in sorted(told_by_shop, key=lambda f: (f.at, f.id)):
        id_ = str(fact.data.get("order_id") or fact.data.get("id") or "")
        if not id_ or id_ in deals:
            continue
        seen = only.setdefault(id_, {"created": micros(fact.at), "paid": 0, "amount": 0, "refunded": 0, "shipped": 0})
        amount = _fen(fact.data)
        if fact.type == "order.paid":
            seen["paid"], seen["amount"] = micros(fact.at), amount or seen["amount"]
        elif fact.type == "order.created":
            seen["amount"] = amount or seen["amount"]
        elif fact.type == "order.refunded":
            seen["refunded"] += amount or seen["amount"]
        elif fact.type == "order.shipped":
            seen["shipped"] = micros(fact.at)
    deals |= {
        id_: Deal(id_, s["created"], s["paid"], s["amount"], s["refunded"], s["shipped"]) for id_, s in only.items()
    }
    placed = (
        msgspec.structs.replace(deal, off_hours=deal.paid > 0 and calendar.is_off_hours(deal.paid))
        for deal in deals.values()
    )
    return sorted(placed, key=lambda deal: (deal.created, deal.id))


def _is_paid_back(refund: Refund, order: Order) -> bool:
    return refund.status in PAID_BACK or order.status == "refunded"


def _fen(data: dict[str, Any]) -> int:
    if foreign(data.get("currency")):
        return 0
    for name in ("pay_amount", "paid", "amount", "payable", "total"):
        try:
            return round(float(data[name]) * 100)
        except (KeyError, TypeError, ValueError):
            continue
    return 0


def days_of(
    buyer_id: str, kept: Sequence[Order], seen: Sequence[Event], talks: Sequence[Talk], owner_of: dict[str, str]
) -> list[BuyerDay]:
    """The buyer's days: when he looked, asked or paid. `owner_of` maps variant to product."""
    days: dict[int, dict[str, Any]] = {}

    def day(us: int) -> dict[str, Any]:
        return days.setdefault(day_of(us), {"at": us, "viewed": False, "consulted": False, "paid": 0, "sold": {}})

    for fact in seen:
        if fact.type in ("page.viewed", "cart.updated"):
            day(micros(fact.at))["viewed"] = True
    for talk in talks:
        day(talk.opened)["consulted"] = True
    for order in kept:
        if order.paid_at:
            found = day(micros(order.paid_at))
            found["paid"] += order.yuan_paid.fen
            for item in order.items:
                place = (owner_of.get(item.variant_id, ""), item.variant_id)
                found["sold"][place] = found["sold"].get(place, 0) + item.quantity
    return [
        BuyerDay(
            buyer_id,
            number,
            value["at"],
            value["viewed"],
            value["consulted"],
            value["paid"],
            tuple((product, variant, pieces) for (product, variant), pieces in sorted(value["sold"].items())),
        )
        for number, value in sorted(days.items())
    ]


class Goods:
    """Which product a variant belongs to, its size, and what the page claims; read once a run."""

    def __init__(self, connection: Connection, shop: ShopId) -> None:
        self.owner_of: dict[str, str] = {}
        self._spec: dict[str, dict[str, str]] = {}
        for variant in catalog.all_variants(connection, shop):
            self.owner_of[variant.id] = variant.product_id
            self._spec[variant.id] = variant.spec

    def size(self, variant_id: str) -> str:
        """The size of a variant; "" when it has none."""
        spec = self._spec.get(variant_id, {})
        return next((value for axis, value in spec.items() if "码" in axis or "尺寸" in axis or axis == "size"), "")


def refunds_of(
    connection: Connection,
    shop: ShopId,
    buyer_id: str,
    kept: Sequence[Order],
    seen: Sequence[Event],
    talks: Sequence[Talk],
    goods: Goods,
) -> list[RefundFacts]:
    """The buyer's refunds with what he said about them, and how long they took where events of the shop tell."""
    found = []
    paid_back = {
        str(fact.data.get("refund_id") or f"R{fact.data.get('order_id', '')}"): micros(fact.at)
        for fact in sorted(seen, key=lambda f: (f.at, f.id), reverse=True)
        if fact.type == "order.refunded"
    }
    for order in kept:
        for refund in order.refunds:
            at = micros(refund.created_at or order.created_at)
            near = _talk_about(talks, at)
            said = _words(connection, shop, near) if near else []
            intents = [i for ask in near.asks for i in ask.intents] if near else []
            reason, detail = name_reason(refund.reason, said, intents)
            item = max(order.items, key=lambda i: i.pay_amount.fen, default=None)
            variant = item.variant_id if item else ""
            shipped = order.shipped_at
            found.append(
                RefundFacts(
                    refund.id,
                    order.id,
                    buyer_id,
                    at,
                    refund.kind,
                    reason,
                    detail,
                    0 if order.currency else refund.amount.fen,
                    goods.owner_of.get(variant, ""),
                    variant,
                    order.shipments[0].carrier if order.shipments else "",
                    _week_of(micros(shipped)) if shipped else "",
                    claim_of(reason, detail),
                    goods.size(variant),
                    privacy.mask_text(pick_words(said, reason, detail))[:_SHOWN],
                    near.id if near else "",
                    near.channel if near else "",
                    max(0, paid_back[refund.id] - at) // 1_000_000 if refund.id in paid_back else -1,
                    agent=main_agent(near) if near else "",
                )
            )
    return found


def claim_of(reason: str, detail: str) -> str:
    """What the page says that did not hold for the buyer; "" when the reason has nothing to do with the page."""
    return _CLAIMS.get(detail) or _CLAIMS.get(reason, "")


def _week_of(us: int) -> str:
    year, week, _ = as_date(day_of(us)).isocalendar()
    return f"{year}-W{week:02d}"


def _talk_about(talks: Sequence[Talk], at: int) -> Talk | None:
    """The talk about after-sales that is nearest to a refund in time."""
    fitting = [
        talk
        for talk in talks
        if abs(talk.opened - at) <= _NEAR_US
        and any(i.startswith(("after.", "ship.", "product.authenticity")) for ask in talk.asks for i in ask.intents)
    ]
    return min(fitting, key=lambda talk: (abs(talk.opened - at), talk.id), default=None)


def _words(connection: Connection, shop: ShopId, talk: Talk) -> list[str]:
    return [m.text for m in told.messages_of(connection, shop, [talk.id]).get(talk.id, ()) if m.author == "buyer"]


def call_of(fact: Event) -> ModelCall:
    """A call of a language model as its fact tells it."""
    told = {**fact.data, "id": fact.id, "at": micros(fact.at), "conversation_id": fact.conversation_id}
    return msgspec.convert(told, ModelCall)


class Duty:
    """Whether anybody was at the desk; made from the agents' state changes."""

    def __init__(self, states: Iterable[dict[str, Any]]) -> None:
        online: set[str] = set()
        self._at: list[int] = []
        self._someone: list[bool] = []
        for state in states:
            agent = str(state.get("agent_id", ""))
            online.add(agent) if state.get("status") == "online" else online.discard(agent)
            self._at.append(micros(state["at"]))
            self._someone.append(bool(online))

    def nobody(self, us: int) -> bool:
        """True when all agents were away; a shop without any state told has somebody."""
        place = bisect_right(self._at, us)
        return place > 0 and not self._someone[place - 1]
