"""Which order a matter is about (是哪一单), strictly: an action on the wrong order is worse than one more question."""

import re
from typing import Literal

from msgspec.structs import replace

from xiaoer.kernel.commerce import Order
from xiaoer.kernel.heard import Entities
from xiaoer.kernel.parcels import Stage, stage_of
from xiaoer.slices.policies.rules.matters import reading
from xiaoer.slices.policies.rules.picking import pick_order, pointed_at
from xiaoer.slices.policies.types import Ask


def order_of(ask: Ask) -> Order | None:
    """The order that this segment is about, by the usual rules."""
    focus = ask.situation.turn.order_in_focus
    situation, orders = ask.situation, ask.facts.orders or ()
    return pick_order(
        orders, ask.segment, focus, situation.now, ask.memory.order_id, ask.told_of, situation.heard.segments
    )


def choose(ask: Ask, states: tuple[str, ...]) -> tuple[Literal["one", "which", "none"], tuple[Order, ...]]:
    """The one order for an action, or those among which the buyer must choose; `none`: he has no order at all.

    An order that is named, open on the page or talked about is taken whatever its state, so that the answer can
    say why it is too late; else those in one of `states` are looked at.
    """
    orders = ask.facts.orders or ()
    if not orders:
        return "none", ()
    focus = ask.situation.turn.order_in_focus
    named = pointed_at(orders, ask.segment, focus, ask.situation.now)
    of_goods_here = ask.segment.intent in _OF_GOODS_HERE or has_it(ask.segment.text)
    if ask.segment.intent.startswith("after.") and of_goods_here and not focus:
        arrived = tuple(filter(_has_arrived, orders))
        if len(named) == 1 and named[0].status == "shipped" and says_it_came(ask.segment.text):
            return "one", named  # the carrier's page is behind
        if named and not any(order in arrived for order in named):  # 洗了一水就缩: not one that is on its way
            return ("which", arrived[:5]) if arrived else ("one", (named[0],))
        named = tuple(order for order in named if order in arrived)
    begun = next((order for order in orders if order.id == ask.told_of), None)
    if begun is not None and (begun in named or not named) and _INSIDE.search(ask.segment.text):
        return "one", (begun,)  # 53600那单到哪了，里面的裤子我想退
    if len(named) == 1:
        return "one", named
    partly = ask.segment.intent == "after.missing"  # 猫粮和衣服是一起发的吗，我咋就收到一个
    by_state = _of_state(orders, ask.segment.text)
    if begun is not None and not named and not by_state and (partly or not has_it(ask.segment.text)):
        return "one", (begun,)  # the order that this very message began with (滤杯没动静，再不到我要退款)
    pool = named or by_state or orders
    meant = next((order for order in pool if order.id == ask.memory.order_id), None)
    if meant is not None and ask.segment.text.startswith(("那", "这", "它")):
        return "one", (meant,)
    fitting = tuple(order for order in pool if order.status in states)
    if len(fitting) > 1:
        spoken = next((order for order in fitting if order.id == ask.memory.order_id), None) or _named_before(
            ask, fitting
        )
        return ("one", (spoken,)) if spoken else ("which", fitting[:5])
    if fitting:
        return "one", fitting
    spoken = next((order for order in pool if order.id == ask.memory.order_id), None)
    return "one", (spoken or _likeliest(ask, pool),)


def _named_before(ask: Ask, orders: tuple[Order, ...]) -> Order | None:
    """The only one of them whose goods the buyer named a moment ago (安全座椅装不上; 都拆了还能退不)."""
    said = [past.text for past in reversed(ask.situation.turn.history) if past.author == "buyer" and past.text]
    for text in said[:_BACK]:
        named = pointed_at(orders, replace(ask.segment, text=text, entities=Entities()), None, ask.situation.now)
        if named:
            return named[0] if len(named) == 1 else None
    return None


def names_another(ask: Ask, order_id: str) -> bool:
    """Whether the words point at other orders than this one, so that what was left open for it is not meant."""
    named = pointed_at(ask.facts.orders or (), ask.segment, None, ask.situation.now)
    return bool(named) and all(order.id != order_id for order in named)


def has_it(text: str) -> bool:
    """Whether the words tell that the goods have come: worn, washed, opened."""
    return _HAS_IT.search(text) is not None


def says_it_came(text: str) -> bool:
    """Whether the words tell that the parcel is in hand, whatever the carrier's page says."""
    return _IN_HAND.search(text) is not None


def _has_arrived(order: Order) -> bool:
    signed = bool(order.shipments) and stage_of(order.shipments[-1]) in (Stage.SIGNED, Stage.STATION)
    return signed or order.status in ("delivered", "completed", "refunding", "refunded")


def _likeliest(ask: Ask, pool: tuple[Order, ...]) -> Order:
    """None can be changed any more: the one that the question fits best, so that it is told what still can be done."""
    meant = order_of(ask)
    return meant if meant in pool and meant is not None else pool[0]


_INSIDE = re.compile(r"^(?:那|我|想|把|就)*(?:里面|其中|里头)")
_BACK = 2  # messages of the buyer's in which goods may have been named before
_OF_GOODS_HERE = ("after.wrong_item", "after.color_diff")
_IN_HAND = re.compile(
    r"(?:刚|已经?|才)(?:签收|收到|拿到|取回|送到)|签收了|送来(?:就|都|的时候)?|收到(?:就|都|时|的时候|了)|到手(?:就|都)|一打开|拆开(?:一看|就|发现)"
)
_HAS_IT = re.compile(
    r"[洗穿用吃戴喝装拆睡坐]了|换了(?:一?个|件|条|双)?还|[洗穿用戴睡坐]过|签收(?!前)|收到(?!货?[前后])|到手(?!价)|上身|一水|色差|起球|[掉褪]色|缩水|开线"
)
_STATE_WORDS = (
    ("unpaid", ("未付款", "没付款", "待付款", "还没付", "没付钱")),
    ("paid", ("付过款", "已付款", "付了款", "没发货", "未发货", "还没发")),
    ("shipped", ("在路上", "已发货", "发出来的", "在途", "发了的", "发出的", "已发的", "已经发")),
)


def _of_state(orders: tuple[Order, ...], text: str) -> tuple[Order, ...]:
    """Orders in the state that the words name (未付款那单); empty when they name none."""
    states = {state for state, words in _STATE_WORDS if any(word in text for word in words)}
    return tuple(order for order in orders if order.status in states)


def by_id(ask: Ask, order_id: str) -> Order | None:
    return next((order for order in ask.facts.orders or () if order.id == order_id), None)


def picked(ask: Ask, listed: tuple[Order, ...]) -> Order | None:
    """The one of the listed orders that the buyer picks: by number, the end of it, its title or place in the list."""
    wanted, text, options = ask.segment.entities.order_no or "", ask.segment.text, titles(listed)
    chosen = next((order for order in listed if wanted and order.id == wanted), None)
    tail = next((order for order in listed if len(text) >= 4 and order.id.endswith(text.strip())), None)
    choice = reading.choice_of(text, options)
    named = pointed_at(listed, ask.segment, None, ask.situation.now)  # 保温杯那单, also where it is not the first line
    by_name = named[0] if len(named) == 1 else None
    return chosen or tail or (listed[options.index(choice)] if choice else by_name)


def titles(orders: tuple[Order, ...]) -> list[str]:
    """One line an order, as the buyer is shown them to choose from."""
    return [f"{order.items[0].title if order.items else ''}（尾号 {order.id[-6:]}）" for order in orders]
