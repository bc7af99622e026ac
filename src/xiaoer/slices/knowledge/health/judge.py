"""How likely two entries contradict each other (互相矛盾): that they answer one question, and cannot both be right.

Two logistic regressions over what `standing` tells; the first also weighs which letters only one of them has (后, 款,
新 and 也 make another question of it, 能, 要 and 吗 do not). Their product is the chance of a conflict. The weights are
those of `weights`, fitted by

    uv run python benchmarks/conflicts/fit.py
"""

import math

from xiaoer.slices.knowledge.health import weights
from xiaoer.slices.knowledge.health.sayings import Saying
from xiaoer.slices.knowledge.health.standing import Numbers, letters_of, name_apart, of_answers, of_questions

SURE = 0.5  # from which two entries are told to contradict each other
_LETTERS = {
    f"{sign}{letter}": tenths / 10
    for sign, row in weights.LETTERS.items()
    for tenths, letters in row.items()
    for letter in letters
}


def conflict(one: Saying, other: Saying, least: float = 0.0) -> float:
    """The chance, 0 to 1, that two entries answer one question so that they cannot both be right; 0 below `least`."""
    if one.answer.pairs == other.answer.pairs and one.answer.numbers == other.answer.numbers:
        return 0.0
    asked = one_question(one, other)
    if asked < least:
        return 0.0  # the chance of both is no greater
    return asked * _chance(weights.ANSWERS_FROM, weights.ANSWERS, of_answers(one, other))


def one_question(one: Saying, other: Saying) -> float:
    """The chance, 0 to 1, that two entries answer one question."""
    if name_apart(one, other):
        return 0.0
    told = sum(_LETTERS.get(letter, 0.0) for letter in letters_of(one, other))
    return _chance(weights.QUESTIONS_FROM + told, weights.QUESTIONS, of_questions(one, other))


def _chance(start: float, weighed: tuple[float, ...], told: Numbers) -> float:
    return 1 / (1 + math.exp(-start - float(told @ weighed)))
