"""In what two answers cannot both be right (说得不一样): figures, values in words, yes and no. Pure.

Every way in which they differ is named; how much each tells about whether they answer one question is `matter`'s.
"""

from collections.abc import Iterator

from xiaoer.slices.knowledge.health.claims import differ
from xiaoer.slices.knowledge.health.kinds import contacts_differ, share, streets_differ
from xiaoer.slices.knowledge.health.meeting import OWN_WAYS, Difference, Reading
from xiaoer.slices.knowledge.health.sayings import Saying
from xiaoer.slices.knowledge.health.units import ONCE, name_of
from xiaoer.slices.knowledge.health.verdicts import (
    denies_what_is_asked,
    deny_by_need,
    deny_each_other,
    deny_in_clauses,
    deny_one_thing,
    deny_the_thing,
)

YES_OR_NO = "是否"
_SHORT = 12  # letters of an answer that is one value


def differences(one: Saying, other: Saying, reading: Reading) -> Iterator[tuple[str, Difference]]:
    """(what differs, how), the plainest first."""
    yield from _in_words(one, other, reading)
    unit = differ(one.answer.claims, other.answer.claims)
    if unit and differ(
        one.answer.all_claims, other.answer.all_claims
    ):  # 满59包邮，新疆加12元 says what 新疆加12元 says
        yield name_of(unit), "once" if unit in ONCE else "figure"
    stances, answers = (one.stance, other.stance), (one.answer.lead, other.answer.lead)
    if deny_one_thing(answers, stances, one.question.text + other.question.text):
        yield YES_OR_NO, "once"
    if deny_each_other(*stances) or deny_the_thing((one.question.text, other.question.text), answers, stances):
        yield YES_OR_NO, "verdict"
    if deny_by_need(*stances):
        yield YES_OR_NO, "need"
    asked = frozenset[str]().union(*(said.question.asked for said in (one, other) if said.stance.yes_or_no))
    if deny_in_clauses(asked, *stances):
        yield YES_OR_NO, "told"
    if denies_what_is_asked(one.question.asked, *stances) or denies_what_is_asked(
        other.question.asked, *reversed(stances)
    ):
        yield YES_OR_NO, "crossed"
    if one.stance.sign * other.stance.sign < 0:
        yield YES_OR_NO, "sign"
    if one.news * other.news < 0:
        yield "行不行", "news"
    if _other_words(one, other):
        yield "答案", "words"


def _other_words(one: Saying, other: Saying) -> bool:
    """Whether two short answers that are neither yes, no nor figures have no word in common (碳素, 玻璃钢)."""
    short = all(
        0 < len(said.answer.lead) <= _SHORT
        and said.answer.told
        and not said.answer.claims.spans
        and said.question.way not in OWN_WAYS
        for said in (one, other)
    )
    signed = one.stance.verdict * other.stance.verdict
    return short and not signed and not one.answer.told & other.answer.told


def _in_words(one: Saying, other: Saying, reading: Reading) -> Iterator[tuple[str, Difference]]:
    """Values of one kind (快递, 材质) that are not the same; how many of the questions ask for the kind tells how."""
    for at in one.answer.spoken.keys() & other.answer.spoken.keys():
        (mine, my_pure), (theirs, their_pure) = one.answer.spoken[at], other.answer.spoken[at]
        asked = (at in one.question.asks) + (at in other.question.asks)
        apart = not share(one.answer.all_spoken[at], other.answer.all_spoken[at])
        if apart or (my_pure and theirs - my_pure) or (their_pure and mine - their_pure):
            yield reading.kinds[at].about, ("named", "half", "value")[asked]
    questions, answers = (one.question.text, other.question.text), (one.answer.lead, other.answer.lead)
    if streets_differ(questions, answers):
        yield "地址", "value"
    if contacts_differ(questions, answers):
        yield "号码", "value"
