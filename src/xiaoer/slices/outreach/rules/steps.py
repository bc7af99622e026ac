"""When a proactive message may be sent (触达规则): never after payment, refund or a no; at civil hours; seldom.

A step that comes late after a downtime is sent if it is still useful, else dropped. Marketing needs consent and the
channel's window (WeChat: five messages within 48 hours of the buyer's last word).
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.filling import fill
from xiaoer.slices.outreach.types import SERVICE, Arm, Caps, Journey, Known, Send, Skip, Step, Stop, Trigger, Wait

_OF_ORDER = ("商品", "昵称", "订单尾号")
VARIABLES: dict[Trigger, tuple[str, ...]] = {  # what a step of each trigger may name
    "order_unpaid": _OF_ORDER,
    "cart_abandoned": ("商品", "昵称"),
    "interested": ("商品", "昵称"),
    "back_in_stock": ("商品", "昵称"),
    "price_drop": ("商品", "昵称", "原价", "现价"),
    "coupon_expiring": ("商品", "昵称", "券", "到期"),
    "delivered": _OF_ORDER,
    "review": _OF_ORDER,
    "replenish": _OF_ORDER,
}
SAMPLE = {  # for previews
    "商品": "您看的商品", "昵称": "小鱼", "订单尾号": "000123", "原价": "129", "现价": "99", "券": "满199减20",
    "到期": "6月18日 23:59",
}  # fmt: skip
_DAY_MIN = 24 * 60
_BEFORE_QUIET = timedelta(minutes=30)  # nobody is written to at the last moment of civil hours
_TIME_TO_USE = timedelta(hours=1)  # what ends sooner after the quiet hours is told of before them
_TITLE = 20  # characters of a title that a reminder tells
_STOPS = re.compile(r"退订|回复\s*TD|TD\s*退", re.IGNORECASE)
WINDOWS = {"wechat_kf": (48, 5), "wechat_mp": (48, 5), "weixin_shop": (48, 5)}  # hours, messages (platform rules)


def arm_of(shop: str, automation: str, buyer_id: str, hold_out: int) -> Arm:
    """Whether a buyer is held out of an automation (`journey:ID`); the same every time, independent of the others."""
    digest = hashlib.blake2b(f"{shop}|{automation}|{buyer_id}".encode(), digest_size=8).digest()
    return "held_out" if int.from_bytes(digest, "big") % 10_000 < hold_out else "treated"


def decide_step(journey: Journey, step: Step, known: Known, caps: Caps, now: datetime) -> Send | Skip | Wait | Stop:
    """Whether the step that is due is sent now, later or never."""
    if known.settled:
        return Stop(known.settled)
    if known.opted_out:
        return Stop("opted_out")
    if known.in_trouble:
        return Stop("with_people")
    if known.trigger not in SERVICE and not known.consents:
        return Stop("no_consent")
    if now - known.due_at > timedelta(minutes=journey.useful_min):
        return Stop("too_late")
    if known.sent_lately >= caps.most:
        return Stop("capped")
    if known.window_until is not None and (now >= known.window_until or not known.window_left):
        return Stop("window_closed")
    if step.only == "silent" and known.spoke:
        return Skip()
    quiet = quiet_until(caps, now)
    if quiet is None:
        return Send()
    return Stop("too_late") if quiet - known.due_at > timedelta(minutes=journey.useful_min) else Wait(quiet)


def quiet_until(caps: Caps, now: datetime) -> datetime | None:
    """The end of the quiet hours that `now` lies in; None outside of them."""
    local = now.astimezone(SHOP_ZONE)
    minute, start, end = local.hour * 60 + local.minute, caps.quiet_from_min, caps.quiet_to_min
    inside = start <= minute < end if start <= end else minute >= start or minute < end
    if not inside or start == end:
        return None
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    opens = midnight + timedelta(minutes=end)
    return (opens if opens > local else opens + timedelta(days=1)).astimezone(now.tzinfo)


def before_quiet(at: datetime, ends_at: datetime, caps: Caps, earliest: datetime) -> datetime:
    """When to tell of what ends: `at`, or before the quiet hours in which it would wait until it is of no use.

    Never before `earliest`; where even that is quiet nothing can be done, and `at` stays.
    """
    opens = quiet_until(caps, at)
    if opens is None or opens + _TIME_TO_USE <= ends_at:
        return at
    sooner = max(
        earliest, opens - timedelta(minutes=(caps.quiet_to_min - caps.quiet_from_min) % _DAY_MIN) - _BEFORE_QUIET
    )
    return at if sooner >= at or quiet_until(caps, sooner) else sooner


def fill_step(text: str, values: dict[str, str], shop_name: str, trigger: Trigger) -> str:
    """Put the run's values into a step's wording; marketing says who speaks and how to stop it (CPR 24, NTM 16). A
    title made for search engines is cut: the buyer knows what he looked at; a variant (规格) is named whole."""
    title = values.get("商品", "")
    title = title if len(title) <= _TITLE else title[: _TITLE - 1] + "…"
    values = {**values, "商品": f"{title} {values.get('规格', '')}".strip()}
    text = fill(text, {name: values.get(name, "") for name in VARIABLES[trigger]})
    if trigger in SERVICE:
        return text
    sender = "" if not shop_name or shop_name in text else f"【{shop_name}】"
    return f"{sender}{text}{'' if _STOPS.search(text) else '（回复TD退订）'}"


def end_of(at: datetime) -> str:
    """The last moment in the shop's day: 「6月19日 24:00」 of what ends at midnight, so nobody comes on the 20th."""
    ends = at.astimezone(SHOP_ZONE)
    last = ends - timedelta(minutes=1) if (ends.hour, ends.minute) == (0, 0) else ends
    return f"{last.month}月{last.day}日 {'24:00' if last != ends else f'{ends:%H:%M}'}"


def in_categories(category: str, wanted: Sequence[str]) -> bool:
    """Whether a category is one of `wanted` or below one."""
    return any(w and (category == w or category.startswith((f"{w}/", f"{w}>", f"{w} >"))) for w in wanted)
