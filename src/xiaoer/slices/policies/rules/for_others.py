"""Written for others (写给别人的): a fact or an entry that tells of other people, animals, things or stuff than are
asked about. Of a dog nothing is told to who asks for a cat, of 烤箱 nothing where 微波炉 is asked.
"""

from functools import lru_cache

from xiaoer.kernel.commerce import Product
from xiaoer.slices.policies.rules.asked_words import MADE_OF, MATERIALS, RIVALS, WHO


def is_for_others(question: str, answer: str) -> bool:
    """Whether the question names people or animals of whom the answer says nothing."""
    return any(not any(word in answer for word in told) for told in _whom(question))


def names_others(question: str, answer: str) -> bool:
    """Whether the question names people, animals or things, and the answer was written for others (孕妇 for 狗)."""
    people = is_for_others(question, answer) and any(word in answer for words, _ in WHO for word in words)
    return people or names_rival(question, answer)


def names_rival(question: str, answer: str) -> bool:
    """Whether the question names a thing, and the answer only others of its kind (微波炉, 烤箱)."""
    for group, asked in _rivals_in(question):
        told = {one for one in group if one in answer}
        if told and not asked & told:
            return True
    return False


@lru_cache(maxsize=64)  # one question is held against every fact and entry
def _whom(question: str) -> tuple[tuple[str, ...], ...]:
    """The words for each of those whom the question names."""
    return tuple((*words, *keys) for words, keys in WHO if any(word in question for word in words))


@lru_cache(maxsize=64)
def _rivals_in(question: str) -> tuple[tuple[tuple[str, ...], frozenset[str]], ...]:
    """The groups of things of which the question names some, and which."""
    named = ((group, frozenset(one for one in group if one in question)) for group in RIVALS)
    return tuple((group, asked) for group, asked in named if asked)


def is_of_other_stuff(product: Product, answer: str) -> bool:
    """Whether the answer tells of materials, and of none that these goods are made of (羊毛 for a chiffon dress)."""
    told = _materials_in(answer)
    if not told:
        return False
    made = _materials_in(" ".join(v for k, v in product.attributes.items() if any(part in k for part in MADE_OF)))
    return bool(made) and not made & told


@lru_cache(maxsize=4_096)  # sheets and answers, the same for every question
def _materials_in(text: str) -> frozenset[tuple[str, ...]]:
    """The materials that a text names, each by all its names."""
    return frozenset(names for names in MATERIALS if any(name in text for name in names))
