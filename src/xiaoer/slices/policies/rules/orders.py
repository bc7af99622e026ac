"""Answers from the orders and parcels (订单与物流) of the buyer who asks; no other order is confirmed to exist."""

import re
from datetime import timedelta

from xiaoer.kernel.commerce import Order, Shipment
from xiaoer.kernel.decision import Act, Source
from xiaoer.kernel.parcels import Stage, stage_of
from xiaoer.slices.policies.rules import parcels
from xiaoer.slices.policies.rules.follow_ups import FOLLOW_UP
from xiaoer.slices.policies.rules.needs import LISTS, PAID_FOR, wants_orders
from xiaoer.slices.policies.rules.picking import each_named, pick_order, pointed_at
from xiaoer.slices.policies.rules.refunds import is_over, newest, tell_refund
from xiaoer.slices.policies.rules.sources import order_source
from xiaoer.slices.policies.types import Ask

_TRACKING = frozenset(
    {"ship.track", "ship.eta", "ship.stuck", "ship.deliver", "ship.lost", "ship.urge", "ship.when", "ship.redirect"}
)
_REFUND = frozenset({"after.progress", "after.refund_progress", "after.cancel"})
# about one order of the buyer; ship.when and ship.eta may also be asked in general, and the shop's words answer that
_OF_ONE_ORDER = _REFUND | {
    "ship.track", "ship.stuck", "ship.deliver", "ship.lost", "ship.urge", "ship.redirect",
    "order.status", "order.cancel", "order.change_address", "order.change_item", "order.note",
}  # fmt: skip
_DEMANDS = _REFUND | {
    "after.return",
    "after.exchange",
    "after.size_wrong",
    "after.color_diff",
    "after.refund_only",
    "after.compensation",
}
_LISTED = 5
_OWN = ("我的订单", "我的快递", "我的包裹", "我买的", "我下的单", "我拍的", "我那单", "我这单")
_EITHER = re.compile(r"(.)不\1")  # 赔不赔
_ASKING = ("吗", "么", "能", "可以", "怎么", "咋", "如何", "多久", "哪", "几", "谁", "啥", "支持", "如果", "万一")


_NUMBER_WANTED = re.compile(
    r"(?:快递|运|物流)(?:的)?单号(?:是)?(?:多少|几|啥|什么|发|给|告诉|报)|(?:发|给|告诉|报)(?:我|一下)*(?:快递|运|物流)?单号"
)


def answer_from_orders(ask: Ask) -> Act | None:
    """Answer from the buyer's own orders; None when orders do not bear on the question."""
    orders = ask.facts.orders
    if not wants_orders(ask.segment, ask.situation.turn):
        return None
    if orders is None:
        return Act("fallback", ask.index, "source.down", rule_id="source.unavailable") if _is_down(ask) else None
    if orders and LISTS.search(ask.segment.text):
        return _list(ask, orders)
    entities = ask.segment.entities
    named = entities.order_no or entities.waybill_no
    focus = ask.situation.turn.order_in_focus
    heard, hint = ask.situation.heard.segments, ask.memory.order_id
    goes_on = ask.segment.by == FOLLOW_UP and orders
    if goes_on and not pointed_at(orders, ask.segment, None, ask.situation.now):
        return Act("ask", ask.index, "order.none_such", rule_id="identity.own_orders_only")  # 那洗面奶呢, never bought
    order = pick_order(orders, ask.segment, focus, ask.situation.now, hint, ask.told_of, heard)
    if order is None:
        if named:
            return Act(
                "ask", ask.index, "order.not_found", {"order_no": named[-6:]}, rule_id="identity.own_orders_only"
            )
        return _which_order(ask) if not orders else None
    intent = ask.segment.intent
    if (
        PAID_FOR.search(ask.segment.text)
        and order.status != "unpaid"
        and intent in ("price.query", "order.status", "order.pay")
    ):
        return _order_act(ask, order, "order.paid_for", paid=order.pay_amount)
    if order.status == "unpaid" and (intent == "order.pay" or PAID_FOR.search(ask.segment.text)):
        return _order_act(ask, order, "order.to_pay", paid=order.pay_amount)
    if intent in _TRACKING:
        return tell_tracking(ask, order)
    if intent in _REFUND:
        return tell_refund(ask, order)
    if intent == "after.return_address":
        return _after_sale(ask, order)
    if intent == "order.status" or named:
        return (
            tell_tracking(ask, order) if order.status in ("paid", "shipped") else _order_act(ask, order, "order.status")
        )
    return None


def _is_down(ask: Ask) -> bool:
    """The shop's system could not be asked for an own order: said so, whatever the shop's general words are."""
    asked = ask.segment.intent in _OF_ONE_ORDER or any(word in ask.segment.text for word in _OWN)
    return asked and any(kind == "orders" for kind, _ in ask.facts.missing)


def _list(ask: Ask, orders: tuple[Order, ...]) -> Act:
    """The newest orders, each with its state and what was paid."""
    shown = orders[:_LISTED]
    rows = [
        [
            o.items[0].title if o.items else "",
            o.id[-6:],
            o.status,
            o.raw_status,
            o.paid_as_told if o.currency else o.pay_amount,
        ]
        for o in shown
    ]
    return Act("lookup", ask.index, "order.list", {"orders": rows}, tuple(map(order_source, shown)))


def _which_order(ask: Ask) -> Act | None:
    """A bare demand (退钱！) of a buyer without orders wants the order, not the rules; a question may be told them."""
    own = any(word in ask.situation.heard.normal or word in ask.segment.text for word in _OWN)
    asks = any(word in ask.segment.text for word in _ASKING) or _EITHER.search(ask.segment.text)
    demands = ask.segment.intent in _DEMANDS and not asks
    if not demands and not (own and ask.segment.intent in _TRACKING | {"order.status"}):
        return None
    return Act("ask", ask.index, "order.which", {"asks": "order_no"}, rule_id="order.ask_number")


def _order_act(ask: Ask, order: Order, template: str, *, kind: str = "lookup", **slots: object) -> Act:
    sources: tuple[Source, ...] = (order_source(order),)
    if "shipment" in slots and isinstance(slots["shipment"], Shipment):
        sources += (Source("shipment", slots["shipment"].waybill_no, slots["shipment"].carrier),)
    return Act(kind, ask.index, template, {"order": order, **slots}, sources)  # type: ignore[arg-type]


def tell_others(ask: Ask, act: Act) -> tuple[Act, ...]:
    """Where the other orders are that the same words name (我买的鞋跟卫衣各到哪儿了)."""
    told = act.slots.get("order")
    if not isinstance(told, Order) or ask.segment.intent not in _TRACKING | {"order.status"}:
        return ()
    named = each_named(ask.facts.orders or (), ask.segment.text)
    return tuple(tell_tracking(ask, order) for order in named if order.id != told.id) if told in named else ()


def tell_tracking(ask: Ask, order: Order) -> Act:
    """Where an order and its parcel are, by its state and the newest scan."""
    now, intent = ask.situation.now, ask.segment.intent
    if order.status == "unpaid":
        return _order_act(ask, order, "ship.unpaid")
    if order.status == "closed":
        return _order_act(ask, order, "order.closed")
    if order.status in ("refunding", "refunded") and not order.shipments:
        return tell_refund(ask, order)
    if not order.shipments:
        return _unshipped(ask, order)
    shipment = order.shipments[-1]
    stage = stage_of(shipment)
    if stage is Stage.SIGNED:
        template = "ship.signed_disputed" if intent in ("ship.lost", "ship.deliver", "ship.stuck") else "ship.signed"
        return _order_act(ask, order, template, shipment=shipment)
    if _NUMBER_WANTED.search(ask.segment.text) and shipment.waybill_no:
        return _order_act(ask, order, "ship.number", shipment=shipment)
    if stage is Stage.NO_SCAN:
        template = "ship.no_scan_late" if parcels.is_unscanned(order.shipped_at, shipment, now) else "ship.no_scan"
        return _order_act(ask, order, template, shipment=shipment)
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
    """Of an order without a parcel only a paid one is known to wait here; of others no more than their state is."""
    if order.status != "paid":
        return _order_act(ask, order, "order.status")
    now, promise = ask.situation.now, order.promise_ship_at
    if promise is None:
        return _order_act(ask, order, "ship.unshipped")
    if now > promise:
        return _order_act(ask, order, "ship.overdue", promise=promise)
    template = "ship.promise_eta" if ask.segment.intent == "ship.eta" else "ship.promise"
    return _order_act(ask, order, template, promise=promise, arrival=promise + timedelta(days=3))


def _after_sale(ask: Ask, order: Order) -> Act | None:
    """The return address of an approved request; knowledge has the rest."""
    terms, intent = ask.facts.terms, ask.segment.intent
    if intent == "after.return_address":
        refund = newest(order)
        if refund is None or is_over(refund):
            return None
        if refund.status == "waiting_return" and terms.return_address:
            return _order_act(ask, order, "after.return_address", return_address=terms.return_address)
        return _order_act(ask, order, "after.return_address_later")
    return None
