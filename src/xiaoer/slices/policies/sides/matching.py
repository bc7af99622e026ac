"""Which fact of a sheet, or which entry, a question asks for (问的是哪一条), and how surely.

Eight things are weighed: how near the question is to the fact with its key (`space`), to the key alone, by how much the
fact is ahead of all others of the sheet, whether its value counts in the unit that is asked for or is such a measure at
all, whether it holds the question's very words, which share of its letters, and whether a rule of words names it
(`attributes`). The weights are those of a logistic
regression over our own shops and questions (`benchmarks/shops`): `sure` is the share of such facts that answer. An
entry is weighed likewise, by what retrieval says of it and by how near its question and its answer are.
"""

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from operator import mul
from typing import NamedTuple

from xiaoer.kernel.asking import telling_letters
from xiaoer.kernel.commerce import Product
from xiaoer.kernel.decision import KnowledgeHit
from xiaoer.slices.policies.rules.namesakes import counts, is_such_a_measure, uncalled_in
from xiaoer.slices.policies.rules.written import facts_written, letters_shared
from xiaoer.slices.policies.sides.space import space_of

_Fitted = tuple[float, tuple[float, ...]]

# what is added, and weights in the order of `views_of_facts`: of questions about the goods, of words about anything
_FACT: tuple[_Fitted, _Fitted] = (
    (-3.44, (3.17, 1.36, 6.96, 0.77, 1.06, 0.33, 3.22, 0.6)),
    (-6.04, (6.89, 3.08, 3.47, 0.87, 1.73, 0.53, 2.69, 0.52)),
)
_ENTRY: tuple[_Fitted, _Fitted] = (  # the same in the order of `views_of_entries`
    (-6.58, (1.54, 4.24, 6.73, 3.04, 0.51, 3.07)),
    (-6.68, (1.51, 4.17, 6.98, 3.56, -0.05, 2.5)),
)
STATED = 0.35  # from here a fact is told as the answer
NEAREST = 0.12  # from here it is told as what comes nearest

_CALLED = re.compile(r"([\u4e00-\u9fff])[子儿]")
_LEFT = 2  # letters that tell something, without the name of the goods


class Chance(NamedTuple):
    """How likely something answers: a question about the goods (`sure`), words of which nothing is known (`blind`)."""

    sure: float
    blind: float


class Told(NamedTuple):
    """A fact, and how likely it answers."""

    key: str
    value: str
    sure: float
    blind: float

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
    told = [Told(*pair, *_chance(_FACT, view)) for pair, view in zip(facts, views, strict=True)]
    return tuple(sorted(told, key=lambda one: -one.sure))


def views_of_facts(
    title: str, facts: tuple[tuple[str, str], ...], question: str, named: str
) -> list[tuple[float, ...]]:
    """What is weighed of each fact."""
    space, bare = space_of("facets"), _without_name(title, question)
    asked = space.place(bare)
    near = [float(asked @ space.place(f"{key} {value}")) for key, value in facts]
    others = _best_of_others(near)
    product = Product("", title, attributes=dict(facts))
    written, letters = {key for key, _ in facts_written(product, question)}, letters_shared(product, question)
    return [
        (
            near[at],
            float(asked @ space.place(key)),
            near[at] - others[at],
            float(counts(value, question)),
            float(is_such_a_measure(value, question)),
            float(key in written),
            letters[at],
            float(key == named),
        )
        for at, (key, value) in enumerate(facts)
    ]


def chances_of_entries(question: str, hits: Sequence[KnowledgeHit], product: Product | None) -> tuple[Chance, ...]:
    """How likely each entry answers; `product` is what is talked of."""
    told = tuple((hit.score, hit.question, hit.matched, hit.answer, hit.product_id) for hit in hits)
    return _chances_of_entries(question, told, product.id if product else "", product.title if product else "")


@lru_cache(maxsize=512)  # asked by every rule that an entry may answer
def _chances_of_entries(
    question: str, told: tuple[tuple[float, str, str, str, str], ...], product_id: str, title: str
) -> tuple[Chance, ...]:
    hits = [KnowledgeHit("", asked, answer, score, of, "", matched) for score, asked, matched, answer, of in told]
    product = Product(product_id, title) if product_id else None
    return tuple(_chance(_ENTRY, view) for view in views_of_entries(question, hits, product))


def views_of_entries(question: str, hits: Sequence[KnowledgeHit], product: Product | None) -> list[tuple[float, ...]]:
    """What is weighed of each entry."""
    space, product_id = space_of("matters"), product.id if product else ""

    def bare(text: str) -> str:
        return _without_name(product.title, text) if product else text

    question = bare(question)
    asked = [max(space.likeness(question, bare(one)) for one in {hit.question, hit.matched}) for hit in hits]
    others_asked, others_found = _best_of_others(asked), _best_of_others([hit.score for hit in hits])
    return [
        (
            hit.score,
            asked[at],
            space.likeness(question, hit.answer),
            asked[at] - others_asked[at],
            float(bool(hit.product_id) and hit.product_id == product_id),
            hit.score - others_found[at],
        )
        for at, hit in enumerate(hits)
    ]


def _best_of_others(values: Sequence[float]) -> list[float]:
    """For each value the greatest of all others; 0 where it is the only one."""
    first, second = (*sorted(values, reverse=True)[:2], 0.0, 0.0)[:2]
    return [second if one == first else first for one in values]


def _chance(fitted: tuple[_Fitted, _Fitted], view: tuple[float, ...]) -> Chance:
    return Chance(*(_share(bias, weights, view) for bias, weights in fitted))


def _share(bias: float, weights: tuple[float, ...], view: tuple[float, ...]) -> float:
    points = bias + sum(map(mul, weights, view))
    return 1 / (1 + math.exp(-points))


def _without_name(title: str, question: str) -> str:
    """The question without what the goods are called (加湿 in 加湿器吵不吵, 裙子), unless little else is left."""
    bare = _CALLED.sub(lambda found: " " if found[1] in title else found[0], question)
    rest = uncalled_in(title, bare)
    return "".join(rest.split()) if len(telling_letters(rest)) >= _LEFT else question
