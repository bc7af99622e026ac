"""Which goods a wish in words of its own likely means (多半想要的): 酒店那水壶谁敢用啊，出差自己背一个得了.

Such words share hardly a letter with the title that answers them. How near the two are says the space of the pack
(`policies.sides`), which knows what shops write and what people say who need it. It is weighed with the letters that
both hold, with the place that the rules of situations give the goods, and with what these rules allow; each figure
counts by itself, by how far it is behind the best of the shelf, and by how it stands to the shelf's mean. The weights
are those of a logistic regression over our own shops and wishes (`benchmarks/shops/fit_wishes.py`): `sure` is the
share of such goods that fit.
"""

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xiaoer.kernel.commerce import Product
from xiaoer.slices.policies.sides.space import Floats, space_of

# in the order of `views`
WEIGHTS = (
    0.06, 0.00, 0.02, 0.05, 0.00, 0.20, 0.23, -0.02, 0.09, 0.20,
    0.13, 0.13, 0.17, 0.04, 0.38, 0.28, 0.35, 0.48, 0.21,
)  # fmt: skip
BIAS = -3.75
_MANY = 2_048  # products whose places are kept: some ten kilobytes each
_NEAR = 0.36  # how near the title or the sheet must be: of a shelf with nothing such, something is always nearest
_TITLE, _WHOLE, _RULED = 0, 3, 5  # places in `views`
_TOP = 3  # parts of a sheet that are nearest
_LEAST_WEIGHT = 0.2  # of a pair of letters that every product holds


class Likely(NamedTuple):
    """A product, and how likely it is what is wished for."""

    product: Product
    sure: float


def ranked(said: str, shelf: Sequence[tuple[Product, bool]], by_rules: Sequence[str]) -> list[Likely]:
    """The shelf, what is likeliest first. With each product, whether rules allow it for whom the wish is; `by_rules`:
    the ids that the rules of situations found, best first."""
    if not shelf:
        return []
    seen = views(said, shelf, by_rules)
    odds = seen @ np.array(WEIGHTS) + BIAS
    near = (seen[:, (_TITLE, _WHOLE)].max(1) >= _NEAR) | (seen[:, _RULED] > 0)
    found = [
        Likely(product, 1 / (1 + math.exp(-odd)) if is_near else 0.0)
        for (product, _), odd, is_near in zip(shelf, odds.tolist(), near.tolist(), strict=True)
    ]
    return sorted(found, key=lambda one: -one.sure)


def views(said: str, shelf: Sequence[tuple[Product, bool]], by_rules: Sequence[str]) -> NDArray[np.float64]:
    """What is weighed of each product: (products, 19)."""
    asked, told = space_of("needs").place(said), _pairs(said)
    sheets = [_sheet_of(product) for product, _ in shelf]
    shared = [told & sheet.pairs for sheet in sheets]
    held = Counter(chain.from_iterable(shared))
    weights = {pair: math.log((len(shelf) + 1) / (held[pair] + 1)) + _LEAST_WEIGHT for pair in told}  # rare says more
    whole = sum(weights.values()) or 1.0
    figures = np.array(
        [
            (*_near(asked, sheet.places), sum([weights[pair] for pair in pairs]) / whole)
            for sheet, pairs in zip(sheets, shared, strict=True)
        ]
    )
    place = {id_: at for at, id_ in enumerate(by_rules)}
    ruled = [
        (1 / (1 + place[one.id]) if one.id in place else 0.0, one.id in place, bool(by_rules), may)
        for one, may in shelf
    ]
    ahead = figures - figures.max(0)
    spread = (figures - figures.mean(0)) / (figures.std(0) + 1e-6)
    return np.hstack([figures, np.array(ruled, np.float64), ahead, spread])


def _near(asked: Floats, places: Floats) -> tuple[float, float, float, float]:
    """How near the title is, the nearest part of the sheet, the three nearest, and all of it together."""
    title, whole, *parts = (places @ asked).tolist()
    parts.sort(reverse=True)
    top = parts[:_TOP]
    return title, top[0], sum(top) / len(top), whole


class _Sheet(NamedTuple):
    """Where the title, the whole sheet, and each part of it stand; the pairs of letters of all that is told."""

    places: Floats
    pairs: frozenset[str]


def _sheet_of(product: Product) -> _Sheet:
    return _sheet(product.title, product.category, product.tags, tuple(product.attributes.items()))


@lru_cache(maxsize=_MANY)
def _sheet(title: str, category: str, tags: tuple[str, ...], facts: tuple[tuple[str, str], ...]) -> _Sheet:
    parts = [category, *tags, *(f"{key}:{value}" for key, value in facts)]
    whole = " ".join((title, *parts))
    return _Sheet(np.stack([space_of("needs").place(text) for text in (title, whole, *parts)]), _pairs(whole))


def _pairs(text: str) -> frozenset[str]:
    return frozenset({text[at : at + 2] for at in range(len(text) - 1)})
