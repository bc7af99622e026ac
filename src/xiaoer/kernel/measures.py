"""Measures in words (度量): 6米3, 500毫升, 1.5kg, 两斤. Pure; one reading for sheets and for buyers.

A measure is a number with its unit as written in Chinese; `in_base` tells it in one unit of its kind, so that 5kg and
10斤 are the same weight.
"""

import re

from xiaoer.kernel.numerals import value

DIGITS = str.maketrans("一二两三四五六七八九", "1223456789")
_UNITS = (
    "毫米|厘米|公分|毫升|公斤|千克|英寸|平方米|平方|平米|㎡|平|米|寸|升|斤|克|瓦|毫安时?|安时?(?![装全静卓])"
    "|mah|ah|ml|mm|cm|kg|gb|tb|g|l|w|t|m"
)
_BY = re.compile(
    r"(\d+(?:\.\d+)?)(?=\s*[x×*]\s*\d+(?:\.\d+)?\s*(毫米|厘米|米|mm|cm|m)(?![a-z]))", re.IGNORECASE
)  # 1.5x2m
_MEASURE = re.compile(rf"(?<![\d.a-z])(\d+(?:\.\d+)?)\s*({_UNITS})(?![a-wyz])(\d{{1,2}})?(?!\d)", re.IGNORECASE)
_NUMERAL = re.compile(r"[一二两三四五六七八九](?=米|斤|公[斤分]|厘米|毫米|寸|升|克)|(?<=米)[一二三四五六七八九]")
_COUNTED = re.compile(
    r"(?<![一二三四五六七八九十百第几])[一二两三四五六七八九](?=[座口档级层孔芯核键轴挡门袋盒包瓶罐支片卷只条双枚颗粒张本块听杯])"
)
_TENS = re.compile(
    r"(?<![一二三四五六七八九十百千万第])[一二三四五六七八九]?十[一二三四五六七八九]?(?![一二三四五六七八九十百千万足分])"
)
_PART_OF = re.compile(r"([二三四五六八十]+)分之([一二三四五六七八九]+)")
_SAME = {
    "公分": "厘米",
    "cm": "厘米",
    "mm": "毫米",
    "ml": "毫升",
    "kg": "公斤",
    "千克": "公斤",
    "g": "克",
    "l": "升",
    "w": "瓦",
    "m": "米",
    "平方米": "平",
    "平方": "平",
    "平米": "平",
    "㎡": "平",
    "ah": "安",
    "安时": "安",
    "mah": "毫安",
    "毫安时": "毫安",
}
_BASE = {
    "公斤": ("克", 1000),
    "斤": ("克", 500),
    "升": ("毫升", 1000),
    "米": ("毫米", 1000),
    "厘米": ("毫米", 10),
    "安": ("毫安", 1000),
}

Measure = tuple[float, str]


def measures(text: str) -> set[Measure]:
    """Number and unit of each measure; 6米3 is 6.3 m, 1.5x2m two sides."""
    plain = _NUMERAL.sub(lambda m: m.group().translate(DIGITS), _tens(text))
    sides = {(float(number), in_words(unit)) for number, unit in _BY.findall(plain)}
    return sides | {
        (float(f"{number}.{rest}") if rest and "." not in number else float(number), in_words(unit))
        for number, unit, rest in _MEASURE.findall(plain)
    }


def in_digits(text: str) -> str:
    """三盒 as 3盒, 七座 as 7座, 四十五公分 as 45公分, 二分之一 as 1/2: what is counted, as sheets write it."""
    whole = _PART_OF.sub(lambda found: f"{value(found[2])}/{value(found[1])}", text)
    return _COUNTED.sub(lambda m: m.group().translate(DIGITS), _tens(whole))


def _tens(text: str) -> str:
    return _TENS.sub(lambda found: str(value(found.group())), text)


def in_words(unit: str) -> str:
    """The unit as it is said: kg is 公斤, ㎡ 平; what is no unit stays as it is."""
    return _SAME.get(unit.lower(), unit)


def in_base(measure: Measure) -> Measure:
    """The same measure in the one unit of its kind (克, 毫升, 毫米); others stay."""
    number, unit = measure
    base, times = _BASE.get(unit, (unit, 1))
    return round(number * times, 6), base


_JIN = re.compile(r"(?<![\d.])(\d{1,3})\s*(斤|公斤|kg|KG|Kg|千克)\s*(?:(半)|(\d|[一二三四五六七八九])\s*两)")
_LIANG = "零一二三四五六七八九"


def in_one_unit(text: str) -> str:
    """Weights in two units as one number: 「7斤2两」 is 「7.2斤」, 「12斤半」 is 「12.5斤」."""
    if "斤" not in text and "k" not in text.lower() and "千克" not in text:
        return text

    def joined(found: re.Match[str]) -> str:
        whole, unit, half, tenths = found.groups()
        part = "5" if half else tenths if tenths.isdigit() else str(_LIANG.index(tenths))
        return f"{whole}.{part if unit == '斤' or half else '0' + str(int(part) * 5)}{unit}"

    return _JIN.sub(joined, text)
