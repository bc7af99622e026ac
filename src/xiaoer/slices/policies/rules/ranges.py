"""Which one suits, by what the sheet writes of each (按参数选规格): S 5-10斤 M 10-25斤; 24W 8-12㎡ 36W 15-20㎡.

A shop without a size chart writes in one attribute which variant is for how much. Who tells his measure (20斤的柯基,
15平的卧室) is told the variant whose range holds it, whether it is in stock and what it costs. What lies beyond all
ranges is said to be so; a measure of another kind than the sheet counts in answers nothing.
"""

import re
from typing import NamedTuple

from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.decision import Act
from xiaoer.kernel.measures import in_base, in_words
from xiaoer.slices.policies.rules.sources import product_source
from xiaoer.slices.policies.types import Ask

_UNIT = r"公斤|千克|kg|斤|厘米|公分|cm|㎡|平方米|平米|平|米|岁|个月|人|寸"
_RANGE = re.compile(
    rf"(?P<label>[A-Za-z\d.]{{0,6}}[A-Za-z号码瓦][A-Za-z]{{0,3}}|[大中小]号|[加特]?[大中小]?号?)?[:：（(\s]*"
    rf"(?P<low>\d+(?:\.\d+)?)\s*(?:{_UNIT})?\s*[-~～—至到]\s*(?P<high>\d+(?:\.\d+)?)\s*(?P<unit>{_UNIT})",
    re.IGNORECASE,
)
_TOLD = re.compile(rf"(?P<number>\d+(?:\.\d+)?)\s*多?(?P<unit>{_UNIT})(?!以[上下内]|左右的价)", re.IGNORECASE)
_SAID_OF = re.compile(r"(?:按\S+|对照|建议|参考|表)$")
_LEAST = 2  # ranges that a sheet must tell for there to be a choice


class Range(NamedTuple):
    """`label` suits from `low` to `high` (both in), counted in `unit`."""

    label: str
    low: float
    high: float
    unit: str

    @property
    def spoken(self) -> str:
        return f"{self.low:g}-{self.high:g}{self.unit}"


def _measured(product: Product) -> tuple[str, list[Range]]:
    """What is measured and the ranges of the first attribute that tells of several; empty where none does."""
    for key, value in product.attributes.items():
        found = [
            Range(one["label"].strip(), float(one["low"]), float(one["high"]), one["unit"])
            for one in _RANGE.finditer(value)
            if one["label"] and one["label"].strip()
        ]
        if len(found) >= _LEAST and len({one.label for one in found}) == len(found):
            return _SAID_OF.sub("", key), found
    return "", []


def advise(ask: Ask, product: Product) -> Act | None:
    """Which variant suits the measure that is told; None where none is, or the sheet tells of no such ranges."""
    name, ranges = _measured(product)
    told = _told(ask.segment.text, ranges, name) if ranges else None
    if told is None:
        return None
    number, said = told
    source = (product_source(product),)
    fits = [one for one in ranges if one.low <= number <= one.high]
    above = [one for one in ranges if one.low > number]
    if not fits and len(above) < len(ranges):  # between two: the next larger
        fits = above[:1]
    if not fits:
        each = "，".join(f"{one.label} {one.spoken}" for one in ranges)
        return Act("answer", ask.index, "range.outside", {"said": said, "each": each, "title": product.title}, source)
    one = fits[-1]  # on the border of two: the larger has room
    variants = [v for v in ask.facts.variants.get(product.id, ()) if _comes_as(v, one.label)]
    slots = {"said": said, "label": one.label, "range": one.spoken, "title": product.title, "more": _more(variants)}
    return Act("answer", ask.index, "range.fits", slots, source)


def _more(variants: list[Variant]) -> str:
    """What such a variant costs, and whether there is one."""
    if not variants:
        return ""
    ready = [v for v in variants if v.stock > 0]
    return f"，{min(v.pays for v in ready).spoken} 元，有货" if ready else "，不过这个规格现在没货"


def _told(text: str, ranges: list[Range], name: str = "") -> tuple[float, str] | None:
    """The measure that the words tell, in the sheet's unit, and how it was said; with the `name` of what is measured no
    unit is needed."""
    unit = ranges[0].unit
    bare = re.search(rf"{re.escape(name)}\D{{0,3}}(?P<number>\d+(?:\.\d+)?)(?!\d)", text) if name else None
    if bare is not None and not _TOLD.match(text, bare.start("number")):  # 头围57
        return float(bare["number"]), bare.group()
    for found in _TOLD.finditer(text):
        if in_words(found["unit"]) == in_words(unit):
            return float(found["number"]), found.group()
        number, kind = in_base((float(found["number"]), in_words(found["unit"])))
        per, base = in_base((1.0, in_words(unit)))
        if kind == base:
            return number / per, found.group()
    return None


def _comes_as(variant: Variant, label: str) -> bool:
    return any(_in_capitals(value) == _in_capitals(label) for value in variant.spec.values())


def _in_capitals(size: str) -> str:
    """A size or power as it is compared: m码 is M, 24瓦 24W."""
    return size.upper().removesuffix("码").replace("瓦", "W")
