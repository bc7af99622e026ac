"""What insight counts: units with their facts, and what a unit gives to the figures."""

from datetime import datetime
from typing import Any, NamedTuple

from msgspec import Struct

BUYER, BOT, ASSIST, AGENT = "b", "r", "s", "a"


class Beat(Struct, frozen=True, array_like=True):
    """One message: milliseconds since the opening, who (`b` buyer, `r` bot, `s` bot in assist mode, `a` agent).

    Of a buyer's message `owner` tells who had the talk then (bot, queued, agent). `flags` are compliance rules.
    `leaves` tells how an agent's message leaves the matter (see `rules.endings`),
    `owes` when what it promises is due (0: nothing), `offers` whether it holds an offer (-1: not looked at).
    """

    at: int
    who: str
    agent: str = ""
    chars: int = 0
    owner: str = ""
    flags: tuple[str, ...] = ()
    leaves: str = ""
    owes: int = 0
    offers: int = -1


class Ask(Struct, frozen=True, array_like=True):
    """One understood turn. `words` are keys of its wordings, parallel to `intents`; `answered`: nothing is open."""

    at: int
    intents: tuple[str, ...]
    words: tuple[str, ...] = ()
    product: str = ""
    mood: float = 0.0
    anger: float = 0.0
    satisfied: bool | None = None
    answered: bool = True
    acts: tuple[str, ...] = ()
    sourced: bool = True


class Step(Struct, frozen=True, array_like=True):
    """Something that happened to the talk: handoff (reason), assigned (agent), transferred, returned, closed, …"""

    at: int
    what: str
    by: str = ""
    more: str = ""


class Deal(Struct, frozen=True, array_like=True):
    """An order of the buyer near the talk; instants in microseconds since 1970, 0 for not yet; amounts in fen.

    `products` are what was bought, as far as the order's lines tell; `off_hours` tells that it was paid when people
    are usually not at work (`rules/free_days.py`).
    """

    id: str
    created: int
    paid: int
    amount: int
    refunded: int = 0
    shipped: int = 0
    products: tuple[str, ...] = ()
    off_hours: bool = False


class Around(Struct, frozen=True, omit_defaults=True):
    """What other talks of the same buyer say about this one.

    `day_rounds` (answered by anybody) and `people_rounds` are (start second of the day, seconds to the answer or -1)
    of the buyer's other talks of the day, kept by the first talk of the day only. `again_in_s` from the end of this
    talk to the next one, `since_last_s` from the end of the one before; -1 when there is none. `mine` are the ids of
    the buyer's orders for which this talk was the last before the payment.
    """

    first_today: bool = True
    first_inquiry_today: bool = True
    again_in_s: int = -1
    since_last_s: int = -1
    day_rounds: tuple[tuple[int, int], ...] = ()
    people_rounds: tuple[tuple[int, int], ...] = ()
    mine: tuple[str, ...] = ()


class Talk(Struct, frozen=True, omit_defaults=True):
    """One conversation as its facts tell it. `opened` is microseconds since 1970."""

    id: str
    buyer_id: str
    channel: str
    opened: int
    entry: str = ""
    campaign: str = ""
    product: str = ""
    beats: tuple[Beat, ...] = ()
    asks: tuple[Ask, ...] = ()
    steps: tuple[Step, ...] = ()
    rating: int = 0
    invited: bool = False
    off_duty: bool = False
    deals: tuple[Deal, ...] = ()
    around: Around = Around()


class RefundFacts(Struct, frozen=True, omit_defaults=True):
    """One refund. `reason` is a code of the taxonomy, `detail` its sub-reason; `words` is what the buyer said about it,
    masked, and `said_key` the question under which such words are kept; `agent` served the talk about it."""

    id: str
    order_id: str
    buyer_id: str
    at: int
    kind: str
    reason: str
    detail: str = ""
    amount: int = 0
    product: str = ""
    variant: str = ""
    courier: str = ""
    batch: str = ""
    claim: str = ""
    size: str = ""
    words: str = ""
    conversation_id: str = ""
    channel: str = ""
    done_in_s: int = -1
    said_key: str = ""
    agent: str = ""


class ModelCall(Struct, frozen=True, omit_defaults=True):
    """One call of a language model. `at` is microseconds since 1970, `microyuan` millionths of a yuan."""

    id: str
    at: int
    purpose: str
    model: str
    ok: bool = True
    tokens_in: int = 0
    tokens_out: int = 0
    microyuan: int = 0
    took_ms: int = 0
    conversation_id: str = ""


class BuyerDay(Struct, frozen=True, omit_defaults=True):
    """One buyer on one day of the shop: looked, asked, paid (fen), sold pieces by (product, variant)."""

    buyer_id: str
    day: int
    at: int
    viewed: bool = False
    consulted: bool = False
    paid: int = 0
    sold: tuple[tuple[str, str, int], ...] = ()


class Key(NamedTuple):
    """Where a gift goes. `hour` is -1 for families that are kept by the day only."""

    family: str
    day: int
    hour: int
    channel: str
    a: str
    b: str


class Gift(NamedTuple):
    """What a unit gives to a figure: a count and an amount (milliseconds, fen, hits … as the family says)."""

    key: Key
    n: int
    v: int


class Row(Struct, frozen=True):
    """A unit as it is kept, with the columns that questions filter by."""

    kind: str
    id: str
    day: int
    at: datetime
    facts: Talk | RefundFacts | BuyerDay | ModelCall
    buyer_id: str = ""
    channel: str = ""
    agent: str = ""
    product: str = ""
    handled: str = ""
    stage: str = ""
    mark: str = ""
    mood: int = 0
    score: int = 0
    value_fen: int = 0


class Formula(Struct, frozen=True):
    """A named, versioned metric. `kind` names the calculation, the other fields are its parameters; `how` is shown.

    `show`: ratio, seconds, hours, number, yuan. `good` tells the better direction: up, down or none.
    """

    id: str
    version: int
    title: str
    platform: str
    kind: str
    how: str
    show: str = "ratio"
    good: str = "up"
    window: tuple[int, int] = (0, 1440)
    limit_s: int = 0
    counts: str = AGENT
    scope: str = "people"
    of: str = ""
    over: str = ""
    target: float | None = None
    on_duty_only: bool = False
    gap_min: int = 30

    @property
    def name(self) -> str:
        """The name under which cells keep it."""
        return f"{self.id}@{self.version}"


class Alert(Struct, frozen=True):
    """Something that wants a person. `topic` groups repetitions; `state`: open, taken, fixed, done, ignored."""

    id: str
    kind: str
    topic: str
    level: str
    at: datetime
    title: str
    advice: str
    state: str = "open"
    conversation_id: str = ""
    owner: str = ""
    due: str = ""
    changed_at: datetime | None = None
    facts: dict[str, Any] = {}
