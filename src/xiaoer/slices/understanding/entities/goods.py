"""What is wanted (规格): size, colour, quantity, money. Reads text whose numerals are digits already."""

import re
from typing import Any

from xiaoer.slices.understanding.phrases import PhraseTable

_GB = re.compile(r"(?<!\d)(\d{2,3}/\d{2,3}\s*[A-Ya-y]?)(?![\dA-Za-z])")
_LETTER = re.compile(
    r"(?<![A-Za-z0-9.\-/])((?:[2-9]\s?|[xX]{1,5})[xX]?[lLsS]|[xX][sS]|[xX]{0,4}[lL]|[sSmM])(?![A-Za-z0-9'])(?!\s*(?:装|容量|/))"
)
_WORD = re.compile(r"(均码|加大码|特大码|加大号|特大号|(?<![多最偏])大码|中码|小码|童码)")
_NUMBER = re.compile(r"(?<![\d.])(\d{2,3}(?:\.5)?)\s*(?:码(半)?|号(?=[^\d]{0,2}(?:鞋|脚|的?鞋|码)))")
_SHOE = re.compile(
    r"(?:穿|鞋码|尺码|鞋|码数|拿|拍|选|买|要|换|换成|码)\s*(?:的|是|个|了|成)?\s*(3[3-9]|4[0-8])(?:\.5)?(?=\s*(?:的|码|号|鞋|$|[^\d.%元块天斤公件个双只条套岁cCkKmM点月:：小年])|$)"
)
_LITRES = re.compile(r"\d\s*[lL](?![A-Za-z])")

_COLOR_WORD = re.compile(r"((?:[浅深暗亮淡纯]?[\u4e00-\u9fff]{1,2}?)色)")
_NOT_COLOR = re.compile(
    r"什么色|啥色|颜色|[掉褪染退变脱显]色|角色|特色|肤色|货色|气色|脸色|本色|出色|天色|景色|各色|好色|女色|起色|逊色|几色|哪[个种]?色|个色|种色|一色|单色|双色|多色|换色|选色|改色|款色|花色|两色|[一二两三四五几半]截色|同色|有色|无色|配色|的色|是色|纯色|差色|按色|偏色|上色|着色|固色|套色|补色|看色|原色|发色|彩色|本色|其他色|别的色"
)
_QUANTITY = re.compile(
    r"(?<![\d.第])(\d{1,5})\s*(?:件|双|条|箱(?!子)|袋|包|盒|瓶|套|只|台|份|支|本|张(?!发票|图|票)|把|桶|罐|提|盆|副|顶|床|听|串|组|对|打(?!头|个|折|对|[一二三四五六七八九\d]+折)|个(?![半小]?(?:月|小时|人|星期|礼拜|工作|季度|快递|问题|订单|包裹|平台|地址|客服|电话|字|码|颜色|色|尺码|钟|口袋|G|g|档|点|多月|百分)))(?!套装?|折|装)"
)
_SAID = re.compile(r"数量(?:是|改成|改为|换成|变成|:|要|写)*\s*(\d{1,4})(?![\d.])")
_OFFER = re.compile(
    r"(?<![\d.第])(\d{2,6}(?:\.\d)?)(?=\s*(?:行吗|行不|可以吗|卖吗|卖不|出吗|成交|拿走|包邮吗|包邮不|得了|算了))"
)
_NOT_BOUGHT = re.compile(r"(?:第|有|是|几|每|满|差|少了?|缺了?|分|前|这|那|哪|里面|一共是|共)\s*$")
_YUAN = re.compile(
    r"(?<![\d.])(\d{1,7}(?:\.\d{1,2})?)\s*(?:元|块钱?|rmb|RMB|圆|￥|¥)(?!\s*钱?\s*(?:一|每)?[斤])(\d)?(?!\d)"
)
_SIGN = re.compile(r"[¥￥]\s*(\d{1,7}(?:\.\d{1,2})?)")
_BUDGET = re.compile(
    r"(?:预算|价格|价位|花|付了?|扣了?|收了?|卖|便宜|降了?|补|退了?|只退了?|赔)(?:是|在|到|了|我|大概|差不多|大约|就|才)*\s*(\d{2,6}(?:\.\d{1,2})?)(?!\s*(?:天|件|个|斤|码|号|双|点|分|%|cm|kg|小时|次|折|岁|月|年|箱|袋|包|盒|瓶|[.\d\-/]))"
)
_BOUND = re.compile(r"(?<![\d.])(\d{2,6})\s*(?:以内|以下|左右|上下|出头|之内)(?!的?\s*(?:斤|cm|公分))")
_PART = re.compile(r"[满减送差第立]\s*$")


def read_standard_size(text: str, found: dict[str, Any]) -> str:
    """Adds a size of the national standard (170/92A), before its parts are taken for body measures."""
    for match in _GB.finditer(text):
        size = match.group(1).replace(" ", "").upper()
        if size[-1].isalpha():
            found["size"] = size
            return f"{text[: match.start()]} {text[match.end() :]}"
    return text


def read_size(text: str, found: dict[str, Any]) -> str:
    """Adds size: XL, 170/92A, 42, 均码."""
    for pattern in (_LETTER, _NUMBER, _SHOE, _WORD):
        for match in pattern.finditer(text):
            size = match.group(1).replace(" ", "").upper()
            if pattern is _LETTER and _LITRES.match(text[max(0, match.start() - 1) :]):
                continue
            if pattern is _NUMBER and match.group(2):
                size += ".5"
            found["size"] = size
            return f"{text[: match.start()]} {text[match.end() :]}"
    return text


_IN_METRES = re.compile(r"[\d一二两三四五六七八九十几半厘毫]米$")  # 两米的线 is no 米色


def read_color(text: str, found: dict[str, Any], colors: PhraseTable) -> None:
    """Adds colour, in the plain word."""
    named = next((one for one in colors.find(text) if not _IN_METRES.search(text[: one.start + 1])), None)
    if named is not None:
        found["color"] = named.value
        return
    for match in _COLOR_WORD.finditer(text):
        word = match.group(1)
        if not _NOT_COLOR.search(word) and not re.search(r"[的要是和有个那这换选改买吗呢不没就穿件款对]", word):
            found["color"] = word
            return


def read_quantity(text: str, found: dict[str, Any]) -> None:
    """Adds quantity: how many the buyer wants or has, not how many a box holds."""
    said = _SAID.search(text)
    if said:
        found["quantity"] = int(said.group(1))
        return
    for match in _QUANTITY.finditer(text):
        before = text[max(0, match.start() - 4) : match.start()]
        if not _NOT_BOUGHT.search(before) and 0 < int(match.group(1)) < 100_000:
            found["quantity"] = int(match.group(1))
            return


def read_money(text: str, found: dict[str, Any]) -> str:
    """Adds money_yuan; amounts of a rule (满300减50) are no amounts of the buyer's."""
    for pattern in (_SIGN, _YUAN, _BUDGET, _BOUND, _OFFER):
        for match in pattern.finditer(text):
            if _PART.search(text[max(0, match.start() - 2) : match.start()]):
                continue
            amount = float(match.group(1))
            if pattern is _YUAN and match.group(2) and "." not in match.group(1):
                amount += int(match.group(2)) / 10
            found["money_yuan"] = amount
            return f"{text[: match.start()]} {text[match.end() :]}"
    return text
