"""Which pack is the better bargain (哪个划算): 5kg的比1.5kg的划算吗, 一斤合多少, 整箱比单买便宜多少.

Sums from the list prices of one product's variants that hold different amounts of the same: a price for one common
unit each, rounded to the fen, and what the larger pack saves against as many of the smaller. No offer is counted in.
"""

import re
from fractions import Fraction
from typing import NamedTuple

from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.counting import PIECE
from xiaoer.kernel.decision import Act
from xiaoer.kernel.measures import in_base, in_digits, measures
from xiaoer.kernel.money import Money
from xiaoer.slices.policies.rules.sources import product_source
from xiaoer.slices.policies.types import Ask

# as patterns: the price of one common unit, and one pack held against single ones
COMPARES = (
    rf"[一每](?:斤|公斤|克|升|{PIECE})(?:合|算|平均|下来|是|要|才)*(?:多少|几块)|平均(?:下来)?(?:一|每)|合多少|"
    r"比(?:单买|单独买|单[袋盒包瓶件个支条]|一[袋盒包瓶件]一[袋盒包瓶件])[^，。]{0,4}(?:便宜|省|优惠|少|划算)"
)
_ASKED = re.compile(rf"划算|合算|单价|{COMPARES}")
_OF_ITSELF = re.compile(r"^(?:划算|合算)(?:吗|不|么)?\W*$")
_COUNT = re.compile(r"(?<![\d.])(\d{1,4})\s*([袋盒包瓶罐支片抽卷个只条双枚颗粒张本块听杯])")
_SINGLE = re.compile(r"单([袋盒包瓶罐支片卷个只条双枚张本块听杯])")
_MOST = 6  # packs that are told one by one
# amounts in which the price of a common unit is told: base unit -> (how many of it, what that is called)
_TOLD_BY = {"克": (500, "斤"), "毫升": (100, "100毫升"), "毫米": (1000, "米")}


class Pack(NamedTuple):
    """A variant and how much it holds, in `unit`."""

    variant: Variant
    amount: Fraction
    unit: str


def answer(ask: Ask, product: Product, variants: tuple[Variant, ...]) -> Act | None:
    """The price of a common unit of each pack, cheapest first; None where nothing of the kind is asked or the variants
    do not hold different amounts of the same."""
    if not _ASKED.search(ask.segment.text) or _OF_ITSELF.match(ask.segment.text.strip()):
        return None
    packs = _packs(variants)
    if len({pack.amount for pack in packs}) < 2 or len(packs) > _MOST:
        return None
    times, called = _TOLD_BY.get(packs[0].unit, (1, packs[0].unit))
    ranked = sorted(packs, key=lambda pack: (pack.variant.price.fen / pack.amount, pack.variant.id))
    each = [(_named(p.variant), p.variant.price.spoken, _of(p.variant.price.fen * times / p.amount)) for p in ranked]
    told = "，".join(f"{name} {price} 元（合每{called} {per.spoken} 元）" for name, price, per in each)
    slots = {"each": told, "title": product.title, "better": _better(ranked)}
    return Act("quote", ask.index, "price.by_unit", slots, (product_source(product),), "price.by_unit")


def _better(ranked: list[Pack]) -> str:
    """Which pack costs least for as much, what it saves against as many of the smallest, and whether there is one."""
    best, smallest = ranked[0], min(ranked, key=lambda pack: pack.amount)
    if best.variant.price.fen * ranked[-1].amount == ranked[-1].variant.price.fen * best.amount:
        return "算下来一样价"
    stock = "" if best.variant.stock > 0 else "，不过现在没货"
    as_many = best.amount / smallest.amount
    saved = smallest.variant.price.fen * as_many - best.variant.price.fen
    if as_many.denominator > 1 or as_many == 1:
        return f"{_named(best.variant)} 更划算{stock}"
    return f"{_named(best.variant)} 更划算，比买{as_many}份{_named(smallest.variant)}省 {_of(saved).spoken} 元{stock}"


def _packs(variants: tuple[Variant, ...]) -> list[Pack]:
    """The variants by what they hold, all counted in one unit; those of the same amount and price stand once."""
    found: list[Pack] = []
    for variant in sorted(variants, key=lambda v: v.id):
        held = _held(" ".join(variant.spec.values()))
        if held is None:
            return []
        if not any((pack.amount, pack.variant.price) == (held[0], variant.price) for pack in found):
            found.append(Pack(variant, *held))
    return found if len({pack.unit for pack in found}) == 1 else []


def _held(spec: str) -> tuple[Fraction, str] | None:
    spec = in_digits(spec)
    counted, single = _COUNT.search(spec), _SINGLE.search(spec)
    if counted and int(counted[1]):
        return Fraction(int(counted[1])), counted[2]
    if single:
        return Fraction(1), single[1]
    weighed = [in_base(one) for one in measures(spec)]
    weighed = [one for one in weighed if one[1] in ("克", "毫升")]
    return (Fraction(str(weighed[0][0])), weighed[0][1]) if len(weighed) == 1 and weighed[0][0] else None


def _named(variant: Variant) -> str:
    return " ".join(variant.spec.values())


def _of(fen: Fraction) -> Money:
    return Money(round(fen))
