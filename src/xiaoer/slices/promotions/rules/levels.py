"""Levels 2 to 6: applying one promotion after another to what is left of each line.

`parallel` tests thresholds and percents on the price after item-level promotions, `sequential` on what the
promotions before have left. Either way no line goes below 0 (below its deposit in a presale), and the goods
of one order never below the channel's floor.
"""

from collections.abc import Sequence
from typing import NamedTuple

from xiaoer.slices.promotions.rules.basket import Basket
from xiaoer.slices.promotions.rules.benefits import Worth, needs_units, worth_of
from xiaoer.slices.promotions.rules.sharing import share
from xiaoer.slices.promotions.rules.stacking import ANY_GROUP, excluded_groups, line_limit, order_limit
from xiaoer.slices.promotions.types import Benefit, ChannelRules, Coupon, Promotion


class Record(NamedTuple):
    """One promotion that was applied."""

    promotion: Promotion
    coupon: Coupon | None
    amount: int
    shares: dict[int, int]
    base: int
    lines: tuple[int, ...]
    gifts: int = 0


class Miss(NamedTuple):
    """One promotion that was not; the eligible base and lines at its turn."""

    reason: str
    base: int = 0
    lines: tuple[int, ...] = ()


class Working:
    """What is left of each line, and what was applied so far. Copied for every choice of coupons."""

    __slots__ = ("add_ons", "banned", "basket", "left", "misses", "records", "rules", "taken", "total")

    def __init__(self, basket: Basket, rules: ChannelRules, add_ons: Sequence[str] = ()) -> None:
        self.basket = basket
        self.add_ons = frozenset(add_ons)
        self.rules = rules
        self.left = [line.item_total for line in basket.lines]
        self.total = sum(self.left)
        self.records: list[Record] = []
        self.misses: dict[tuple[str, str], Miss] = {}
        self.taken: dict[str, dict[int, int]] = {}
        self.banned: dict[str, set[int]] = {}

    def copy(self) -> "Working":
        other = Working.__new__(Working)
        other.basket, other.rules, other.add_ons = self.basket, self.rules, self.add_ons
        other.left, other.total = self.left[:], self.total
        other.records, other.misses = self.records[:], dict(self.misses)
        other.taken = {group: dict(lines) for group, lines in self.taken.items()}
        other.banned = {group: set(lines) for group, lines in self.banned.items()}
        return other


def open_lines(working: Working, promotion: Promotion) -> list[int]:
    """The lines that the promotion fits and that no exclusion keeps from it."""
    lines = working.basket.fit[promotion.id]
    limit = line_limit(promotion)
    taken = working.taken.get(promotion.group) if limit else None
    if taken:
        lines = [i for i in lines if taken.get(i, 0) < limit]
    for group in (promotion.group, ANY_GROUP):
        banned = working.banned.get(group) if group == promotion.group or promotion.needs_coupon else None
        if banned:
            lines = [i for i in lines if i not in banned]
    for group in excluded_groups(promotion):
        if group != promotion.group and (others := working.taken.get(group)):
            lines = [i for i in lines if i not in others]
    return lines


def bases_of(working: Working, promotion: Promotion, lines: Sequence[int]) -> list[int]:
    """What the promotion is tested on, per line."""
    mode = working.rules.mode if promotion.base_mode == "inherit" else promotion.base_mode
    if mode == "parallel":
        return [working.basket.lines[i].item_total for i in lines]
    return [working.left[i] for i in lines]


def weigh(working: Working, promotion: Promotion) -> tuple[Worth, list[int], list[int], int]:
    """Return (worth, open lines, bases, pieces) of the promotion as things stand."""
    lines = open_lines(working, promotion)
    bases = bases_of(working, promotion, lines)
    pieces = sum(working.basket.lines[i].quantity for i in lines)
    units = working.basket.units(lines) if needs_units(promotion) else ()
    return (worth_of(promotion, sum(bases), pieces, units) if lines else Worth(0)), lines, bases, pieces


def apply(working: Working, promotion: Promotion, coupon: Coupon | None = None) -> bool:
    """Apply the promotion if it gives anything; else note why not. Returns whether it was applied."""
    key = (promotion.id, coupon.id if coupon else "")
    worth, lines, bases, _ = weigh(working, promotion)
    base = sum(bases)
    if not lines:
        reason = "line_taken" if working.basket.fit[promotion.id] else "out_of_scope"
        working.misses[key] = Miss(reason)
        return False
    limit = order_limit(promotion)
    if limit and coupon is None:
        same = [r for r in working.records if r.promotion.group == promotion.group]
        if sum(r.promotion.scope.sellers == promotion.scope.sellers for r in same) >= limit:
            working.misses[key] = Miss("not_best", base, tuple(lines))
            return False
    amount = worth.amount
    if coupon is not None and coupon.amount is not None and amount > 0:
        amount = coupon.amount.fen
    if amount <= 0 and not worth.gifts:
        working.misses[key] = Miss("below_threshold", base, tuple(lines))
        return False
    if promotion.benefit is Benefit.ADD_ON and promotion.id not in working.add_ons:
        working.misses[key] = Miss("add_on_open", base, tuple(lines))
        return False
    if amount > 0:
        rooms = [working.left[i] - working.basket.lines[i].deposit for i in lines]
        amount = max(0, min(amount, sum(rooms), working.total - working.rules.floor.fen))
        if amount == 0:
            working.misses[key] = Miss("nothing_left", base, tuple(lines))
            return False
        budget = promotion.budget_left
        if budget is not None and not promotion.needs_coupon and amount > budget.fen:
            working.misses[key] = Miss("budget_exhausted", base, tuple(lines))
            return False
        weights = bases if worth.weights is None else [worth.weights.get(i, 0) for i in lines]
        parts = share(amount, weights, rooms)
    else:
        parts = [0] * len(lines)
    shares = {}
    taken = working.taken.setdefault(promotion.group, {})
    for i, part in zip(lines, parts, strict=True):
        taken[i] = taken.get(i, 0) + 1
        if part:
            shares[i] = part
            working.left[i] -= part
    working.total -= amount
    for group in excluded_groups(promotion):
        working.banned.setdefault(group, set()).update(lines)
    working.records.append(Record(promotion, coupon, amount, shares, base, tuple(lines), worth.gifts))
    return True


def apply_in_order(working: Working, promotions: Sequence[Promotion]) -> None:
    """Apply automatic promotions of one level: by priority, then the larger saving, then the smaller id."""
    by_priority: dict[int, list[Promotion]] = {}
    for promotion in promotions:
        by_priority.setdefault(promotion.priority, []).append(promotion)
    for priority in sorted(by_priority):
        rivals = sorted(by_priority[priority], key=lambda p: p.id)
        while rivals:
            worths = [weigh(working, p)[0] for p in rivals] if len(rivals) > 1 else [Worth(1)]
            # Lines are only ever taken away, so what gives nothing now gives nothing later.
            for promotion, worth in zip(rivals, worths, strict=True):
                if worth.amount <= 0 and not worth.gifts:
                    apply(working, promotion)
            ranked = [(p, w) for p, w in zip(rivals, worths, strict=True) if w.amount > 0 or w.gifts]
            ranked.sort(key=lambda pair: (-pair[1].amount, -pair[1].gifts, pair[0].id))
            if ranked:
                apply(working, ranked[0][0])
            rivals = sorted((p for p, _ in ranked[1:]), key=lambda p: p.id)
