"""What one promotion is worth on a group of goods (优惠金额), and how far the next step is.

`base` is the eligible amount in fen, `pieces` the eligible pieces; thresholds are reached at equality
(「满300」 includes 300.00). Discounts on pieces take the dearest pieces first, as shops do.
"""

from collections.abc import Sequence
from typing import NamedTuple

from xiaoer.kernel.money import round_half_up
from xiaoer.slices.promotions.types import Benefit, Promotion, Tier

_FULL_RATE = 10_000


class Piece(NamedTuple):
    """One piece: unit price in fen, index of its line, its SKU."""

    price: int
    line: int
    sku: str


class Worth(NamedTuple):
    """`amount` off in fen; `weights` by line when only some pieces take part; `gifts` pieces given."""

    amount: int
    weights: dict[int, int] | None = None
    gifts: int = 0


class Step(NamedTuple):
    """Next step: missing fen or pieces (the other is None) and what it saves more, in fen."""

    gap: int | None
    gap_pieces: int | None
    saving: int


NOTHING = Worth(0)
_NO_TIER = (Tier(0, 0),)


def measure(promotion: Promotion, base: int, pieces: int) -> int:
    """What the thresholds are compared with."""
    return pieces if promotion.threshold == "pieces" else base


def _times(promotion: Promotion, tier: Tier, measured: int) -> int:
    if promotion.threshold == "none" or tier.threshold <= 0:
        return 1
    times = measured // tier.threshold
    if not promotion.repeat:
        return min(times, 1)
    return min(times, promotion.repeat_cap) if promotion.repeat_cap else times


def _reached(promotion: Promotion, measured: int) -> list[Tier]:
    if promotion.threshold == "none":
        return list(promotion.tiers)
    return [tier for tier in promotion.tiers if tier.threshold <= measured]


def _stepped(promotion: Promotion, measured: int) -> int:
    return max((tier.value * _times(promotion, tier, measured) for tier in promotion.tiers), default=0)


def _percent(promotion: Promotion, tiers: Sequence[Tier], base: int) -> int:
    if not tiers:
        return 0
    rate = max(tiers, key=lambda tier: (tier.threshold, -tier.value)).value
    off = round_half_up(base * (_FULL_RATE - rate), _FULL_RATE)
    return min(off, promotion.cap.fen) if promotion.cap else off


def _groups(promotion: Promotion, size: int, units: Sequence[Piece]) -> list[list[Piece]]:
    """Full groups of `size` pieces, dearest first; within one SKU when the promotion says so."""
    pools: dict[str, list[Piece]] = {}
    for piece in units:
        pools.setdefault(piece.sku if promotion.same_sku_only else "", []).append(piece)
    groups: list[list[Piece]] = []
    for pool in pools.values():
        pool.sort(key=lambda piece: (-piece.price, piece.line))
        groups += [pool[i : i + size] for i in range(0, len(pool) - size + 1, size)]
    limit = promotion.repeat_cap if promotion.repeat else 1
    if limit and len(groups) > limit:
        groups.sort(key=lambda group: -sum(piece.price for piece in group))
        groups = groups[:limit]
    return groups


def _weigh(groups: Sequence[Sequence[Piece]]) -> dict[int, int]:
    weights: dict[int, int] = {}
    for group in groups:
        for piece in group:
            weights[piece.line] = weights.get(piece.line, 0) + piece.price
    return weights


def _nth_piece(promotion: Promotion, units: Sequence[Piece]) -> Worth:
    rate = promotion.tiers[0].value if promotion.tiers else _FULL_RATE
    groups = _groups(promotion, promotion.nth, units)
    lasts = [group[-1].price for group in groups]
    return Worth(sum(price - round_half_up(price * rate, _FULL_RATE) for price in lasts), _weigh(groups))


def _pick_pieces(promotion: Promotion, units: Sequence[Piece]) -> Worth:
    """N元任选M件: the tier that saves most; a group that is cheaper already stays as it is."""
    best = NOTHING
    for tier in promotion.tiers:
        groups = [
            group
            for group in _groups(promotion, max(tier.threshold, 1), units)
            if sum(piece.price for piece in group) > tier.value
        ]
        amount = sum(sum(piece.price for piece in group) - tier.value for group in groups)
        if amount > best.amount:
            best = Worth(amount, _weigh(groups))
    return best


def _bundle(promotion: Promotion, units: Sequence[Piece]) -> Worth:
    pools: dict[str, list[Piece]] = {sku: [] for sku in sorted(promotion.scope.skus)}
    for piece in units:
        if piece.sku in pools:
            pools[piece.sku].append(piece)
    sets = min((len(pool) for pool in pools.values()), default=0)
    limit = promotion.repeat_cap if promotion.repeat else 1
    sets = min(sets, limit) if limit else sets
    price = promotion.tiers[0].value if promotion.tiers else 0
    groups = [[pool[i] for pool in pools.values()] for i in range(sets)]
    groups = [group for group in groups if sum(piece.price for piece in group) > price]
    return Worth(sum(sum(piece.price for piece in group) - price for group in groups), _weigh(groups))


def needs_units(promotion: Promotion) -> bool:
    """Whether `worth_of` looks at single pieces."""
    return promotion.benefit in (Benefit.NTH_PIECE_RATE, Benefit.FIXED_PRICE, Benefit.BUNDLE_PRICE)


def worth_of(promotion: Promotion, base: int, pieces: int, units: Sequence[Piece] = ()) -> Worth:
    """What the promotion takes off; `units` are needed only for discounts on single pieces."""
    measured = measure(promotion, base, pieces)
    match promotion.benefit:
        case Benefit.AMOUNT_OFF:
            return Worth(_stepped(promotion, measured))
        case Benefit.PERCENT_OFF:
            return Worth(_percent(promotion, _reached(promotion, measured), base))
        case Benefit.NTH_PIECE_RATE:
            return _nth_piece(promotion, units)
        case Benefit.FIXED_PRICE:
            return _pick_pieces(promotion, units)
        case Benefit.BUNDLE_PRICE:
            return _bundle(promotion, units)
        case Benefit.GIFT:
            gift = promotion.gift
            if gift is None:
                return NOTHING
            count = _stepped(promotion, measured) * gift.quantity
            return Worth(0, gifts=count if gift.left is None else min(count, gift.left))
        case Benefit.ADD_ON:
            return Worth(0, gifts=1 if _reached(promotion, measured) and promotion.gift else 0)
        case _:
            return NOTHING


def next_step(promotion: Promotion, base: int, pieces: int, units: Sequence[Piece] = ()) -> Step | None:
    """The nearest step that gives more than now; None when the last one is reached."""
    if promotion.threshold == "none" and not needs_units(promotion):
        return None
    if needs_units(promotion):
        return _next_pieces(promotion, pieces, units)
    measured = measure(promotion, base, pieces)
    ahead = set()
    for tier in promotion.tiers:
        if tier.threshold > measured:
            ahead.add(tier.threshold)
        elif promotion.repeat and tier.threshold > 0:
            ahead.add((measured // tier.threshold + 1) * tier.threshold)
    now = worth_of(promotion, base, pieces)
    by_pieces = promotion.threshold == "pieces"
    for target in sorted(ahead):
        then = worth_of(promotion, base if by_pieces else target, target if by_pieces else pieces)
        saving = then.amount - now.amount
        if then.gifts > now.gifts and promotion.gift:
            saving += promotion.gift.worth.fen * (then.gifts - now.gifts)
        if saving > 0 or then.gifts > now.gifts:
            gap = target - measured
            return Step(None, gap, saving) if by_pieces else Step(gap, None, saving)
    return None


def _next_pieces(promotion: Promotion, pieces: int, units: Sequence[Piece]) -> Step | None:
    """Pieces missing to the next group, and the saving when they cost what the cheapest loose piece costs."""
    if promotion.benefit is Benefit.BUNDLE_PRICE:
        present = {piece.sku for piece in units} & promotion.scope.skus
        missing = len(promotion.scope.skus) - len(present)
        return Step(None, missing, 0) if present and missing else None
    nth = promotion.benefit is Benefit.NTH_PIECE_RATE
    size = promotion.nth if nth else min((tier.threshold for tier in promotion.tiers), default=0)
    if size <= 0 or not units:
        return None
    done = len(_groups(promotion, size, units))
    limit = promotion.repeat_cap if promotion.repeat else 1
    if limit and done >= limit:
        return None
    pool = list(units)
    if promotion.same_sku_only:
        counts = {sku: sum(piece.sku == sku for piece in units) for sku in {piece.sku for piece in units}}
        nearest = min(sorted(counts), key=lambda sku: (size - counts[sku] % size, sku))
        pool = [piece for piece in units if piece.sku == nearest]
    gap = size - len(pool) % size
    cheapest = min(pool, key=lambda piece: (piece.price, piece.line))
    more = [*units, *(Piece(cheapest.price, cheapest.line, cheapest.sku) for _ in range(gap))]
    saving = worth_of(promotion, 0, pieces + gap, more).amount - worth_of(promotion, 0, pieces, units).amount
    return Step(None, gap, max(saving, 0))
