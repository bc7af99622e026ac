"""Which fact of a sheet, or which entry, a question asks for (问的是哪一条), and how surely.

Six things are weighed: how near the question is to the fact with its key (`space`), to the key alone, by how much the
fact is ahead of all others of the sheet, whether its value counts in the unit that is asked for, whether it holds the
question's very words, and whether a rule of words names it (`attributes`). The weights are those of a logistic
regression over our own shops and questions (`benchmarks/shops`): `sure` is the share of such facts that answer. An
entry is weighed likewise, by what retrieval says of it and by how near its question and its answer are.
"""

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from xiaoer.kernel.asking import telling_letters
from xiaoer.kernel.commerce import Product
from xiaoer.kernel.decision import KnowledgeHit
from xiaoer.slices.policies.rules.namesakes import counts, uncalled_in
from xiaoer.slices.policies.rules.written import facts_written
from xiaoer.slices.policies.sides.space import space_of

# weights in the order of `views_of_facts` and of `views_of_entries`, and what is added
_FACT, _FACT_BIAS = (2.99, 1.17, 5.58, 0.76, 0.60, 1.37), -3.01
_ENTRY, _ENTRY_BIAS = (2.51, 3.66, 3.99, 1.62, 0.63, 3.74), -5.43
STATED = 0.35  # from here a fact is told as the answer
NEAREST = 0.12  # from here it is told as what comes nearest

_CALLED = re.compile(r"([\u4e00-\u9fff])[子儿]")
_LEFT = 2  # letters that tell something, without the name of the goods


class Told(NamedTuple):
    """A fact, and how likely it answers."""

    key: str
    value: str
    sure: float

    @property
    def pair(self) -> tuple[str, str]:
        return self.key, self.value


def ranked(product: Product, question: str, named: tuple[str, str] | None = None) -> tuple[Told, ...]:
    """The facts of a sheet, the likeliest answer first; `named` is the one that a rule of words names."""
    facts = tuple(product.attributes.items())
    return _ranked(product.title, facts, question, named[0] if named else "")


def sure_of(told: tuple[Told, ...], pair: tuple[str, str]) -> float:
    """How likely one of the facts is."""
    return next((one.sure for one in told if one.pair == pair), 0.0)


@lru_cache(maxsize=512)
def _ranked(title: str, facts: tuple[tuple[str, str], ...], question: str, named: str) -> tuple[Told, ...]:
    views = views_of_facts(title, facts, question, named)
    told = [Told(key, value, _sure(_FACT, view, _FACT_BIAS)) for (key, value), view in zip(facts, views, strict=True)]
    return tuple(sorted(told, key=lambda one: -one.sure))


def views_of_facts(
    title: str, facts: tuple[tuple[str, str], ...], question: str, named: str
) -> list[tuple[float, ...]]:
    """What is weighed of each fact."""
    space, bare = space_of("facets"), _without_name(title, question)
    near = [space.likeness(bare, f"{key} {value}") for key, value in facts]
    written = {key for key, _ in facts_written(Product("", title, attributes=dict(facts)), question)}
    return [
        (
            near[at],
            space.likeness(bare, key),
            near[at] - _best_but(near, at),
            float(counts(value, question)),
            float(key in written),
            float(key == named),
        )
        for at, (key, value) in enumerate(facts)
    ]


def sure_of_entries(question: str, hits: Sequence[KnowledgeHit], product: Product | None) -> tuple[float, ...]:
    """How likely each entry answers; `product` is what is talked of."""
    told = tuple((hit.score, hit.question, hit.matched, hit.answer, hit.product_id) for hit in hits)
    return _sure_of_entries(question, told, product.id if product else "", product.title if product else "")


@lru_cache(maxsize=512)  # asked by every rule that an entry may answer
def _sure_of_entries(
    question: str, told: tuple[tuple[float, str, str, str, str], ...], product_id: str, title: str
) -> tuple[float, ...]:
    hits = [KnowledgeHit("", asked, answer, score, of, "", matched) for score, asked, matched, answer, of in told]
    product = Product(product_id, title) if product_id else None
    return tuple(_sure(_ENTRY, view, _ENTRY_BIAS) for view in views_of_entries(question, hits, product))


def views_of_entries(question: str, hits: Sequence[KnowledgeHit], product: Product | None) -> list[tuple[float, ...]]:
    """What is weighed of each entry."""
    space, product_id = space_of("facets"), product.id if product else ""
    question = _without_name(product.title, question) if product else question
    asked = [max(space.likeness(question, hit.question), space.likeness(question, hit.matched)) for hit in hits]
    scores = [hit.score for hit in hits]
    return [
        (
            hit.score,
            asked[at],
            space.likeness(question, hit.answer),
            asked[at] - _best_but(asked, at),
            float(bool(hit.product_id) and hit.product_id == product_id),
            hit.score - _best_but(scores, at),
        )
        for at, hit in enumerate(hits)
    ]


def _best_but(values: Sequence[float], at: int) -> float:
    return max((one for n, one in enumerate(values) if n != at), default=0.0)


def _sure(weights: tuple[float, ...], view: tuple[float, ...], bias: float) -> float:
    points = bias + sum(weight * one for weight, one in zip(weights, view, strict=True))
    return 1 / (1 + math.exp(-points))


def _without_name(title: str, question: str) -> str:
    """The question without what the goods are called (加湿 in 加湿器吵不吵, 裙子), unless little else is left."""
    bare = _CALLED.sub(lambda found: " " if found[1] in title else found[0], question)
    rest = uncalled_in(title, bare)
    return "".join(rest.split()) if len(telling_letters(rest)) >= _LEFT else question
