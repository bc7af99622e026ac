"""What goods are called (品名), for everything that reads names: the attribute 品类, and the first word of the title.

A title of a Chinese shop begins with the name of the thing and goes on to praise it; a name ends in what the thing is.
"""

import re

from xiaoer.kernel.commerce import Product

_KIND = "品类"
_SPACES = re.compile(r"[\W_]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
# what follows the name of the thing in its own word
_TAIL = re.compile(r"(?:[一二两三四五六全\d]*(?:套装?|对装?|件套|只装|片装|支装|[盒袋瓶包组]装?)|套餐|组合|礼盒)+$")
_LONGEST = 14  # a longer word is a row of keywords, and ends in any of them
# ends of a title's first words that are not what the thing is
NO_HEAD = frozenset("款品装版色码新热季式型系列用送女男童人件组份盒袋瓶片支个号代级的")


def first_word(product: Product) -> str:
    """The first word of the title that may be a name; empty when there is none."""
    return next((part for part in _SPACES.split(product.title) if _tells(part)), "")


def called(product: Product) -> tuple[str, ...]:
    """What the shop calls a product by its attribute 品类."""
    return tuple(part for part in _SPACES.split(product.attributes.get(_KIND, "")) if _tells(part))


def name_of(product: Product) -> str:
    """The name in the first word of the title, without what tells how many are in it (绘本套装: 绘本); empty where the
    title is one row of keywords."""
    word, *more = [part for part in _SPACES.split(product.title) if _HAN.search(part)] or [""]
    if not more:
        return ""
    bare = _TAIL.sub("", word) or word
    return bare if 1 < len(bare) <= _LONGEST and bare[-1] not in NO_HEAD and _HAN.match(bare[-1]) else ""


def _tells(part: str) -> bool:
    return 1 < len(part) <= _LONGEST and _HAN.match(part[-1]) is not None and part[-1] not in NO_HEAD
