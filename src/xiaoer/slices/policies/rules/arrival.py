# ruff: noqa: E501  patterns and tables read better unbroken
"""When it would arrive (几天能到), asked before buying: the shop's promise to ship, then the days on the road to a place.

Days on the road are those of the shop's own parcels to that place when enough arrived lately, else the trade's usual
range, said as such. What the shop has not promised is not promised for it: without a shipping promise in the rules
the goods page's counts, and only the days after shipping are told.
"""

import re
from datetime import datetime, time, timedelta

from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.decision import Act, Need, Source
from xiaoer.kernel.moments import last_day_named
from xiaoer.kernel.regions import province_of
from xiaoer.kernel.shop_facts import Transit
from xiaoer.kernel.terms import Terms
from xiaoer.slices.policies.rules.needs import OWN_WORDS, is_before_buying, of_holidays
from xiaoer.slices.policies.types import Ask, Move

_INTENTS = ("ship.eta", "ship.when")
_WOULD_BUY = re.compile(
    r"(?:现在|今天|今晚|今儿|明天|这会儿?|马上|立刻|要是|如果|假如).{0,3}(?:下单|拍|付款|买)(?!了|的那|的订)"
    r"|(?:下单|拍下?|付款|买)(?:的话|，|,|\s|\d|几|多|啥|什么|能|大概|哪|最快|要|到)"
)
_HOW_LONG = re.compile(r"几天|几时|好久|多久|多长时间|几号|哪天|啥时候|什么时候|何时|最快")
_ABROAD = frozenset(
    ["台湾", "香港", "澳门", "台北", "高雄", "海外", "国外", "美国", "日本", "韩国", "新加坡", "英国", "加拿大", "澳洲"]
)
# Days after shipping, as carriers usually take by road; the far west and the highlands take longer.
_REMOTE = frozenset(["新疆", "西藏"])
_FAR = frozenset(["内蒙古", "青海", "甘肃", "宁夏", "海南", "黑龙江", "吉林", "辽宁", "云南", "贵州", "广西"])
_DAYS = {"remote": (5, 8), "far": (3, 5), "usual": (2, 4)}
_TOMORROW = re.compile(r"(?:明天|明儿个?)[^，。？]{0,3}(?:下单|拍|付|买)")
_HEAD = 12  # characters of an address in which its province or city stands
_CAN_COME = re.compile(
    r"(?:能|可以|会|来得及|赶得上|收得|到得)[^，。？?]{0,8}?(?:到|收|用上|赶上|及|了|吗|不|么)|(?:到|收)(?:得|不)[了到]"
)


def before_buying(ask: Ask) -> Move | None:
    """Tell when goods that are bought now would arrive; None when an order that exists is meant, or nothing is known."""
    segment, turn = ask.segment, ask.situation.turn
    if segment.intent not in _INTENTS or segment.entities.order_no or segment.entities.waybill_no:
        return None
    place = segment.entities.place or ""
    if any(word in place or word in segment.text for word in _ABROAD):
        return None
    if (holiday := of_holidays(segment)) and not _WOULD_BUY.search(f"{segment.text} "):
        return None if ask.facts.answerable.get(ask.index) else Move(_holiday(ask, holiday))
    unpaid = _to_be_paid(ask)
    if not (unpaid or _would_buy(ask, place) or is_before_buying(segment, turn)):
        return None
    guessed = ""
    if not place:
        guessed = place = _last_place(unpaid or ask.facts.orders or ())
    need = Need("transit", ask.index, place)
    if place and place not in ask.facts.transits and need not in ask.facts.asked:
        return Move(needs=(need,))
    transit = ask.facts.transits.get(place) or Transit(place, *usual_days(place)) if place else None
    if transit is None and not ask.facts.terms.ship_within_hours:
        return None  # nothing of this shop is known: its own texts answer
    return Move(_tell(ask, transit, guessed=bool(guessed), deed="付款" if unpaid else "下单"))


def _holiday(ask: Ask, holiday: str) -> Act:
    """What holds on other days, and that the holiday's own arrangement is not known here."""
    hours = ask.facts.terms.ship_within_hours
    sources = (Source("policy", "terms.ship", "发货承诺"),) if hours else ()
    template = "ship.holiday" if hours else "ship.holiday_unknown"
    return Act("answer", ask.index, template, {"holiday": holiday, "hours": hours}, sources, "eta.holiday")


def _to_be_paid(ask: Ask) -> tuple[Order, ...]:
    """The unpaid order that this message began with; it ships once it is paid."""
    return tuple(o for o in ask.facts.orders or () if o.id == ask.told_of and o.status == "unpaid")


def _would_buy(ask: Ask, place: str) -> bool:
    """Words of buying now, a place that no order of the buyer is on its way to, or goods asked about in the same breath
    by one who waits for none (有现货吗，几时到)."""
    text = ask.segment.text
    if any(word in text for word in OWN_WORDS):
        return False
    if _WOULD_BUY.search(f"{text} "):
        return True
    waits = [order for order in ask.facts.orders or () if order.status in ("paid", "shipped")]
    if not waits and any(one.intent.startswith(("product.", "price.")) for one in ask.situation.heard.segments):
        return True
    hopes = hopes_for_day(text, ask.situation.now)
    if hopes and not waits and ask.situation.turn.product_in_focus:
        return True
    asks_when = hopes or _HOW_LONG.search(text)
    return bool(asks_when and place and not any(place in order.address for order in waits))


def hopes_for_day(text: str, now: datetime) -> bool:
    """Whether it is asked if goods come by a day (周六能到成都吗)."""
    return _CAN_COME.search(text) is not None and last_day_named(text, now) is not None


def _last_place(orders: tuple[Order, ...]) -> str:
    """The province of the buyer's newest order: where it went last time."""
    for order in orders:
        if province := province_of(order.address[:_HEAD]):
            return province
    return ""


def usual_days(place: str) -> tuple[int, int]:
    """The trade's usual range of days on the road."""
    province = province_of(place)
    return _DAYS["remote" if province in _REMOTE else "far" if province in _FAR else "usual"]


def shipped_by(bought: datetime, terms: Terms) -> datetime:
    """The latest instant of shipping by the shop's promise: the same day before the cut-off, else within the hours."""
    if terms.ship_cutoff:
        hour, _, minute = terms.ship_cutoff.partition(":")
        local = bought.astimezone(SHOP_ZONE)
        day = local.date() if local.time() < time(int(hour), int(minute)) else local.date() + timedelta(days=1)
        return datetime.combine(day, time(23, 59), SHOP_ZONE)
    return bought + timedelta(hours=terms.ship_within_hours)


def _tell(ask: Ask, transit: Transit | None, *, guessed: bool, deed: str) -> Act:
    terms, now = ask.facts.terms, ask.situation.now
    slots: dict[str, object] = {"asks": "place"} if transit is None else {
        "place": transit.place, "days_low": transit.low, "days_high": transit.high, "parcels": transit.parcels,
        "guessed": guessed,
    }  # fmt: skip
    sources: tuple[Source, ...] = (Source("policy", "terms.ship", "发货承诺"),) if terms.ship_within_hours else ()
    if transit is not None:
        sources += (
            (Source("shipment", f"transit.{transit.place}", f"最近发往{transit.place}的包裹"),)
            if transit.parcels
            else ()
        )
    if not terms.ship_within_hours:
        return Act("answer", ask.index, "eta.road", slots, sources, "eta.before_buying")
    later = _TOMORROW.search(ask.segment.text) is not None
    bought = now + timedelta(days=1) if later else now
    shipped = shipped_by(bought, terms)
    slots |= {"bought": f"{'明天' if later else '现在'}{deed}", "shipped": shipped, "cutoff": terms.ship_cutoff}
    if transit is None:
        return Act("ask", ask.index, "eta.where", slots, sources, "eta.before_buying")
    first, last = shipped + timedelta(days=transit.low), shipped + timedelta(days=transit.high)
    slots |= {"first": first, "last": last, "hoped": _hoped(ask, first, last)}
    return Act("answer", ask.index, "eta.place", slots, sources, "eta.before_buying")


def _hoped(ask: Ask, first: datetime, last: datetime) -> tuple[str, str] | None:
    """The day that the buyer hopes for (今天拍明天能到吗, 1号之前能到吗), and whether goods come by then: `no`, `perhaps`
    or `yes`; None when none is named, or it is the day of buying."""
    named = last_day_named(ask.segment.text, ask.situation.now)
    if named is None or not _CAN_COME.search(ask.segment.text):
        return None
    said, day = named
    first_day, last_day = (moment.astimezone(SHOP_ZONE).date() for moment in (first, last))
    return said, "no" if day < first_day else "yes" if day >= last_day else "perhaps"
