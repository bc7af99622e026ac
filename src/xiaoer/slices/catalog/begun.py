"""Goods that a clause begins with (手冲壶买两个多少钱), though others are in sight.

What a clause begins with and says something of is what it is about. 显瘦吗 begins with a word, too, and says nothing of
it; and a name that the product in sight has as well (its title, what its attributes tell) is that product's.
"""

import re
from collections.abc import Mapping

from xiaoer.kernel.audiences import AUDIENCES
from xiaoer.kernel.commerce import Product

_LONGEST = 6  # characters of a name that are looked for
_CLAUSES = re.compile(r"[,，。；;!！?？\s]+")
_BEGUN = re.compile(
    r"^(?:请问|那么?|还有|另外|再问下?|我(?:想|要)?|想|要|买|拍|来|你们?家?的?|店里的?|[这那](?=[个件款条双只台把瓶盒])|[一两二三四五六七八九十\d]+(?=[个件款条双只台把瓶盒袋包套])|[个件款条双只台把瓶盒袋包套])*"
)
_SAYS = re.compile(
    r"(?:现在|一般|大概)?(?:买|拍|多|怎|咋|几|有(?!吗)|能|可以?|会|要|穿|戴|用|装|是(?!吗)|什么|啥|哪|贵|便宜|在|还|都|卖|什|到手|一[个件])"
)
_PEOPLE = frozenset(word for words in AUDIENCES.values() for word in words)  # 新生儿穿哪个码, of whom it is for


def begun_with(text: str, beside: Product, fronts: Mapping[str, str], limit: int) -> list[str]:
    """Ids of the products meant, in order; often none. `fronts` are the parts of titles in which the thing is named."""
    known = " ".join((beside.title, beside.category, *beside.attributes, *beside.attributes.values()))
    for clause in _CLAUSES.split(text):
        words = clause[begun.end() :] if (begun := _BEGUN.match(clause)) else clause
        for size in range(min(len(words), _LONGEST), 1, -1):
            run = words[:size]
            if not run.isalpha() or run.isascii() or run in known or run in _PEOPLE or not _SAYS.match(words[size:]):
                continue
            if found := sorted(one for one, front in fronts.items() if run in front):
                return found[:limit]
    return []
