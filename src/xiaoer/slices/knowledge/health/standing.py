"""How two entries stand to each other (怎么相对): what `judge` weighs, as numbers of about 0 to 1. Pure.

Whether they answer one question shows in what only one of them speaks of: 新疆 in 新疆包邮吗 and again in its answer,
which the other entry does not know, makes two questions; 收到再给钱 for 货到付款 does not. Whether their answers can
both be right shows in figures, values, yes and no, and in how much one says beyond the other.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from xiaoer.slices.knowledge.health.claims import agree_and_differ
from xiaoer.slices.knowledge.health.kinds import share
from xiaoer.slices.knowledge.health.meeting import GROUPS_FROM, OWN_WAYS
from xiaoer.slices.knowledge.health.sayings import Saying
from xiaoer.slices.knowledge.retrieval.weighing import background

Numbers = NDArray[np.float64]

_GROUP, _LEAST = 2.0, 0.2  # what a word with a group tells, and an everyday letter
_RARE = 4.5  # a letter in one of 90 utterances tells as much as half a word
_BEYOND = re.compile(r"超过|超出|过了(?=[\d一二两三四五六七八九十期保])|过保|逾期")
_NO_VALUES: frozenset[str] = frozenset()
_FEW, _MANY = 4.0, 8.0  # masses that count as 1
_FAR, _MORE = 10, 12  # letters of a question, and of an answer

OF_QUESTIONS = (
    "own least", "own most", "unknown least", "unknown most", "replaced", "by unknown", "put in", "before", "after",
    "longer", "shared", "letters", "direction", "own way", "yes or no", "side", "side of both", "crossed least",
    "crossed most", "figure in one", "value elsewhere", "things apart", "thing in one", "cases", "units agree",
    "units apart", "both counted", "verdicts",
)  # fmt: skip
OF_ANSWERS = (
    "longer", "units agree", "units apart", "other units", "more least", "more most", "pairs", "covered", "letters",
    "values agree", "values apart", "same number", "numbers apart", "number in one", "verdicts", "signs", "news",
    "noes", "left out", "yes or no", "known", "own least", "own most", "side",
)  # fmt: skip


@cache
def _mass_of(letter: str) -> float:
    if letter >= GROUPS_FROM:
        return _GROUP
    return min(_GROUP, max(_LEAST, -math.log(background().get(f"u{letter}", 0.0) + 1e-4) / _RARE))


def mass(letters: Iterable[str]) -> float:
    """How much letters tell: a word with a group 2, a letter by how rare it is."""
    return sum(map(_mass_of, letters))


def _part(some: frozenset[str], other: frozenset[str]) -> float:
    return len(some & other) / max(1, len(some | other))


def _apart(one: frozenset[float], other: frozenset[float]) -> bool:
    return bool(one and other) and not one & other


def _frame(one: str, other: str) -> tuple[int, int]:
    """How many letters of two questions are the same from the start, and behind that from the end."""
    before = _alike(one, other)
    return before, _alike(one[before:][::-1], other[before:][::-1])


def _alike(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _own(one: Saying, other: Saying) -> list[float]:
    """What each question and its own answer speak of and the other entry does not, the lesser first."""
    return sorted(mass((a.question.asked & a.answer.said) - b.both) / _FEW for a, b in ((one, other), (other, one)))


def _elsewhere(one: Saying, other: Saying) -> bool:
    """Whether a question names a value (白色, 新疆) of which the other entry does not speak."""
    return any(
        not share(named, other.question.values.get(at, _NO_VALUES) | other.answer.all_spoken.get(at, _NO_VALUES))
        for at, named in one.question.values.items()
    )


def name_apart(one: Saying, other: Saying) -> bool:
    """Whether two questions name what makes two of them: opposites (上班, 下班), other figures or models (4人, 10人),
    the same letters in another order (多久敷一次, 一次敷多久), or one what is past the time (超过七天)."""
    mine, theirs = one.question, other.question
    opposed = any(a and b and not a & b for a, b in zip(mine.sides, theirs.sides, strict=True))
    turned = mine.plain != theirs.plain and sorted(mine.bare) == sorted(theirs.bare)
    beyond = bool(_BEYOND.search(mine.text)) != bool(_BEYOND.search(theirs.text))
    return opposed or turned or beyond or _apart(mine.numbers, theirs.numbers)


def of_questions(one: Saying, other: Saying) -> Numbers:
    """What tells whether two entries answer one question, in the order of `OF_QUESTIONS`."""
    mine, theirs = one.question, other.question
    before, after = _frame(mine.bare, theirs.bare)
    shorter = max(1, min(len(mine.bare), len(theirs.bare)))
    put_in = before + after == shorter
    replaced = 0.0 if put_in else (before + after) / shorter
    unknown = sorted((mass(mine.asked - other.both) / _FEW, mass(theirs.asked - one.both) / _FEW))
    agree, apart = agree_and_differ(one.answer.all_claims, other.answer.all_claims)
    shared = mine.asked & theirs.asked
    return np.array((
        *_own(one, other),
        *unknown,
        replaced,
        replaced * min(1.0, unknown[0]),
        put_in * (0.5 + min(1.0, unknown[1])) if mine.bare != theirs.bare else 0.0,
        before / shorter,
        after / shorter,
        abs(len(mine.bare) - len(theirs.bare)) / _FAR,
        len(shared) / max(1, len(mine.asked | theirs.asked)),
        _part(mine.letters, theirs.letters),
        float(mine.direction @ theirs.direction),
        mine.way != theirs.way and bool({mine.way, theirs.way} & OWN_WAYS),
        one.stance.yes_or_no and other.stance.yes_or_no,
        float(mine.side @ theirs.side),
        float(one.side @ other.side),
        *sorted((float(mine.side @ other.answer.side), float(theirs.side @ one.answer.side))),
        bool(mine.numbers) != bool(theirs.numbers),
        _elsewhere(one, other) or _elsewhere(other, one),
        bool(mine.things and theirs.things) and not mine.things & theirs.things,
        bool(mine.things) != bool(theirs.things),
        mine.cases != theirs.cases,
        agree,
        apart,
        bool(one.answer.numbers and other.answer.numbers),
        one.stance.verdict * other.stance.verdict,
    ), np.float64)  # fmt: skip


def of_answers(one: Saying, other: Saying) -> Numbers:
    """What tells whether two answers to one question cannot both be right, in the order of `OF_ANSWERS`."""
    mine, theirs = one.answer, other.answer
    agree, apart = agree_and_differ(mine.all_claims, theirs.all_claims)
    units = bool(mine.all_claims.spans and theirs.all_claims.spans)
    named = one.question.numbers | other.question.numbers
    counts = mine.numbers - named, theirs.numbers - named
    kinds = [(mine.spoken[at][0], theirs.spoken[at][0]) for at in mine.spoken.keys() & theirs.spoken.keys()]
    both = mass(mine.said & theirs.said)
    known = [
        mass(a.question.asked & b.both) / max(1.0, mass(a.question.asked)) for a, b in ((one, other), (other, one))
    ]
    return np.array((
        min(1.0, abs(len(mine.text) - len(theirs.text)) / _MORE),
        agree,
        apart,
        units and not agree and not apart,
        *sorted((mass(mine.said - other.both) / _MANY, mass(theirs.said - one.both) / _MANY)),
        _part(mine.pairs, theirs.pairs),
        both / max(1.0, mass(mine.said), mass(theirs.said)),
        _part(mine.letters, theirs.letters),
        any(share(a, b) for a, b in kinds),
        any(not share(a, b) for a, b in kinds),
        bool(counts[0] & counts[1]),
        _apart(*counts),
        bool(counts[0]) != bool(counts[1]),
        one.stance.verdict * other.stance.verdict,
        one.stance.sign * other.stance.sign,
        min(1.0, max(-1.0, one.news * other.news)),
        abs(mine.noes - theirs.noes),
        mine.excepts != theirs.excepts,
        one.stance.yes_or_no and other.stance.yes_or_no,
        max(known),
        *_own(one, other),
        float(mine.side @ theirs.side),
    ), np.float64)  # fmt: skip


def letters_of(one: Saying, other: Saying) -> Counter[str]:
    """The letters that stand in one question only (`q`), in both (`Q`), in one answer only (`a`) and in both (`A`),
    each with that sign before it."""
    mine, theirs = one.question.letters, other.question.letters
    said, told = one.answer.letters, other.answer.letters
    groups = (("q", mine ^ theirs), ("Q", mine & theirs), ("a", said ^ told), ("A", said & told))
    return Counter(f"{sign}{letter}" for sign, letters in groups for letter in letters)
