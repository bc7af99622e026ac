"""Which order a buyer means (是哪一单): the number that was said, the card that is open, the day that was
named, then the newest order in a state that the question fits."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.commerce import Order, OrderItem, Product
from xiaoer.kernel.heard import Segment
from xiaoer.kernel.parcels import Stage, stage_of
from xiaoer.packs.goods import thesaurus_of
from xiaoer.slices.policies.rules import parcels

THINGS = frozenset("裙鞋裤帽袜杯锅椅桌垫枕毯架箱柜瓶碗盘刀梳镜伞扇")  # 裙子 stands in a title as 连衣裙
# a word for a sort of goods, and what stands in the titles of such goods
_SORTS = {
    "衣服": ("衣", "衫", "裙", "裤", "外套", "T恤"),
    "上衣": ("衣", "衫", "T恤"),
    "鞋子": ("鞋",),
    "裤子": ("裤",),
}
_OF_ORDERS = ("order.", "ship.", "after.")
_NEWEST = 2  # matters of a talk in which an order is looked for by its name
_DATED = re.compile(r"(?<![\d月/.-])(\d{1,2})[号日](?:的|那)?(?:天)?(?:我)?(?=的?(?:单|订单)|买|拍|下|付)")
_DAYS_BACK = {"今天": 0, "昨天": 1, "前天": 2, "大前天": 3}

# intent -> order states that it can be about, best first; others are about any order
_STATES: dict[str, tuple[str, ...]] = {
    "ship.when": ("paid", "unpaid"),
    "ship.urge": ("paid",),
    "ship.eta": ("shipped", "paid"),
    "ship.track": ("shipped", "paid", "delivered"),
    "ship.deliver": ("shipped",),
    "ship.stuck": ("shipped",),
    "ship.lost": ("delivered", "shipped", "completed"),
    "ship.redirect": ("shipped", "paid"),
    "order.cancel": ("paid", "unpaid"),
    "order.pay": ("unpaid", "paid"),
    "order.change_address": ("paid", "unpaid", "shipped"),
    "order.change_item": ("paid", "unpaid"),
    "order.note": ("paid", "unpaid"),
    "order.combine": ("paid",),
    "order.invoice": ("paid", "shipped", "delivered", "completed"),
    "after.progress": ("refunding", "refunded"),
    "after.refund_progress": ("refunding", "refunded"),
    "after.cancel": ("refunding",),
    "after.return": ("delivered", "completed", "shipped"),
    "after.exchange": ("delivered", "completed"),
    "after.defect": ("delivered", "completed"),
    "after.missing": ("delivered", "completed"),
    "after.wrong_item": ("delivered", "completed"),
    "after.size_wrong": ("delivered", "completed"),
    "after.color_diff": ("delivered", "completed"),
    "after.repair": ("completed", "delivered"),
    "promo.price_protect": ("delivered", "shipped", "paid", "completed"),
    "promo.not_applied": ("unpaid", "paid"),
}


def pointed_at(orders: tuple[Order, ...], segment: Segment, focus: str | None, now: datetime) -> tuple[Order, ...]:
    """The orders that the words, the open page or the named day point at; empty when nothing does."""
    wanted, waybill = segment.entities.order_no, segment.entities.waybill_no
    if wanted:
        return tuple(order for order in orders if is_number_of(order, wanted))
    if waybill:
        return tuple(o for o in orders if any(s.waybill_no == waybill for s in o.shipments))
    focused = tuple(order for order in orders if order.id == focus) if focus else ()
    return (
        focused
        or _ending(orders, segment.text)
        or _named(orders, segment.text)
        or _of_day(orders, _day_of_order(segment), now)
        or _of_date(orders, segment.text)
    )


def pick_order(
    orders: tuple[Order, ...],
    segment: Segment,
    focus: str | None,
    now: datetime,
    hint: str = "",
    told_of: str = "",
    message: Sequence[Segment] = (),
) -> Order | None:
    """Pick the order that `segment` is about; `orders` are the buyer's own, newest first. `hint` is the order that was
    talked about last: it is meant when nothing else is named and its state fits. `told_of` is the one that this very
    message began with: when it comes is asked of that one, also while it is unpaid. `message` are all its parts: the
    only order that they name is meant by a part that names none, whatever its state."""
    of_message = named_beside(orders, segment, message, now)
    if of_message is not None:
        return of_message
    named = pointed_at(orders, segment, focus, now)
    if segment.entities.order_no or segment.entities.waybill_no:
        return named[0] if named else None
    if focus and len(named) == 1 and named[0].id == focus:
        return named[0]
    pool = named or orders
    if not named and _OTHER_ONE.search(segment.text):
        pool = tuple(order for order in orders if order.id != hint) or orders
    if _ARRIVED.search(segment.text):  # 取件码多少: of a parcel, whatever was talked about
        pool = tuple(order for order in pool if order.shipments) or pool
    same = next((order for order in pool if order.id == told_of and order.status in _TO_COME), None)
    if same is not None and not named and segment.intent in _OF_THE_SAME:
        return same
    telling = [order for order in pool if _tells(order, segment, now)]
    if telling:
        return next((order for order in telling if order.id == hint), telling[0])
    spoken = next((order for order in pool if order.id == hint), None)
    states = _STATES.get(segment.intent, ())
    if spoken is not None and (not states or spoken.status in states):
        return spoken
    for state in states:
        for order in pool:
            if order.status == state:
                return order
    return pool[0] if pool else None


def named_beside(
    orders: tuple[Order, ...], segment: Segment, message: Sequence[Segment], now: datetime
) -> Order | None:
    """The only order that the other parts of a message name, for a part that names none and speaks of no other one.

    By its number it is named for everything; by its goods or its day for what is the same family (退货, 退款).
    """
    if _ANOTHER.search(segment.text) or pointed_at(orders, segment, None, now):
        return None
    found: dict[str, Order] = {}
    for part in message:
        by_number = _by_number(orders, part, now)
        family = part.intent.split(".")[0] == segment.intent.split(".")[0] == "after"
        for order in by_number or (pointed_at(orders, part, None, now) if family else ()):
            found[order.id] = order
    return next(iter(found.values())) if len(found) == 1 else None


def _by_number(orders: tuple[Order, ...], part: Segment, now: datetime) -> tuple[Order, ...]:
    """The orders that a part names by their number, the end of it, or a waybill."""
    if part.entities.order_no or part.entities.waybill_no:
        return pointed_at(orders, part, None, now)
    return _ending(orders, part.text)


def is_number_of(order: Order, said: str) -> bool:
    """Whether this is the order's number, as buyers write it: W6797115 for #W6797115."""
    return order.id.lstrip("#").lower() == said.lstrip("#").lower()


def order_told(
    orders: tuple[Order, ...], segments: Sequence[Segment], focus: str | None, now: datetime
) -> Order | None:
    """The order that a talk is about: the one that its newest matters name (`segments`, newest first), else the one in
    `focus`."""
    matters = [segment for segment in segments if segment.intent.startswith(_OF_ORDERS)][:_NEWEST]
    for segment in matters:
        if len(named := pointed_at(orders, segment, None, now)) == 1:
            return named[0]
    return next((order for order in orders if order.id == focus), None)


def goods_pointed_at(text: str, order: Order) -> tuple[OrderItem | None, bool]:
    """Which goods of the order talked about last are pointed at without a name (这个会缩水吗), and whether
    the words call them so; None when nothing is pointed at, or several may be meant."""
    if not _POINTS.search(text):
        return None, False
    signs = next((signs for sort, signs in _SORTS.items() if sort in text), ())
    fitting = [item for item in order.items if any(sign in item.title for sign in signs)]
    if signs:
        return (fitting[0], True) if len(fitting) == 1 else (None, False)
    return (order.items[0], False) if len(order.items) == 1 else (None, False)


def says_signed(text: str) -> bool:
    """Whether the words tell that the carrier's page shows the parcel as handed over."""
    return any(word in text for word in ("签收", "已送达", "已收货", "显示收到", "妥投"))


def _tells(order: Order, segment: Segment, now: datetime) -> bool:
    """Whether the order is in the very trouble that the question is about."""
    intent = segment.intent
    if intent == "ship.urge":
        return order.status == "paid" and order.promise_ship_at is not None and order.promise_ship_at < now
    if intent == "ship.lost":
        return says_signed(segment.text) and bool(order.shipments) and stage_of(order.shipments[-1]) in _ARRIVED_AT
    if intent not in ("ship.stuck", "ship.deliver") or order.status != "shipped" or not order.shipments:
        return False
    if intent == "ship.stuck":
        return parcels.is_stuck(order.shipments[-1], now)
    return stage_of(order.shipments[-1]) in (Stage.DELIVERING, Stage.STATION)


_ARRIVED_AT = (Stage.SIGNED, Stage.STATION)
_TO_COME = ("unpaid", "paid", "shipped")
_OF_THE_SAME = ("ship.eta", "ship.when", "ship.track")
_ARRIVED = re.compile(r"取件码|驿站|快递柜|丰巢|代收点|放(?:在)?哪")
_POINTS = re.compile(
    r"^(?:请问|那么?|哎|对了|还有|想问下?)*(?:这|它|该)(?!么|样|里|边|时|次|几|些|单|个?(?:订单|包裹|快递|物流))"
)
_ANOTHER = re.compile(
    r"(?:另外?|别的|其[他它]|还有|上|前|之前|以前)(?:的|那|一|几|两|次|回|个|些)*[单个笔件]|上次|上回|之前|以前"
)
_OTHER_ONE = re.compile(r"另外?(?:那|一)?[个单件笔]|另外那")
_OF_ALL = re.compile(
    r"(?:[两俩三几]|所有|全部)的?个?(?:快递|包裹|订单|单子?)|哪个(?:会)?先|各(?:自)?(?:都)?到|都到(?:哪|了)"
)
_TOLD = 4  # parcels that are told one by one
_LITTLE = re.compile(r"([\u4e00-\u9fff])(?=[子儿](?!女))")
_PLACED = re.compile(r"今天[^，。]{0,6}(?:买|拍|下|付|订)|(?:买|拍|下单|订)的")
_PHONE = re.compile(r"(?:手机|电话|号码)\D{0,6}\d+")
_NUMBER = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{0,4}[-_]?\d{4,}(?![0-9A-Za-z])")


def _ending(orders: tuple[Order, ...], text: str) -> tuple[Order, ...]:
    """The order whose number ends with digits in the text: six or more, or fewer after 订单 or 尾号."""
    text = _PHONE.sub("", text)
    if not (found := _NUMBER.findall(text)):
        return ()
    told = any(word in text for word in ("订单", "单号", "尾号", "那单", "这单", "那个单"))
    return tuple(
        order
        for order in orders
        if any(order.id == one or ((told or len(one) >= 6) and order.id.lower().endswith(one.lower())) for one in found)
    )


def _named(orders: tuple[Order, ...], text: str) -> tuple[Order, ...]:
    """Orders with an item whose title shares a pair of characters with the question that no other order's title has."""
    for sort, signs in _SORTS.items():
        of_sort = tuple(o for o in orders if any(sign in item.title for item in o.items for sign in signs))
        if sort in text and of_sort and len(of_sort) < len(orders):
            return of_sort
    pairs = {pair for at in range(len(text) - 1) if (pair := text[at : at + 2]).isalpha()}  # 文三路100号 names no goods
    pairs |= THINGS & set(text)
    little = set(_LITTLE.findall(text)) - THINGS  # 豆子, 被子: what a title ends with before what it is in the midst of
    found = [
        (order, sum((pair in item.title) + (pair in little and bool(re.search(rf"{pair}(?:\W|$)", item.title)))
                    for pair in pairs | little for item in order.items))
        for order in orders
    ]  # fmt: skip
    best = max((score for _, score in found), default=0)
    top = tuple(order for order, score in found if score == best)
    if not best:
        top = tuple(order for order in orders if any(is_called(item.title, text) for item in order.items))
    return top if len(top) < len(orders) else ()


def is_called(title: str, text: str) -> bool:
    """Whether the words call goods by a kind that they are by another name (洗面奶, of a title with 洁面乳)."""
    kinds = {one.kind.name for one in thesaurus_of().named_in(text)}
    return bool(kinds) and not kinds.isdisjoint(thesaurus_of().kinds_of(Product("", title)))


def each_named(orders: tuple[Order, ...], text: str) -> tuple[Order, ...]:
    """The orders that the words name apart, each by goods that no other order has (鞋跟卫衣各到哪儿了), or all that are
    on their way where the words ask of all (两个快递哪个先到); none where they name fewer than two."""
    signs = {text[at : at + 2] for at in range(len(text) - 1)} | (THINGS & set(text))
    for sort, of_sort in _SORTS.items():
        signs |= set(of_sort) if sort in text else set()
    titles = {order.id: "|".join(item.title for item in order.items) for order in orders}
    found = []
    for order in orders:
        others = "|".join(title for id_, title in titles.items() if id_ != order.id)
        if any(sign in titles[order.id] and sign not in others for sign in signs if sign.isalpha()):
            found.append(order)
    if len(found) < 2 and _OF_ALL.search(text):
        found = [order for order in orders if order.status == "shipped"][:_TOLD]
    return tuple(found) if len(found) > 1 else ()


def _day_of_order(segment: Segment) -> str | None:
    """The day that was named, unless it may be the one on which something is to come (今天能收到不)."""
    day = segment.entities.date
    return None if day == "今天" and not _PLACED.search(segment.text) else day


def _of_day(orders: tuple[Order, ...], day: str | None, now: datetime) -> tuple[Order, ...]:
    if day not in _DAYS_BACK:
        return ()
    wanted = (now.astimezone(SHOP_ZONE) - timedelta(days=_DAYS_BACK[day])).date()
    return tuple(order for order in orders if order.created_at.astimezone(SHOP_ZONE).date() == wanted)


def _of_date(orders: tuple[Order, ...], text: str) -> tuple[Order, ...]:
    """The orders of a day of the month that is named as theirs (23号的单, 25号买的)."""
    found = _DATED.search(text)
    if found is None:
        return ()
    return tuple(o for o in orders if o.created_at.astimezone(SHOP_ZONE).day == int(found[1]))
