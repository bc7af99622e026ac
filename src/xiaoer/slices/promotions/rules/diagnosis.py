"""优惠没生效: which promotion does not count, why not, since when, and how much is missing."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from xiaoer.kernel.money import Money
from xiaoer.slices.promotions.rules.coupons import Held, Priced
from xiaoer.slices.promotions.rules.eligibility import Refusal, refuse_coupon, refuse_promotion
from xiaoer.slices.promotions.rules.levels import Miss, Working, apply, weigh
from xiaoer.slices.promotions.rules.stacking import may_combine
from xiaoer.slices.promotions.rules.steps import step_of
from xiaoer.slices.promotions.rules.wording import say_reason
from xiaoer.slices.promotions.types import BuyerFacts, Coupon, Level, NotApplied, Promotion

_TOLD_BEFORE_AND_AFTER = timedelta(days=30)  # older or farther periods are nobody's question


class Screened(NamedTuple):
    """Promotions in force, coupons in hand that can be used, and the refused ones with their reason."""

    live: tuple[Promotion, ...]
    held: tuple[Held, ...]
    refused: tuple[tuple[Promotion, Coupon | None, Refusal], ...]
    unknown: tuple[Coupon, ...]


def screen(
    promotions: Sequence[Promotion],
    coupons: Sequence[Coupon],
    now: datetime,
    channel: str,
    buyer: BuyerFacts | None,
) -> Screened:
    """Sort promotions and coupons by whether they are in force now for this buyer."""
    live: list[Promotion] = []
    refused: list[tuple[Promotion, Coupon | None, Refusal]] = []
    by_id: dict[str, Promotion] = {}
    for promotion in sorted(promotions, key=lambda p: p.id):
        by_id[promotion.id] = promotion
        refusal = refuse_promotion(promotion, now, channel, buyer)
        if refusal is None:
            live.append(promotion)
        elif refusal.reason != "disabled" and (refusal.at is None or abs(refusal.at - now) <= _TOLD_BEFORE_AND_AFTER):
            refused.append((promotion, None, refusal))
    alive = {promotion.id for promotion in live}
    held, unknown = [], []
    for coupon in {coupon.id: coupon for coupon in sorted(coupons, key=lambda c: c.id)}.values():
        owner = by_id.get(coupon.promotion_id)
        if owner is None:
            unknown.append(coupon)
            continue
        refusal = refuse_coupon(coupon, owner, now)
        if refusal is not None:
            refused.append((owner, coupon, refusal))
        elif owner.id in alive:
            held.append((coupon, owner))
    return Screened(tuple(live), tuple(held), tuple(refused), tuple(unknown))


def explain_misses(
    screened: Screened,
    best: Priced,
    start: Working,
    beaten: Collection[str],
    unused: Sequence[Held],
    zone: ZoneInfo,
) -> tuple[NotApplied, ...]:
    """Every promotion and coupon that does not count in the chosen price, with its reason."""
    found: list[NotApplied] = []

    def add(
        promotion: Promotion,
        coupon: Coupon | None,
        reason: str,
        gap: Money | None = None,
        pieces: int | None = None,
        at: datetime | None = None,
    ) -> None:
        words = say_reason(reason, gap, pieces, at, zone)
        coupon_id = coupon.id if coupon else ""
        found.append(NotApplied(promotion.id, promotion.shown, reason, gap, pieces, at, coupon_id, words))

    def add_miss(promotion: Promotion, coupon: Coupon | None, miss: Miss) -> None:
        if miss.reason == "add_on_open" and promotion.gift:
            add(promotion, coupon, miss.reason, promotion.gift.price)
            return
        step = step_of(best.working, promotion, miss.base, miss.lines) if miss.reason == "below_threshold" else None
        gap = Money(step.gap) if step and step.gap is not None else None
        add(promotion, coupon, miss.reason, gap, step.gap_pieces if step else None)

    for promotion, coupon, refusal in screened.refused:
        add(promotion, coupon, refusal.reason, at=refusal.at)
    for coupon in screened.unknown:
        words = say_reason("coupon_unknown", None, None, None, zone)
        found.append(NotApplied(coupon.promotion_id, coupon.id, "coupon_unknown", coupon_id=coupon.id, words=words))
    used = {record.promotion.id for record in best.working.records} | {p.id for p, _, _ in best.freight.used}
    in_hand = {promotion.id for _, promotion in screened.held}
    tried = {promotion.id for promotion, coupon, _ in screened.refused if coupon}
    for promotion in screened.live:
        if promotion.needs_coupon:
            if promotion.id not in in_hand | tried:
                reason = "not_held" if start.basket.fit(promotion.id) else "out_of_scope"
                add(promotion, None, reason)
        elif promotion.level is Level.ITEM:
            if promotion.id in beaten:
                add(promotion, None, "lower_price_exists")
            elif not start.basket.fit(promotion.id):
                add(promotion, None, "out_of_scope")
        elif promotion.id not in used and (miss := best.working.misses.get((promotion.id, ""))):
            add_miss(promotion, None, miss)
        elif promotion.level is Level.FREIGHT and not start.basket.fit(promotion.id):
            add(promotion, None, "out_of_scope")
    chosen = [promotion for _, promotion in best.coupons]
    for coupon, promotion in unused:
        miss = _why_unused(coupon, promotion, best, start, chosen)
        best.working.misses[(promotion.id, coupon.id)] = miss
        add_miss(promotion, coupon, miss)
    for coupon, promotion in screened.held:
        if promotion.level is Level.ASSET and (miss := best.working.misses.get((promotion.id, coupon.id))):
            add_miss(promotion, coupon, miss)
    for entry in best.freight.misses:
        by_pieces = entry.promotion.threshold == "pieces"
        least = min((tier.threshold for tier in entry.promotion.tiers), default=0)
        below = entry.reason == "below_threshold"
        gap = Money(least - entry.base) if below and not by_pieces else None
        add(entry.promotion, entry.coupon, entry.reason, gap, least - entry.pieces if below and by_pieces else None)
    return tuple(found)


def _why_unused(
    coupon: Coupon, promotion: Promotion, best: Priced, start: Working, chosen: Sequence[Promotion]
) -> Miss:
    """Tried alone it may fall short; tried on top of the chosen ones it may not combine or find nothing left."""
    worth, lines, _, base, *_ = weigh(start, promotion)
    if not lines:
        return Miss("line_taken" if start.basket.fit(promotion.id) else "out_of_scope")
    if worth.amount <= 0:
        return Miss("below_threshold", base, lines)
    if not may_combine(chosen, promotion):
        return Miss("not_best")
    trial = best.working.copy()
    if apply(trial, promotion, coupon):
        return Miss("not_best")
    return trial.misses[(promotion.id, coupon.id)]
