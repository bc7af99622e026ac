"""Reading what answers claim (说法), and when two claims cannot both be true.

A claim is a number with its unit (48小时, 8元, 16:00, 满59, 10月15日), told apart by its topic (发货, 到货). Times and
ages are compared in hours, weights in grams, lengths in centimetres, so that 2天 and 48小时 agree. Two answers differ
when they speak of the same thing in the same unit and share no value. That is careful on purpose: a conflict that is
none costs an operator's trust. Yes and no are told in `verdicts`, values in words in `kinds`.
"""

import math
import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from xiaoer.slices.knowledge.health.units import ANY_PIECE, DIGITS, NUMBER, OTHER_PIECE, UNITS, value_of

_SLACK = 0.03  # a month is counted as 30 days: 一年 and 365天 are the same claim
_A_YEAR = 1_000  # 2026年 is a date, not a span
_MONTHS = 12
_NOON = 12
_OVERLAP = 0.5  # 54 to 58 and 58 to 62 are two sizes


_DATE = re.compile(
    rf"{NUMBER}\s*月\s*(?:(初|上旬|中旬|下旬|底|末)|{NUMBER}\s*[日号]?(?:\s*(?:到|至|-|~|～|—)\s*(?:{NUMBER}月)?{NUMBER}[日号])?)"
)
_NUMERAL = re.compile(r"[\d半零一二两三四五六七八九十百千]")  # every unit needs one
_YEAR = re.compile(r"(?<!\d)20(\d\d)年")
_DAY = re.compile(r"(?<![\d月a-z])(?:(\d{1,2})[号日](?![楼店线仓门电])|(月底|月末))")
_THIRDS: dict[str, tuple[float, float]] = {
    "初": (1, 10),
    "上旬": (1, 10),
    "中旬": (11, 20),
    "下旬": (21, 31),
    "底": (21, 31),
    "末": (21, 31),
}
_MORE = re.compile(r"[装里内有共是大约\s]{0,3}[\d一二两三四五六七八九十]")
_FROM_ON = re.compile(r"^[^，,。；;]{0,2}?(?:以上|及以上|起步)")
_UP_TO = re.compile(r"^[^，,。；;]{0,2}?(?:以下|以内|之内|及以下)")
_SINCE = re.compile(r"(?:满|至少|最少|不少于)$")
_AT_MOST = re.compile(r"(?:不超过|不到|最多|小于|低于)[^，,。；;]{0,3}$")
_BOUNDED = frozenset({"grams", "cm", "ml", "mah", "degrees", "percent"})  # 15斤以内 is a range, 3天内 is a promise of 3
_RATE = re.compile(r"(\d+(?:\.\d+)?|[一二三四五六七八九]{1,2}|对|半)\s*折|(半价)")
_NAME_OF_RULE = re.compile(r"[七7]\s*天无理由")  # a name, not a claim about days
_CLOCK = re.compile(
    r"(下午|晚上|今晚|傍晚|晚)?\s*(?<![\d十一二三四五六七八九两])"
    r"(\d{1,2}|[一二两三四五六七八九]?十?[一二三四五六七八九]|十)[:：点](\d{2}|半)?(?![\d儿])"
)
_DAYS = ((re.compile(r"当天|当日|同一天"), (0.0, 24.0)), (re.compile(r"次日|第二天|隔天|隔日"), (24.0, 48.0)))
_ALL_OF_IT = re.compile(r"全额")
_ALWAYS = re.compile(r"永久|终身|终生|无限期|长期有效|一直有效")
_GRADE = re.compile(
    r"(?<![a-z0-9])([a-z]{1,3})(\d{1,2})(?![a-z0-9.年月日号元%：:点-])"
)  # E0 of boards, IP68 of watches
_NO_LEAST = re.compile(r"(?:单件|一件|1件|任意[一1]?件|不限金额|不管买多少|买一[件个袋盒]|多少都)[^，,。；;]{0,3}包邮")
_FREE_POST = re.compile(r"(?<![不没非可])包邮(?![^，,。；;]{0,3}(?:吗|线|门槛|条件|要))")
_SOME_POST = re.compile(r"满|以上|件|除|江浙沪|偏远|如果|部分|活动|会员|才|凑|达")
_NOT_FOR = re.compile(r"^[^，,。；;]{0,8}?(?:不(?:要|能|可|建议|适合|宜|适用|推荐)|禁|勿|别)")
_FREE = re.compile(
    r"免费|(?:不(?:用|需要?|会)?|无需|没有?)(?:再|另外?|额外)?(?:[加收付花要]|补)(?:钱|费|价|差价|运费|邮费|一分钱)|不额外收|不另收"
)
_AT_ONCE = re.compile(r"新生儿|刚出生|一出生|出生就")
_CLAUSE = re.compile(r"[^，,。；;！!？?\n]+")
_AFTER = re.compile(r"[^，,]{0,6}?(?:之后|以后|后|起(?!球))")  # 签收后 7 天内: what was before is no topic
_TOPICS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("warranty", re.compile(r"保修|质保|三包|联保")),
    ("shelf", re.compile(r"保质期|保存|存放|冷藏|赏味")),
    ("protect", re.compile(r"价保|保价")),
    ("refund", re.compile(r"到账|到帐|退款|原路|退回")),
    ("return", re.compile(r"退货|退换|无理由|可退|能退|换货")),
    ("invoice", re.compile(r"发票|开票")),
    ("fee", re.compile(r"运费|邮费|快递费|包邮")),
    ("arrive", re.compile(r"到货|送达|送到|能到|就到|收到|到达|(?:天|日|小时)[内左右]{0,2}到")),
    ("ship", re.compile(r"发货|发出|寄出|出库|(?<!开)发(?!票|现|热)")),
    ("answer", re.compile(r"回复|处理|审核")),
)


class Claims(Struct, frozen=True):
    """What an answer claims: (topic, low, high) by unit, a topic "" where none is said; 3岁以上 has no upper end."""

    spans: dict[str, tuple[tuple[str, float, float], ...]]


@lru_cache(maxsize=50_000)
def claims_of(answer: str) -> Claims:
    """The claims of an answer; pure and quick."""
    found: dict[str, list[tuple[str, float, float]]] = {}
    for clause in _CLAUSE.findall(_NAME_OF_RULE.sub("", answer).replace("双层", "两层").replace("单层", "一层")):
        for unit, at, end, low, high in _numbers(clause):
            found.setdefault(unit, []).append((_topic(clause, at, end), min(low, high), max(low, high)))
    return Claims({unit: tuple(spans) for unit, spans in found.items()})


def topics_of(question: str) -> frozenset[str]:
    """What a question is about, of the things that times are told for."""
    return frozenset(topic for topic, pattern in _TOPICS if pattern.search(question))


def spans_about(answer: str, topic: str) -> list[tuple[float, float]]:
    """Times, in hours, that an answer names about one topic."""
    return [(low, high) for about, low, high in claims_of(answer).spans.get("hours", ()) if about == topic]


def _numbers(clause: str) -> Iterator[tuple[str, int, int, float, float]]:
    """(unit, begin, end, low, high) of every number of a clause; what one unit took no other takes."""
    rest = clause.lower()
    for match in _DATE.finditer(rest):
        month = value_of(match[1])
        third = _THIRDS.get(match[2] or "")
        first, last = third or (value_of(match[3]), value_of(match[5] or match[3]))
        until = value_of(match[4]) if match[4] else month
        if month <= _MONTHS:
            yield "date", match.start(), match.end(), month * 31 + first, until * 31 + last
    for match in _YEAR.finditer(rest):
        yield "year", match.start(), match.end(), float(match[1]), float(match[1])
    rest = _DATE.sub(lambda match: "＃" * len(match[0]), rest)
    for unit, pattern, factor in UNITS if _NUMERAL.search(rest) else ():
        matches = list(pattern.finditer(rest))
        for match in matches:
            low, high = value_of(match[1]), value_of(match[2] or match[1])
            if not (unit == "hours" and high >= _A_YEAR and "年" in match[0]) and not _is_holder(unit, rest, match):
                yield unit, match.start(), match.end(), *_bounds(unit, rest, match, low * factor, high * factor)
            if unit == "workdays":
                yield "hours", match.start(), match.end(), low * 24, high * 36 + 48
        if matches:
            rest = pattern.sub(lambda match: "＃" * len(match[0]), rest)
    for match in _DAY.finditer(rest):
        first, last = _THIRDS["底"] if match[2] else (float(match[1]),) * 2
        yield "day", match.start(), match.end(), first, last
    for match in _RATE.finditer(rest):
        rate = _rate(match[1] or "半")
        yield "discount", match.start(), match.end(), rate, rate
    for match in _CLOCK.finditer(rest):
        hour = int(value_of(match[2]))
        minute = hour * 60 + (30 if match[3] == "半" else int(match[3] or 0))
        if match[1] and hour < _NOON:
            minute += 720
        if minute <= 1440:
            yield "clock", match.start(), match.end(), minute, minute
    for match in _ALL_OF_IT.finditer(rest):
        yield "percent", match.start(), match.end(), 100.0, 100.0
    for match in _NO_LEAST.finditer(rest):
        yield "threshold", match.start(), match.end(), 0.0, 0.0
    for match in _FREE.finditer(rest):
        yield "yuan", match.start(), match.end(), 0.0, 0.0
    if not _SOME_POST.search(rest):
        for match in _FREE_POST.finditer(rest):
            yield "yuan", match.start(), match.end(), 0.0, 0.0
    for match in _AT_ONCE.finditer(rest):
        yield "hours", match.start(), match.end(), 0.0, 0.0
    for match in _ALWAYS.finditer(rest):
        yield "hours", match.start(), match.end(), math.inf, math.inf
    for match in _GRADE.finditer(rest):
        yield f"grade.{match[1]}", match.start(), match.end(), float(match[2]), float(match[2])
    for pattern, (low, high) in _DAYS:
        for match in pattern.finditer(rest):
            yield "hours", match.start(), match.end(), low, high


def _is_holder(unit: str, clause: str, match: re.Match[str]) -> bool:
    """Whether a count only says in what another is counted: 一盒 in 一盒6个."""
    return unit.startswith("piece.") and match[1] in ("一", "1") and bool(_MORE.match(clause, match.end()))


def _bounds(unit: str, clause: str, match: re.Match[str], low: float, high: float) -> tuple[float, float]:
    """3 years and more has no upper end, up to 15 kilograms no lower one."""
    after, is_age = clause[match.end() :], "岁" in match[0]
    if (
        unit == "hours"
        and (edge := _FROM_ON.match(after) or _UP_TO.match(after))
        and _NOT_FOR.match(after[edge.end() :])
    ):
        return (high, math.inf) if _UP_TO.match(after) else (-math.inf, low)  # 6个月以下不要用 is from 6 months on
    if (_FROM_ON.match(after) or _SINCE.search(clause[: match.start()])) and (unit in _BOUNDED or unit == "hours"):
        return low, math.inf
    if (unit in _BOUNDED or is_age) and (_UP_TO.match(after) or _AT_MOST.search(clause[: match.start()])):
        return -math.inf, high
    return low, high


def _rate(text: str) -> float:
    """A discount in tenths: 8折 and 八折 are 8, 85折 and 八五折 are 8.5, 对折 and 半价 are 5."""
    if text in ("对", "半"):
        return 5.0
    digits = text if text[0].isdigit() else "".join(str(DIGITS[letter]) for letter in text)
    number = float(digits)
    return number / 10 if number > 10 else number


def _topic(clause: str, at: int, end: int) -> str:
    """What a number is about: said after it, else before it (but not what came first: 签收后 7 天)."""
    for part in (clause[max(0, at) :], _AFTER.sub("", clause[:at])):
        for topic, pattern in _TOPICS:
            if pattern.search(part):
                return topic
    return ""


def differ(one: Claims, other: Claims) -> str:
    """The unit in which two claims cannot agree (hours, yuan, …), or ""."""
    for unit, spans in one.spans.items():
        if (others := other.spans.get(unit)) and _apart(spans, others):
            return unit
    (mine, said), (theirs, told) = map(_only_count, (one, other))
    if not said or not told or mine == theirs or _meet(said, told):
        return ""
    return ANY_PIECE if ANY_PIECE in (mine, theirs) else OTHER_PIECE


def agree_and_differ(one: Claims, other: Claims) -> tuple[bool, bool]:
    """Whether two claims agree in a unit, and whether they cannot in one."""
    apart = [_apart(spans, other.spans[unit]) for unit, spans in one.spans.items() if unit in other.spans]
    return not all(apart), any(apart)


def _only_count(claims: Claims) -> tuple[str, tuple[tuple[str, float, float], ...]]:
    """The count that is all an answer claims: 7包料 and 9个料包 are counted with different words."""
    ((unit, spans),) = claims.spans.items() if len(claims.spans) == 1 else (("", ()),)
    return unit, (spans if unit.startswith("piece.") and len(spans) == 1 else ())


def _apart(mine: tuple[tuple[str, float, float], ...], theirs: tuple[tuple[str, float, float], ...]) -> bool:
    """Whether no value is shared about a topic that both name, or at all where one of them names none."""
    common = {topic for topic, _, _ in mine} & {topic for topic, _, _ in theirs} - {""}
    if any(not _meet([s for s in mine if s[0] == topic], [s for s in theirs if s[0] == topic]) for topic in common):
        return True
    open_ = any(topic == "" for topic, _, _ in (*mine, *theirs))
    return open_ and not common and not _meet(mine, theirs)


def _meet(
    mine: list[tuple[str, float, float]] | tuple[tuple[str, float, float], ...],
    theirs: list[tuple[str, float, float]] | tuple[tuple[str, float, float], ...],
) -> bool:
    return any(_touch(a, b, c, d) for _, a, b in mine for _, c, d in theirs)


def _touch(a: float, b: float, c: float, d: float) -> bool:
    """Whether two figures agree: ranges share half of the shorter one; open ones are told apart by their ends."""
    if a < b and c < d and math.isfinite(a + b + c + d):
        return min(b, d) - max(a, c) >= _OVERLAP * min(b - a, d - c)
    if b == d == math.inf:
        b, d = a, c
    elif a == c == -math.inf:
        a, c = b, d
    return a <= d * (1 + _SLACK) and c <= b * (1 + _SLACK)
