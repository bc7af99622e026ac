# ruff: noqa: E501  patterns and tables read better unbroken
"""Body measures (身材): girths, height, weight, foot length, age. Reads text whose numerals are digits already."""

import re
from typing import Any

_PERSON = re.compile(
    r"身高|体重|[我他她]|净高|个子|个头|高个|穿|码|胖|瘦|宝宝|孩子|小孩|儿童|儿子|女儿|男|女|老[公婆人]|爸|妈|爷|奶|弟|妹|哥|姐|娃|大人|人|坐|躺|骑|承重"
)
_GOODS = re.compile(
    r"衣长|裤长|裙长|袖长|肩宽|胸围|腰围|臀围|桌|床|柜|长度|宽度|高度|直径|尺寸|[长宽厚深]\s*$|帘|架|屏|线长|帽围|头围|脚|[内外]径|鞋|沙发|门|墙|窗|杆|包"
)
_METRES = re.compile(
    r"(?<![\d.])(1|2)\s*[米mM]\s*(\d{1,2})(?![\d.])(?!\s*(?:米|m|x|×|\*|的?(?:大|双人|单人)?(?:床|被|桌|柜|沙发)))"
)
_METRES_POINT = re.compile(r"(?<![\d.])([12]\.\d{1,2})\s*(米|m(?![a-z])|M(?![a-z]))?(?![\d.])")
_METRES_ROUND = re.compile(r"(?:身高|个子|个头)\s*(?:是|有|才)?\s*([12])\s*米(?!\d)")
_CM = re.compile(r"(?<![\d.])(\d{2,3}(?:\.\d)?)\s*(?:cm|CM|Cm|厘米|公分)")
_HEIGHT_SAID = re.compile(
    r"(?:净身高|身高|净高|个子|个头|^高|[,. ]高)(?:有|是|为|大概|差不多|大约|才|:)*\s*(\d{2,3}(?:\.\d)?)(?!\s*(?:斤|kg|公斤|[.\d]))"
)
_HEIGHT_BARE = re.compile(
    r"(?<![\d.\-:])(1[3-9]\d|20\d)(?=\s*(?:的?(?:身高|个子|个头|能不?能?穿|可以穿|穿|瘦|胖|高|男|女|小个子))|(?:[,/\s。;和-]+(?:体重)?|体重)?(?:[3-9]\d|[12]\d\d)\s*(?:斤|公斤|kg|KG|Kg|千克|$|[^\d.:点月号年xX×]))"
)
_WHO_BARE = re.compile(r"(?:我|老公|老婆|男朋友|女朋友|男友|女友|儿子|女儿|妈妈?|爸爸?|弟弟?|妹妹?|哥哥?|姐姐?|本人|男生|女生|他|她)\s*(?:是|有|大概|身高)?(1[3-9]\d|20\d)(?![\d.])(?!\s*(?:斤|块|元|公斤|kg|天|个|号|件|码))")  # fmt: skip
_WEIGHT = re.compile(
    r"(?<![\d.])(\d{1,3}(?:\.\d)?)\s*(斤|公斤|kg|KG|Kg|千克)(?:半)?(?!\s*(?:装|重的?(?:哑铃|行李|大米|狗粮)|/|一[箱袋]|多少|每|的(?:米|面|大米|肉|狗粮|猫粮|箱|袋)))"
)
_WEIGHT_SAID = re.compile(
    r"(?:体重|^重|[, ]重)(?:有|是|为|大概|差不多|大约|才|:)*\s*(\d{2,3}(?:\.\d)?)\s*(斤|公斤|kg|KG|Kg|千克)?"
)
_BOUGHT = re.compile(
    r"(?:买|来|要|称|订|拍|发|送|装|袋|箱|盒|包|减|洗|容量|承重|少了|缺|净重|毛重|净含量)(?:了|过)?\s*$"
)
_PAIR = re.compile(
    r"^\s*[,/\s。;和-]*\s*(?:体重)?\s*(\d{2,3}(?:\.\d)?)(?![\d.:点月号年xX×%])\s*(斤|公斤|kg|KG|Kg|千克)?"
)
_FOOT = re.compile(r"(?:脚|赤足|足)[^\d,。;]{0,6}?(\d{2,3}(?:\.\d{1,2})?)\s*(cm|CM|厘米|公分|mm|MM|毫米)?")
_FOOT_AFTER = re.compile(r"(\d{2}(?:\.\d{1,2})?|2\d\d)\s*(cm|厘米|公分|mm|毫米)的?脚")
_YEARS = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d)?)\s*(?:周岁|岁)(半)?(?!\s*[-到至~]\s*\d)")
_MONTHS = re.compile(r"(?<![\d.])(\d{1,2})\s*个(半)?月(?:龄|大)?")
_BABY = re.compile(r"预产|胞胎|宝|婴|娃|孩|新生|儿|大的|月龄|个半?月大|囡|崽|幼|(?:狗|猫)")
_TERM = re.compile(r"保|质|[会能可]用|用了|买了|过了|等了|发货|前|后|内|[第每]|分期|免息|了$|没|前买")
# A girth in centimetres or in 尺, a third of a metre (腰围2尺1 is 70 cm); a cup size or a price is none.
_GIRTHS = {
    "chest_cm": r"胸围|上胸|胸口|胸",
    "waist_cm": r"腰围|裤腰|腰",
    "hip_cm": r"臀围|屁股|臀",
    "shoulder_cm": r"肩宽|肩",
}
_LEAST_CM, _MOST_CM = {"chest_cm": 22, "waist_cm": 40, "hip_cm": 50, "shoulder_cm": 25}, 170
_AMOUNT = r"(?P<m>1)米(?P<over>\d{1,2})?(?!\d)|(?P<chi>[1-4])尺(?P<cun>\d(?:\.\d)?)?寸?(?!\d)|(?P<cm>\d{2,3}(?:\.\d)?)(?![\d.A-Ga-g%/年天斤元块])\s*(?:cm|CM|厘米|公分)?"
_GIRTH = {
    key: re.compile(rf"(?:{words})(?:一圈|净|实际|大概|大约|差不多|量|了|是|有|为|约|:|\s)*(?:{_AMOUNT})")
    for key, words in _GIRTHS.items()
}
_GIRTH_AFTER = re.compile(rf"(?:{_AMOUNT})的?(?P<part>腰|臀|胸围)(?!带|包|靠)")
_PARTS = {"腰": "waist_cm", "臀": "hip_cm", "胸围": "chest_cm"}
_THREE = re.compile(r"[三3]围(?:是|分别|:|\s)*(\d{2,3})[\s,/，、-]+(\d{2,3})[\s,/，、-]+(\d{2,3})")
_CHI = re.compile(r"(?<=尺)[一二三四五六七八九]")
_DIGITS = str.maketrans("一二三四五六七八九", "123456789")
_AFTER_WEIGHT = re.compile(
    r"(?:斤|公斤|kg|KG|千克)[\s,，]*(?:身高)?(1[4-9]\d|20\d)(?![\d.])(?!\s*(?:斤|元|块|公斤|kg|天|个|号|件|码|毫|ml|g))"
)
_OF_CHILD = re.compile(
    r"(?<![\d.])(1[0-2]\d|[789]\d)(?=(?:[,/\s。;和-]|体重|高)+(?:[1-5]\d|\d)(?:\.\d)?\s*(?:斤|公斤|kg|KG|千克))"
)
_UNBORN = re.compile(
    r"预产期|(?:还没|没|未)出?生|快(?:要)?(?:生|出生)了|(?:下个?|这个?|几|\d)个?月(?:底|初|中)?(?:就|才|要|会)*(?:出?生)|肚子里的?(?:宝|娃|孩)"
)
_NUMBER = re.compile(r"\d")
_PET = r"(?:狗|猫|犬|泰迪|柯基|金毛|拉布拉多|比熊|法斗|斗牛|柴犬|哈士奇|二哈|边牧|萨摩|德牧|博美|雪纳瑞|吉娃娃|布偶|英短|美短|橘|兔)"
_PET_BEFORE = re.compile(rf"{_PET}(?!粮|砂|窝|爬|抓|条|罐|零食|玩具|绳|链|包)[^,，。\d]{{0,8}}$")
_PET_AFTER = re.compile(rf"\s*(?:重|左右|多)?的?(?:小|大|成年?)?{_PET}(?!粮|砂|窝|爬|抓|条|罐|零食|玩具|绳|链|包)")
_RANGE_YEARS = re.compile(r"\d+\s*(?:-|到|至|~)\s*\d+\s*岁")


def may_measure(text: str) -> bool:
    """Whether the words may tell a measure: a number, or that a child is not born yet."""
    return _NUMBER.search(text) is not None or _UNBORN.search(text) is not None


def read_body(text: str, found: dict[str, Any]) -> str:
    """Adds height_cm, weight_kg, foot_length_mm, age_years, age_months; returns the text without what was read."""
    text = _foot(text, found)
    text = _height(text, found)
    text = _weight(text, found)
    return _age(text, found)


def read_girths(text: str, found: dict[str, Any]) -> str:
    """Adds chest_cm, waist_cm, hip_cm, shoulder_cm; returns the text without what was read."""
    text = _CHI.sub(lambda one: one.group().translate(_DIGITS), text)
    match = _THREE.search(text)
    if match:
        found |= {key: float(n) for key, n in zip(("chest_cm", "waist_cm", "hip_cm"), match.groups(), strict=True)}
        return f"{text[: match.start()]} {text[match.end() :]}"
    for key, pattern in _GIRTH.items():
        match = pattern.search(text)
        if match and _LEAST_CM[key] <= (amount := _centimetres(match)) <= _MOST_CM:
            text = _take(text, match, found, key, amount)
    match = _GIRTH_AFTER.search(text)
    if match and (key := _PARTS[match["part"]]) not in found and 40 <= (amount := _centimetres(match)) <= _MOST_CM:
        text = _take(text, match, found, key, amount)
    return text


def _centimetres(match: re.Match[str]) -> float:
    if match["m"]:
        over = match["over"] or "0"
        return 100 + int(over) * (10 if len(over) == 1 else 1)
    if match["cm"]:
        return float(match["cm"])
    return round((int(match["chi"]) * 10 + float(match["cun"] or 0)) / 0.3, 1)


def _height(text: str, found: dict[str, Any]) -> str:
    match = _METRES.search(text)
    if match and not _GOODS.search(text[max(0, match.start() - 5) : match.start()]):
        tail = match.group(2)
        return _take(
            text, match, found, "height_cm", int(match.group(1)) * 100 + int(tail) * (10 if len(tail) == 1 else 1)
        )
    match = _METRES_ROUND.search(text)
    if match:
        return _take(text, match, found, "height_cm", float(match.group(1)) * 100)
    match = _METRES_POINT.search(text)
    if match and 1.2 <= float(match.group(1)) <= 2.2 and _is_person_height(text, match):
        return _take(text, match, found, "height_cm", round(float(match.group(1)) * 100, 1))
    match = _HEIGHT_SAID.search(text)
    if match:
        rest = _take(text, match, found, "height_cm", float(match.group(1)))
        return _drop_unit(rest, match.start())
    for match in _CM.finditer(text):
        number = float(match.group(1))
        before = text[max(0, match.start() - 5) : match.start()]
        if 100 <= number <= 215 and not _GOODS.search(before) and (_PERSON.search(text) or _pair(text, match.end())):
            return _take(text, match, found, "height_cm", number)
        if 45 <= number < 100 and re.search(r"身高|宝宝|孩子|小孩|[高长]\s*$", before) and not _GOODS.search(before):
            return _take(text, match, found, "height_cm", number)
    match = _HEIGHT_BARE.search(text) or _WHO_BARE.search(text) or _AFTER_WEIGHT.search(text)
    match = match or (_OF_CHILD.search(text) if _BABY.search(text) or _YEARS.search(text) else None)
    if match and not re.search(r"[¥￥满减]\s*$|型号|尾号", text[: match.start(1)]):
        found["height_cm"] = float(match.group(1))
        head, tail = text[: match.start(1)], text[match.end(1) :]
        pair = _PAIR.match(tail)
        if pair and "weight_kg" not in found and _plausible_pair(float(pair.group(1)), pair.group(2)):
            found["weight_kg"] = _kilos(float(pair.group(1)), pair.group(2))
            tail = tail[pair.end() :]
        return f"{head} {tail}"
    return text


def _drop_unit(text: str, at: int) -> str:
    return text[:at] + re.sub(r"^\s*(?:cm|CM|厘米|公分)", " ", text[at:])


def _is_person_height(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 5) : match.start()]
    if _GOODS.search(before) or re.match(r"\s*(?:[xX×*]|元|块|升|L|kg|公斤|斤|寸|倍|折|mm|厘米)", text[match.end() :]):
        return False
    return bool(_PERSON.search(text)) or (match.group(2) is not None and "床" not in text)


def _pair(text: str, end: int) -> bool:
    return bool(re.match(r"\s*[,/\s]*\d{2,3}\s*(?:斤|公斤|kg)", text[end:], re.I))


def _weight(text: str, found: dict[str, Any]) -> str:
    if "weight_kg" in found:
        return text
    match = _WEIGHT_SAID.search(text)
    if match and _plausible_pair(float(match.group(1)), match.group(2)):
        return _take(text, match, found, "weight_kg", _kilos(float(match.group(1)), match.group(2)))
    for match in _WEIGHT.finditer(text):
        number, unit = float(match.group(1)), match.group(2)
        kilos = _kilos(number, unit)
        before = text[max(0, match.start() - 4) : match.start()]
        if _BOUGHT.search(before) or not 2 <= kilos <= 200:
            continue
        if _PET_BEFORE.search(text[: match.start()]) or _PET_AFTER.match(text[match.end() :]):
            return _take(text, match, found, "weight_kg", kilos)
        person = "height_cm" in found or _PERSON.search(text)
        if person and (
            kilos >= 30 or "height_cm" in found or re.search(r"宝|娃|孩|岁|个半?月|婴|儿子|女儿|重|我家\s*\d", text)
        ):
            return _take(text, match, found, "weight_kg", kilos)
    if "height_cm" in found:
        match = re.search(r"(?<![\d.])(\d{2,3})(?![\d.]|\s*(?:码|号|元|块|件|个|岁|cm|天|点|月|%|mm|寸))", text)
        if match and _plausible_pair(float(match.group(1)), None) and float(match.group(1)) >= 40:
            return _take(text, match, found, "weight_kg", _kilos(float(match.group(1)), None))
    return text


def _plausible_pair(number: float, unit: str | None) -> bool:
    return 3 <= number <= 300 if unit else 38 <= number <= 260


def _kilos(number: float, unit: str | None) -> float:
    # Without a unit: nobody gives an adult's kilos above 85 without saying so, and jin below 80 are rare.
    if unit is None:
        return number if number <= 80 else number / 2
    return number / 2 if unit == "斤" else number


def _foot(text: str, found: dict[str, Any]) -> str:
    for pattern in (_FOOT, _FOOT_AFTER):
        match = pattern.search(text)
        if match is None or "脚背" in match.group() or "脚围" in match.group():
            continue
        number, unit = float(match.group(1)), match.group(2)
        millimetres = number if number >= 100 else number * 10
        rest = text[match.end() : match.end() + 1]
        if (
            80 <= millimetres <= 330
            and rest not in ("码", "号")
            and (unit or "长" in match.group() or number >= 200 or "." in match.group(1))
        ):
            return _take(text, match, found, "foot_length_mm", millimetres)
    return text


def _age(text: str, found: dict[str, Any]) -> str:
    match = _YEARS.search(text)
    if match and not _RANGE_YEARS.search(text) and not re.search(r"\d\s*(?:-|到|至|~)\s*$", text[: match.start()]):
        text = _take(text, match, found, "age_years", float(match.group(1)) + (0.5 if match.group(2) else 0))
    if "age_years" not in found and _UNBORN.search(text) and _BABY.search(text):
        found["age_months"] = 0.0
        return text
    match = _MONTHS.search(text)
    if match and _BABY.search(text) and not _TERM.search(text[max(0, match.start() - 3) : match.start()]):
        if (
            match.group(2) is None
            and re.match(r"了(?:[吗没还都]|$)", text[match.end() :])
            and "大" not in match.group()
        ):
            return text
        text = _take(text, match, found, "age_months", float(match.group(1)) + (0.5 if match.group(2) else 0))
    return text


def _take(text: str, match: re.Match[str], found: dict[str, Any], key: str, number: float) -> str:
    found[key] = number
    return f"{text[: match.start()]} {text[match.end() :]}"
