"""Journeys (旅程): what starts one, its steps, and what is known when a step is due."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

Trigger = Literal["order_unpaid", "cart_abandoned", "delivered", "viewed"]
Arm = Literal["treated", "held_out"]
# Messages about an order that the buyer placed; everything else is marketing and needs consent (PIPL 13, CPR 24).
SERVICE: frozenset[str] = frozenset({"order_unpaid", "delivered"})


class Step(Struct, frozen=True):
    """One message, so many minutes after the start. Variables: {昵称} {商品} {订单尾号}."""

    after_min: int
    say: str


class Journey(Struct, frozen=True):
    """Steps after a trigger. `hold_out` is the share of buyers (basis points) who get nothing, for comparison."""

    title: str
    trigger: Trigger
    steps: tuple[Step, ...]
    hold_out: int = 1_000
    useful_min: int = 1_440


class Caps(Struct, frozen=True):
    """Quiet hours (minutes of the shop's day) and how many proactive messages a buyer gets, over all journeys."""

    quiet_from_min: int = 1_320
    quiet_to_min: int = 540
    most: int = 3
    days: int = 7


class Known(Struct, frozen=True):
    """What is known about a run when its step is due."""

    trigger: Trigger
    due_at: datetime
    settled: str = ""
    opted_out: bool = False
    consents: bool = False
    in_trouble: bool = False
    sent_lately: int = 0
    window_until: datetime | None = None
    window_left: int | None = None


class Send(Struct, frozen=True):
    pass


class Wait(Struct, frozen=True):
    until: datetime


class Stop(Struct, frozen=True):
    reason: str


LATE = timedelta(minutes=1)
