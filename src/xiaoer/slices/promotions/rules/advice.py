"""Answers to the typical questions: together cheaper? what to add? what does a return cost? is it protected?

Nothing here recommends adding goods only to send them back; `rank_candidates` compares bills that are kept.
"""

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from xiaoer.kernel.money import ZERO, Money
from xiaoer.slices.promotions.types import Applied, Cart, CartLine, Quote

QuoteCart = Callable[[Cart], Quote]
PriceCart = Callable[[Cart], Money]


class Together(Struct, frozen=True):
    """`saving` of one order against separate ones, freight included; `because` are the rules that only then count."""

    saving: Money
    quote: Quote
    because: tuple[Applied, ...]


class Candidate(Struct, frozen=True):
    """One product to add: `net` is what the bill changes by, negative when it gets lower."""

    line: CartLine
    net: Money
    payable: Money


def saving_together(carts: Sequence[Cart], together: Cart, price: QuoteCart) -> Together:
    """What buying everything in one order saves against buying each cart alone."""
    alone = [price(cart) for cart in carts]
    joint = price(together)
    before: dict[str, int] = {}
    for part in alone:
        for entry in part.applied:
            before[entry.promotion_id] = before.get(entry.promotion_id, 0) + entry.amount.fen
    because = tuple(entry for entry in joint.applied if entry.amount.fen > before.get(entry.promotion_id, 0))
    saving = sum(part.payable.fen for part in alone) - joint.payable.fen
    return Together(Money(saving), joint, because)


def add_line(cart: Cart, line: CartLine) -> Cart:
    """The cart with one more line; pieces of a variant that is there already are added to it."""
    for i, present in enumerate(cart.lines):
        if present.variant_id == line.variant_id and present.price == line.price:
            more = replace(present, quantity=present.quantity + line.quantity)
            return replace(cart, lines=(*cart.lines[:i], more, *cart.lines[i + 1 :]))
    return replace(cart, lines=(*cart.lines, line))


def rank_candidates(cart: Cart, candidates: Sequence[CartLine], payable: PriceCart) -> tuple[Candidate, ...]:
    """Every candidate with its net effect on the bill, best first; ties by the dearer product, then its id."""
    now = payable(cart)
    ranked = []
    for line in candidates:
        then = payable(add_line(cart, line))
        ranked.append(Candidate(line, then - now, then))
    return tuple(sorted(ranked, key=lambda c: (c.net, -c.line.price.fen, c.line.variant_id)))


class Refundable(Struct, frozen=True):
    """What goes back for returned goods; `kept` is what the goods that stay cost by themselves (recompute only)."""

    amount: Money
    kept: Money | None = None
    freight_withheld: Money = ZERO


def refund_share(paid: Quote, returned: dict[str, int]) -> Refundable:
    """Marketplace custom: the shared amount of the returned pieces; the last piece takes what rounding left."""
    total, wanted = 0, dict(returned)
    for line in paid.lines:
        count = min(wanted.get(line.variant_id, 0), line.quantity)
        if count and not line.gift:
            wanted[line.variant_id] -= count
            total += line.paid.fen if count == line.quantity else line.paid.fen * count // line.quantity
    return Refundable(Money(total))


def refund_recomputed(
    paid: Quote, bought: Cart, returned: dict[str, int], price: QuoteCart, *, withhold_freight: bool = False
) -> Refundable:
    """Legal default on the own site (七日无理由退货暂行办法 art. 17): the goods that stay are settled at the prices and
    rules of the purchase (`price` must quote at that instant), the difference goes back, never less than 0.

    `withhold_freight` keeps the outbound freight when the return breaks 满额包邮 (art. 18).
    """
    wanted, kept = dict(returned), []
    for line in bought.lines:
        count = min(wanted.get(line.variant_id, 0), line.quantity)
        wanted[line.variant_id] = wanted.get(line.variant_id, 0) - count
        if line.quantity > count:
            kept.append(replace(line, quantity=line.quantity - count))
    if not kept:
        return Refundable(paid.goods_payable, ZERO)
    rest = price(replace(bought, lines=tuple(kept)))
    freight = max(rest.freight.fen - paid.freight.fen, 0) if withhold_freight else 0
    amount = max(paid.goods_payable.fen - rest.goods_payable.fen - freight, 0)
    return Refundable(Money(amount), rest.goods_payable, Money(freight))
