"""How far the bot lowers a price, and when it stops (议价规则).

Each push moves the offer one step towards the floor (底价), never below it, and never further than the budgets of
the person and of the day allow. What the buyer names is accepted when it is at or above this round's offer.
Claims, orders to the bot and questions for the floor move nothing. When the steps are used up, small favours are
given in the order of their cost; after those, people take over or the answer is a firm, friendly no.
A discount of zero is zero: without room there is no step, whatever is said.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from xiaoer.kernel.money import ZERO, Money
from xiaoer.slices.bargaining.types import Answer, Ask, Budgets, Gift, State, Terms

_WHOLE_FROM = Money(2_000)  # from 20 yuan on offers are whole yuan, below whole jiao
_FULL = 10_000


def floor_of(terms: Terms, price: Money) -> Money:
    """The lowest price per piece, rounded up to the fen; never above `price`, and `price` itself without any limit."""
    if not terms.floor_ratio and terms.floor is None and terms.max_off is None:
        return price
    by_ratio = Money(-(-price.fen * max(0, min(terms.floor_ratio, _FULL)) // _FULL))
    floor = max(by_ratio, terms.floor) if terms.floor is not None else by_ratio
    if terms.max_off is not None:
        floor = max(floor, price - max(terms.max_off, ZERO))
    return min(floor, price)


def current(state: State | None, price: Money, now: datetime) -> State | None:
    """The talk as it counts now: forgotten after its end, without an offer that lapsed or is no better than `price`."""
    if state is None or (state.ends_at is not None and now >= state.ends_at):
        return None
    if state.stage == "agreed" or state.offer is None:
        return state
    if state.offer_until is not None and now >= state.offer_until:
        return replace(state, offer=None, held=ZERO)
    return replace(state, offer=None) if state.offer >= price else state


def advance(talk: State, answer: Answer, terms: Terms, coupon_id: str, now: datetime) -> State:
    """The talk after the answer was given. `talk` is as `current` gives it, with its person, product and serial."""
    hours = timedelta(hours=max(terms.valid_hours, 1))
    state = replace(
        talk, pushes=answer.pushes, base=answer.base, ends_at=now + timedelta(days=max(terms.cool_days, 0)) + hours
    )
    if answer.outcome in ("counter", "accept"):
        state = replace(state, offer=answer.price, offer_until=now + hours, held=talk.held + answer.take)
    if answer.outcome == "accept":
        state = replace(state, stage="agreed", coupon_id=coupon_id)
    if answer.outcome == "gift" and answer.gift is not None:
        state = replace(state, gifts=(*talk.gifts, answer.gift.title))
    return state


def answer_bargain(
    ask: Ask, terms: Terms, state: State | None, price: Money, budgets: Budgets, now: datetime
) -> Answer:
    """Decide the answer to a price request. `price` is what everybody pays for one piece now."""
    talk = current(state, price, now)
    if talk is not None and talk.stage == "agreed":
        return Answer("settled", "agreed", talk.base, talk.offer, talk.held, pushes=talk.pushes)
    if ask.kind == "stop":
        return _end(terms, talk, price, "stop_word")
    if terms.bulk_from and ask.quantity >= terms.bulk_from and ask.kind in ("push", "floor", "gift", "freight"):
        return Answer("people", "bulk", price, pushes=_pushes(talk))
    if ask.kind == "accept" and talk is not None and talk.offer is not None:
        return _take(talk, price, budgets, "offer_taken")
    if ask.kind == "claim" and talk is not None and talk.offer is not None and (ask.price or ZERO) >= talk.offer:
        return _take(talk, price, budgets, "named_the_offer")  # 刚才你们说是 282, which is the offer on the table
    if ask.kind == "question" and talk is not None and talk.offer is not None and ask.price == talk.offer:
        return _take(talk, price, budgets, "named_the_offer")  # 「282」 alone
    if ask.kind == "floor" and (talk is None or talk.offer is None):
        return _push(ask, terms, talk, price, budgets)  # who opens with 「最低多少」 wants a better price
    if ask.kind in ("claim", "floor", "decline", "accept", "question"):
        return _stand(ask.kind, talk, price)
    if ask.kind in ("freight", "gift"):
        return _favour(ask, terms, talk, price, budgets)
    return _push(ask, terms, talk, price, budgets)


def _take(talk: State, price: Money, budgets: Budgets, reason: str) -> Answer:
    """The buyer takes the offer on the table. What is given is what it costs now, if the budgets bear it."""
    assert talk.offer is not None
    off = min(price - talk.offer, talk.held + budgets.left)
    take = max(off - talk.held, ZERO)
    return Answer("accept", reason, price, price - off, off, take, None, talk.pushes)


def _pushes(talk: State | None) -> int:
    return talk.pushes if talk else 0


def _stand(reason: str, talk: State | None, price: Money) -> Answer:
    """Nothing moves: the offer on the table, or the price that everybody pays."""
    if talk is not None and talk.offer is not None:
        return Answer("stand", reason, price, talk.offer, price - talk.offer, pushes=talk.pushes)
    return Answer("firm", reason, price, pushes=_pushes(talk))


def _end(terms: Terms, talk: State | None, price: Money, reason: str) -> Answer:
    """Nothing more is given: people take over, or the offer on the table stays the last word."""
    if terms.after == "people":
        return Answer("people", reason, price, pushes=_pushes(talk))
    return _stand(reason, talk, price)


def _push(ask: Ask, terms: Terms, talk: State | None, price: Money, budgets: Budgets) -> Answer:
    pushes = _pushes(talk) + 1
    steps = terms.steps
    wanted = _wanted(ask, price)
    if wanted is not None and wanted >= price:
        return Answer("already", "at_or_above_price", price, price, pushes=_pushes(talk))
    if talk is not None and talk.offer is not None and wanted is not None and wanted >= talk.offer:
        return _take(talk, price, budgets, "named_the_offer")
    held = talk.held if talk else ZERO
    offer = _offer(terms, price, pushes, held + budgets.left) if pushes <= len(steps) else None
    if offer is None or (talk is not None and talk.offer is not None and offer >= talk.offer):
        return _favour(ask, terms, talk, price, budgets, pushes)
    last = pushes >= len(steps)
    if wanted is not None and wanted >= offer:
        take = max(price - wanted - held, ZERO)
        return Answer("accept", "asked_within_step", price, wanted, price - wanted, take, None, pushes)
    take = max(price - offer - held, ZERO)
    return Answer("counter", f"step_{pushes}", price, offer, price - offer, take, None, pushes, last)


def _wanted(ask: Ask, price: Money) -> Money | None:
    """The price per piece that the words come to; None when they name none."""
    if ask.price is not None:
        return ask.price
    if ask.off is not None:
        return price - ask.off
    if ask.rate is not None:
        return Money(price.fen * ask.rate // _FULL)
    if ask.rounds_down:
        unit = 100 if price.fen % 100 else (1_000 if price.fen > 1_000 else 100)
        rounded = price.fen // unit * unit
        return Money(rounded if rounded < price.fen else max(rounded - unit, 0))
    return None


def _offer(terms: Terms, price: Money, pushes: int, left: Money) -> Money | None:
    """This round's price per piece, a friendly figure at or above the floor; None when there is nothing to give."""
    room = min(price - floor_of(terms, price), left)
    share = max(0, min(terms.steps[pushes - 1], _FULL))
    off = Money(max(room.fen, 0) * share // _FULL)
    if not off:
        return None
    unit = 100 if price >= _WHOLE_FROM else 10
    offer = Money(-(-(price - off).fen // unit) * unit)
    return offer if offer < price else None


def _favour(
    ask: Ask, terms: Terms, talk: State | None, price: Money, budgets: Budgets, pushes: int | None = None
) -> Answer:
    """A gift in the order of cost, when one is allowed, affordable and fits what was asked for."""
    count = _pushes(talk) if pushes is None else pushes
    given = talk.gifts if talk else ()
    money_given = talk is not None and talk.offer is not None
    allowed = [
        gift
        for gift in sorted(terms.gifts, key=lambda gift: gift.cost)
        if gift.title not in given
        and gift.cost <= budgets.left
        and not (gift.kind == "coupon" and money_given)
        and (ask.kind != "freight" or gift.kind == "freight")
    ]
    if allowed and len(given) < terms.most_gifts:
        return _given(allowed[0], talk, price, count)
    if pushes is None and not money_given and ask.kind in ("gift", "freight"):
        return Answer("firm", "no_gift", price, pushes=count)
    if pushes is None:
        return _stand("no_gift", talk, price)
    return replace(_end(terms, talk, price, "exhausted"), pushes=count)


def _given(gift: Gift, talk: State | None, price: Money, pushes: int) -> Answer:
    offer = talk.offer if talk else None
    return Answer("gift", f"gift_{gift.kind}", price, offer, talk.held if talk else ZERO, gift.cost, gift, pushes)
