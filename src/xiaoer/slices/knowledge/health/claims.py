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

_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_TENS = {"十": 10, "百": 100, "千": 1000}
NUMBER = r"(\d+(?:\.\d+)?|半|[零一二两三四五六七八九十百千]+)"
_SLACK = 0.03  # a month is counted as 30 days: 一年 and 365天 are the same claim
_A_YEAR = 1_000  # 2026年 is a date, not a span
_MONTHS = 12
_OVERLAP = 0.5  # 54 to 58 and 58 to 62 are two sizes


_ANY_PIECE = "piece.个"
_COUNTED = "件片包瓶支盒双张袋粒枚次期层份款种颗根罐卷套台段格本枝朵杯排挡档页抽节条把串"


def _unit(words: str, more: str = "") -> re.Pattern[str]:
    return re.compile(rf"{more}{NUMBER}\s*(?:(?:{words})?\s*(?:到|至|-|~|～|—)\s*{NUMBER})?\s*(?:{words})")


_UNITS: tuple[tuple[str, re.Pattern[str], float], ...] = (
    ("workdays", _unit("个?工作日"), 1.0),
    ("hours", _unit("分钟"), 1 / 60),
    ("hours", _unit("个?小时|个?钟头|h(?![a-z])"), 1.0),
    ("hours", _unit("天|日(?=内|之内|后|发|到|[，,。；;]|$)"), 24.0),
    ("hours", _unit("(?:个星期|星期|个礼拜|礼拜|周)(?![一二三四五六日天末岁年])"), 168.0),
    ("hours", _unit("个月"), 720.0),
    ("hours", _unit("年|周?岁"), 8640.0),
    ("yuan", re.compile(r"[¥￥]\s*(\d+(?:\.\d+)?)()"), 1.0),
    ("yuan", _unit("元|块(?![\u4e00-\u9fff]?布)", r"(?<![满\d])"), 1.0),
    ("yuan", re.compile(r"(?:费用?|收|补|加|付|返|价)\s*(\d+(?:\.\d+)?)()(?=[，,。；;！!\s]|左右|起|$)"), 1.0),
    ("yuan", _unit("毛|角(?![度落])", r"(?<!\d)"), 0.1),
    ("threshold", re.compile(r"(?:满|超过)\s*(\d+(?:\.\d+)?)()\s*(?:元|块)?(?![天年月件])"), 1.0),
    ("percent", re.compile(r"(\d+(?:\.\d+)?)()\s*[%％]"), 1.0),
    ("percent", re.compile(rf"百分之{NUMBER}()"), 1.0),
    ("times", re.compile(rf"(?:假一(?:赔|罚)){NUMBER}()"), 1.0),
    ("times", _unit("倍"), 1.0),
    ("degrees", re.compile(rf"{NUMBER}()\s*(?:度|℃)"), 1.0),
    ("grams", _unit("公斤|千克|kg"), 1000.0),
    ("grams", _unit("斤"), 500.0),
    ("grams", _unit("克|g(?![a-z])"), 1.0),
    ("watts", _unit("千瓦|kw"), 1000.0),
    ("watts", _unit("瓦|w(?![a-z])"), 1.0),
    ("mah", _unit("毫安时?|mah"), 1.0),
    ("points", _unit("个?积分|分(?![钟之期开类体别享装离批成层贝])"), 1.0),
    ("decibels", _unit("分贝|db"), 1.0),
    ("pounds", _unit("磅"), 1.0),
    ("area", _unit("平方米?|平米|平(?![铺放整时均常])|㎡"), 1.0),
    ("cm", _unit("公里|千米|km"), 100_000.0),
    ("cm", _unit("厘米|公分|cm"), 1.0),
    ("cm", _unit("毫米|mm"), 0.1),
    ("inch", _unit("英?寸"), 1.0),
    ("cm", _unit("米|m(?![a-z])"), 100.0),
    ("ml", _unit("毫升|ml"), 1.0),
    ("ml", _unit("升|l(?![a-z])"), 1000.0),
    ("people", _unit("个?人(?![工为群民一])|名(?:学生|乘客|成人)", r"(?<!一)"), 1.0),
    *((f"piece.{word}", _unit(word), 1.0) for word in _COUNTED),
    (_ANY_PIECE, _unit("个(?!人|小时|工作日|月|星期|礼拜|包裹|地址|订单)", r"(?<![一\d半])(?!一)"), 1.0),
)
_DATE = re.compile(
    rf"{NUMBER}\s*月\s*(?:(初|上旬|中旬|下旬|底|末)|{NUMBER}\s*[日号]?(?:\s*(?:到|至|-|~|～|—)\s*(?:{NUMBER}月)?{NUMBER}[日号])?)"
)
_THIRDS: dict[str, tuple[float, float]] = {
    "初": (1, 10),
    "上旬": (1, 10),
    "中旬": (11, 20),
    "下旬": (21, 31),
    "底": (21, 31),
    "末": (21, 31),
}
_FROM_ON = re.compile(r"^[^，,。；;]{0,2}?(?:以上|及以上|起步)")
_UP_TO = re.compile(r"^[^，,。；;]{0,2}?(?:以下|以内|之内|及以下)")
_SINCE = re.compile(r"(?:满|至少|最少|不少于)$")
_AT_MOST = re.compile(r"(?:不超过|不到|最多|小于|低于)[^，,。；;]{0,3}$")
_BOUNDED = frozenset({"grams", "cm", "ml", "mah", "degrees", "percent"})  # 15斤以内 is a range, 3天内 is a promise of 3
# Units in which a thing has one measure: what the question is called hardly matters.
ONCE = frozenset(
    {"watts", "mah", "area", "inch", "decibels", "pounds", "points", "ml", "degrees", "times", "discount", "threshold"}
) | {_ANY_PIECE, *(f"piece.{word}" for word in _COUNTED)}
_RATE = re.compile(r"(\d+(?:\.\d+)?|[一二三四五六七八九]{1,2}|对|半)\s*折|(半价)")
_NAME_OF_RULE = re.compile(r"[七7]\s*天无理由")  # a name, not a claim about days
_CLOCK = re.compile(r"(下午|晚上|今晚|傍晚)?\s*(?<!\d)(\d{1,2})[:：点](\d{2}|半)?(?!\d)")
_DAYS = ((re.compile(r"当天|当日|同一天"), (0.0, 24.0)), (re.compile(r"次日|第二天|隔天|隔日"), (24.0, 48.0)))
_ALL_OF_IT = re.compile(r"全额")
_ALWAYS = re.compile(r"永久|终身|终生|无限期|长期有效|一直有效")
_GRADE = re.compile(
    r"(?<![a-z0-9])([a-z]{1,2})(\d{1,2})(?![a-z0-9.年月日号元%：:点-])"
)  # E0 of boards, IP68 of watches
_FREE_POST = re.compile(r"(?<![不没非可])包邮(?![^，,。；;]{0,3}(?:吗|线|门槛|条件|要))")
_SOME_POST = re.compile(r"满|以上|件|除|江浙沪|偏远|如果|部分|活动|会员|才|凑|达")
_NOT_FOR = re.compile(r"^[^，,。；;]{0,8}?(?:不(?:要|能|可|建议|适合|宜|适用|推荐)|禁|勿|别)")
_FREE = re.compile(r"免费|不收费|不收钱|不要钱|不用(?:加|另外?付|花)钱|不额外收|不另收")
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

_UNIT_NAMES = {
    "workdays": "工作日", "hours": "时间", "yuan": "金额", "threshold": "满额", "percent": "比例", "times": "倍数",
    "discount": "折扣", "clock": "钟点", "degrees": "温度", "grams": "重量", "cm": "尺寸", "ml": "容量", "date": "日期",
    "watts": "功率", "mah": "电池容量", "area": "面积", "inch": "尺寸",
    "points": "积分", "decibels": "音量", "pounds": "磅数", "people": "人数",
}  # fmt: skip


class Claims(Struct, frozen=True):
    """What an answer claims: (topic, low, high) by unit, a topic "" where none is said; 3岁以上 has no upper end."""

    spans: dict[str, tuple[tuple[str, float, float], ...]]


def value_of(text: str) -> float:
    """The number that a text writes in digits or Chinese numerals; 半 is a half."""
    if text == "半":
        return 0.5
    if text[0].isdigit():
        return float(text)
    total = digit = 0
    for letter in text:
        if letter in _TENS:
            total += (digit or 1) * _TENS[letter]
            digit = 0
        else:
            digit = _DIGITS[letter]
    return float(total + digit)


@lru_cache(maxsize=50_000)
def claims_of(answer: str) -> Claims:
    """The claims of an answer; pure and quick."""
    found: dict[str, list[tuple[str, float, float]]] = {}
    for clause in _CLAUSE.findall(_NAME_OF_RULE.sub("", answer)):
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
    rest = _DATE.sub(lambda match: "＃" * len(match[0]), rest)
    for unit, pattern, factor in _UNITS:
        for match in pattern.finditer(rest):
            low, high = value_of(match[1]), value_of(match[2] or match[1])
            if not (unit == "hours" and high >= _A_YEAR and "年" in match[0]):
                yield unit, match.start(), match.end(), *_bounds(unit, rest, match, low * factor, high * factor)
            if unit == "workdays":
                yield "hours", match.start(), match.end(), low * 24, high * 36 + 48
        rest = pattern.sub(lambda match: "＃" * len(match[0]), rest)
    for match in _RATE.finditer(rest):
        rate = _rate(match[1] or "半")
        yield "discount", match.start(), match.end(), rate, rate
    for match in _CLOCK.finditer(rest):
        minute = int(match[2]) * 60 + (30 if match[3] == "半" else int(match[3] or 0))
        if match[1] and int(match[2]) < 12:
            minute += 720
        if minute <= 1440:
            yield "clock", match.start(), match.end(), minute, minute
    for match in _ALL_OF_IT.finditer(rest):
        yield "percent", match.start(), match.end(), 100.0, 100.0
    for match in _FREE.finditer(rest):
        yield "yuan", match.start(), match.end(), 0.0, 0.0
    if not _SOME_POST.search(rest):
        for match in _FREE_POST.finditer(rest):
            yield "yuan", match.start(), match.end(), 0.0, 0.0
    for match in _ALWAYS.finditer(rest):
        yield "hours", match.start(), match.end(), math.inf, math.inf
    for match in _GRADE.finditer(rest):
        yield f"grade.{match[1]}", match.start(), match.end(), float(match[2]), float(match[2])
    for pattern, (low, high) in _DAYS:
        for match in pattern.finditer(rest):
            yield "hours", match.start(), match.end(), low, high


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
    digits = text if text[0].isdigit() else "".join(str(_DIGITS[letter]) for letter in text)
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
    return _ANY_PIECE if _ANY_PIECE in (mine, theirs) and said and told and not _meet(said, told) else ""


def _only_count(claims: Claims) -> tuple[str, tuple[tuple[str, float, float], ...]]:
    """The count that is all an answer claims: 7包料 and 9个料包 are counted with different words."""
    ((unit, spans),) = claims.spans.items() if len(claims.spans) == 1 else (("", ()),)
    return unit, (spans if unit.startswith("piece.") and len(spans) == 1 else ())


def name_of(unit: str) -> str:
    """What a unit measures, in Chinese."""
    return "数量" if unit.startswith("piece.") else "等级" if unit.startswith("grade.") else _UNIT_NAMES[unit]


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
