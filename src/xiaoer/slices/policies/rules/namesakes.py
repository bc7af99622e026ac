"""Facts by their letters and units (参数对字): the shop calls it 钓重 or 支数, the buyer asks 能钓几斤, 一盒几支.

No table can hold the words of every trade. A key names what a question asks when letters that few of the product's
keys have stand in both, and the more surely when the value counts in the unit that is asked for (几斤 → 4斤以内).
"""

import re
from collections import Counter
from functools import lru_cache

from xiaoer.kernel.commerce import Product
from xiaoer.kernel.measures import in_base, measures

# letters that name nothing, alone or in any key
_PLAIN = frozenset(
    "的了吗呢吧啊不没能可以会要有无是这那么什怎样我你他她它用到个多少大小高长几一二两三四五六七八九十号款种件数量型类型品质"
)
# letters that name a thing by themselves, and so what a key is about
_THINGS = frozenset("灯脸盒线膜钩绳轮刀板门窗锁袋链屏壳座垫网芯阀泵桶盆架杆柄齿刃弦镜臂肩胸腰臀领袖帽裆鞋鱼虾")
_ASKED_UNIT = re.compile(
    r"(?:几|多少)个?(?P<unit>厘米|毫米|公分|公斤|毫升|毫安|英寸|小时|分钟|米|寸|斤|克|升|瓦|伏|支|根|条|只|双|件|瓶|盒|袋|包|卷|片|张|页|抽|粒|颗|丸|枚|块|层|档|轴|色|天|月|年|节)"
)
_GRAINS = "粒颗丸枚片"  # small round things that one counts and the other calls by another word
_TOLD_UNIT = re.compile(r"\d\s*(?P<unit>厘米|公斤|毫升|斤|米|升|寸|瓦)")  # 15斤的猫承得住吗
# what is measured, by the units that count it; a question may ask for it without a unit (多长, 重不重)
_KINDS = (
    (
        re.compile(r"(?:几|多少|\d)\s*(?:公斤|千克|斤|克|kg|g)|多重|重不重|沉不沉|最[重轻]"),
        re.compile(r"\d\s*(?:公斤|千克|斤|克|kg|g)(?![a-z])", re.I),
    ),
    (
        re.compile(r"(?:几|多少|\d)\s*(?:厘米|毫米|公分|英寸|米|寸)|多[长宽高远粗厚深]"),
        re.compile(r"\d\s*(?:厘米|毫米|公分|英寸|米|寸|mm|cm|m)(?![a-z²³])", re.I),
    ),
    (re.compile(r"(?:几|多少|\d)\s*(?:毫升|升|ml|l)"), re.compile(r"\d\s*(?:毫升|升|ml|l)(?![a-z])", re.I)),
)
_LASTS = re.compile(r"多久|多长时间|几(?:天|个月|年|小时|分钟)")
_LASTING = re.compile(r"\d\s*个?(?:秒|分钟|小时|天|周|月|年)")
_LETTER, _UNIT, _ENOUGH = 0.8, 0.8, 1.6
_HELD_BY = 2  # keys that may have a letter for it to tell one from another


def facts_by_letters(product: Product, question: str, counted: bool = False) -> list[tuple[str, str]]:
    """The attributes that question and key agree on most by letters and unit; often none. `counted`: only where the
    value counts what is asked for."""
    held = Counter(letter for key in product.attributes for letter in set(key))
    asked = set(question) - _PLAIN - called(product.title, question)
    scored = []
    for key, value in product.attributes.items():
        letters = sum(held[letter] <= _HELD_BY for letter in asked & set(key))
        fits = letters > 0 and (counts(value, question) or (not counted and is_such_a_measure(value, question)))
        if letters and (fits or not counted):
            scored.append((letters * _LETTER + _UNIT * fits, key, value))
    best = max((score for score, _, _ in scored), default=0.0)
    return [(key, value) for score, key, value in scored if score == best >= _ENOUGH]


def called(title: str, question: str) -> set[str]:
    """The letters with which the question only calls the goods by their name (藕粉, of which 纯藕粉 is a fact)."""
    pairs = (question[at : at + 2] for at in range(len(question) - 1))
    return {letter for pair in pairs if pair.isalpha() and pair in title for letter in pair}


def uncalled_in(title: str, question: str) -> str:
    """The question with blanks where it only calls the goods by their name."""
    named = [question[at : at + 2] in title and question[at : at + 2].isalpha() for at in range(len(question))]
    blank = {at + beyond for at, is_name in enumerate(named) if is_name for beyond in (0, 1)}
    return "".join(" " if at in blank else letter for at, letter in enumerate(question))


def facts_by_count(product: Product, question: str) -> list[tuple[str, str]]:
    """The only attribute whose value counts in the unit that is asked for (多少片: 零件：324片)."""
    unit = _ASKED_UNIT.search(question)
    if unit is None:
        return []
    alike = f"[{_GRAINS}]" if unit["unit"] in _GRAINS else unit["unit"]
    found = [(k, v) for k, v in product.attributes.items() if re.search(rf"\d\s*个?{alike}", v)]
    return found if len(found) == 1 else []


def facts_by_thing(product: Product, question: str) -> list[tuple[str, str]]:
    """The only attribute whose name has a letter that names a thing in the question (带灯吗: 灯光; 脸圆: 脸型)."""
    letters = set(question) - set(product.title)
    things = letters & _THINGS
    found = [(key, value) for key, value in product.attributes.items() if things & set(key)]
    return found if len(found) == 1 else []


def facts_by_measure(product: Product, question: str) -> list[tuple[str, str]]:
    """The attributes whose value is the very measure that is asked about (这个500毫升的吗)."""
    asked = set(map(in_base, measures(question)))
    facts = product.attributes.items() if asked else ()
    return [(key, value) for key, value in facts if asked & set(map(in_base, measures(value)))]


def is_such_a_measure(value: str, question: str) -> bool:
    """Whether a value is a weight, length or volume and one is asked for, in whatever unit (多长: 0.9米)."""
    return any(told.search(value) for told in _measures_asked(question))


def counts(value: str, question: str) -> bool:
    """Whether a value counts in the unit that is asked for or told (几斤, 15斤的猫), or tells how long where that is
    asked."""
    return any(told.search(value) for told in _counts_asked(question))


@lru_cache(maxsize=64)  # one question is held against every fact
def _measures_asked(question: str) -> tuple[re.Pattern[str], ...]:
    """What values tell the measures that are asked for."""
    return tuple(told for asked, told in _KINDS if asked.search(question))


@lru_cache(maxsize=64)
def _counts_asked(question: str) -> tuple[re.Pattern[str], ...]:
    """What values count in the unit that is asked for or told, or tell how long."""
    unit = _ASKED_UNIT.search(question) or _TOLD_UNIT.search(question)
    counted = (re.compile(rf"\d\s*个?{unit['unit']}"),) if unit else ()
    return (*counted, _LASTING) if _LASTS.search(question) else counted
