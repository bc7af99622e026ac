"""The cart while it is priced: integers only, lines in an order that does not depend on how the cart was typed.

Lines are sorted by what matters for money (amount, quantity, which promotions they fit), so totals do not
change when a buyer reorders the cart; lines that are equal in all of that keep the cart's order.
"""

from collections.abc import Mapping, Sequence

from xiaoer.slices.promotions.rules.benefits import Piece
from xiaoer.slices.promotions.rules.eligibility import fits
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


class Basket:
    """The lines, and which of them each promotion fits."""

    def __init__(self, cart: Cart, promotions: Sequence[Promotion]) -> None:
        lines = [line for line in cart.lines if line.quantity > 0]
        hits: dict[str, list[int]] = {}
        by_scope: dict[Scope, list[int]] = {}
        for promotion in promotions:
            found = by_scope.get(promotion.scope)
            if found is None:
                scope = promotion.scope
                found = [i for i, line in enumerate(lines) if fits(scope, line)]
                by_scope[scope] = found
            hits[promotion.id] = found
        order = self._order(lines, list(by_scope.values()))
        place = {old: new for new, old in enumerate(order)}
        self.lines = [Line(old, lines[old]) for old in order]
        self.fit: Mapping[str, list[int]] = {key: sorted(place[i] for i in found) for key, found in hits.items()}

    @staticmethod
    def _order(lines: Sequence[CartLine], groups: Sequence[Sequence[int]]) -> list[int]:
        signature = [0] * len(lines)
        totals: dict[str, int] = {}
        for line in lines:
            totals[line.variant_id] = totals.get(line.variant_id, 0) + line.quantity
        # The scopes are numbered by the promotions' own order, which the caller keeps stable.
        for bit, group in enumerate(groups):
            for i in group:
                signature[i] |= 1 << bit
        return sorted(
            range(len(lines)),
            key=lambda i: (
                -lines[i].price.fen * lines[i].quantity,
                lines[i].quantity,
                signature[i],
                totals[lines[i].variant_id],
                lines[i].deposit_paid,
                i,
            ),
        )

    def units(self, eligible: Sequence[int]) -> list[Piece]:
        """Every eligible piece with its price after item-level promotions."""
        found: list[Piece] = []
        for i in eligible:
            line = self.lines[i]
            for price, count in line.runs:
                found += [Piece(price, i, line.source.variant_id)] * count
        return found
