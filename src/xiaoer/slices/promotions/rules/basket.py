"""The cart while it is priced: integers only, lines in an order that does not depend on how the cart was typed.

Lines are sorted by what matters for money (amount, quantity, which promotions they fit), so totals do not
change when a buyer reorders the cart; lines that are equal in all of that keep the cart's order. Sets of
lines are bit masks: bit i stands for line i.
"""

from collections.abc import Mapping, Sequence

from xiaoer.slices.promotions.rules.benefits import Piece
from xiaoer.slices.promotions.rules.eligibility import in_category
from xiaoer.slices.promotions.rules.stacking import excluded_groups, line_limit, order_limit
from xiaoer.slices.promotions.types import Cart, CartLine, Promotion, Scope


class Line:
    """One line at work. `runs` are (unit price, pieces) after item-level promotions; `deposit` is never discounted."""

    __slots__ = ("cart_index", "deposit", "item_total", "list_total", "quantity", "runs", "source")

    def __init__(self, cart_index: int, source: CartLine) -> None:
        self.cart_index = cart_index
        self.source = source
        self.quantity = source.quantity
        self.list_total = source.price.fen * source.quantity
        self.item_total = self.list_total
        self.runs: list[tuple[int, int]] = [(source.price.fen, source.quantity)]
        self.deposit = 0


class Tool:
    """One promotion with what pricing asks about it again and again."""

    __slots__ = ("excludes", "fit", "group", "line_limit", "lines", "order_limit", "promotion")

    def __init__(self, promotion: Promotion, lines: tuple[int, ...], fit: int) -> None:
        self.promotion = promotion
        self.lines = lines
        self.fit = fit
        self.group = promotion.group
        self.line_limit = line_limit(promotion)
        self.order_limit = order_limit(promotion)
        self.excludes = excluded_groups(promotion)


class Basket:
    """The lines, and which of them each promotion fits."""

    def __init__(self, cart: Cart, promotions: Sequence[Promotion]) -> None:
        lines = cart.lines
        by_scope: dict[Scope, list[int]] = {}
        categories = sorted({line.category for line in lines})
        for promotion in promotions:
            if promotion.scope not in by_scope:
                by_scope[promotion.scope] = _fitting(promotion.scope, lines, categories)
        order = _order(lines, list(by_scope.values()))
        place = {old: new for new, old in enumerate(order)}
        self.lines = [Line(old, lines[old]) for old in order]
        placed = {scope: tuple(sorted([place[i] for i in found])) for scope, found in by_scope.items()}
        masks = {scope: sum([1 << i for i in found]) for scope, found in placed.items()}
        self.tools: Mapping[str, Tool] = {p.id: Tool(p, placed[p.scope], masks[p.scope]) for p in promotions}
        self._members: dict[int, tuple[int, ...]] = {}

    def fit(self, promotion_id: str) -> tuple[int, ...]:
        """The lines in scope of a promotion."""
        return self.tools[promotion_id].lines

    def members(self, mask: int) -> tuple[int, ...]:
        """The lines of a mask, in order."""
        found = self._members.get(mask)
        if found is None:
            found = tuple(i for i in range(len(self.lines)) if mask >> i & 1)
            self._members[mask] = found
        return found

    def units(self, eligible: Sequence[int]) -> list[Piece]:
        """Every eligible piece with its price after item-level promotions."""
        found: list[Piece] = []
        for i in eligible:
            line = self.lines[i]
            for price, count in line.runs:
                found += [Piece(price, i, line.source.variant_id)] * count
        return found


def _fitting(scope: Scope, lines: Sequence[CartLine], categories: Sequence[str]) -> list[int]:
    """The lines in scope; a category includes the ones below it (「服装」 includes 「服装/女装」)."""
    wanted = {c for c in categories if in_category(scope.categories, c)} if scope.categories else frozenset()
    unwanted = {c for c in categories if in_category(scope.exclude_categories, c)} if scope.exclude_categories else ()
    found = list(range(len(lines)))
    if scope.skus or scope.items or scope.categories:
        skus, items = scope.skus, scope.items
        found = [
            i
            for i, line in enumerate(lines)
            if line.category in wanted or line.variant_id in skus or line.product_id in items
        ]
    if scope.sellers:
        found = [i for i in found if lines[i].seller in scope.sellers]
    if unwanted or scope.exclude_skus or scope.exclude_items:
        found = [
            i
            for i in found
            if lines[i].category not in unwanted
            and lines[i].variant_id not in scope.exclude_skus
            and lines[i].product_id not in scope.exclude_items
        ]
    return found


def _order(lines: Sequence[CartLine], groups: Sequence[Sequence[int]]) -> list[int]:
    signature = [0] * len(lines)
    totals: dict[str, int] = {}
    for line in lines:
        totals[line.variant_id] = totals.get(line.variant_id, 0) + line.quantity
    # The scopes are numbered by the promotions' own order, which the caller keeps stable.
    for number, group in enumerate(groups):
        bit = 1 << number
        for i in group:
            signature[i] |= bit
    keys = [
        (-line.price.fen * line.quantity, line.quantity, signature[i], totals[line.variant_id], line.deposit_paid, i)
        for i, line in enumerate(lines)
    ]
    return sorted(range(len(lines)), key=keys.__getitem__)
