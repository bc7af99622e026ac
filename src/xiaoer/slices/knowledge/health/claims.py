"""Reading what answers claim (说法), and when two claims cannot both be true.

A claim is a number with its unit (48小时, 8元, 16:00, 满59), told apart by its topic (发货, 到货), or a yes or no.
Times are compared in hours, weights in grams, lengths in centimetres, so that 2天 and 48小时 agree. Two answers differ
when they speak of the same thing in the same unit and share no value, or when one says yes and the other no. That is
careful on purpose: a conflict that is none costs an operator's trust.
"""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_TENS = {"十": 10, "百": 100, "千": 1000}
NUMBER = r"(\d+(?:\.\d+)?|半|[零一二两三四五六七八九十百千]+)"
_SLACK = 0.03  # a month is counted as 30 days: 一年 and 365天 are the same claim
_A_YEAR = 1_000  # 2026年 is a date, not a span


def _unit(words: str, more: str = "") -> re.Pattern[str]:
    return re.compile(rf"{more}{NUMBER}\s*(?:(?:{words})?\s*(?:到|至|-|~|～|—)\s*{NUMBER})?\s*(?:{words})")


_UNITS: tuple[tuple[str, re.Pattern[str], float], ...] = (
    ("workdays", _unit("个?工作日"), 1.0),
    ("hours", _unit("分钟"), 1 / 60),
    ("hours", _unit("个?小时|个?钟头|h(?![a-z])"), 1.0),
    ("hours", _unit("天|日(?=内|之内|后|发|到|[，,。；;]|$)"), 24.0),
    ("hours", _unit("(?:个星期|星期|个礼拜|礼拜|周)(?![一二三四五六日天末岁年])"), 168.0),
    ("hours", _unit("个月"), 720.0),
    ("hours", _unit("年"), 8640.0),
    ("yuan", re.compile(r"[¥￥]\s*(\d+(?:\.\d+)?)()"), 1.0),
    ("yuan", _unit("元|块(?![\u4e00-\u9fff]?布)", r"(?<![满\d])"), 1.0),
    ("threshold", re.compile(r"(?:满|超过)\s*(\d+(?:\.\d+)?)()\s*(?:元|块)?(?![天年月件])"), 1.0),
    ("percent", re.compile(r"(\d+(?:\.\d+)?)()\s*[%％]"), 1.0),
    ("percent", re.compile(rf"百分之{NUMBER}()"), 1.0),
    ("times", re.compile(rf"(?:假一(?:赔|罚)){NUMBER}()"), 1.0),
    ("times", _unit("倍"), 1.0),
    ("degrees", re.compile(rf"{NUMBER}()\s*(?:度|℃)"), 1.0),
    ("grams", _unit("公斤|千克|kg"), 1000.0),
    ("grams", _unit("斤"), 500.0),
    ("grams", _unit("克|g(?![a-z])"), 1.0),
    ("cm", _unit("厘米|公分|cm"), 1.0),
    ("cm", _unit("毫米|mm"), 0.1),
    ("cm", _unit("米|m(?![a-z])"), 100.0),
    ("ml", _unit("毫升|ml"), 1.0),
    ("ml", _unit("升|L(?![a-z])"), 1000.0),
    *((f"piece.{word}", _unit(word), 1.0) for word in "件片包瓶支盒双张袋粒枚次期层"),
)
_RATE = re.compile(r"(\d+(?:\.\d+)?|[一二三四五六七八九]{1,2}|对|半)\s*折|(半价)")
_NAME_OF_RULE = re.compile(r"[七7]\s*天无理由")  # a name, not a claim about days
_CLOCK = re.compile(r"(下午|晚上|今晚|傍晚)?\s*(?<!\d)(\d{1,2})[:：点](\d{2}|半)?(?!\d)")
_DAYS = ((re.compile(r"当天|当日|同一天"), (0.0, 24.0)), (re.compile(r"次日|第二天|隔天|隔日"), (24.0, 48.0)))
_ALL_OF_IT = re.compile(r"全额")
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
    "discount": "折扣", "clock": "钟点", "degrees": "温度", "grams": "重量", "cm": "尺寸", "ml": "容量",
}  # fmt: skip

_OPEN = (
    r"^(?:您好|你好|亲亲?|抱歉|不好意思|是这样的|目前|暂时|现在|我们|咱们|本店|小店|店铺|店里|我家|这款|这个|该|此|商品"
    r"|产品|宝贝|全店|全场|一般|都|均|也|的|[，,~～！!\s])*"
)
_NO = re.compile(_OPEN + r"(?:没有|没开|没法|无需|无法|暂不|不(?!同|过|超|满|止|少|锈|用担心|好意思|仅|论|管|但|一定))")
_YES = re.compile(
    _OPEN + r"(?:能|可以|可(?=[机手水退换])|支持|会|是(?!由|从|在)的?|行|有(?!些)|需要|需|要|包|送|开|发|含"
    r"|当然|必须|肯定|接受)"
)
_HEAD = 16  # letters of the first sentence in which a yes or no may stand behind the thing it is about
_NO_WITHIN = re.compile(
    r"(?:不能|不可以?|不支持|不会|不是|不行|没有|不用|不需要?|无需|无法|不接受|不提供|不带|不含|不包|不送)"
)
_YES_WITHIN = re.compile(r"(?<![不没])(?:能(?!量)|可以|支持|会(?!员)|接受|提供|带有|含有|包含|附送|赠送)")
_EITHER = re.compile(r"(.)[不没]\1|是否|能否|可否|有无")
_HOW = re.compile(r"怎么|怎样|如何|什么|多久|多少|哪|几|为啥|为何|谁|多长|多大|啥")
_DENIED_THING = re.compile(
    r"(?:不|没|无|未|非)(?:(?:会|能|可以?|支持|有|需要?|用|要|是|含|包|送|提供|接受|存在)?(?:轻微|明显|任何)?([\u4e00-\u9fff]{2})"
    r"|([退换开送包收补赔修改寄卖洗])(?![\u4e00-\u9fff]))"
)
_UNSURE = re.compile(r"除|部分|偏远|如果|若|除非|视|看情况|有些|个别|不满|未满|因人而异|一定")


class Claims(Struct, frozen=True):
    """What an answer claims: (topic, low, high) by unit, a topic "" where none is said; and yes or no."""

    spans: dict[str, tuple[tuple[str, float, float], ...]]
    polarity: int = 0


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


def claims_of(answer: str) -> Claims:
    """The claims of an answer; pure and quick."""
    found: dict[str, list[tuple[str, float, float]]] = {}
    for clause in _CLAUSE.findall(_NAME_OF_RULE.sub("", answer)):
        for unit, at, end, low, high in _numbers(clause):
            found.setdefault(unit, []).append((_topic(clause, at, end), min(low, high), max(low, high)))
    return Claims({unit: tuple(spans) for unit, spans in found.items()}, _polarity(answer.strip()))


def topics_of(question: str) -> frozenset[str]:
    """What a question is about, of the things that times are told for."""
    return frozenset(topic for topic, pattern in _TOPICS if pattern.search(question))


def spans_about(answer: str, topic: str) -> list[tuple[float, float]]:
    """Times, in hours, that an answer names about one topic."""
    return [(low, high) for about, low, high in claims_of(answer).spans.get("hours", ()) if about == topic]


def _numbers(clause: str) -> Iterator[tuple[str, int, int, float, float]]:
    """(unit, begin, end, low, high) of every number of a clause; what one unit took no other takes."""
    rest = clause
    for unit, pattern, factor in _UNITS:
        for match in pattern.finditer(rest):
            low, high = value_of(match[1]), value_of(match[2] or match[1])
            if not (unit == "hours" and high >= _A_YEAR and "年" in match[0]):
                yield unit, match.start(), match.end(), low * factor, high * factor
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
    for pattern, (low, high) in _DAYS:
        for match in pattern.finditer(rest):
            yield "hours", match.start(), match.end(), low, high


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


def _polarity(answer: str) -> int:
    head = _EITHER.sub("", re.split(r"[。！!？?；;\n]", answer, maxsplit=1)[0])
    if _NO.match(head):
        return -1
    if _YES.match(head):
        return 1
    no, yes = _NO_WITHIN.search(head[:_HEAD]), _YES_WITHIN.search(head[:_HEAD])
    if no and (not yes or no.start() <= yes.start()):
        return -1
    return 1 if yes else 0


def differ(one: Claims, other: Claims) -> str:
    """What two claims cannot agree on (时间, 金额, 是否, …), or ""."""
    for unit, spans in one.spans.items():
        if (theirs := other.spans.get(unit)) and _apart(spans, theirs):
            return "数量" if unit.startswith("piece.") else _UNIT_NAMES[unit]
    return "是否" if one.polarity * other.polarity < 0 else ""


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
    return any(a <= d * (1 + _SLACK) and c <= b * (1 + _SLACK) for _, a, b in mine for _, c, d in theirs)


def is_yes_or_no(question: str) -> bool:
    """Whether a yes or no at the head answers the question; how, when and which are answered otherwise."""
    return bool(_EITHER.search(question)) or not _HOW.search(_EITHER.sub("", question))


def deny_the_thing(questions: tuple[str, str], answers: tuple[str, str]) -> bool:
    """Whether one answer only denies what is asked about and the other only affirms it (不掉色 and 会轻微掉色)."""
    if any(map(_UNSURE.search, answers)) or not all(map(is_yes_or_no, questions)):
        return False
    no, yes = ([match[1] or match[2] for match in _DENIED_THING.finditer(answer)] for answer in answers)
    return _denies(questions, answers[0], no, answers[1], yes) or _denies(questions, answers[1], yes, answers[0], no)


def _denies(
    questions: tuple[str, str], answer: str, denied: Sequence[str], other: str, denied_there: Sequence[str]
) -> bool:
    return any(
        all(thing in question for question in questions)
        and answer.count(thing) == denied.count(thing)
        and thing in other
        and thing not in denied_there
        for thing in set(denied)
    )
