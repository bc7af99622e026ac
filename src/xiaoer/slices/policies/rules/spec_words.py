"""Which values of one axis the words name (说的规格): 触屏 in 奶白触屏的, 躺睡款 in 能躺睡的那款, 整箱六支 in 六瓶一箱.

Values of an axis are told apart by the letters and numbers that not all of them have; a buyer says them in any order
and with other words between. The words name the values of which they hold the most of these, and enough.
"""

import re
from collections.abc import Iterable

from xiaoer.kernel.measures import in_digits

_HAN = re.compile(r"[\u4e00-\u9fff]")
_PIECE = "[个只瓶罐支枚颗粒片包袋盒条座孔头人块饼杯团卷层格档枝株朵根把串件双台门机]"
_PIECES = re.compile(rf"(?<![\d.])\d+(?={_PIECE})")
_NUMERALS = str.maketrans("一二两双三四五六七八九", "12223456789")
_NUMERAL = re.compile(rf"(?<![一二两三四五六七八九十第几])[一二两双三四五六七八九](?={_PIECE})")
_PACK = re.compile(rf"[×xX*]\s*(\d+)|(\d+)\s*{_PIECE}(?=款|装|整|套|一[箱提]|\W|\d|$)")
# one letter that is said for a whole value before these (大的, 小号, 双瓶)
_ALONE = "大中小单双长短厚薄高低宽窄粗细软硬圆方"
_AFTER = r"(?:号|码|的|款|个|那|只|盆|锅|瓶|盒|箱|桶|袋|杯|床|包|把|张|片|孔|人|套|台|件|缸|伞|垫)"
_PLAIN = frozenset("款装版型号色个的式规格尺寸标准一种样")
_NUMBER_OF = re.compile(r"(?<![\d.])(\d{2,}(?:\.\d+)?|\d\.\d+)(?:米?的|米?那|乘|[xX*×])")
_PART = 2  # letters of a value that name it
_COLOURS = frozenset("黑白红蓝绿黄灰紫粉棕橙青米银金杏驼咖藏卡")
_ENOUGH = 0.6  # of the letters that tell a value from the others


def named_of(values: Iterable[str], text: str) -> set[str]:
    """The values that the words name; empty where they name none, or all alike."""
    known = set(values)
    whole = {value for value in known if len(value) > 1 and value in text}
    whole = {one for one in whole if not any(one != other and one in other for other in whole)}
    if whole:
        return whole
    if by_number := {value for value in known if _first_number(value) in _NUMBER_OF.findall(text)}:
        return by_number if len(by_number) < len(known) else set()
    by_part = {value for value in known if part_told(value, known - {value}, text)}
    if 0 < len(by_part) < len(known):
        return by_part
    by_colour = {value for value in known if colour_told(value, known - {value}, text)}
    if 0 < len(by_colour) < len(known):
        return by_colour
    plain, scored = _plain(text), {value: _score(value, known, text) for value in known}
    best = max(scored.values(), default=0.0)
    if best < _ENOUGH:
        scored = {value: _alone(value, known, plain) for value in known}
        best = max(scored.values(), default=0.0)
    found = {value for value, score in scored.items() if score == best >= _ENOUGH}
    return found if len(found) < len(known) else set()


def part_told(value: str, others: Iterable[str], text: str, *, by_number: bool = False) -> str:
    """The longest part of a value that the text has and no other value does (荠菜 of 猪肉荠菜, 冬被 of 冬被4斤), of two
    letters at least and cutting no number short; numbers and Latin letters alone
    count where they may (`by_number`)."""
    parts = {value[a:b] for a in range(len(value)) for b in range(a + _PART, len(value) + 1)}
    for part in sorted(parts, key=lambda one: (-len(one), value.index(one))):
        is_name = by_number or _HAN.search(part)
        if is_name and _stands_whole(part, text) and not any(part in other for other in others):
            return part
    return ""


def colour_told(value: str, others: Iterable[str], text: str) -> str:
    """黑的, 黑M or 白39 for a value with that colour (曜石黑), where no other value has the letter; else empty."""
    for letter in value:
        its_own = letter in _COLOURS and not any(letter in other for other in others)
        if its_own and (found := re.search(rf"{letter}(?:的|色|(?=\d*[A-Z]|\d{{2}}))", text)):
            return found.group()
    return ""


def _stands_whole(part: str, text: str) -> bool:
    at = text.find(part)
    before, after = text[max(at - 1, 0) : at], text[at + len(part) : at + len(part) + 1]
    cut = (part[-1].isdigit() and after.isdigit()) or (part[0].isdigit() and before.isdigit())
    return at >= 0 and not cut


def _first_number(value: str) -> str:
    """The number that a value of several measures is called by (220 of 220乘240厘米); empty where it is but one."""
    numbers = re.findall(r"\d+(?:\.\d+)?", value)
    return numbers[0] if len(numbers) > 1 else ""


def pieces_in(spec: str) -> set[int]:
    """How many pieces a spec may be of: 1L×12盒 of 12, 双瓶礼盒 and 双机套装 of two."""
    return {int(a or b) for a, b in _PACK.findall(_plain(spec))}


def _score(value: str, values: set[str], text: str) -> float:
    """The share of what tells the value from the others that the words hold; one letter alone is too little."""
    others = [_marks(other) for other in values if other != value]
    own = _marks(value)
    telling = {mark for mark in own if not all(mark in marks for marks in others)} if others else own
    said = _marks(text)
    held = telling & said
    if len(held) < 2 and not any(mark.isdigit() for mark in held):
        return 0.0
    return len(held) / len(telling)


def _alone(value: str, values: set[str], text: str) -> float:
    """1 where the one letter of size or number that tells the value is said as such: 大的, 双瓶."""
    letters = [one for one in value if one in _ALONE]
    if not letters or sum(letters[0] in other for other in values) > 1:
        return 0.0
    return float(re.search(rf"{letters[0]}{_AFTER}", text) is not None)


def _marks(text: str) -> set[str]:
    """Letters, and numbers that count pieces."""
    plain = _plain(text)
    return (set(_HAN.findall(plain)) - _PLAIN) | set(_PIECES.findall(plain))


def _plain(text: str) -> str:
    return in_digits(_NUMERAL.sub(lambda found: found.group().translate(_NUMERALS), text))
