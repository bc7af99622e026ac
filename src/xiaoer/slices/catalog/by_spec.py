"""Goods called by a spec of theirs (按规格叫货): 卡其的有货没, 10斤的还有没有, where only one product comes so.

A buyer who has looked at the page leaves the name out and says what tells the variant. A value counts when it stands
in the text as the shop writes it, as one of its parts (烤盘 of 炉+烤盘) or as the same measure (1200克 of 1200g).
Values that many goods come in (黑色, L) lead nowhere and are left out.
"""

import re
from collections.abc import Iterable

from xiaoer.kernel.commerce import Variant
from xiaoer.kernel.measures import Measure, in_base, measures

_PARTS = re.compile(r"[\W_]+")
_LEAST = 2  # characters of a value that names itself
_SAYS_NO_GOODS = frozenset(("标准", "默认", "均码", "其他", "普通", "常规", "单个", "一个", "套装", "正常", "通用"))
_COLOR = "色"
_SIZE = re.compile(r"(?:x{0,4}[sml]|\d{2,3})码?", re.IGNORECASE)
_SIZE_SAID = re.compile(r"(?<![a-z\d.])(?:x{0,4}[sml](?![a-z\d])|\d{2,3}(?=码))", re.IGNORECASE)


class SpecIndex:
    """The spec values and measures of one shop's variants, with their products; built once per catalogue revision."""

    def __init__(self, variants: Iterable[Variant]) -> None:
        self._values: dict[str, set[str]] = {}
        self._sizes: dict[str, set[str]] = {}
        self._measures: dict[Measure, set[str]] = {}
        for variant in variants:
            for axis, value in variant.spec.items():
                for word in _words_of(axis, value):
                    self._values.setdefault(word, set()).add(variant.product_id)
                if _SIZE.fullmatch(value.strip()):
                    self._sizes.setdefault(_size(value), set()).add(variant.product_id)
                for measure in measures(value):
                    self._measures.setdefault(in_base(measure), set()).add(variant.product_id)

    def named(self, text: str, limit: int) -> list[str]:
        """The products that come in everything that the text tells of specs; empty when it tells of none, or when
        more than `limit` do."""
        low = text.lower()
        said = [goods for word, goods in self._values.items() if word in low]
        said += [goods for one in measures(text) if (goods := self._measures.get(in_base(one)))]
        said += [goods for one in _SIZE_SAID.findall(text) if (goods := self._sizes.get(_size(one)))]
        meant = set.intersection(*said) if said else set()
        return sorted(meant) if len(meant) <= limit else []


def _size(value: str) -> str:
    return value.strip().upper().removesuffix("码")


def _words_of(axis: str, value: str) -> set[str]:
    """The words by which a value is said: itself and its parts; a colour before 的 by its last character too (粉的)."""
    whole = value.lower().strip()
    words = {one for one in (whole, *_PARTS.split(whole)) if len(one) >= _LEAST and not one.isdigit()}
    if _COLOR in axis:
        words |= {f"{whole.removesuffix(_COLOR)}的", f"{whole.removesuffix(_COLOR)[-1:]}的"}
    return {one for one in words - _SAYS_NO_GOODS if not one.isascii() or not one.isalpha()}
