"""Entries of other goods (说的是别的商品): on the page of rice cereal nothing is told that was written of cat food.

An entry is about the kinds of goods that its question names, and about those that its answer begins with (针织和卫衣会
有少量起球). Where neither the goods in focus nor the buyer's words are of any of these kinds, it is about others.
"""

from collections.abc import Mapping
from functools import lru_cache

from xiaoer.kernel.commerce import Product
from xiaoer.kernel.decision import KnowledgeHit
from xiaoer.packs.goods import thesaurus_of

_BEGINS = 24  # characters of an answer in which it says what it is about
_MANY = 4_096


def tells_of_others(product: Product, said: str, hit: KnowledgeHit) -> bool:
    """Whether an entry of the shop is about goods of other kinds than `product` and the words `said`."""
    if hit.product_id:
        return False
    kinds = _kinds_in(hit.question) or _kinds_in(hit.answer[:_BEGINS])
    return bool(kinds) and kinds.isdisjoint(thesaurus_of().kinds_of(product)) and kinds.isdisjoint(_kinds_in(said))


def of_one_sort(ids: tuple[str, ...], known: Mapping[str, Product]) -> tuple[str, ...]:
    """Those that are of a kind with the first: rice and a cable that only shares a letter are not compared."""
    kinds = {one: thesaurus_of().kinds_of(known[one]) for one in ids if one in known}
    first = next(iter(kinds.values()), frozenset[str]())
    return tuple(one for one, of in kinds.items() if not first or not of or first & of)


@lru_cache(maxsize=_MANY)
def _kinds_in(text: str) -> frozenset[str]:
    return thesaurus_of().spoken_of(text)
