"""Several goods named in one breath (防晒衣跟那条烟管裤一起买, 这个和律动手环哪个好): which product each part means.

The words are cut where they join (和, 跟, 、). A part means the product whose name has the rarest of its character
pairs; a name is the title and what the attribute 品类 calls it: buyers say 防晒衣 where a title says 防晒外套.
「这件」 is the product in sight, and so is nothing at all: 「跟那个手环一起买」. A part that fits several products
alike means the one in sight, else none: a price of the wrong goods is worse than one more question.
"""

import math
import re
from collections.abc import Iterable

from xiaoer.kernel.commerce import Product
from xiaoer.slices.catalog.rules import compact

_JOINS = re.compile(r"跟(?!不跟|价|进|[吗么嘛]|$)(?<!跟不跟)|[和与同及、,，;；/+＋&]|加上|还有|以及|搭配|再加|再来")
_THIS = re.compile(r"^(?:那|我)?(?:这(?!么|样|会|时|边|里)|此款|本款|它(?!们))")
_NO_NAME = re.compile(
    r"补贴|红包|包邮|一起|一块儿?|多少|便宜|优惠|哪个|哪款|哪件|对比|比较|推荐|适合|新款|两件|两个|加厚|四季|百搭|方便|礼物"
)
_KIND = "品类"
_MOST_ALIKE = 0.05  # a pair that a larger share of the catalogue has names nothing, unless the catalogue is small
_FEW = 4


class MentionIndex:
    """The names of one shop's goods by their character pairs; built once per catalogue revision."""

    def __init__(self, products: Iterable[Product]) -> None:
        self._holders: dict[str, set[str]] = {}
        self._kinds: dict[str, set[str]] = {}
        count = 0
        for product in products:
            count += 1
            kind = _pairs(product.attributes.get(_KIND, ""))
            self._kinds[product.id] = kind
            for pair in _pairs(product.title) | kind:
                self._holders.setdefault(pair, set()).add(product.id)
        self._most = max(_FEW, round(count * _MOST_ALIKE))
        self._weight = {pair: math.log((count + 1) / len(holders)) for pair, holders in self._holders.items()}

    def goods(self, text: str, in_sight: str = "") -> list[str]:
        """Ids of the products that the parts of `text` mean, in the order of the words; the one in sight comes first
        where the words leave it out. Empty when a part fits several goods; fewer than two: no several are named."""
        found: list[str] = []
        for part in _JOINS.split(text):
            meant = [in_sight] if _THIS.search(part.strip()) and in_sight else self._meant(part)
            if len(meant) > 1 and in_sight not in meant:
                return []
            found += [in_sight] if in_sight in meant else meant
        found = list(dict.fromkeys(found))
        return [in_sight, *found] if in_sight and len(found) == 1 and found != [in_sight] else found

    def _meant(self, part: str) -> list[str]:
        """The products whose names fit the part best; what a product is (品类) counts twice."""
        scores: dict[str, float] = {}
        names: set[str] = set()
        for pair in _pairs(_NO_NAME.sub(" ", part)):
            holders = self._holders.get(pair, ())
            for product_id in holders:
                twice = 2 if pair in self._kinds[product_id] else 1
                scores[product_id] = scores.get(product_id, 0.0) + twice * self._weight[pair]
            names.update(one for one in holders if len(holders) <= self._most or pair in self._kinds[one])
        best = max((scores[one] for one in names), default=0.0)
        return [one for one in sorted(names) if scores[one] == best]


def _pairs(text: str) -> set[str]:
    parts = (compact(part) for part in re.split(r"[\W_]+", text))
    return {part[at : at + 2] for part in parts for at in range(len(part) - 1)}
