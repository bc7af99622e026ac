"""What the sheet has of the buyer's words (写着的): the last place to look before 「资料没写」.

搭得起来不 is answered by 搭建：一人3分钟, 能拼一块儿吗 by 可拼接, 带气吗 by 气罐：不附带; no table knows these words.
A fact counts by the letters of the question that stand in it, not in the title, and in few facts of the product
else; a word of two letters says as much as two letters apart. Letters that only ask, count, or stand before any
quality tell nothing.
"""

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from xiaoer.kernel.asking import SAYS_NOTHING, telling_letters
from xiaoer.kernel.commerce import Product
from xiaoer.slices.policies.rules.namesakes import called

_CODE = re.compile(r"(?<![a-z\d.])(?:[a-z]+\d+[a-z\d]*|\d{3,}|[a-z]{3,})(?![a-z\d.])")  # 304, ipx7, tsa
_HAN = re.compile(r"[\u4e00-\u9fff]")
# letters that stand before any quality or count anything, and name none
_PLAIN = frozenset(
    "防抗耐易可适合多少大小高低长短几一二两三四五六七八九十个号款种件数量型类品质性度式约含每含级只条支新老子儿坏买卖"
)
_HELD_BY = 2  # facts of the product that may hold a letter for it to tell one from another
_WORD = 2.0
_ENOUGH = 2.0
_HALF = 2  # one more point where every other letter that tells something stands in the fact
_MOST = 2
_BY_KEY = 1.0  # a letter in the name of the fact says twice as much as one in what is told


class _Sheet(NamedTuple):
    """The facts of a product as texts, and in how many of them each letter stands."""

    told: tuple[str, ...]
    held: Mapping[str, int]


@lru_cache(maxsize=512)  # read once a product and not once a question
def _sheet_of(facts: tuple[tuple[str, str], ...]) -> _Sheet:
    told = tuple((key + value).lower() for key, value in facts)
    return _Sheet(told, Counter(letter for text in told for letter in set(text)))


def letters_shared(product: Product, question: str) -> list[float]:
    """Which share of the question's telling letters each fact holds, 0 to 1; a letter that several facts hold is
    divided among them."""
    told, held = _sheet_of(tuple(product.attributes.items()))
    letters = _telling(product, question)
    shares = [(one, 1 / held[one]) for one in letters if one in held]
    return [sum([share for one, share in shares if one in text]) / max(1, len(letters)) for text in told]


def _telling(product: Product, question: str) -> frozenset[str]:
    named = set("".join(product.title.split()[:1])) | called(product.title, question)
    return telling_letters(question) - _PLAIN - named


def facts_with_code(product: Product, question: str) -> list[tuple[str, str]]:
    """The only fact with the very code that is asked about (是304的吗, 支持ipx7不)."""
    codes = [one for one in _CODE.findall(question.lower()) if one not in product.title.lower()]
    found = [(key, value) for key, value in product.attributes.items() if any(one in value.lower() for one in codes)]
    return found if len(found) == 1 else []


def facts_written(product: Product, question: str) -> list[tuple[str, str]]:
    """The facts that have most of the question's letters, at most two; often none."""
    bare = SAYS_NOTHING.sub(" ", question)
    words = {bare[at : at + 2] for at in range(len(bare) - 1)}
    words = {one for one in words if all(map(_HAN.match, one)) and not set(one) <= _PLAIN}
    words = {one for one in words if one not in product.title or any(one in key for key in product.attributes)}
    words |= {one for one in _CODE.findall(question.lower()) if one not in product.title.lower()}
    letters = _telling(product, question)
    told, held = _sheet_of(tuple(product.attributes.items()))
    scored = []
    for key, text in zip(product.attributes, told, strict=True):
        shared = [one for one in letters if one in text and held[one] <= _HELD_BY]
        score = len(shared) + _BY_KEY * any(one in key for one in shared) + _WORD * sum(one in text for one in words)
        scored.append((score + (len(shared) * _HALF >= len(letters) > 0), key))
    best = max((score for score, _ in scored), default=0.0)
    found = [(key, product.attributes[key]) for score, key in scored if score == best >= _ENOUGH]
    return found if len(found) <= _MOST else []
