"""When two questions ask about different things, however alike they look (各问各的). Pure.

The likest questions of a shop are often the ones it tells apart: 敏感肌能用吗 and 痘痘肌能用吗, 几点上班 and 几点下班,
能改地址吗 and 发货后能改地址吗. So what is put in place of the other counts more than what they share.
"""

import re
from itertools import takewhile

from xiaoer.slices.knowledge.health.kinds import asks_for, share
from xiaoer.slices.knowledge.health.meeting import GROUPS_FROM, TELLING, Difference, Reading, way_of
from xiaoer.slices.knowledge.health.sayings import Saying

_PLAIN = re.compile(r"[^0-9a-z\u3400-\u9fff]")
_FRAME = 0.5  # of the shorter question that stands in both, before and after what differs
_LESS = re.compile(r"(?:可以|能|可)不(?![能可])")  # 可以不发中通吗 asks for the contrary


def apart(one: Saying, other: Saying, how: Difference, reading: Reading) -> str:
    """What makes two questions of them (sides, frame, turned, things, values, cases, narrowed, contrary), or ""."""
    if any(_sides(one.question, other.question, side) for side in reading.wording.sides):
        return "sides"
    if one.plain == other.plain:
        return ""
    if _framed(one, other, how, reading) or _swapped(one, other):
        return "frame"
    if sorted(one.question) == sorted(other.question):
        return "turned"
    if one.things and other.things and not (_speaks_of(one, other.things) or _speaks_of(other, one.things)):
        return "things"
    if _values_apart(one, other, reading):
        return "values"
    if one.cases != other.cases and ((one.cases and other.cases) or how not in ("value", "figure")):
        return "cases"
    if how != "value" and _narrowed(one, other, reading):
        return "narrowed"
    return "contrary" if _contrary(one.question) != _contrary(other.question) else ""


def _framed(one: Saying, other: Saying, how: Difference, reading: Reading) -> bool:
    """Whether one word stands in place of another where the rest is the same: 支持花呗吗, 支持信用卡吗."""
    first, second = (_PLAIN.sub("", text.lower()) for text in _without_kind(one, other, how, reading))
    before = _alike_from_start(first, second)
    after = _alike_from_start(first[before:][::-1], second[before:][::-1])
    mine, theirs = first[before : len(first) - after], second[before : len(second) - after]
    if (before + after) < _FRAME * min(len(first), len(second)) or not mine or not theirs:
        return False
    left, right = (reading.wording.about(text) - reading.wording.light for text in (mine, theirs))
    if not left and not right:
        return False
    if bool(way_of(mine)) or bool(way_of(theirs)):
        return False
    return not left & right or bool(left - right and right - left)


def _sides(one: str, other: str, side: tuple[re.Pattern[str], ...]) -> bool:
    """Whether each names another member of one set of opposites: 上班 and 下班, 定金 and 尾款."""
    mine, theirs = ({at for at, word in enumerate(side) if word.search(text)} for text in (one, other))
    return bool(mine and theirs and not mine & theirs)


def _alike_from_start(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _without_kind(one: Saying, other: Saying, how: Difference, reading: Reading) -> tuple[str, str]:
    """Two questions without the words of the kind of value that both ask for: 可以机洗吗, 能用洗衣机洗吗."""
    texts = one.question, other.question
    for kind in reading.kinds if how == "value" else ():
        if all(asks_for(text, kind) for text in texts):
            one_left, other_left = (kind.asked.sub("", kind.pattern.sub("", text.lower())) for text in texts)
            return one_left, other_left
    return texts


def _swapped(one: Saying, other: Saying) -> bool:
    """Whether two words with groups stand in place of each other, and nothing else differs: 多长, 多宽."""
    mine, theirs = one.asked - other.asked, other.asked - one.asked
    return len(mine) == len(theirs) == 1 and bool(one.asked & other.asked) and min(*mine, *theirs) >= GROUPS_FROM


def _speaks_of(saying: Saying, things: frozenset[str]) -> bool:
    return any(thing in saying.question or thing in saying.lead for thing in things)


def _values_apart(one: Saying, other: Saying, reading: Reading) -> bool:
    """Whether they name other values of one kind, or one names a place that the other does not speak of.

    Who asks for yes or no on some values (驿站能送上门吗) is not answered by a yes on others (能自提吗).
    """
    plainly = not one.way and not other.way and "还是" not in one.question + other.question
    for kind, mine, theirs in zip(reading.kinds, one.values, other.values, strict=True):
        if mine and theirs and (not share(mine, theirs) or (mine != theirs and plainly)):
            return True
        if not kind.naming_asks and bool(mine) != bool(theirs):
            return not _speaks_of(other, mine) if mine else not _speaks_of(one, theirs)
    return False


def _narrowed(one: Saying, other: Saying, reading: Reading) -> bool:
    """Whether one is the other limited to a case or a value: 浴巾掉色吗, 白色浴巾掉色吗."""
    if not (one.asked <= other.asked or other.asked <= one.asked):
        return False
    more = one.asked ^ other.asked
    named = any(
        mine != theirs and not (kind.asked.search(one.question) and kind.asked.search(other.question))
        for kind, mine, theirs in zip(reading.kinds, one.values, other.values, strict=True)
    )
    return named or one.cases != other.cases or bool(TELLING.search("".join(more)))


def _contrary(question: str) -> bool:
    return bool(_LESS.search(question))
