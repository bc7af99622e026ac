"""Appointments at the buyer's home (预约上门): installing or repairing, on a day that the buyer names.

The shop or its fitter keeps the calendar, so people make the appointment: a ticket with order, day, phone and what is
to be done. The bot promises no hour; it tells that the fitter calls first.
"""

import re

from msgspec.structs import replace

from xiaoer.kernel.decision import Need
from xiaoer.kernel.memory import Matter
from xiaoer.slices.policies.rules.matters import choosing, reading
from xiaoer.slices.policies.rules.matters.moves import done, new_matter, question, todo
from xiaoer.slices.policies.types import Ask, Move

KINDS = ("booking",)
INTENTS = ("product.install", "after.repair", "after.defect")
_STATES = ("paid", "shipped", "delivered", "completed")
_WANTS = re.compile(
    r"预约|约(?:个|一下|下)?(?:时间|师傅|安装|维修|上门)|(?:安排|派|叫|让).{0,6}(?:师傅|工人|安装|维修|上门)|上门(?:来)?(?:安装|装|维修|修)"
)
_QUESTION = re.compile(
    r"怎么|如何|要不要|需不需要|需要.{0,4}[吗么]|多少钱|收费|免费|几天|多久|能不能|可不可以|可以.{0,8}[吗么]|能.{0,8}[吗么]"
)
_WHEN = re.compile(
    r"(?:(?:这|本|下)?个?(?:周|星期|礼拜)[一二三四五六日天末]|今天|明天|后天|大后天|\d{1,2}月\d{1,2}[日号]|\d{1,2}[日号])"
    r"(?:的?(?:早上|上午|中午|下午|晚上|傍晚)?(?:\d{1,2}(?:[点:：]\d{0,2}半?|点半?))?)?|(?:早上|上午|中午|下午|晚上)\d{1,2}点半?"
)
_PHONE = re.compile(r"(?<!\d)1\d{10}(?!\d)")


def start(ask: Ask) -> Move | None:
    """Begin when a visit is wanted, not when it is only asked about; None when no order bears on it."""
    if not _WANTS.search(ask.segment.text) or _QUESTION.search(ask.segment.text):
        return None
    if ask.facts.orders is None:
        need = Need("orders", ask.index)
        return Move(needs=(need,)) if need not in ask.facts.asked else None
    knows = ask.segment.intent == "product.install" and ask.facts.answerable.get(ask.index)
    if knows and not _WHEN.search(ask.said):
        return None  # the shop's own words on visits come first: what is fitted where, and at what price
    found, orders = choosing.choose(ask, _STATES)
    if found == "none":
        return None
    kind = "install" if "装" in ask.segment.text and "修" not in ask.segment.text else ""
    kind = kind or ("install" if ask.segment.intent == "product.install" else "repair")
    matter = new_matter(ask, "booking", visit=kind, fault=reading.reason_of(ask.said) and ask.segment.text[:200])
    if found == "which":
        asking = _heard(ask, replace(matter, asks="which"))
        return question(ask, asking, "booking.which", options=choosing.titles(orders), visit=kind)
    return _next(ask, _heard(ask, replace(matter, id=f"{matter.id}{orders[0].id}", order_id=orders[0].id)))


def go_on(ask: Ask, matter: Matter) -> Move | None:
    """The order or the day was asked for."""
    if matter.asks == "which":
        _, orders = choosing.choose(ask, _STATES)
        fitting = orders if len(orders) > 1 else tuple(o for o in ask.facts.orders or () if o.status in _STATES)[:5]
        options = choosing.titles(fitting)
        picked = reading.choice_of(ask.segment.text, options)
        order = orders[0] if len(orders) == 1 else fitting[options.index(picked)] if picked else None
        return _next(ask, _heard(ask, replace(matter, order_id=order.id, asks=""))) if order else None
    heard = _heard(ask, matter)
    if "when" not in heard.slots and any(
        word in ask.segment.text for word in ("都行", "都可以", "随便", "尽快", "越快越好")
    ):
        heard = replace(heard, slots={**heard.slots, "when": "尽快"})
    return _next(ask, heard) if heard.slots != matter.slots else None


def _heard(ask: Ask, matter: Matter) -> Matter:
    """The matter with day and phone as the whole turn tells them."""
    slots = {name: value for name, value in matter.slots.items() if value}
    phone, when = _PHONE.search(ask.said), _WHEN.search(_PHONE.sub(" ", ask.said))
    if phone:
        slots["phone"] = phone.group()
    if when:
        slots["when"] = when.group()
    return replace(matter, slots=slots)


def _next(ask: Ask, matter: Matter) -> Move:
    order, slots = choosing.by_id(ask, matter.order_id), matter.slots
    visit = slots["visit"]
    if "when" not in slots:
        return question(ask, replace(matter, asks="when"), "booking.when", order, visit=visit)
    about = f"预约{'安装' if visit == 'install' else '维修'}：{slots['when']}上门"
    data = {"date": slots["when"], "phone": slots.get("phone", ""), "about": about}
    data |= {"fault": slots.get("fault", "") or about} if visit == "repair" else {}
    return done(ask, matter, todo(matter, "ticket", visit, **data), order, "booking", visit=visit, when=slots["when"])
