"""Bargaining (议价): the shop's terms, where a talk about a price stands, and what a buyer's words ask for.

Prices are per piece. Nothing here that holds the floor (底价) prints itself: what is not printable does not
reach a log, a trace or a prompt by accident.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from xiaoer.kernel.money import ZERO, Money

GiftKind = Literal["coupon", "freight", "small_gift"]
After = Literal["people", "firm"]
AskKind = Literal["push", "gift", "freight", "accept", "decline", "floor", "claim", "question", "stop"]
Outcome = Literal["counter", "accept", "gift", "stand", "firm", "people", "settled", "already", "wait"]
Stage = Literal["open", "agreed"]

_HIDDEN = "(…)"


class Gift(Struct, frozen=True):
    """What may be given instead of money. `cost` is what it costs the shop; `promotion_id` names the coupons of
    a coupon gift; freight is given as a freight coupon; a small gift is packed by people."""

    kind: GiftKind
    title: str
    cost: Money
    promotion_id: str = ""


class Terms(Struct, frozen=True):
    """How far one group of products may go. The floor is `floor` or `floor_ratio` (basis points of the price that
    everybody pays now; 0: not set), whichever is higher; `steps` are shares (basis points) of the room by round."""

    title: str
    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    floor: Money | None = None
    floor_ratio: int = 10_000
    max_off: Money | None = None
    steps: tuple[int, ...] = (4_000, 7_500, 10_000)
    buyer_budget: Money = ZERO
    buyer_days: int = 30
    day_budget: Money = ZERO
    cool_days: int = 7
    gifts: tuple[Gift, ...] = ()
    most_gifts: int = 1
    stop_words: tuple[str, ...] = ()
    bulk_from: int = 20
    after: After = "firm"
    valid_hours: int = 24
    priority: int = 100

    def __repr__(self) -> str:
        return f"Terms{_HIDDEN}"


class State(Struct, frozen=True):
    """Where the talk of one person about one product stands. `offer` is the price per piece on the table until
    `offer_until`, `held` what the budgets gave for it, `pushes` count the rounds; it is forgotten at `ends_at`.
    `serial` numbers the talks, `version` every change."""

    person: str
    product_id: str
    version: int = 0
    serial: int = 1
    pushes: int = 0
    stage: Stage = "open"
    base: Money = ZERO
    offer: Money | None = None
    offer_until: datetime | None = None
    held: Money = ZERO
    gifts: tuple[str, ...] = ()
    coupon_id: str = ""
    ends_at: datetime | None = None


class Ask(Struct, frozen=True):
    """What the words ask for: a price per piece, an amount off, a rate (basis points of the price), or rounding."""

    kind: AskKind
    price: Money | None = None
    off: Money | None = None
    rate: int | None = None
    rounds_down: bool = False
    quantity: int = 1


class Budgets(Struct, frozen=True):
    """What is left to give: to this person, and to everybody today."""

    person: Money
    day: Money

    @property
    def left(self) -> Money:
        return max(ZERO, min(self.person, self.day))

    def __repr__(self) -> str:
        return f"Budgets{_HIDDEN}"


class Answer(Struct, frozen=True):
    """What is decided. `price` per piece and `off` it is from `base`; `take` what the budgets must give for it now;
    `reason` is the rule that decided. The floor is not in it."""

    outcome: Outcome
    reason: str
    base: Money = ZERO
    price: Money | None = None
    off: Money = ZERO
    take: Money = ZERO
    gift: Gift | None = None
    pushes: int = 0
    last: bool = False
