"""Level 1, 单品优惠: the price on the detail page.

Within one `stack_group` the lowest price wins for each SKU; another group works on what is left. A limit per
order (限购) counts pieces: the pieces beyond it keep their price. 搭配价 comes after, on sets of its SKUs.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from xiaoer.kernel.money import Money, round_half_up
from xiaoer.slices.promotions.rules.basket import Basket, Line
from xiaoer.slices.promotions.rules.benefits import measure, worth_of
from xiaoer.slices.promotions.rules.presale import plan_presale
from xiaoer.slices.promotions.rules.sharing import share
from xiaoer.slices.promotions.types import Benefit, Promotion


class ItemOutcome(NamedTuple):
    """Amount off by promotion id and line; promotions whose price was beaten or not reached."""

    offs: dict[str, dict[int, int]]
    beaten: set[str]


def price_items(basket: Basket, promotions: Sequence[Promotion], now: datetime) -> ItemOutcome:
    """Set `runs`, `item_total` and `deposit` of every line."""
    outcome = ItemOutcome({}, set())
    single = [p for p in promotions if p.benefit is not Benefit.BUNDLE_PRICE]
    groups: dict[str, list[Promotion]] = {}
    for promotion in sorted(single, key=lambda p: (p.priority, p.id)):
        groups.setdefault(promotion.group, []).append(promotion)
    for members in groups.values():
        by_line: dict[int, list[Promotion]] = {}
        for promotion in members:
            for i in basket.fit(promotion.id):
                by_line.setdefault(i, []).append(promotion)
        for i in sorted(by_line):
            _price_line(basket.lines[i], i, by_line[i], now, outcome)
    for promotion in sorted(promotions, key=lambda p: (p.priority, p.id)):
        if promotion.benefit is Benefit.BUNDLE_PRICE:
            _price_bundle(basket, promotion, outcome)
    for line in basket.lines:
        line.item_total = sum(price * count for price, count in line.runs)
    outcome.beaten.update(p.id for p in promotions if basket.fit(p.id) and p.id not in outcome.offs)
    return outcome


def _price_line(line: Line, index: int, rivals: Sequence[Promotion], now: datetime, outcome: ItemOutcome) -> None:
    before = sum(price * count for price, count in line.runs)
    best: tuple[int, Promotion, list[tuple[int, int]]] | None = None
    for promotion in rivals:
        runs = _reprice(line, promotion, now)
        if runs is None:
            continue
        total = sum(price * count for price, count in runs)
        if total < before and (best is None or total < best[0]):
            best = (total, promotion, runs)
    if best is None:
        return
    total, winner, line.runs = best
    outcome.offs.setdefault(winner.id, {})[index] = before - total
    if winner.presale:
        line.deposit = winner.presale.deposit.fen * line.quantity


def _reprice(line: Line, promotion: Promotion, now: datetime) -> list[tuple[int, int]] | None:
    if promotion.presale and now >= promotion.ends_at and not line.source.deposit_paid:
        return None
    measured = measure(promotion, line.list_total, line.quantity)
    if not promotion.per_order_limit and len(line.runs) == 1:
        price, count = line.runs[0]
        return [(_unit_price(promotion, price, measured), count)]
    left = promotion.per_order_limit or line.quantity
    runs: list[tuple[int, int]] = []
    for price, count in sorted(line.runs, reverse=True):
        lowered = min(count, left)
        left -= lowered
        if lowered:
            runs.append((_unit_price(promotion, price, measured), lowered))
        if count > lowered:
            runs.append((price, count - lowered))
    return runs


def _unit_price(promotion: Promotion, price: int, measured: int) -> int:
    if promotion.presale:
        return min(price, plan_presale(promotion.presale.price or Money(price), promotion.presale).total.fen)
    tiers = promotion.tiers
    if promotion.threshold != "none":
        tiers = tuple(t for t in tiers if t.threshold <= measured)
    if not tiers:
        return price
    value = tiers[-1].value
    if promotion.benefit is Benefit.FIXED_PRICE:
        return min(price, value)
    if promotion.benefit is Benefit.PERCENT_OFF:
        off = round_half_up(price * (10_000 - value), 10_000)
        return price - (min(off, promotion.cap.fen) if promotion.cap else off)
    return max(price - value, 0)


def _price_bundle(basket: Basket, promotion: Promotion, outcome: ItemOutcome) -> None:
    eligible = [i for i in basket.fit(promotion.id) if basket.lines[i].source.variant_id in promotion.scope.skus]
    worth = worth_of(promotion, 0, 0, basket.units(eligible))
    if worth.amount <= 0 or not worth.weights:
        return
    indexes = sorted(worth.weights)
    shares = share(worth.amount, [worth.weights[i] for i in indexes])
    for i, off in zip(indexes, shares, strict=True):
        line = basket.lines[i]
        total = sum(price * count for price, count in line.runs) - off
        unit, extra = divmod(total, line.quantity)
        line.runs = [(unit + 1, extra), (unit, line.quantity - extra)] if extra else [(unit, line.quantity)]
        outcome.offs.setdefault(promotion.id, {})[i] = off
