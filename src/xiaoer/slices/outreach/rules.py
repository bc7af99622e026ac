"""When a proactive message may be sent (触达规则): never after payment, refund or a no; at civil hours; seldom.

A step that comes late after a downtime is sent if it is still useful, else dropped. Marketing needs consent and the
channel's window (WeChat: five messages within 48 hours of the buyer's last word).
"""

import hashlib
from datetime import datetime, timedelta

from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.slices.outreach.types import SERVICE, Arm, Caps, Journey, Known, Send, Stop, Wait

WINDOWS = {"wechat_kf": (48, 5), "wechat_mp": (48, 5), "weixin_shop": (48, 5)}  # hours, messages (platform rules)


def arm_of(shop: str, journey_id: str, buyer_id: str, hold_out: int) -> Arm:
    """Whether a buyer is held out; the same for every run of the journey."""
    digest = hashlib.blake2b(f"{shop}|{journey_id}|{buyer_id}".encode(), digest_size=8).digest()
    return "held_out" if int.from_bytes(digest, "big") % 10_000 < hold_out else "treated"


def decide_step(journey: Journey, known: Known, caps: Caps, now: datetime) -> Send | Wait | Stop:
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


def fill_step(text: str, values: dict[str, str]) -> str:
    """Put the run's values into a step's wording."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text
