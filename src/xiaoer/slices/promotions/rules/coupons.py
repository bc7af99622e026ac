"""Choosing coupons (选券): every allowed set is priced, the lowest payable wins.

Ties: fewer coupons, then the earliest end, then the smallest id. Sets are tried in the order of the best
that they could save, and the search ends when no later set can win; so the result is that of trying all.
Assets (红包, 淘金币) are not chosen: they are used up, the earliest to expire first.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from xiaoer.slices.promotions.rules.eligibility import coupon_end
from xiaoer.slices.promotions.rules.freight import FreightOutcome, price_freight
from xiaoer.slices.promotions.rules.levels import Working, apply, apply_in_order, weigh
from xiaoer.slices.promotions.rules.stacking import may_combine
from xiaoer.slices.promotions.types import Cart, Coupon, Level, Promotion

Held = tuple[Coupon, Promotion]
_MOST_COUPONS = 12  # a buyer rarely holds more than 10 that are usable (facts: promotions, section 4)
_MOST_TRIALS = 256
_NEAR_FEN = 100  # a runner-up within 1 yuan is worth telling


class Priced(NamedTuple):
    """One set of coupons, priced to the end."""

    payable: int
    coupons: tuple[Held, ...]
    working: Working
    freight: FreightOutcome


Key = tuple[int, int, int, list[datetime], list[str]]


class Trial(NamedTuple):
    """A set of coupons; `bound` sorts before or with the key that pricing it will give."""

    bound: Key
    chosen: tuple[Held, ...]


class Choice(NamedTuple):
    best: Priced
    runner_up: Priced | None


class Tools(NamedTuple):
    """What may be applied from level 3 on: automatic promotions, and coupons that are used without choosing."""

    cart: Cart
    automatic: tuple[Promotion, ...]
    assets: tuple[Held, ...]
    freight: tuple[Promotion, ...]
    freight_coupons: tuple[Held, ...]
    with_payment: bool


def sorted_coupons(held: Sequence[Held]) -> list[Held]:
    """By priority, then the earliest end, then id: the order of use."""
    return sorted(held, key=lambda pair: (pair[1].priority, coupon_end(*pair), pair[0].id))


def price_with(start: Working, tools: Tools, coupons: Sequence[Held]) -> Priced:
    """Price levels 3 to 6 and the freight with exactly these coupons."""
    working = start.copy()
    for level in (Level.SHOP_COUPON, Level.PLATFORM):
        for coupon, promotion in sorted_coupons([pair for pair in coupons if pair[1].level is level]):
            apply(working, promotion, coupon)
        automatic = [p for p in tools.automatic if p.level is level]
        if automatic:
            apply_in_order(working, automatic)
    apply_in_order(working, [p for p in tools.automatic if p.level is Level.ASSET])
    for coupon, promotion in sorted(tools.assets, key=lambda pair: (coupon_end(*pair), pair[0].id)):
        apply(working, promotion, coupon)
    if tools.with_payment:
        apply_in_order(working, [p for p in tools.automatic if p.level is Level.PAYMENT])
    freight = price_freight(tools.cart, working, tools.freight, tools.freight_coupons)
    return Priced(working.total + freight.payable, tuple(coupons), working, freight)


def choose_coupons(start: Working, tools: Tools, held: Sequence[Held], *, named: bool = False) -> Choice:
    """Return the cheapest allowed set of coupons, and the next-best one when it is within one yuan.

    `named`: the buyer said which coupons to use, so as many of them as go together are used first.
    """
    useful = [(pair, _at_most(start, pair)) for pair in held]
    useful = [(pair, most) for pair, most in useful if most > 0]
    useful.sort(key=lambda item: (-item[1], coupon_end(*item[0]), item[0][0].id))
    lowest = start.total - _later(start, tools)
    trials = [
        Trial((-len(chosen) if named else 0, max(lowest - most, 0), *_tie(chosen)), chosen)
        for chosen, most in _allowed_sets(useful[:_MOST_COUPONS])
    ]
    trials.sort(key=lambda trial: trial.bound)
    best: tuple[Key, Priced] | None = None
    second: tuple[Key, Priced] | None = None
    for tried, (bound, chosen) in enumerate(trials):
        if best is not None and bound > best[0]:
            near = bound[0] == best[0][0] and bound[1] <= best[0][1] + _NEAR_FEN
            if not near or tried >= _MOST_TRIALS or (second is not None and bound > second[0]):
                break
        priced = price_with(start, tools, chosen)
        spent = {record.coupon.id for record in priced.working.records if record.coupon}
        if any(coupon.id not in spent for coupon, _ in chosen):
            continue  # a coupon that does nothing in this set: the set without it is priced too
        entry = ((bound[0], priced.payable, *bound[2:]), priced)
        if best is None or entry[0] < best[0]:
            best, second = entry, best
        elif second is None or entry[0] < second[0]:
            second = entry
    chosen_best = best[1] if best else price_with(start, tools, ())
    runner_up = second[1] if second else None
    if runner_up and (runner_up.payable - chosen_best.payable > _NEAR_FEN or not runner_up.coupons):
        runner_up = None
    return Choice(chosen_best, runner_up)


def _later(start: Working, tools: Tools) -> int:
    """The most that what comes after the chosen coupons can take off."""
    automatic = sum(weigh(start, promotion).worth.amount for promotion in tools.automatic)
    return automatic + sum(_at_most(start, pair) for pair in tools.assets)


def _at_most(start: Working, pair: Held) -> int:
    """The most that a coupon can save: its worth before any other coupon."""
    coupon, promotion = pair
    worth = weigh(start, promotion).worth
    return coupon.amount.fen if coupon.amount and worth.amount > 0 else worth.amount


def _tie(chosen: Sequence[Held]) -> tuple[int, list[datetime], list[str]]:
    return len(chosen), sorted(coupon_end(*pair) for pair in chosen), sorted(coupon.id for coupon, _ in chosen)


def _allowed_sets(useful: Sequence[tuple[Held, int]]) -> list[tuple[tuple[Held, ...], int]]:
    sets: list[tuple[tuple[Held, ...], int]] = [((), 0)]
    for pair, most in useful:
        sets += [
            ((*chosen, pair), total + most)
            for chosen, total in sets
            if may_combine([promotion for _, promotion in chosen], pair[1])
        ]
    return sets
