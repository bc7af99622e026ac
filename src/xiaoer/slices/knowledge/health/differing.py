"""In what two answers to one question are not the same (说得不一样): values in words, figures, yes and no. Pure.

Whether they can both be right is `judge`'s; this names it to the operator.
"""

from collections.abc import Iterator

from xiaoer.slices.knowledge.health.claims import differ
from xiaoer.slices.knowledge.health.kinds import contacts_differ, share, streets_differ
from xiaoer.slices.knowledge.health.meeting import Reading
from xiaoer.slices.knowledge.health.sayings import Saying
from xiaoer.slices.knowledge.health.units import name_of

YES_OR_NO, IN_ALL = "是否", "答案"


def difference(one: Saying, other: Saying, reading: Reading) -> str:
    """What differs, the plainest first: 快递, 地址, 时间, 是否; else 答案."""
    if about := next(in_words(one, other, reading), ""):
        return about
    if unit := differ(one.answer.claims, other.answer.claims):
        return name_of(unit)
    return YES_OR_NO if one.stance.sign * other.stance.sign < 0 or one.news * other.news < 0 else IN_ALL


def in_words(one: Saying, other: Saying, reading: Reading) -> Iterator[str]:
    """Kinds of values for which both questions ask and of which the answers name others (快递, 材质)."""
    for at in one.answer.spoken.keys() & other.answer.spoken.keys() & one.question.asks & other.question.asks:
        (mine, my_pure), (theirs, their_pure) = one.answer.spoken[at], other.answer.spoken[at]
        apart = not share(one.answer.all_spoken[at], other.answer.all_spoken[at])
        if apart or (my_pure and theirs - my_pure) or (their_pure and mine - their_pure):
            yield reading.kinds[at].about
    questions, answers = (one.question.text, other.question.text), (one.answer.lead, other.answer.lead)
    if streets_differ(questions, answers):
        yield "地址"
    if contacts_differ(questions, answers):
        yield "号码"
