"""Facts about money and promises that answers are made from (取数结果): computed by the slices, spoken by replies.

Every amount was computed by the promotion engine or read from the shop; nothing here is a guess.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from xiaoer.kernel.money import ZERO, Money


class Cause(Struct, frozen=True):
    """One promotion in a calculation: what it took off, or (with a `reason`) why it did not count."""

    id: str
    title: str
    amount: Money = ZERO
    reason: str = ""
    words: str = ""
    at: datetime | None = None
    kind: str = "activity"


class Offer(Struct, frozen=True):
    """A promotion that runs now, as it may be told to a buyer (优惠活动). `steps` are its amounts: from how much on how
    much is off (nothing: then it pays the freight); `who` may use it, empty: everybody; `code` is what a coupon is
    claimed by; `fits`: the goods in sight take part."""

    id: str
    title: str
    kind: str = "activity"
    detail: str = ""
    ends_at: datetime | None = None
    steps: tuple[tuple[Money, Money], ...] = ()
    who: str = ""
    code: str = ""
    fits: bool = True


class Claim(Struct, frozen=True):
    """A coupon that may still be taken (领券), and what a cart costs with it. `for_new`: on a first order only."""

    id: str
    title: str
    code: str
    payable: Money
    for_new: bool = False


class Deposit(Struct, frozen=True):
    """A price paid in two parts (定金预售): `now`, then `balance` from one instant to another."""

    now: Money
    balance: Money
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class Priced(Struct, frozen=True):
    """A cart with its price: `explanation` is the printed calculation, `alone` what the parts cost apart, `claim` the
    coupon to be taken that lowers it most, `presale` the two parts in which it is paid."""

    payable: Money
    list_total: Money
    freight: Money = ZERO
    causes: tuple[Cause, ...] = ()
    explanation: str = ""
    titles: tuple[str, ...] = ()
    alone: Money | None = None
    valid_until: datetime | None = None
    source: str = "engine"
    claim: Claim | None = None
    presale: Deposit | None = None


class TopUp(Struct, frozen=True):
    """凑单: the nearest step, and goods with what the bill changes by when they are added (`net`)."""

    payable: Money
    title: str = ""
    gap: Money | None = None
    gap_pieces: int | None = None
    saving: Money = ZERO
    picks: tuple[tuple[str, str, Money, Money], ...] = ()
    titles: tuple[str, ...] = ()


class Diagnosis(Struct, frozen=True):
    """Why an offer did not count on an order (优惠没生效).

    `expected` is what the order should have cost when it was placed, `paid` what it did cost, `now` what the same goods
    cost now (None when they cannot be priced). `counted` did count; `refused` did not, the likeliest first.
    """

    order_id: str
    paid: Money
    expected: Money | None
    now: Money | None = None
    counted: tuple[Cause, ...] = ()
    refused: tuple[Cause, ...] = ()


class Protection(Struct, frozen=True):
    """价保 of an order by the shop's promise: `reason` granted, or why not; `words` say it with the figures."""

    order_id: str
    reason: str
    difference: Money = ZERO
    paid: Money = ZERO
    current: Money = ZERO
    days: int = 0
    ends_at: datetime | None = None
    words: str = ""


class HeldCoupon(Struct, frozen=True):
    """A coupon of the buyer or one that he may still claim (`state` claimable; `for_new`: with a first order)."""

    id: str
    title: str
    state: Literal["usable", "not_yet", "used", "expired", "claimable"]
    until: datetime | None = None
    code: str = ""
    for_new: bool = False


class PriceNow(Struct, frozen=True):
    """What one piece costs a buyer right now (到手价), and the promotions that made it so (id, title)."""

    variant_id: str
    list_price: Money
    payable: Money
    freight: Money
    applied: tuple[tuple[str, str], ...] = ()


OfferKind = Literal["coupon", "activity", "direct", "member", "platform", "asset"]


class Stacking(Struct, frozen=True):
    """Whether offers of two kinds count on one order (叠加): the titles of those that do, and of those that do not."""

    first: OfferKind
    second: OfferKind
    together: tuple[tuple[str, str], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()


class Transit(Struct, frozen=True):
    """Days on the road (在途天数) to a place, after shipping. `parcels` arrived there lately; 0: the trade's usual."""

    place: str
    low: int
    high: int
    parcels: int = 0


class TicketBrief(Struct, frozen=True):
    """A ticket of this buyer, as the talk needs it."""

    no: str
    type: str
    state: str
    order_id: str = ""
    due_at: datetime | None = None


class Outcome(Struct, frozen=True):
    """What became of something that was to be done, read back from where it was done.

    done: it holds now; already: it held before; too_late: the order moved on meanwhile; refused: not allowed;
    failed: the system could not be asked; held: a person sends in this talk, nothing was done; ticket: people do it,
    `no` is their ticket and `due_at` when they will have. `status` tells more: the order's state, or `appended` where
    the ticket was open already.
    """

    state: Literal["done", "already", "too_late", "refused", "failed", "held", "ticket"]
    no: str = ""
    due_at: datetime | None = None
    amount: Money | None = None
    status: str = ""
