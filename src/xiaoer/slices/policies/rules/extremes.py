"""The variant that stands at an end (最大的那个, 贵的那档): by what it costs, or by the size that its spec tells."""

import re
from collections.abc import Callable

from xiaoer.kernel.commerce import Variant
from xiaoer.kernel.measures import in_base, measures

_WHICH = r"的?(?:那|这|一)?[个只条件款档号码把台套盒袋瓶张]"
_ENDS = (
    (re.compile(rf"最贵|(?<![不太])贵{_WHICH}"), "price", -1),
    (re.compile(rf"最便宜|(?<!不)便宜{_WHICH}"), "price", 0),
    (re.compile(rf"最大{_WHICH}|最大的"), "size", -1),
    (re.compile(rf"最小{_WHICH}|最小的"), "size", 0),
)
_SIZES = (
    "XS",
    "迷你",
    "S",
    "小",
    "M",
    "中",
    "L",
    "大",
    "XL",
    "加大",
    "XXL",
    "2XL",
    "特大",
    "XXXL",
    "3XL",
    "4XL",
    "5XL",
)


def extreme_of(variants: tuple[Variant, ...], text: str) -> tuple[Variant, ...]:
    """Those at the end that the words name; all of them where they name none, or where nothing orders them."""
    for said, by, end in _ENDS:
        if not said.search(text):
            continue
        order: Callable[[Variant], float] = (lambda one: float(one.pays.fen)) if by == "price" else _size_of
        places = sorted({order(one) for one in variants})
        if len(places) > 1 and places[0] >= 0:
            return tuple(one for one in variants if order(one) == places[end])
    return variants


def _size_of(variant: Variant) -> float:
    """How large its spec tells it to be, in whatever unit; negative where it tells nothing of it."""
    told = [number for value in variant.spec.values() for number, _ in map(in_base, measures(value))]
    if told:
        return max(told)
    named = [value.upper().rstrip("号码款装") for value in variant.spec.values()]
    return max((float(_SIZES.index(one)) for one in named if one in _SIZES), default=-1.0)
