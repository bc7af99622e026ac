"""Levels 2 to 6: applying one promotion after another to what is left of each line.

`parallel` tests thresholds and percents on the price after item-level promotions, `sequential` on what the
promotions before have left. Either way no line goes below 0 (below its deposit in a presale), and the goods
of one order never below the channel's floor.
"""

from collections.abc import Sequence
from operator import ge
from typing import NamedTuple

from xiaoer.slices.promotions.rules.basket import Basket, Tool
from xiaoer.slices.promotions.rules.benefits import Worth, needs_units, worth_of
from xiaoer.slices.promotions.rules.sharing import share
from xiaoer.slices.promotions.rules.stacking import ANY_GROUP
from xiaoer.slices.promotions.types import Benefit, ChannelRules, Coupon, Promotion


class Record(NamedTuple):
    """One promotion that was applied; `shares` go with `lines`."""

    promotion: Promotion
    coupon: Coupon | None
    amount: int
    shares: list[int]
    base: int
    lines: tuple[int, ...]
    gifts: int = 0


class Miss(NamedTuple):
    """One promotion that was not; the eligible base and lines at its turn."""

    reason: str
    base: int = 0
    lines: tuple[int, ...] = ()


class Weighed(NamedTuple):
    """A promotion as things stand: what it is worth, on which open lines, on which base."""

    worth: Worth
    lines: tuple[int, ...]
    bases: list[int]
    base: int
    pieces: int = 0
    parts: list[int] | None = None


_CLOSED = Weighed(Worth(0), (), [], 0)


class Working:
    """What is left of each line, and what was applied so far. Copied for every choice of coupons."""

    __slots__ = (
        "_floors",
        "add_ons",
        "banned",
        "basket",
        "left",
        "memo",
        "misses",
        "records",
        "rules",
        "taken",
        "total",
    )

    def __init__(self, basket: Basket, rules: ChannelRules, add_ons: Sequence[str] = ()) -> None:
        self.basket = basket
        self.add_ons = frozenset(add_ons)
        self.rules = rules
        self.left = [line.item_total for line in basket.lines]
        self.total = sum(self.left)
        self.records: list[Record] = []
        self.misses: dict[tuple[str, str], Miss] = {}
        # By group: element k is the mask of lines that k + 1 promotions of the group have touched.
        self.taken: dict[str, tuple[int, ...]] = {}
        self.banned: dict[str, int] = {}
        self.memo: dict[tuple[str, int], Weighed] = {}  # shared by all copies: only what does not depend on `left`
        self._floors: dict[int, list[int] | None] = {}  # by the least price per piece; shared too

    def copy(self) -> "Working":
        other = Working.__new__(Working)
        other.basket, other.rules, other.add_ons, other.memo = self.basket, self.rules, self.add_ons, self.memo
        other.left, other.total, other._floors = self.left[:], self.total, self._floors
        other.records, other.misses = self.records[:], self.misses.copy()
        other.taken, other.banned = self.taken.copy(), self.banned.copy()
        return other

    def floors(self, promotion: Promotion) -> list[int] | None:
        """What a promotion must leave of each line; None: nothing of any."""
        least = promotion.least_unit.fen if promotion.least_unit else 0
        if least not in self._floors:
            floors = [max(line.deposit, least * line.quantity) for line in self.basket.lines]
            self._floors[least] = floors if any(floors) else None
        return self._floors[least]

    def is_parallel(self, promotion: Promotion) -> bool:
        """Whether the promotion is tested on prices after item-level promotions only."""
        mode = self.rules.mode if promotion.base_mode == "inherit" else promotion.base_mode
        return mode == "parallel"


def open_mask(working: Working, tool: Tool) -> int:
    """The lines that the promotion fits and that no exclusion keeps from it."""
    mask = tool.fit
    if tool.line_limit:
        taken = working.taken.get(tool.group, ())
        if len(taken) >= tool.line_limit:
            mask &= ~taken[tool.line_limit - 1]
    if working.banned:
        mask &= ~working.banned.get(tool.group, 0)
        if tool.promotion.needs_coupon:
            mask &= ~working.banned.get(ANY_GROUP, 0)
    for group in tool.excludes:
        if group != tool.group and (others := working.taken.get(group)):
            mask &= ~others[0]
    return mask


def weigh(working: Working, promotion: Promotion) -> Weighed:
    """What the promotion would take off as things stand, before any limit of room."""
    basket = working.basket
    mask = open_mask(working, basket.tools[promotion.id])
    if not mask:
        return _CLOSED
    parallel = working.is_parallel(promotion)
    known = working.memo.get((promotion.id, mask))
    if known is not None and parallel:
        return known
    lines = known.lines if known else basket.members(mask)
    left = working.left
    bases = [basket.lines[i].item_total for i in lines] if parallel else [left[i] for i in lines]
    base = sum(bases)
    pieces = known.pieces if known else sum([basket.lines[i].quantity for i in lines])
    if needs_units(promotion):
        worth = known.worth if known else worth_of(promotion, base, pieces, basket.units(lines))
    else:
        worth = worth_of(promotion, base, pieces)
    parts = None
    if parallel and worth.amount > 0:
        weights = bases if worth.weights is None else [worth.weights.get(i, 0) for i in lines]
        parts = share(min(worth.amount, base), weights, bases)
    weighed = Weighed(worth, lines, bases, base, pieces, parts)
    if parallel or known is None:
        working.memo[(promotion.id, mask)] = weighed
    return weighed


def apply(working: Working, promotion: Promotion, coupon: Coupon | None = None, weighed: Weighed | None = None) -> bool:
    """Apply the promotion if it gives anything; else note why not. Returns whether it was applied.

    `weighed`: what `weigh` says of it as things stand, when the caller knows that already.
    """
    weighed = weighed or weigh(working, promotion)
    worth, lines, bases, base, _, parts = weighed
    rooms = _rooms(working, promotion, lines) if worth.amount > 0 else []
    amount = _limited(working, worth, coupon, rooms)
    refusal = _refuse(working, promotion, coupon, weighed, amount)
    if refusal:
        seen = () if refusal in ("line_taken", "out_of_scope") else lines
        working.misses[(promotion.id, coupon.id if coupon else "")] = Miss(refusal, base, seen)
        return False
    left, basket = working.left, working.basket
    if amount:
        fitting = parts is not None and sum(parts) == amount
        if not (fitting and parts and all(map(ge, rooms, parts))):
            weights = bases if worth.weights is None else [worth.weights.get(i, 0) for i in lines]
            parts = share(amount, weights, rooms)
    else:
        parts = [0] * len(lines)
    for i, part in zip(lines, parts or (), strict=True):
        left[i] -= part
    _take(working, basket.tools[promotion.id], lines)
    working.total -= amount
    working.records.append(Record(promotion, coupon, amount, parts or [], base, lines, worth.gifts))
    return True


def _refuse(working: Working, promotion: Promotion, coupon: Coupon | None, weighed: Weighed, amount: int) -> str:
    """The reason why the promotion, worth `amount` after all limits, does not apply as things stand; empty when it
    does."""
    worth, lines = weighed.worth, weighed.lines
    tool = working.basket.tools[promotion.id]
    if not lines:
        return "line_taken" if tool.lines else "out_of_scope"
    if tool.order_limit and coupon is None:
        same = [r.promotion.scope.sellers for r in working.records if r.promotion.group == tool.group]
        if same.count(promotion.scope.sellers) >= tool.order_limit:
            return "not_best"
    if worth.amount <= 0 and not worth.gifts:
        return "below_threshold"
    if promotion.benefit is Benefit.ADD_ON and promotion.id not in working.add_ons:
        return "add_on_open"
    if worth.amount > 0:
        if amount == 0:
            return "nothing_left"
        budget = promotion.budget_left
        if budget is not None and not promotion.needs_coupon and amount > budget.fen:
            return "budget_exhausted"
    return ""


def _rooms(working: Working, promotion: Promotion, lines: Sequence[int]) -> list[int]:
    """How far the promotion may lower each line: to its deposit, or to the least price per piece."""
    left, floors = working.left, working.floors(promotion)
    if floors is None:
        return [left[i] for i in lines]
    return [max(0, left[i] - floors[i]) for i in lines]


def _limited(working: Working, worth: Worth, coupon: Coupon | None, rooms: Sequence[int]) -> int:
    """The worth, limited by the room that is left on the lines and by the channel's floor."""
    amount = worth.amount
    if amount <= 0:
        return 0
    if coupon is not None and coupon.amount is not None:
        amount = coupon.amount.fen
    return max(0, min(amount, sum(rooms), working.total - working.rules.floor.fen))


def _take(working: Working, tool: Tool, lines: Sequence[int]) -> None:
    mask = tool.fit if lines == tool.lines else sum([1 << i for i in lines])
    deeper = mask
    counts = []
    for present in working.taken.get(tool.group, ()):
        counts.append(present | deeper)
        deeper &= present
    if deeper:
        counts.append(deeper)
    working.taken[tool.group] = tuple(counts)
    for group in tool.excludes:
        working.banned[group] = working.banned.get(group, 0) | mask


def apply_in_order(working: Working, promotions: Sequence[Promotion]) -> None:
    """Apply automatic promotions of one level: by priority, then the larger saving, then the smaller id."""
    by_priority: dict[int, list[Promotion]] = {}
    for promotion in promotions:
        by_priority.setdefault(promotion.priority, []).append(promotion)
    for priority in sorted(by_priority):
        rivals = sorted(by_priority[priority], key=lambda p: p.id)
        while rivals:
            weights = [weigh(working, p) for p in rivals]
            useful = [(p, w) for p, w in zip(rivals, weights, strict=True) if w.worth.amount > 0 or w.worth.gifts]
            # Lines are only ever taken away, so what gives nothing now gives nothing later.
            for promotion, weighed in zip(rivals, weights, strict=True):
                if weighed.worth.amount <= 0 and not weighed.worth.gifts:
                    apply(working, promotion, weighed=weighed)
            if useful:
                winner, weighed = min(
                    useful, key=lambda pair: (-pair[1].worth.amount, -pair[1].worth.gifts, pair[0].id)
                )
                apply(working, winner, weighed=weighed)
                useful = [pair for pair in useful if pair[0] is not winner]
            rivals = [p for p, _ in useful]
