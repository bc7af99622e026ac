"""What a decision is made from."""

from datetime import datetime

from msgspec import Struct

from xiaoer.kernel.decision import BusinessHours, Facts, HandoffReason
from xiaoer.kernel.heard import Heard, Segment
from xiaoer.kernel.turn import Turn


class RedLineHit(Struct, frozen=True):
    """A red line (红线) that the turn crossed, and the words that did it; `rule_id` goes into trace and audit."""

    rule_id: str
    reason: HandoffReason
    skill: str = "general"
    matched: str = ""


class Limits(Struct, frozen=True):
    """Settings of the shop that steer hand-over. Defaults are the product's."""

    unsatisfied_tries: int = 3
    unsure_tries: int = 2
    anger_handoff: float = 0.8
    return_days: int = 7


class Situation(Struct, frozen=True):
    """Everything that `decide` may look at, besides the facts it asks for.

    `now` is aware UTC; `unsatisfied` and `unsure` count earlier tries of this conversation.
    """

    turn: Turn
    heard: Heard
    now: datetime
    hits: tuple[RedLineHit, ...] = ()
    hours: BusinessHours = BusinessHours()
    limits: Limits = Limits()
    unsatisfied: int = 0
    unsure: int = 0
    shop_name: str = ""


class Ask(Struct, frozen=True):
    """One segment to be dealt with, with all that its rule needs."""

    index: int
    segment: Segment
    situation: Situation
    facts: Facts
    product_id: str | None
