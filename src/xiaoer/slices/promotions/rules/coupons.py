"""Choosing coupons (选券): every allowed set is priced, the lowest payable wins.

Ties: fewer coupons, then the earliest end, then the smallest id. Sets are tried in the order of the best
that they could save, and the search ends when no later set can win; so the result is that of trying all.
Carts that are too large for that (thousands of sets of a hundred lines) go on from the best of the first sets
by one coupon more, less or exchanged, to where no such step saves anything.
Assets (红包, 淘金币) are not chosen: they are used up, the earliest to expire first.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from xiaoer.slices.promotions.rules.eligibility import coupon_end
from xiaoer.slices.promotions.rules.freight import FreightOutcome, price_freight
from xiaoer.slices.promotions.rules.levels import Working, apply, apply_in_order, weigh
from xiaoer.slices.promotions.rules.stacking import is_free, may_combine
from xiaoer.slices.promotions.types import Cart, Coupon, Level, Promotion

Held = tuple[Coupon, Promotion]
States = dict[tuple[str, ...], Working]  # what is left after coupons, by their ids in order
_MOST_COUPONS = 12  # a buyer rarely holds more than 10 that are usable (facts: promotions, section 4)
# Sets that are priced at most before the search climbs from the best of them: all in everyday carts; 100 lines with
# ten coupons that all combine would otherwise take half a second.
_LEAST_TRIALS, _TRIALS_BY_LINES_SQUARED = 8, 80_000
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


def price_with(start: Working, tools: Tools, coupons: Sequence[Held], states: States | None = None) -> Priced:
    """Price levels 3 to 6 and the freight with exactly these coupons. `states`: kept from set to set of one cart."""
    working = start
    last = [pair for pair in coupons if pair[1].least_unit is not None]
    for level in (Level.SHOP_COUPON, Level.PLATFORM):
        early = sorted_coupons([pair for pair in coupons if pair[1].level is level and pair[1].least_unit is None])
        if level is Level.SHOP_COUPON:  # the first, so that sets which begin alike share what they come to
            working = _after(start, early, {} if states is None else states).copy()
            early = []
        for coupon, promotion in early:
            apply(working, promotion, coupon)
        automatic = [p for p in tools.automatic if p.level is level]
        if automatic:
            apply_in_order(working, automatic)
    for coupon, promotion in sorted_coupons(last):
        apply(working, promotion, coupon)
    apply_in_order(working, [p for p in tools.automatic if p.level is Level.ASSET])
    for coupon, promotion in sorted(tools.assets, key=lambda pair: (coupon_end(*pair), pair[0].id)):
        apply(working, promotion, coupon)
    if tools.with_payment:
        apply_in_order(working, [p for p in tools.automatic if p.level is Level.PAYMENT])
    freight = price_freight(tools.cart, working, tools.freight, tools.freight_coupons)
    return Priced(working.total + freight.payable, tuple(coupons), working, freight)


def _after(start: Working, coupons: Sequence[Held], states: States) -> Working:
    """What is left after these coupons, in their order."""
    if not coupons:
        return start
    key = tuple(coupon.id for coupon, _ in coupons)
    if key not in states:
        working = _after(start, coupons[:-1], states).copy()
        coupon, promotion = coupons[-1]
        apply(working, promotion, coupon)
        states[key] = working
    return states[key]


def choose_coupons(start: Working, tools: Tools, held: Sequence[Held], *, named: bool = False) -> Choice:
    """Return the cheapest allowed set of coupons, and the next-best one when it is within one yuan.

    `named`: the buyer said which coupons to use, so as many of them as go together are used first.
    """
    useful = [(pair, _at_most(start, pair)) for pair in held]
    useful = [(pair, most) for pair, most in useful if most > 0]
    useful.sort(key=lambda item: (-item[1], coupon_end(*item[0]), item[0][0].id))
    useful = useful[:_MOST_COUPONS]
    lowest = start.total - _later(start, tools, [pair for pair, _ in useful])
    search = _Search(start, tools, [pair for pair, _ in useful], named=named)
    most_trials = max(_LEAST_TRIALS, _TRIALS_BY_LINES_SQUARED // max(len(start.left), 1) ** 2)
    sets = _allowed_sets(useful)
    bounds = [(-len(chosen) if named else 0, max(lowest - most, 0)) for chosen, most in sets]
    last = sorted(bounds)[:most_trials][-1]  # so that only sets which may be tried are put in their full order
    trials = [
        Trial((*bound, *search.tie(chosen)), chosen)
        for bound, (chosen, _) in zip(bounds, sets, strict=True)
        if bound <= last
    ]
    trials.sort(key=lambda trial: trial.bound)
    for bound, chosen in trials[:most_trials]:
        if search.is_hopeless(bound):
            break
        search.price(chosen)
    else:
        if len(sets) > most_trials:
            search.climb()
    best = search.best[1] if search.best else price_with(start, tools, ())
    runner_up = search.second[1] if search.second else None
    if runner_up and (runner_up.payable - best.payable > _NEAR_FEN or not runner_up.coupons):
        runner_up = None
    return Choice(best, runner_up)


class _Search:
    """The sets of coupons that were priced, and the two best of them."""

    def __init__(self, start: Working, tools: Tools, useful: Sequence[Held], *, named: bool) -> None:
        self._start, self._tools, self._useful, self._named = start, tools, useful, named
        self._ends = {pair[0].id: coupon_end(*pair) for pair in useful}
        self._states: States = {}
        self._seen: set[frozenset[str]] = set()
        self.best: tuple[Key, Priced] | None = None
        self.second: tuple[Key, Priced] | None = None

    def tie(self, chosen: Sequence[Held]) -> tuple[int, list[datetime], list[str]]:
        """How a set is sorted among sets that cost the same."""
        ids = sorted([coupon.id for coupon, _ in chosen])
        return len(chosen), sorted([self._ends[id_] for id_ in ids]), ids

    def is_hopeless(self, bound: Key) -> bool:
        """Whether neither this set nor a later one can be the best or worth telling beside it."""
        if self.best is None:
            return False
        key = self.best[0]
        near = bound[0] == key[0] and bound[1] <= key[1] + _NEAR_FEN
        return bound > key and (not near or (self.second is not None and bound > self.second[0]))

    def price(self, chosen: tuple[Held, ...]) -> bool:
        """Price a set, less the coupons that do nothing in it. Returns whether it is the best so far."""
        ids = frozenset([coupon.id for coupon, _ in chosen])
        if ids in self._seen:
            return False
        self._seen.add(ids)
        priced = price_with(self._start, self._tools, chosen, self._states)
        spent = {record.coupon.id for record in priced.working.records if record.coupon}
        if not ids <= spent:
            return self.price(tuple(pair for pair in chosen if pair[0].id in spent))
        entry = ((-len(chosen) if self._named else 0, priced.payable, *self.tie(chosen)), priced)
        if self.best is None or entry[0] < self.best[0]:
            self.best, self.second = entry, self.best
            return True
        if self.second is None or entry[0] < self.second[0]:
            self.second = entry
        return False

    def climb(self) -> None:
        """From the best set so far, put in, leave out or exchange one coupon as long as that makes it cheaper."""
        saved = self.best is not None
        while saved and self.best:
            saved = any(list(map(self.price, self._beside(self.best[1].coupons))))

    def _beside(self, chosen: tuple[Held, ...]) -> list[tuple[Held, ...]]:
        fewer = [tuple(pair for pair in chosen if pair is not one) for one in chosen]
        ids = {coupon.id for coupon, _ in chosen}
        unused = [pair for pair in self._useful if pair[0].id not in ids]
        return fewer + [
            (*kept, pair)
            for kept in (chosen, *fewer)
            for pair in unused
            if may_combine([promotion for _, promotion in kept], pair[1])
        ]


def _later(start: Working, tools: Tools, useful: Sequence[Held]) -> int:
    """The most that what comes after the chosen coupons can take off; exact where coupons cannot change it."""
    automatic = [weigh(start, promotion).worth.amount for promotion in tools.automatic]
    most = sum(automatic) + sum(_at_most(start, pair) for pair in tools.assets)
    after = [*tools.automatic, *(promotion for _, promotion in tools.assets)]
    if not most or not _independent(start, [promotion for _, promotion in useful], after):
        return most
    trial = price_with(start, tools, ()).working
    rooms = [left - line.deposit for left, line in zip(trial.left, start.basket.lines, strict=True)]
    for pair in useful:
        weighed = weigh(start, pair[1])
        if weighed.parts is None or sum(weighed.parts) != _at_most(start, pair):
            return most
        for i, part in zip(weighed.lines, weighed.parts, strict=True):
            rooms[i] -= part
    if any(room < 0 for room in rooms) or sum(rooms) < start.rules.floor.fen:
        return most
    return start.total - trial.total


def _independent(start: Working, coupons: Sequence[Promotion], after: Sequence[Promotion]) -> bool:
    """Whether no tool looks at what another has left or taken, room aside."""
    tools = start.basket.tools
    if not all(start.is_parallel(p) and not tools[p.id].excludes for p in [*coupons, *after]):
        return False
    groups = {tools[p.id].group for p in after}
    return all(tools[p.id].line_limit == 0 and tools[p.id].group not in groups for p in coupons)


def _at_most(start: Working, pair: Held) -> int:
    """The most that a coupon can save: its worth before any other coupon."""
    coupon, promotion = pair
    worth = weigh(start, promotion).worth
    return coupon.amount.fen if coupon.amount and worth.amount > 0 else worth.amount


def _allowed_sets(useful: Sequence[tuple[Held, int]]) -> list[tuple[tuple[Held, ...], int]]:
    sets: list[tuple[tuple[Held, ...], int]] = [((), 0)]
    free = all(is_free(promotion) for (_, promotion), _ in useful)
    for pair, most in useful:
        sets += [
            ((*chosen, pair), total + most)
            for chosen, total in sets
            if free or may_combine([promotion for _, promotion in chosen], pair[1])
        ]
    return sets
