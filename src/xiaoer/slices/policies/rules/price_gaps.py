"""By how much one costs more than the other (差多少): two variants of the goods in sight, or two goods."""

import re
from typing import Any

from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.decision import Act
from xiaoer.kernel.heard import Entities
from xiaoer.slices.policies.rules import pieces, unit_prices
from xiaoer.slices.policies.rules.matters.moves import say
from xiaoer.slices.policies.rules.sources import product_source
from xiaoer.slices.policies.rules.specs import matching
from xiaoer.slices.policies.types import Ask

_APART = re.compile(r"(?:比|跟|和).{0,10}(?:贵|便宜|省)(?:了)?(?:多少|几)|差(?:多少|几|价)")
_SIDES = re.compile(r"[和跟与比、,，]|还是")


def asks(text: str) -> bool:
    """Whether a difference is asked."""
    return _APART.search(text) is not None


def answer(ask: Ask) -> Act | None:
    """The difference; None where none is asked, or the words name no two."""
    product = ask.facts.products.get(ask.product_id or "")
    return (_variants_differ(ask, product) if product else None) or _differ(ask)


def _variants_differ(ask: Ask, product: Product) -> Act | None:
    """By how much one variant of the product in sight is dearer than another (28的和32的差多少); None where that is not
    asked, or the words name no two of them."""
    text, variants = ask.segment.text, ask.facts.variants.get(product.id, ())
    if not _APART.search(text) or len(variants) < 2 or any(number > 1 for number, _ in pieces.counted(text)):
        return None
    each = [matching(variants, Entities(), side) for side in _SIDES.split(text)]
    named = [one for one in each if 0 < len(one) < len(variants)]
    prices = {v.pays for v in variants}
    if len(named) > 1 and _hold_other_amounts(named[0][0], named[1][0]):
        return None  # 三瓶装比单瓶便宜多少: held against as many
    sources = (product_source(product),)
    if len(prices) == 1 and not ask.facts.together.get(ask.index):
        return say(ask, "price.all_same", type_="quote", sources=sources, rule="price.apart", low=min(prices))
    if len(named) < 2 or any(len({v.pays for v in one}) > 1 for one in named):
        return None
    if named[0][0].pays == named[1][0].pays:
        return None
    low, high = sorted((one[0] for one in named[:2]), key=lambda v: v.pays)
    axes = [axis for axis in low.spec if low.spec[axis] != high.spec.get(axis)]
    cheap, dear = (" ".join(v.spec.get(axis, "") for axis in axes) for v in (low, high))
    slots: dict[str, Any] = {"dear": dear, "cheap": cheap, "low": low.pays, "high": high.pays}
    slots["apart"] = high.pays - low.pays
    return say(ask, "price.variants_apart", type_="quote", sources=sources, rule="price.apart", **slots)


def _hold_other_amounts(one: Variant, other: Variant) -> bool:
    """Whether two variants hold different amounts of the same (three bottles and one)."""
    packs = (unit_prices.packs_of((one, other), unit) for unit in unit_prices.units_of((one, other)))
    return any(len({pack.amount for pack in found}) > 1 for found in packs)


def _differ(ask: Ask) -> Act | None:
    """By how much one of two products is dearer (跟那个音箱比贵多少); None where that is not asked."""
    goods = [one.product for one in ask.facts.together.get(ask.index, ())]
    if len(goods) != 2 or not _APART.search(ask.segment.text):
        return None
    told = [(min(v.pays for v in variants), one) for one in goods if (variants := ask.facts.variants.get(one.id, ()))]
    if len(told) != len(goods):
        return None
    (low, cheap), (high, dear) = sorted(told, key=lambda one: one[0])
    slots: dict[str, Any] = {"dear": dear.title, "cheap": cheap.title, "low": low, "high": high, "apart": high - low}
    sources = tuple(product_source(one) for one in goods)
    return say(ask, "price.apart", type_="quote", sources=sources, rule="price.apart", **slots)
