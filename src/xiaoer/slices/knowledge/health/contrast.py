"""When two questions ask about different things, however alike they look (各问各的). Pure.

The likest questions of a shop are often the ones it tells apart: 敏感肌能用吗 and 痘痘肌能用吗, 几点上班 and 几点下班,
能改地址吗 and 发货后能改地址吗. So what is put in place of the other counts more than what they share.
"""

import re
from itertools import takewhile

from xiaoer.slices.knowledge.health.claims import differ
from xiaoer.slices.knowledge.health.kinds import asks_for, share
from xiaoer.slices.knowledge.health.meeting import GROUPS_FROM, TELLING, Difference, Reading, way_of
from xiaoer.slices.knowledge.health.sayings import Saying

_PLAIN = re.compile(r"[^0-9a-z\u3400-\u9fff]")
_NOTHING: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
_CHOICE = "还是"
_ALL = re.compile(r"全部|统一|一律|都|只|默认|全国|全场")
_MODEL = re.compile(r"(?<![a-z0-9])[a-z]{1,5}-?\d+[a-z0-9]*")
_FRAME = 0.3  # of the shorter question that stands in both, before and after what differs
_WORD, _MOSTLY = 2, 0.5
CONTRASTS = (
    "sides", "framed", "inserted", "swapped", "turned", "things", "values", "both cases", "cases", "narrowed",
    "contrary", "beyond", "elsewhere", "figures", "per",
)  # fmt: skip
_LESS = re.compile(r"(?:可以|能|可)不(?![能可])")  # 可以不发中通吗 asks for the contrary


# These make two questions of them whatever else they share: 几点上班 and 几点下班, 七天内 and 超过七天, 4人 and 10人.
DECIDING = frozenset(
    {"sides", "turned", "both cases", "contrary", "beyond", "elsewhere", "inserted", "things", "figures", "substituted"}
)
_PER = re.compile(r"(?:一|每|单|整)([箱包袋盒瓶颗粒片勺支只件张条罐次束枝泡份对层]|天|周|月)")
_ASKS_END = re.compile(r"[吗么嘛不没呢呀啊吧的了]+$")
_BEYOND = re.compile(r"超过|超出|过了(?=[\d一二两三四五六七八九十期保])|过保|逾期|以外")


def contrasts(one: Saying, other: Saying, how: Difference, reading: Reading) -> frozenset[str]:
    """What speaks for two questions, of `CONTRASTS`."""
    sides = any(
        mine and theirs and not mine & theirs
        for mine, theirs in zip(one.question.sides, other.question.sides, strict=True)
    )
    if sides or one.question.plain == other.question.plain:
        return frozenset({"sides"} if sides else ())
    found = {
        "framed": _framed(one, other, how, reading),
        "substituted": _substituted(one, other, reading),
        "inserted": _inserted(one, other, reading),
        "swapped": _swapped(one, other),
        "turned": sorted(one.question.text) == sorted(other.question.text),
        "things": _things_apart(one, other, reading),
        "values": _values_apart(one, other),
        "figures": bool(differ(one.question.claims, other.question.claims)) or _models_apart(one, other),
        "elsewhere": _elsewhere(one, other, reading) or _elsewhere(other, one, reading),
        "both cases": one.question.cases != other.question.cases and bool(one.question.cases and other.question.cases),
        "cases": one.question.cases != other.question.cases,
        "narrowed": _narrowed(one, other, reading),
        "contrary": _contrary(one.question.text) != _contrary(other.question.text),
        "per": _counted_by(one, other),
        "beyond": bool(_BEYOND.search(one.question.text)) != bool(_BEYOND.search(other.question.text)),
    }
    return frozenset(name for name, holds in found.items() if holds)


def _framed(one: Saying, other: Saying, how: Difference, reading: Reading) -> bool:
    """Whether one word stands in place of another where the rest is the same: 支持花呗吗, 支持信用卡吗.

    Of two questions for one kind of value the words of that kind do not count as the rest (可以机洗吗, 能用洗衣机洗吗),
    unless all of them stand in it: 死蟹赔吗, 断腿赔吗.
    """
    texts = one.question.text, other.question.text
    kind = next((k for k in reading.kinds if how == "value" and all(asks_for(text, k) for text in texts)), None)
    if kind is None:
        return _differ_in_a_word(*texts, reading)
    left = [kind.asked.sub("", kind.pattern.sub("", text.lower())) for text in texts]
    if _differ_in_a_word(left[0], left[1], reading):
        return True
    mine, theirs = _replaced(*texts) or ("", "")
    of_kind = any(kind.asked.search(text) or kind.pattern.search(text) for text in (mine, theirs))
    return not of_kind and _differ_in_a_word(*texts, reading)


def _replaced(one: str, other: str) -> tuple[str, str] | None:
    """What stands in each in place of what stands in the other; None where too little is the same around it."""
    first, second = (_ASKS_END.sub("", _PLAIN.sub("", text.lower())) for text in (one, other))
    before = _alike_from_start(first, second)
    after = _alike_from_start(first[before:][::-1], second[before:][::-1])
    mine, theirs = first[before : len(first) - after], second[before : len(second) - after]
    if (before + after) < _FRAME * min(len(first), len(second)) or not mine or not theirs:
        return None
    return mine, theirs


def _differ_in_a_word(one: str, other: str, reading: Reading) -> bool:
    replaced = _replaced(one, other)
    if replaced is None or any(map(way_of, replaced)):
        return False
    left, right = (reading.wording.about(text) - reading.wording.light for text in replaced)
    if not left and not right:
        return False
    return not left & right or bool(left - right and right - left)


def _substituted(one: Saying, other: Saying, reading: Reading) -> bool:
    """Whether most of a question stands in the other, and in place of the rest a word that the other entry does
    not know, on both sides: 绿萝多久浇一次水, 多肉多久浇一次水."""
    replaced = _replaced(one.question.text, other.question.text)
    if replaced is None or not _differ_in_a_word(one.question.text, other.question.text, reading):
        return False
    mine, theirs = replaced
    plain = min(len(_ASKS_END.sub("", said.question.plain)) for said in (one, other))
    if min(len(mine), len(theirs)) < _WORD or plain - min(len(mine), len(theirs)) < plain * _MOSTLY:
        return False
    apart = not set(mine) & set(theirs) and not reading.wording.about(mine) & reading.wording.about(theirs)
    return (
        apart
        and mine not in other.question.text + other.answer.lead
        and theirs not in one.question.text + one.answer.lead
    )


def _inserted(one: Saying, other: Saying, reading: Reading) -> bool:
    """Whether one question is the other with a word put in that the other entry does not speak of (电机保修多久)."""
    first, second = (_PLAIN.sub("", said.question.text.lower()) for said in (one, other))
    before = _alike_from_start(first, second)
    after = _alike_from_start(first[before:][::-1], second[before:][::-1])
    if before + after < min(len(first), len(second)):
        return False
    longer, shorter = (one, other) if len(first) > len(second) else (other, one)
    put_in = (first if longer is one else second)[before : max(len(first), len(second)) - after]
    return bool(reading.wording.about(put_in) - reading.wording.light - shorter.both)


def _alike_from_start(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _swapped(one: Saying, other: Saying) -> bool:
    """Whether two words with groups stand in place of each other, and nothing else differs: 多长, 多宽."""
    mine, theirs = one.question.asked - other.question.asked, other.question.asked - one.question.asked
    return (
        len(mine) == len(theirs) == 1
        and bool(one.question.asked & other.question.asked)
        and min(*mine, *theirs) >= GROUPS_FROM
    )


def _models_apart(one: Saying, other: Saying) -> bool:
    """Whether each names a model and the other another one: X200, X100."""
    mine, theirs = (set(_MODEL.findall(said.question.text.lower())) for said in (one, other))
    return bool(mine and theirs) and not mine & theirs


def _things_apart(one: Saying, other: Saying, reading: Reading) -> bool:
    """Whether they name other goods, and neither entry speaks of those of the other: 吹风机多重, 冬被多重."""
    mine, theirs = one.question.things, other.question.things
    if not mine or not theirs:
        return False
    return not (_speaks_of(one, theirs, reading) or _speaks_of(other, mine, reading))


def _speaks_of(saying: Saying, things: frozenset[str], reading: Reading) -> bool:
    names = frozenset[str]().union(*(reading.family(thing) for thing in things))
    return any(name in saying.question.text or name in saying.answer.lead for name in names)


def _values_apart(one: Saying, other: Saying) -> bool:
    """Whether they name other values of one kind.

    Who asks for yes or no on some values (驿站能送上门吗) is not answered by a yes on others (能自提吗). One who leaves
    the choice (顺丰还是邮政) names none.
    """
    if any(_CHOICE in said.question.text for said in (one, other)):
        return False
    plainly = not one.question.way and not other.question.way
    values, others = one.question.values, other.question.values
    return any(
        not share(values[at], others[at]) or (values[at] != others[at] and plainly)
        for at in values.keys() & others.keys()
    )


def _elsewhere(one: Saying, other: Saying, reading: Reading) -> bool:
    """Whether one asks of a place, courier or colour (新疆包邮吗) that the other neither asks for nor speaks of.

    What holds for all (全部顺丰) answers who asks which, too.
    """
    for at, named in one.question.values.items():
        kind = reading.kinds[at]
        if kind.naming_asks or _CHOICE in one.question.text + other.question.text:
            continue
        if at in other.question.values:
            if not share(named, other.question.values[at]):
                return True
            continue
        asked = kind.asked.search(other.question.text) and all(map(_ALL.search, (one.answer.lead, other.answer.lead)))
        if not asked and not share(named, other.answer.spoken.get(at, _NOTHING)[0]):
            return True
    return False


def _narrowed(one: Saying, other: Saying, reading: Reading) -> bool:
    """Whether one is the other limited to a case or a value: 浴巾掉色吗, 白色浴巾掉色吗."""
    if not (one.question.asked <= other.question.asked or other.question.asked <= one.question.asked):
        return False
    more = one.question.asked ^ other.question.asked
    values, others = one.question.values, other.question.values
    named = any(
        values.get(at) != others.get(at)
        and not all(reading.kinds[at].asked.search(said.question.text) for said in (one, other))
        for at in values.keys() | others.keys()
    )
    return named or one.question.cases != other.question.cases or bool(TELLING.search("".join(more)))


def _counted_by(one: Saying, other: Saying) -> bool:
    """Whether one asks by the box and the other by the bag: 一箱几包, 一包几片."""
    mine, theirs = (set(_PER.findall(said.question.text)) for said in (one, other))
    return bool(mine and theirs) and not mine & theirs


def _contrary(question: str) -> bool:
    return bool(_LESS.search(question))
