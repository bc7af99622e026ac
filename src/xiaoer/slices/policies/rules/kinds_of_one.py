"""Several variants of one product in one breath (松绿两个雾白一个, 两种口味各一份): which, and how many of each.

A value is named by itself or by two letters or more that no other value of its axis has (荠菜 of 猪肉荠菜).
"""

import re

from xiaoer.kernel.commerce import Variant
from xiaoer.slices.policies.rules import pieces
from xiaoer.slices.policies.rules.spec_words import colour_told, part_told

_ALL = re.compile(
    r"(?P<number>[两俩二三四五2-5])(?:种|个|款)?(?:口味|颜色|色号?|款式|款|味道|香味|香型|轴)?(?:都|各|每[种个款样])"
)
_EACH = re.compile(
    r"(?:各|一样|每[样种款个])(?:来|要|买|拍|拿)?(?P<number>\d{1,2}|[一二两三四五六七八九十])[\u4e00-\u9fff]"
)
_DIFFER = re.compile(r"差|比|哪[个种款]|区别|还是|一样[价贵吗]|不同")
_STOPS = re.compile(r"[\s,，。;；?？!！]|多少钱?|一共|总共")
_NEAR = 4  # characters between a value and its number


def named(variants: tuple[Variant, ...], text: str, title: str = "") -> list[pieces.Pieces]:
    """The variants with their numbers, in the order of the words; empty where not several are named, or one is asked
    against another."""
    if _DIFFER.search(text):
        return []
    for axis in dict.fromkeys(axis for v in variants for axis in v.spec):
        values = list(dict.fromkeys(v.spec[axis] for v in variants if axis in v.spec))
        if len(values) < 2:
            continue
        places = _places(values, text)
        every = _ALL.search(text)
        if len(places) < 2 and every and len(values) == pieces.number_of(every["number"]):
            places = dict.fromkeys(values, (every.start(), every.end()))
        if len(places) < 2:
            continue
        counts = _counts(places, text)
        found, ends = [], [*[start for start, _ in places.values()][1:], len(text)]
        for (value, (start, _)), end in zip(places.items(), ends, strict=True):
            one = pieces.one_of(_among(variants, axis, value, text[start:end]), title)
            if one is not None:
                found.append(pieces.Pieces(one, counts[value]))
        return found
    return []


def _places(values: list[str], text: str) -> dict[str, tuple[int, int]]:
    """Where each value that is named stands, in the order of the words."""
    found: dict[str, tuple[int, int]] = {}
    for value in values:
        others = [other for other in values if other != value]
        told = part_told(value, others, text, by_number=True)
        longer = [other for other in others if value in other]
        if not told and value in text and not any(other in text for other in longer):
            told = value  # 方巾, where there is a 小方巾 too
        told = told or colour_told(value, others, text)
        if told:
            at = text.index(told)
            found[value] = (at, at + len(told))
    return dict(sorted(found.items(), key=lambda one: one[1]))


def _among(variants: tuple[Variant, ...], axis: str, value: str, told: str) -> tuple[Variant, ...]:
    """Those of a value; where the words near it name a value of another axis (黑色L), of that."""
    pool = tuple(v for v in variants if v.spec.get(axis) == value)
    near = tuple(v for v in pool if all(_stands(other, told) for key, other in v.spec.items() if key != axis))
    return near or pool


def _stands(value: str, text: str) -> bool:
    return re.search(rf"(?<![A-Za-z\d]){re.escape(value)}(?![A-Za-z\d])", text) is not None


def _counts(places: dict[str, tuple[int, int]], text: str) -> dict[str, int]:
    """How many of each: what 各 tells, else the number after it, or before it where numbers come first."""
    if each := _EACH.search(text):
        return dict.fromkeys(places, pieces.number_of(each["number"]))
    named_at = next(iter(places.values()))[0]
    begins = max((stop.end() for stop in _STOPS.finditer(text, 0, named_at)), default=0)
    total = next((number for start, _, number in pieces.spans(text[:begins])), 0)  # 买三件多少, before which of each
    spans = [(start, stop, number) for start, stop, number in pieces.spans(text) if start >= begins]
    before = bool(spans) and spans[0][0] < named_at
    counts: dict[str, int] = {}
    for value, (start, end) in places.items():
        near = (
            [number for _, stop, number in spans if 0 <= start - stop <= _NEAR]
            if before
            else [number for begin, _, number in spans if 0 <= begin - end <= _NEAR]
        )
        if near:
            counts[value] = near[-1] if before else near[0]
    rest = [value for value in places if value not in counts]
    left = total - sum(counts.values()) if len(rest) == 1 else 0
    return {value: counts.get(value) or max(left, 1) for value in places}
