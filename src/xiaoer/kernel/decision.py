"""What was decided (决策): the output of `slices.policies`, the input of `slices.replies`.

`policies.decide` is pure. It may answer with `needs`: facts that must be read first; the flow gathers
them in parallel and decides again with them, at most three rounds. Every act belongs to one segment.
"""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct, field

from xiaoer.kernel.commerce import Buyer, Order, Product, Variant
from xiaoer.kernel.memory import Memory
from xiaoer.kernel.money import ZERO, Money
from xiaoer.kernel.shop_facts import (
    Diagnosis,
    HeldCoupon,
    Offer,
    Outcome,
    Priced,
    PriceNow,
    Protection,
    Stacking,
    TicketBrief,
    TopUp,
    Transit,
)
from xiaoer.kernel.terms import Terms

ActType = Literal[
    "greet",
    "answer",
    "lookup",
    "quote",
    "recommend",
    "offer_coupon",
    "counter_offer",
    "ask",
    "ticket",
    "handoff",
    "remind",
    "fallback",
]
HandoffReason = Literal[
    "requested",
    "sensitive",
    "unsatisfied",
    "negative_sentiment",
    "complex_after_sale",
    "low_confidence",
    "bargain_exhausted",
    "image",
    "error",
]
SourceKind = Literal["knowledge", "product", "order", "shipment", "promotion", "policy"]
NeedKind = Literal[
    "knowledge",
    "product",
    "variants",
    "orders",
    "offers",
    "shop_offers",
    "price",
    "recommend",
    "named",
    "sold",
    "together",
    "spoken",
    "verify",
    "transit",
    "diagnosis",
    "protection",
    "priced",
    "top_up",
    "coupons",
    "stackings",
    "tickets",
    "refundable",
    "bargain",
    "similar",
    "buyer",
]
TodoKind = Literal["action", "ticket", "subscribe"]


class Source(Struct, frozen=True):
    """What a claim rests on. `score` 0..1: 1 for facts read by id, the retrieval score for knowledge."""

    kind: SourceKind
    id: str
    title: str = ""
    score: float = 1.0


NEAR = 0.42  # score from which an entry is said; below it the bot says that it does not know
UNANSWERED = (
    "not_found",
    "product.nearest",
    "need.untold",
)  # templates of acts where nothing surely answers: the shop's gaps


class KnowledgeHit(Struct, frozen=True):
    """One retrieved knowledge entry, live at the time of asking; `score` is calibrated, 0..1."""

    id: str
    question: str
    answer: str
    score: float
    product_id: str = ""
    category: str = ""
    matched: str = ""
    attachments: tuple[dict[str, Any], ...] = ()
    defaults: dict[str, str] = field(default_factory=dict)  # what is said for a live variable without a fact
    product_category: str = ""  # of the goods that it is for, as `product_id`


class BargainAnswer(Struct, frozen=True):
    """How a price request (议价) is answered. It holds what may be told, never the floor; amounts are per piece.

    `proof` is handed back, unread, when the answer is kept: a grant is on disk together with the words that promise it.
    """

    outcome: str
    reason: str
    product_id: str
    title: str
    base: Money
    price: Money | None = None
    off: Money = ZERO
    gift: str = ""
    gift_kind: str = ""
    pushes: int = 0
    last: bool = False
    coupon: "CouponGiven | None" = None
    proof: Any = None


class CouponGiven(Struct, frozen=True):
    """A single-use coupon that comes with an answer."""

    id: str
    promotion_id: str
    title: str
    amount: Money
    valid_until: datetime
    code: str


class Pick(Struct, frozen=True):
    """One recommended product: its price from, and the reason in one sentence. `near`: it is not quite what was wished,
    but the nearest that there is."""

    product: Product
    price: Money
    reason: str
    near: bool = False


class SceneShown(Struct, frozen=True):
    """What is shown after the answer to `segment`; `offer` is a running promotion that it names."""

    id: str
    segment: int
    say: str
    url: str = ""
    offer: Offer | None = None
    picks: tuple[Pick, ...] = ()


class Refusal(Struct, frozen=True):
    """The buyer's clear no to something (recommend), to be remembered."""

    kind: str


class Need(Struct, frozen=True):
    """A fact to read for `segment`. `key` is the id asked for, or the text for knowledge."""

    kind: NeedKind
    segment: int
    key: str = ""


class Todo(Struct, frozen=True):
    """Something to be done before the reply is written: an action in the shop's system, a ticket, a subscription.

    `id` makes it idempotent: the same id again is the same thing, and gives the outcome of the first time.
    """

    id: str
    kind: TodoKind
    name: str
    order_id: str = ""
    data: dict[str, str] = field(default_factory=dict)


class Trial(Struct, frozen=True):
    """A buyer's place in the randomised comparison of one automation (`scene:ID`, `bargain`): treated or held_out."""

    automation: str
    arm: str
    variant: int = 0

    @property
    def held_out(self) -> bool:
        return self.arm == "held_out"


class Wanted(Struct, frozen=True):
    """One of several goods that were named in one breath, and how many of it (两件防晒衣)."""

    product: Product
    count: int = 1


class Facts(Struct, frozen=True):
    """What was gathered. `missing` names needs whose source could not be asked (kind, key): say so, never guess.

    `orders` are the buyer's own and those that he proved to be his in this talk; `verified` tells of each proof that
    was tried now (order number: ok, no, locked). Computed facts go by the key of their need.
    """

    knowledge: dict[int, tuple[KnowledgeHit, ...]] = field(default_factory=dict)
    answerable: dict[int, bool] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    variants: dict[str, tuple[Variant, ...]] = field(default_factory=dict)
    orders: tuple[Order, ...] | None = None
    recommended: dict[int, tuple[Product, ...]] = field(default_factory=dict)
    unsold: dict[int, str] = field(default_factory=dict)  # what a segment asks for, where the shop sells no such thing
    together: dict[int, tuple[Wanted, ...]] = field(default_factory=dict)
    offers: tuple[Offer, ...] | None = None
    shop_offers: tuple[Offer, ...] | None = None
    prices: dict[str, PriceNow] = field(default_factory=dict)
    bargains: dict[int, BargainAnswer] = field(default_factory=dict)
    picks: dict[int, tuple[Pick, ...]] = field(default_factory=dict)
    scene: SceneShown | None = None
    buyer: Buyer | None = None
    asked: tuple[Need, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    terms: Terms = Terms()
    verified: dict[str, str] = field(default_factory=dict)
    diagnoses: dict[str, Diagnosis] = field(default_factory=dict)
    protections: dict[str, Protection] = field(default_factory=dict)
    priced: dict[str, Priced] = field(default_factory=dict)
    top_ups: dict[str, TopUp] = field(default_factory=dict)
    coupons: tuple[HeldCoupon, ...] | None = None
    stackings: tuple[Stacking, ...] | None = None
    tickets: tuple[TicketBrief, ...] | None = None
    refundable: dict[str, Money] = field(default_factory=dict)
    transits: dict[str, Transit] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    trials: tuple[Trial, ...] = ()


class Act(Struct, frozen=True):
    """One thing the reply does for one segment. `template` names the wording, `slots` fill it, `sources` back it.

    `effect` is what must be on disk together with the words; its keeper may refuse, then the turn is decided anew.
    """

    type: ActType
    segment: int
    template: str
    slots: dict[str, Any] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    rule_id: str = ""
    effect: Any = None


class Handoff(Struct, frozen=True):
    """A person takes over. `summary` is the agent's 前情提要."""

    reason: HandoffReason
    rule_id: str
    skill: str = "general"
    summary: str = ""
    agent_name: str | None = None


class Decision(Struct, frozen=True):
    """Acts when decided; `needs` when facts are wanted first, `todos` when something is to be done first (then `acts`
    is empty). `memory` is what the talk remembers afterwards; None leaves it as it is. `regret` is what the reply
    opens with when it has no word of regret of its own."""

    acts: tuple[Act, ...] = ()
    needs: tuple[Need, ...] = ()
    handoff: Handoff | None = None
    notes: tuple[str, ...] = ()
    todos: tuple[Todo, ...] = ()
    memory: Memory | None = None
    regret: Act | None = None
