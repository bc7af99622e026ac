"""凑单: which steps are near, and what each of them saves by itself. Whether a concrete product lowers the
bill is answered by quoting again with it (`rules.advice.rank_candidates`)."""

from collections.abc import Sequence

from xiaoer.kernel.money import Money
from xiaoer.slices.promotions.rules.benefits import Step, needs_units, next_step
from xiaoer.slices.promotions.rules.coupons import Held, Priced
from xiaoer.slices.promotions.rules.freight import FreightMiss
from xiaoer.slices.promotions.rules.levels import Working
from xiaoer.slices.promotions.types import NextStep, Promotion


def step_of(working: Working, promotion: Promotion, base: int, lines: Sequence[int]) -> Step | None:
    """The next step of one promotion, from the base and lines that it was tested on."""
    units = working.basket.units(lines) if needs_units(promotion) else ()
    pieces = sum(working.basket.lines[i].quantity for i in lines)
    return next_step(promotion, base, pieces, units)


def find_steps(priced: Priced, automatic: Sequence[Promotion], unused: Sequence[Held]) -> tuple[NextStep, ...]:
    """Next steps of automatic promotions, of coupons in hand that miss their threshold, and of 包邮."""
    working = priced.working
    seen: dict[tuple[str, str], tuple[int, tuple[int, ...]]] = {}
    for record in working.records:
        if not record.promotion.needs_coupon:
            seen[(record.promotion.id, "")] = (record.base, record.lines)
    for (promotion_id, coupon_id), miss in working.misses.items():
        if miss.reason == "below_threshold" and not coupon_id:
            seen[(promotion_id, "")] = (miss.base, miss.lines)
    found: dict[str, NextStep] = {}

    def add(promotion: Promotion, step: Step | None) -> None:
        if step is None or promotion.id in found:
            return
        gap = Money(step.gap) if step.gap is not None else None
        found[promotion.id] = NextStep(promotion.id, promotion.shown, Money(step.saving), gap, step.gap_pieces)

    for promotion in automatic:
        if (promotion.id, "") in seen:
            base, lines = seen[(promotion.id, "")]
            add(promotion, step_of(working, promotion, base, lines))
    for coupon, promotion in unused:
        held = working.misses.get((promotion.id, coupon.id))
        if held and held.reason == "below_threshold":
            step = step_of(working, promotion, held.base, held.lines)
            if step and coupon.amount:
                step = step._replace(saving=coupon.amount.fen)
            add(promotion, step)
    payable = priced.freight.payable
    for entry in priced.freight.misses:
        if entry.reason == "below_threshold" and payable:
            add(entry.promotion, _freight_step(payable, entry))
    return tuple(sorted(found.values(), key=_nearest))


def _nearest(step: NextStep) -> tuple[bool, int, str]:
    return step.gap is None, step.gap.fen if step.gap else step.gap_pieces or 0, step.promotion_id


def _freight_step(payable: int, missed: FreightMiss) -> Step:
    promotion, coupon, _, base, pieces = missed
    tier = min(promotion.tiers, key=lambda t: t.threshold)
    full = coupon.amount.fen if coupon and coupon.amount else tier.value or payable
    saving = min(full, payable)
    if promotion.threshold == "pieces":
        return Step(None, tier.threshold - pieces, saving)
    return Step(tier.threshold - base, None, saving)
