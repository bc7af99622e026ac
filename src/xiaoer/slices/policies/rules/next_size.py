"""The next size up or down (换大一码): the variant that differs in size only, one step away."""

import re

from xiaoer.kernel.commerce import Variant

_LETTERS = ("XXS", "XS", "S", "M", "L", "XL", "XXL", "XXXL", "XXXXL", "XXXXXL")
_ALIASES = {"2XL": "XXL", "3XL": "XXXL", "4XL": "XXXXL", "5XL": "XXXXXL", "均码": "M"}
_AXES = ("尺码", "尺寸", "码数", "鞋码", "大小", "规格")
_STEP = re.compile(r"([大小])([一1两2二])?(?:个)?(?:尺)?[码号]|([大小])(?:一点|点儿?|些)(?:的|儿)?")


def plain(size: str) -> str:
    """One spelling of a size in letters: 2XL is XXL."""
    return _ALIASES.get(size, size)


def step_of(text: str) -> int:
    """How many sizes up (or down, below zero) the words want; 0 when they want none. The last word counts."""
    found = list(_STEP.finditer(text))
    if not found:
        return 0
    way, much = found[-1].group(1) or found[-1].group(3), found[-1].group(2)
    step = 2 if much in ("两", "2", "二") else 1
    return step if way == "大" else -step


def axis_of(variants: tuple[Variant, ...]) -> str:
    """The axis that holds the size; empty when there is none."""
    axes = {axis for variant in variants for axis in variant.spec}
    return next((axis for axis in _AXES if axis in axes), "")


def next_size(variants: tuple[Variant, ...], current: Variant, step: int) -> Variant | None:
    """The variant `step` sizes away, otherwise like `current`; None when sizes end before, or have no rank."""
    axis = axis_of(variants)
    if not axis or axis not in current.spec:
        return None
    others = {name: value for name, value in current.spec.items() if name != axis}
    alike = [v for v in variants if {n: value for n, value in v.spec.items() if n != axis} == others and axis in v.spec]
    ranked = sorted((rank, v) for v in alike if (rank := _rank(v.spec[axis])) is not None)
    ids = [variant.id for _, variant in ranked]
    if current.id not in ids:
        return None
    place = ids.index(current.id) + step
    return ranked[place][1] if 0 <= place < len(ranked) else None


def _rank(size: str) -> float | None:
    """Letters before numbers; a size that is neither has no rank."""
    word = size.upper().removesuffix("码").strip()
    word = _ALIASES.get(word, word)
    head = re.match(r"[A-Z]+", word)
    if head and head.group() in _LETTERS:
        return float(_LETTERS.index(head.group()))
    number = re.search(r"\d+(?:\.\d+)?", word)
    return 100 + float(number.group()) if number else None
