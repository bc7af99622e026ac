"""Answers from the orders and parcels (订单与物流) of the buyer who asks; no other order is confirmed to exist."""

from datetime import timedelta

from xiaoer.kernel.commerce import Order, Shipment
from xiaoer.kernel.decision import Act, Source
from xiaoer.slices.policies.rules import parcels
from xiaoer.slices.policies.rules.needs import wants_orders
from xiaoer.slices.policies.rules.parcels import Stage
from xiaoer.slices.policies.rules.picking import pick_order
from xiaoer.slices.policies.types import Ask

_TRACKING = frozenset(
    {"ship.track", "ship.eta", "ship.stuck", "ship.deliver", "ship.lost", "ship.urge", "ship.when", "ship.redirect"}
)
_BEFORE_SHIPPING = frozenset(
    {"order.change_address", "order.change_item", "order.note", "order.cancel", "order.combine"}
)
_REFUND = frozenset({"after.progress", "after.refund_progress", "after.cancel"})
_RETURNS = frozenset({"after.return", "after.exchange", "after.size_wrong", "after.color_diff", "after.refund_only"})
_FAULTS = frozenset({"after.defect", "after.wrong_item", "after.missing"})
_DEMANDS = _REFUND | _RETURNS | {"after.compensation"}
_ASKING = ("吗", "么", "能", "可以", "怎么", "咋", "如何", "多久", "哪", "几", "谁", "啥", "支持", "如果", "万一")


def order_source(order: Order) -> Source:
    return Source("order", order.id, order.items[0].title if order.items else "")


def answer_from_orders(ask: Ask) -> Act | None:
    """Answer from the buyer's own orders; None when orders do not bear on the question."""
    orders = ask.facts.orders
    if orders is None or not wants_orders(ask.segment, ask.situation.turn):
        return None
    entities = ask.segment.entities
    named = entities.order_no or entities.waybill_no
    order = pick_order(orders, ask.segment, ask.situation.turn.order_in_focus, ask.situation.now)
    if order is None:
        if named:
            return Act(
                "ask", ask.index, "order.not_found", {"order_no": named[-6:]}, rule_id="identity.own_orders_only"
            )
        return _which_order(ask) if not orders else None
    intent = ask.segment.intent
    if intent in _TRACKING:
        return _tracking(ask, order)
    if intent in _BEFORE_SHIPPING:
        return _before_shipping(ask, order)
    if intent in _REFUND:
        return _refund(ask, order)
    if intent in _RETURNS:
        return _return(ask, order)
    if intent in _FAULTS:
        return Act("ask", ask.index, "after.fault_ask_photo", sources=(order_source(order),), rule_id="after.photo")
    if intent == "order.status" or named:
        return _tracking(ask, order) if order.status in ("paid", "shipped") else _order_act(ask, order, "order.status")
    return None


def _which_order(ask: Ask) -> Act | None:
    """A bare demand (退钱！) of a buyer without orders wants the order, not the rules; a question may be told them."""
    if ask.segment.intent not in _DEMANDS or any(word in ask.segment.text for word in _ASKING):
        return None
    return Act("ask", ask.index, "order.which", rule_id="order.ask_number")


def _order_act(ask: Ask, order: Order, template: str, *, kind: str = "lookup", **slots: object) -> Act:
    sources: tuple[Source, ...] = (order_source(order),)
    if "shipment" in slots and isinstance(slots["shipment"], Shipment):
        sources += (Source("shipment", slots["shipment"].waybill_no, slots["shipment"].carrier),)
    return Act(kind, ask.index, template, {"order": order, **slots}, sources)  # type: ignore[arg-type]


def _tracking(ask: Ask, order: Order) -> Act:
    now, intent = ask.situation.now, ask.segment.intent
    if order.status == "unpaid":
        return _order_act(ask, order, "ship.unpaid")
    if order.status == "closed":
        return _order_act(ask, order, "order.closed")
    if order.status in ("refunding", "refunded") and not order.shipments:
        return _refund(ask, order)
    if not order.shipments:
        return _unshipped(ask, order)
    shipment = order.shipments[-1]
    stage = parcels.stage_of(shipment)
    if stage is Stage.SIGNED:
        template = "ship.signed_disputed" if intent in ("ship.lost", "ship.deliver", "ship.stuck") else "ship.signed"
        return _order_act(ask, order, template, shipment=shipment)
    if stage is Stage.NO_SCAN:
        return _order_act(ask, order, "ship.no_scan", shipment=shipment)
    if stage is Stage.STATION:
        return _order_act(ask, order, "ship.station", shipment=shipment)
    if stage is Stage.RETURNING:
        return _order_act(ask, order, "ship.returning", shipment=shipment)
    if parcels.is_stuck(shipment, now):
        still = now - shipment.traces[-1].at
        return _order_act(ask, order, "ship.stuck", shipment=shipment, days=max(2, round(still / timedelta(days=1))))
    if stage is Stage.DELIVERING:
        return _order_act(ask, order, "ship.delivering", shipment=shipment)
    if intent == "ship.redirect":
        return _order_act(ask, order, "ship.redirect", shipment=shipment)
    arrival = parcels.arrival_of(shipment, now, parcels.city_of(order.address))
    return _order_act(ask, order, "ship.moving", shipment=shipment, arrival=arrival)


def _unshipped(ask: Ask, order: Order) -> Act:
    now, promise = ask.situation.now, order.promise_ship_at
    if promise is None:
        return _order_act(ask, order, "ship.unshipped")
    if now > promise:
        return _order_act(ask, order, "ship.overdue", promise=promise)
    template = "ship.promise_eta" if ask.segment.intent == "ship.eta" else "ship.promise"
    return _order_act(ask, order, template, promise=promise, arrival=promise + timedelta(days=3))


def _before_shipping(ask: Ask, order: Order) -> Act:
    if order.status in ("shipped", "delivered", "completed"):
        return _order_act(ask, order, "order.too_late")
    if order.status == "closed":
        return _order_act(ask, order, "order.closed")
    if order.status == "unpaid":
        return _order_act(ask, order, "order.unpaid_change")
    template = "order.cancel_how" if ask.segment.intent == "order.cancel" else "order.change_to_people"
    return _order_act(ask, order, template)


def _refund(ask: Ask, order: Order) -> Act:
    if not order.refunds:
        template = "refund.none" if order.status not in ("refunding", "refunded") else "refund.unknown"
        return _order_act(ask, order, template)
    refund = order.refunds[-1]
    template = (
        "refund.done"
        if order.status == "refunded" or refund.status == "refunded" or "成功" in refund.status
        else "refund.open"
    )
    return _order_act(ask, order, template, refund=refund)


def _return(ask: Ask, order: Order) -> Act | None:
    """Seven days count from the day after signing (《网络购买商品七日无理由退货暂行办法》 art. 10)."""
    if order.status in ("unpaid", "closed"):
        return _order_act(ask, order, "after.not_received")
    if order.status in ("paid", "shipped"):
        return _order_act(ask, order, "after.before_receipt")
    if order.status in ("refunding", "refunded"):
        return _refund(ask, order)
    if order.delivered_at is None:
        return None
    days = ask.situation.limits.return_days
    last_day = order.delivered_at + timedelta(days=days)
    template = "after.return_open" if ask.situation.now.date() <= last_day.date() else "after.return_late"
    return _order_act(ask, order, template, last_day=last_day, days=days)
