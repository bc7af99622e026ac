"""Parcels in trouble (物流求助): late to ship, stuck, signed but not received, to be intercepted or sent elsewhere.

The bot tells what the carrier's scans say and orders the check that people must make with the carrier; it never
promises that an interception succeeds, nor an amount.
"""

import re
from datetime import timedelta

from msgspec.structs import replace

from xiaoer.kernel.commerce import Order
from xiaoer.kernel.memory import Matter
from xiaoer.kernel.parcels import Stage, stage_of
from xiaoer.slices.policies.rules import orders, parcels
from xiaoer.slices.policies.rules.matters import changes, choosing, reading
from xiaoer.slices.policies.rules.matters.moves import done, new_matter, question, say, todo
from xiaoer.slices.policies.rules.needs import wants_orders
from xiaoer.slices.policies.rules.picking import says_signed
from xiaoer.slices.policies.types import Ask, Move

KINDS = ("urge", "hasten", "stuck", "lost", "redirect")
BY_INTENT = {"ship.urge": "urge", "ship.stuck": "stuck", "ship.lost": "lost", "ship.redirect": "redirect"}
_LOOKED = (
    "都问",
    "问过",
    "问了",
    "找过",
    "找了",
    "看过",
    "没有代收",
    "驿站没",
    "家里没",
    "家人没",
    "物业没",
    "都没有",
    "查过",
    "确定没",
)
_HURRIES = re.compile(r"催(?!.{0,4}(?:了|过)[^下])")
_SOMEWHERE = re.compile(r"驿站|快递柜|丰巢|代收点|自提|便利店")
_UNSENT = re.compile(r"发货|(?:没|不)发(?!票|现)")
_LATE = ("ship.when", "ship.track", "ship.eta", "ship.stuck", "order.status")
_NOT_THERE = re.compile(r"没(?:有|看|见|找|收|拿|人|在)(?![^，。]{0,8}(?:吗|么|不|呢|？|\?)$)")
_MAY_I = re.compile(r"(?:可不可以|可以|能不能|能|行)[^，。]{0,3}(?:拒收|吗|么|不)|拒收[^，。]{0,3}(?:可以|行|吗|么)")
_WISHES = (
    ("改送货时间", ("再送", "晚点送", "迟点送", "晚些送", "改天送", "换个时间", "换时间")),
    ("拒收退回", ("拒收", "不收")),
    ("拦截退回", ("拦截", "截回", "追回", "退回", "别送了", "不要了", "召回", "拦回", "拦下", "拦住", "截住")),
    ("送货上门", ("送上门", "送到家", "送到门口", "送货上门", "送上来", "送上楼")),
    ("放门卫、物业代收", ("门卫", "保安", "前台", "物业", "传达室")),
    ("放在门口", ("放门口", "放在门口", "搁门口", "放家门口")),
    ("改到驿站自提", ("驿站", "自提", "快递柜", "丰巢", "代收点")),
    ("改送新地址", ("改地址", "改派", "换地址", "改送", "地址")),
    ("改送货时间", ("时间", "明天", "后天", "周", "晚点", "下午", "上午", "改天", "不在家", "晚上")),
)  # fmt: skip


def start(ask: Ask, kind: str) -> Move | None:
    """Begin one of these matters; None when plain tracking answers it."""
    order = choosing.order_of(ask)
    if order is None:
        return None
    if kind == "redirect" and ask.memory.of_kind("redirect") is None:
        found, meant = choosing.choose(ask, ("shipped",))
        if found == "which":  # a parcel that is called back by mistake is worse than a question
            matter = _wished(ask, new_matter(ask, "redirect", asks="which"))
            return question(ask, matter, "redirect.which", options=choosing.titles(meant))
        order = meant[0]
    if kind == "urge":
        spoken = choosing.by_id(ask, ask.memory.order_id)
        if spoken is not None and choosing.names_another(ask, spoken.id):
            spoken = None
        sent = next((one for one in (spoken, order) if one and one.status == "shipped" and one.shipments), None)
        return _hasten(ask, sent) if sent and not _UNSENT.search(ask.segment.text) else _urge(ask, order)
    if kind == "redirect" and order.status in ("paid", "unpaid") and not order.shipments:
        return _before_shipping(ask)
    if order.status not in ("shipped", "delivered", "completed") or not order.shipments:
        return None
    shipment = order.shipments[-1]
    if kind == "redirect" and _wish_in(ask.segment.text) == "送货上门" and _lies_somewhere(order):
        return _redirect(ask, _wished(ask, new_matter(ask, "redirect", order.id)), order)
    if kind == "stuck":
        return _stuck(ask, order) if parcels.is_stuck(shipment, ask.situation.now) else None
    if kind == "lost":
        return _lost(ask, order)
    if order.status == "shipped" and stage_of(shipment) is not Stage.SIGNED:
        return _redirect(
            ask, _wished(ask, ask.memory.of_kind("redirect") or new_matter(ask, "redirect", order.id)), order
        )
    return None


def _before_shipping(ask: Ask) -> Move | None:
    """What was asked of the carrier can still be done here: the order is cancelled, or goes to the new address."""
    wish = _wish_in(ask.segment.text)
    kind = {"拒收退回": "cancel", "拦截退回": "cancel", "改送新地址": "change_address"}.get(wish)
    return changes.start(ask, kind) if kind else None


def kind_of(ask: Ask) -> str:
    """The matter that the words begin; to hurry a parcel (催一下快递) is heard as several questions about it."""
    intent = ask.segment.intent
    if intent in _LATE and wants_orders(ask.segment, ask.situation.turn) and _is_overdue(ask):
        return "urge"  # late already: people are told at once, whatever was asked of it
    hurries = intent in ("ship.track", "ship.deliver", "ship.stuck", "ship.eta") and _HURRIES.search(ask.segment.text)
    return "urge" if hurries else BY_INTENT.get(intent, "")


def _lies_somewhere(order: Order) -> bool:
    """Whether the parcel waits at a station or in a locker, which carriers call signed for."""
    shipment = order.shipments[-1]
    last = shipment.traces[-1].text if shipment.traces else ""
    return stage_of(shipment) is Stage.STATION or _SOMEWHERE.search(last) is not None


def _is_overdue(ask: Ask) -> bool:
    order = choosing.order_of(ask)
    late = order is not None and order.promise_ship_at is not None and order.promise_ship_at < ask.situation.now
    return late and order is not None and order.status == "paid"


def wants_door(ask: Ask) -> bool:
    """A parcel that lies at a station or is on its way shall be brought to the door."""
    return ask.segment.intent in ("ship.deliver", "ship.lost") and _wish_in(ask.segment.text) == "送货上门"


def go_on(ask: Ask, matter: Matter) -> Move | None:
    """The buyer answers what was asked for."""
    if matter.asks == "which":
        kind, named = choosing.choose(ask, ("shipped",))
        on_their_way = tuple(order for order in ask.facts.orders or () if order.status == "shipped")[:5]
        chosen = choosing.picked(ask, named if kind == "which" else on_their_way)
        return _redirect(ask, _wished(ask, replace(matter, order_id=chosen.id, asks="")), chosen) if chosen else None
    order = choosing.by_id(ask, matter.order_id)
    if order is None or choosing.names_another(ask, order.id):
        return None
    text = ask.segment.text
    if reading.is_no(text) and matter.asks == "confirm":
        return Move(say(ask, "matter.dropped", order), memory=ask.memory.without(matter.id))
    yes = reading.is_yes(text)
    match matter.kind:
        case "urge":
            wants = yes or any(word in text for word in ("催", "加急", "要的", "快点"))
            return _urge_ticket(ask, matter, order) if wants else None
        case "hasten":
            return _hasten_ticket(ask, matter, order) if yes or "催" in text else None
        case "lost":
            found = any(word in text for word in ("找到了", "收到了", "拿到了", "在驿站"))
            if found:
                return Move(say(ask, "lost.found", order), memory=ask.memory.without(matter.id))
            said = reading.is_no(text) or any(w in text for w in _LOOKED) or _NOT_THERE.search(text) or yes
            return _lost_ticket(ask, matter, order) if said else None
        case "redirect":
            if matter.asks == "confirm" and not yes:
                return None
            slots = {**matter.slots, "yes": "1"} if yes else matter.slots
            wished = _wished(ask, replace(matter, slots=slots))
            return _redirect(ask, wished, order) if wished.slots != matter.slots else None
        case _:
            return None


def _urge(ask: Ask, order: Order) -> Move | None:
    if order.status != "paid":
        return None
    now, promise = ask.situation.now, order.promise_ship_at
    matter = new_matter(ask, "urge", order.id)
    if promise is not None and now > promise:
        return _urge_ticket(ask, matter, order)
    if promise is None:
        return question(ask, replace(matter, asks="confirm"), "urge.no_promise", order)
    return question(ask, replace(matter, asks="confirm"), "urge.in_time", order, promise=promise)


def _urge_ticket(ask: Ask, matter: Matter, order: Order) -> Move:
    promise, now = order.promise_ship_at, ask.situation.now
    wanted = todo(matter, "ticket", "urge_ship", about=ask.segment.text[:200])
    if promise is None or now <= promise:
        return done(ask, matter, wanted, order, "urge")
    late = max(1, (now - promise) // timedelta(hours=1))
    rule = ask.facts.terms.late_rule
    return done(ask, matter, wanted, order, "urge_late", promise=promise, late=late, late_rule=rule)


def _hasten(ask: Ask, order: Order) -> Move:
    """A parcel on its way is hurried: where it is, and a word to the carrier if she wants it."""
    shipment, now = order.shipments[-1], ask.situation.now
    if parcels.is_stuck(shipment, now):
        return _stuck(ask, order)
    if "催" in ask.segment.text and parcels.is_unscanned(order.shipped_at, shipment, now):
        matter = new_matter(ask, "hasten", order.id)
        wanted = todo(matter, "ticket", "parcel", about="发出 24 小时没有揽收记录", waybill_no=shipment.waybill_no)
        return done(ask, matter, wanted, order, "unscanned")
    if "催" not in ask.segment.text or stage_of(shipment) not in (Stage.MOVING, Stage.DELIVERING):
        return Move(orders.tell_tracking(ask, order))
    matter = replace(new_matter(ask, "hasten", order.id), asks="confirm")
    arrival = parcels.arrival_of(shipment, now, parcels.city_of(order.address))
    return question(ask, matter, "hasten.moving", order, shipment=shipment, arrival=arrival)


def _hasten_ticket(ask: Ask, matter: Matter, order: Order) -> Move:
    wanted = todo(matter, "ticket", "parcel", about="买家催派送", waybill_no=_waybill(order))
    return done(ask, matter, wanted, order, "hasten")


def _waybill(order: Order) -> str:
    return order.shipments[-1].waybill_no if order.shipments else ""


def _stuck(ask: Ask, order: Order) -> Move:
    shipment, now = order.shipments[-1], ask.situation.now
    days = max(2, round((now - shipment.traces[-1].at) / timedelta(days=1)))
    matter = new_matter(ask, "stuck", order.id)
    wanted = todo(matter, "ticket", "parcel", about=f"{days} 天没有物流更新", waybill_no=shipment.waybill_no)
    return done(ask, matter, wanted, order, "stuck", shipment=shipment, days=days)


def _lost(ask: Ask, order: Order) -> Move | None:
    shipment = order.shipments[-1]
    if stage_of(shipment) not in (Stage.SIGNED, Stage.STATION):
        if parcels.is_stuck(shipment, ask.situation.now):
            return _stuck(ask, order)
        told = says_signed(ask.segment.text) and bool(shipment.traces)
        return Move(say(ask, "lost.not_signed", order, shipment=shipment)) if told else None
    matter = ask.memory.of_kind("lost") or new_matter(ask, "lost", order.id)
    if any(word in ask.said for word in _LOOKED) or matter.asks:
        return _lost_ticket(ask, matter, order)
    return question(ask, replace(matter, asks="looked"), "lost.look", order, shipment=shipment)


def _lost_ticket(ask: Ask, matter: Matter, order: Order) -> Move:
    wanted = todo(matter, "ticket", "parcel", about="显示签收但没有收到", waybill_no=_waybill(order))
    return done(ask, matter, wanted, order, "lost")


def _wish_in(text: str) -> str:
    return next((name for name, words in _WISHES if any(word in text for word in words)), "")


def _wished(ask: Ask, matter: Matter) -> Matter:
    """The matter with what the buyer wants the carrier to do."""
    text, slots = ask.segment.text, dict(matter.slots)
    wish = _wish_in(text)
    if wish and "yes" not in slots:
        slots["wish"] = wish
    slots |= reading.address_of(ask.said)
    if slots.get("wish") == "改送货时间" and (ask.segment.entities.date or ask.segment.entities.time):
        slots["when"] = " ".join(w for w in (ask.segment.entities.date, ask.segment.entities.time) if w)
    return replace(matter, slots=slots)


def _redirect(ask: Ask, matter: Matter, order: Order) -> Move:
    slots = matter.slots
    wish = slots.get("wish", "")
    if not wish:
        return question(ask, replace(matter, asks="wish"), "redirect.ask", order, shipment=order.shipments[-1])
    if wish == "改送新地址" and "address" not in slots:
        return question(ask, replace(matter, asks="address"), "redirect.address", order)
    if wish == "改送货时间" and "when" not in slots:
        return question(ask, replace(matter, asks="when"), "redirect.when", order)
    if wish == "拒收退回" and "yes" not in slots and _MAY_I.search(ask.segment.text):
        return question(ask, replace(matter, asks="confirm"), "redirect.refuse", order, wish=wish)
    detail = slots.get("address") or slots.get("when") or ""
    about = f"{wish}：{detail}" if detail else wish
    wanted = todo(matter, "ticket", "parcel", about=about, waybill_no=_waybill(order), phone=slots.get("phone", ""))
    return done(ask, matter, wanted, order, "redirect", wish=wish)
