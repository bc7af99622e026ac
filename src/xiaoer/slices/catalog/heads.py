"""What goods are called in one word (品名的末字): 桌子 of a 升降书桌, 壳 of a 手机壳, 膜 of a 钢化膜. Pure.

A title of a Chinese shop begins with the name of the thing, and a name ends in what the thing is; buyers say that end
alone, with 子 or with a word of their own before it (手机膜). A character is only taken for one when it ends the name
of some product of this very shop and stands in the text as a word does: before a particle or the end.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

from xiaoer.kernel.commerce import Product
from xiaoer.slices.catalog.names import called, first_word

_SPACES = re.compile(r"[\W_]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
# what follows a name in speech
_AFTER = (
    r"(?=子|儿(?!童)|[开充亮洗放拆碎漏的有会能是装多什怎几可好不没还咋要吗呢么嘛坏掉在到了啥如行够都也和跟与卖贵]"
    r"|\W|_|$)"
)
_BEFORE = re.compile(r"(?:^|[家的这那个款条张把只件双副和跟与买要发卖养换拿用戴穿挑选看洗修给\W_])$")
_WITH = 2  # characters before the last one that the goods' own texts must hold (手机膜)


class Heads:
    """The last characters of the names of one shop's goods; built once per catalogue revision."""

    def __init__(self, products: Iterable[Product]) -> None:
        self._goods: dict[str, list[str]] = {}
        self._about: dict[str, str] = {}
        self._name: dict[str, str] = {}  # the first word of the title
        for product in products:
            self._name[product.id] = first_word(product)
            self._about[product.id] = " ".join((product.title, product.category, *product.tags))
            for head in sorted(_heads_of(product)):
                self._goods.setdefault(head, []).append(product.id)
        self._said = re.compile(f"([{''.join(self._goods)}]){_AFTER}") if self._goods else None

    def named(self, text: str) -> dict[str, list[str]]:
        """The goods of each name that stands in the text as a word; often none."""
        found: dict[str, list[str]] = {}
        for said in self._said.finditer(text) if self._said else ():
            head, before = said[1], text[max(0, said.start() - _WITH) : said.start()]
            child = text[said.end() : said.end() + 1] == "子"
            goods = self._goods[head]
            if not child and not _BEFORE.search(before):
                goods = [one for one in goods if len(before) == _WITH and before in self._about[one]]
            if goods:
                found[head] = goods
        for before, head in pairwise(text):  # 车灯 of a 自行车前灯
            goods = [one for one in self._goods.get(head, ()) if before in self._name[one][:-1] and _HAN.match(before)]
            if goods and head not in found:
                found[head] = goods
        return found

    def is_end(self, run: str, product_id: str) -> bool:
        """Whether a run of characters ends a name of the product: 吉他 of 民谣吉他, not of 吉他弦."""
        return product_id in self._goods.get(run[-1:], ()) and any(
            part.endswith(run) for part in _SPACES.split(self._about[product_id])
        )


def _heads_of(product: Product) -> set[str]:
    """The last characters of the title's first telling word and of what the attribute 品类 calls it."""
    return {name[-1] for name in (first_word(product), *called(product)) if name}
