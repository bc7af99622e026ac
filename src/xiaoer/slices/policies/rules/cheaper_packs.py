"""Whether a pack costs less than as many single ones (三盒划算还是一盒一盒买, 两瓶装比两个单瓶省多少): both are priced
with today's offers, and which is cheaper is said. Where no number is told, the pack is held against what it holds.
"""

import re
from fractions import Fraction

from xiaoer.kernel.commerce import Variant
from xiaoer.kernel.decision import Need
from xiaoer.kernel.money import Money
from xiaoer.kernel.shop_facts import Priced
from xiaoer.slices.policies.rules import pieces, quotes, unit_prices
from xiaoer.slices.policies.rules.matters.moves import say
from xiaoer.slices.policies.types import Ask, Move

_ASKS = re.compile(
    r"划算|合算|实惠|哪[个种款样]?[^，。]{0,4}(?:便宜|省)|(?:比|跟|和|单)[^，。]{1,12}(?:便宜|省)(?:了|下)?(?:多少|几|不|吗)|还是[^，。]{2,12}(?:便宜|省)|更(?:便宜|省)|便宜[^，。]{0,2}还是"
)
_OF_ITSELF = re.compile(r"^(?:这个?|现在|买)*(?:划算|合算)(?:吗|不|么)?\W*$")
_MOST = 12  # single ones that a pack is held against


def answer(ask: Ask) -> Move | None:
    """Both priced, and which costs less; None where it is not asked, or the goods in sight come in no two packs."""
    product = ask.facts.products.get(ask.product_id or "")
    text = ask.segment.text
    if product is None or not _ASKS.search(text) or _OF_ITSELF.match(text.strip()):
        return None
    pair = _pair(ask.facts.variants.get(product.id, ()), ask, product.title)
    if pair is None:
        return None
    unread = tuple(Need("priced", ask.index, one.key) for one in pair if one.key not in ask.facts.priced)
    if unread:
        return None if set(unread) <= set(ask.facts.asked) else Move(needs=unread)
    priced = [(one, ask.facts.priced[one.key]) for one in pair]
    rows = [[_called(one), of.payable.spoken, quotes.with_claim(of)] for one, of in priced]
    (cheap, less), (_, more) = sorted(priced, key=lambda one: _least(one[1]))
    saved = Money(_least(more) - _least(less))
    better = f"{_called(cheap)}更划算，省 {saved.spoken} 元" if saved.fen else "算下来一样价"
    stock = "，不过现在没货" if cheap.variant.stock < cheap.number else ""
    used = {source.id: source for _, of in priced for source in quotes.causes(of.causes)}
    return Move(say(ask, "quote.cheaper", type_="quote", sources=tuple(used.values()), rule="quote.cheaper",
                    amounts=rows, better=better + stock, cart=cheap.key))  # fmt: skip


def _pair(variants: tuple[Variant, ...], ask: Ask, title: str) -> tuple[pieces.Pieces, pieces.Pieces] | None:
    """A pack and as many single ones: those that the words count, else the two packs that there are."""
    told = pieces.asked(variants, ask.segment.entities, ask.segment.text, title)
    for single in told:
        pack = next((one for one in told if one.key == single.pack), None)
        if pack is not None:
            return pack, single
    for unit in unit_prices.units_of(variants):
        packs = unit_prices.packs_of(variants, unit)
        if len(packs) != 2:
            continue
        small, large = sorted(packs, key=lambda one: one.amount)
        times = Fraction(large.amount, small.amount)
        if times.denominator == 1 and 1 < times <= _MOST:
            return pieces.Pieces(large.variant, 1), pieces.Pieces(small.variant, int(times))
    return None


def _least(priced: Priced) -> int:
    """What everybody pays, with the coupon that everybody may take."""
    return (priced.claim.payable if priced.claim and not priced.claim.for_new else priced.payable).fen


def _called(one: pieces.Pieces) -> str:
    return f"{' '.join(one.variant.spec.values())} ×{one.number}"
