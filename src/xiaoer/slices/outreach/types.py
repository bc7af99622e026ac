"""Journeys (旅程): what starts one, its steps, what is known when a step is due; and how automations are compared."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

Trigger = Literal[
    "order_unpaid",  # 催付
    "cart_abandoned",  # 加购未下单
    "interested",  # 问得多没下单
    "back_in_stock",  # 到货
    "price_drop",  # 降价
    "coupon_expiring",  # 券快到期
    "delivered",  # 签收关怀
    "review",  # 邀请评价
    "replenish",  # 复购提醒
]
Arm = Literal["treated", "held_out"]
# Messages about an order that the buyer placed; everything else is marketing and needs consent (PIPL 13, CPR 24).
SERVICE: frozenset[str] = frozenset({"order_unpaid", "delivered"})


class Step(Struct, frozen=True):
    """One message, so many minutes after the start. Variables: {昵称} {商品} {订单尾号} {原价} {现价} {券} {到期}.

    With `only` "silent" it is sent only when the buyer has not written since the run began.
    """

    after_min: int
    say: str
    only: Literal["always", "silent"] = "always"


class Journey(Struct, frozen=True):
    """Steps after a trigger. `hold_out` is the share of buyers (basis points) who get nothing, for comparison.

    `categories` limits it to goods of these (empty: all); `least_score` is the intent that `interested` needs;
    `least_drop` the price drop in percent; `before_h` how long before its end a coupon is reminded of.
    """

    title: str
    trigger: Trigger
    steps: tuple[Step, ...]
    hold_out: int = 1_000
    useful_min: int = 1_440
    categories: tuple[str, ...] = ()
    least_score: int = 60
    least_drop: int = 5
    before_h: int = 48


class Caps(Struct, frozen=True):
    """Quiet hours (minutes of the shop's day) and how many proactive messages a buyer gets, over all journeys."""

    quiet_from_min: int = 1_320
    quiet_to_min: int = 540
    most: int = 3
    days: int = 7


class Comparing(Struct, frozen=True):
    """How automations other than journeys are compared: basis points held out of each, and the hours after the first
    moment within which a payment counts (attribution window, for journeys too)."""

    greeting: int = 1_000
    scene: int = 1_000
    recommend: int = 1_000
    bargain: int = 1_000
    window_h: int = 168


class Interest(Struct, frozen=True):
    """What a buyer did about one product before he bought anything."""

    buyer_id: str
    product_id: str
    questions: int = 0
    price_talk: int = 0
    stock_talk: int = 0
    views: int = 0
    dwell_s: int = 0
    carts: int = 0
    channel: str = ""


class Known(Struct, frozen=True):
    """What is known about a run when its step is due."""

    trigger: Trigger
    due_at: datetime
    settled: str = ""
    opted_out: bool = False
    consents: bool = False
    in_trouble: bool = False
    spoke: bool = False
    sent_lately: int = 0
    window_until: datetime | None = None
    window_left: int | None = None


class Send(Struct, frozen=True):
    pass


class Skip(Struct, frozen=True):
    """This step is left out; the next ones follow."""


class Wait(Struct, frozen=True):
    until: datetime


class Stop(Struct, frozen=True):
    reason: str
