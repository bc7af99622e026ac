"""What a thing is (品类): Chinese names end with it. 吉他弦 is a string, 旅行茶具 is no 茶, 鱼竿 and 海竿 are both 竿.

Where the shop writes no 品类, the name is that of the title's first word (`names.py`). A word that some goods of the
shop are called by (the end of their name) means those goods only: who asks for a 吉他 is not shown what goes with one.
A single character counts where it stands as a thing of its own: 哪根竿, 送领导的茶.
"""

import re
from functools import lru_cache

from xiaoer.kernel.commerce import Product
from xiaoer.slices.catalog.names import name_of

_KIND = "品类"
_LONGEST = 6
_BEFORE = r"(?:什么|啥|哪|的|[款种支根条双把件顶台张个瓶盒包只本副盏红绿黑白蓝粉黄紫灰色好新])"
_AFTER = r"(?=子|[^\u4e00-\u9fff]|$|有|吗|么|呢|哪|好|合适|适合|能|卖|推荐|怎|给|送|比|多少|的(?:$|[^\u4e00-\u9fff]))"
_WANTED = r"(?:有|买|要|找|换|卖|的|选|挑)(?:[个把张条款只])?"
_TO_USE = r"(?:来)?[骑穿戴喝吃用开坐送](?!车)"  # 买车骑着锻炼
_ASKED = re.compile(
    r"(?:什么|啥|哪[款种个支根条把双]?|[用里]的)$"
)  # 弹吉他手疼，换个啥弦: strings; 帐篷里用的灯: a lamp
_HAN = re.compile(r"[\u4e00-\u9fff]+")


class KindIndex:
    """The ends of what one shop's goods are called, with the goods."""

    def __init__(self) -> None:
        self._ends: dict[str, set[str]] = {}
        self._titles: dict[str, str] = {}
        self._nameless: set[str] = set()  # titles that are one row of keywords: what stands in them may be the name
        self._wider: dict[str, set[str]] = {}  # a category or tag that sounds like a kind (乐器) means all its goods

    def add(self, product: Product) -> None:
        self._titles[product.id] = product.title
        names = _HAN.findall(product.attributes.get(_KIND, "")) or [name_of(product)]
        if not any(names):
            self._nameless.add(product.id)
        for name in names:
            for size in range(1, min(_LONGEST, len(name)) + 1):
                self._ends.setdefault(name[-size:], set()).add(product.id)
        wider = "" if any("配件" in word for word in (product.category, *product.tags)) else product.category
        for name in _HAN.findall(" ".join((wider, *product.tags))):
            self._wider.setdefault(name, set()).add(product.id)

    def named_in(self, need: str) -> frozenset[str]:
        """The goods of all kinds that the words name; a longer name rules out those within it (茶 of 茶具). Empty when
        they name none."""
        spans = {need[at : at + size] for size in range(1, _LONGEST + 1) for at in range(len(need) - size + 1)}
        said = {one for one in spans & self._ends.keys() if len(one) > 1 or _alone(one).search(need)}
        longest = [one for one in said if not any(one != other and one in other for other in said)]
        longest = [one for one in longest if _ASKED.search(need[: need.rfind(one)])] or longest
        return frozenset().union(*(self._narrowed(one, need) for one in longest))

    def _narrowed(self, kind: str, need: str) -> set[str]:
        """The goods of a kind; where the words say more of its name (小吉他), those whose titles hold that."""
        at = need.find(kind)
        longer = need[at - 1 : at + len(kind)] if at > 0 and len(kind) > 1 else ""
        named = {one for one, title in self._titles.items() if longer and longer in title}
        rows = {one for one in self._nameless if len(kind) > 1 and kind in self._titles[one]}
        return named or (self._ends[kind] | self._wider.get(kind, set()) | rows)


@lru_cache(maxsize=1_024)  # `re` itself remembers too few
def _alone(char: str) -> re.Pattern[str]:
    return re.compile(f"{_BEFORE}{char}{_AFTER}|{_WANTED}{char}(?:子|{_TO_USE})")
