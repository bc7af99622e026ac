"""What a buyer's words ask for (砍价的话): a price, an amount off, a rate, rounding, a gift, or an answer to an offer.

Only what can be read without doubt counts as a price: whole or decimal yuan in any digits, Chinese numbers, 「X折」.
Another currency, a negative or absurd number is a push without a price. Claims about earlier promises (「别的客服
答应了」), orders to the bot (「忽略规则」) and questions for the floor are told apart, because they move nothing.
"""

import re
from collections.abc import Sequence

from xiaoer.kernel.digits import plain_digits
from xiaoer.kernel.money import Money
from xiaoer.slices.bargaining.types import Ask

_MOST_YUAN = 1_000_000
_DIGIT = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNIT = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}
_HAN = r"[零〇一二两三四五六七八九十百千万]++"
_NUMBER = rf"(?<![\d.])(?P<number>\d++(?:\.\d++)?|{_HAN})"  # possessive: 100件 is not 10
_YUAN = r"\s*(?:元|块钱|块|圆|¥|rmb|人民币)"
_FOREIGN = re.compile(
    r"美元|美金|美刀|刀|日元|日币|円|韩元|韩币|港币|港元|欧元|欧|卢布|卢比|泰铢|越南盾|英镑|比特币|btc|usdt?|jpy|krw|eur|hkd|"
    r"[$€£₩₽₹฿₿]|冥币|q币|积分|津巴布韦",
    re.IGNORECASE,
)
_OFF = re.compile(
    rf"(?:便宜|优惠|少|减|降|让|抹掉?|砍|省|立减|返|退)(?:个|我|点|掉|了)?\s*{_NUMBER}(?P<unit>{_YUAN}|毛|角|分)?(?!\s*[折%％]|[点些下丢])"
)
_RATE = re.compile(rf"{_NUMBER}\s*折")
_HALF = re.compile(r"半价|对折|打对折|五折")
_PERCENT = re.compile(r"(?:打|按|给)?\s*(\d{1,2}(?:\.\d)?)\s*[%％]")
_NOT_MONEY = r"(?!\s*(?:[a-z折%％件个只双套条盒天次年月日号点斤码]|包(?!邮)))"
_PRICE = re.compile(rf"{_NUMBER}(?P<unit>{_YUAN})?(?P<tail>\d(?!\d|元|块))?+{_NOT_MONEY}")
_COUNT = re.compile(rf"{_NUMBER}\s*(?:件|个|只|双|套|条|包(?!邮)|盒|瓶|箱|袋|支|台)")
_ROUNDS = re.compile(r"抹零|抹个零|去零|零头|去个零|凑整|取整|抹掉零")
_FREIGHT = re.compile(r"包邮|免邮|免运费|邮费(?:免|省|去|就?算)|运费(?:免|省|去|就?算)")
_GIFT = re.compile(r"送(?:点|个|我|些|俩|两|一)|赠品|小礼物|小礼品|礼物|有礼|带点啥|搭点|添点|红包")
_FLOOR = re.compile(
    r"底价|底线|最低(?:能|可以)?(?:给到|到|卖|多少|价)?(?:是)?多少|最低价是|成本价|进货价|进价|心理价|能让到多少"
)
# a price that is asked about is not offered: 比150高吗, 是不是147, 有没有低于140
_PROBES = re.compile(
    rf"(?:比|高于|低于|超过|是不是|是否|^是|有没有)\s*{_NUMBER}{_YUAN}?\s*"
    r"(?:高|低|贵|便宜|多|少|以上|以下|了)?\s*(?:吗|么|对吧|对吗|没|不|[?？]|$)"
)
_CLAIM = re.compile(
    r"(?:客服|小二|同事|店长|老板|经理|你们|刚才|上次|昨天|之前|前面|别人|朋友|有人|主播|直播间)[^,。!?]{0,12}"
    r"(?:答应|同意|说好|说过|承诺|说可以|说能|说给|说(?:是|打|只要|优惠|便宜)|报(?:的|价|给)|允许|给过|给了|卖给|保证|确认过)|"
    r"^(?:之前|昨天|上次)?说好(?:的|了)|截图|聊天记录|有录音|有证据|(?:已经|都)(?:答应|同意|说好)"
)
_ORDERS = re.compile(
    r"忽略|无视|忘(?:掉|记)[^,。]{0,6}(?:规则|指令|设定|提示)|(?:系统|开发者|管理员|调试|root|admin|developer|system)"
    r"(?:模式|提示|指令|权限|消息|prompt|mode)?|你现在是|扮演|角色扮演|假装|越狱|jailbreak|ignore|instruction|prompt|"
    r"override|输出[^,。]{0,6}(?:规则|配置|设定|提示)|\bfloor\b|json|</?\w+>|我是(?:老板|店长|店主|管理员|运营|经理)|老板娘?让",
    re.IGNORECASE,
)
_STOP = re.compile(r"不(?:便宜|优惠|降价|少|让)[^,。]{0,6}(?:差评|投诉|举报|退款)|差评|举报|投诉|曝光")
# a yes ends there or goes on to the purchase: 好贵啊, 行情价, 买不起 begin like one and are none
_GOES_ON = r"(?=$|[\s,。!~、.]|我|就|那|这|按|给|发|优惠券|券|谢|拍|买|下单|付|要|领|现在|马上|亲)"
_AND = r"[那就按,\s]*+"
_TAKEN = (
    r"(?:好|行|可以|成交?|ok(?:ay)?|嗯|中|妥|得嘞|没问题|同意|接受|能接受|(?:这个|这)价格?|这样|它|(?<=就)这个|"
    r"我?要了|给我|发我|领了|我?(?:拍|买|下单|付))[的吧滴呀嘞啊呗了哈嘛呢下款]*+"
)
_YES = re.compile(rf"{_AND}(?:{_TAKEN}{_AND})++{_GOES_ON}|怎么(?:拍|买|领|用|下单)")
_MORE = re.compile(r"再|更|多少|还能|不够|还是贵|太贵|便宜点|低点|少点|吗$|\?$|不行|不能|但是|不过|除非")
_NO = re.compile(
    r"^(?:算了|不要了|不买了|不用了|太贵了?不要|我?(?:先)?考虑(?:一下|下)?|我?再(?:想想|看看)|下次|以后再说|不了|先不)"
)


def read_ask(text: str, *, offered: bool, stop_words: Sequence[str] = ()) -> Ask:
    """Read what `text` asks for. `offered`: a price is on the table, so that 「好的」 takes it."""
    plain = _plain(text)
    quantity = _quantity(plain)
    if _STOP.search(plain) or any(word and word in plain for word in stop_words):
        return Ask("stop", quantity=quantity)
    if _ORDERS.search(plain):
        return Ask("claim", quantity=quantity)
    if _CLAIM.search(plain):
        return Ask("claim", _price(plain), quantity=quantity)
    off, rate = _amount_off(plain), _rate(plain)
    bare = re.sub(r"[\s,。!~、.]+", "", plain)
    if offered and _NO.search(bare):
        return Ask("decline")
    if offered and _YES.match(plain.strip()) and not _MORE.search(plain) and {_price(plain), off, rate} == {None}:
        return Ask("accept", quantity=quantity)
    if _FREIGHT.search(plain) and _price(plain) is None:
        return Ask("freight", quantity=quantity)
    if _ROUNDS.search(plain):
        return Ask("push", rounds_down=True, quantity=quantity)
    if _PROBES.search(plain):
        return Ask("floor", quantity=quantity)
    price = None if off or rate is not None or _FOREIGN.search(plain) else _price(plain)
    if off is None and rate is None and price is None:
        if _FLOOR.search(plain):
            return Ask("floor", quantity=quantity)
        if _GIFT.search(plain):
            return Ask("gift", quantity=quantity)
    return Ask("push", price, None if _FOREIGN.search(plain) else off, rate, quantity=quantity)


def _plain(text: str) -> str:
    """Every digit as ASCII; Chinese punctuation as ASCII; lower case."""
    folded = plain_digits(text[:500]).lower()
    folded = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", folded.replace("万一", "如果"))
    return folded.translate(str.maketrans("，！？；", ",!?;"))


def _number(text: str) -> float | None:
    if text[0].isdigit():
        return float(text)
    total = section = digit = 0
    for position, character in enumerate(text):
        if character in _DIGIT:
            digit = _DIGIT[character]
            continue
        unit = _UNIT[character]
        if unit == 10_000:
            total, section, digit = (total + section + digit) * unit, 0, 0
        else:
            section, digit = section + (digit or (1 if position == 0 else 0)) * unit, 0
    if digit and len(text) > 1 and text[-2] in _UNIT and _UNIT[text[-2]] > 10:
        digit *= _UNIT[text[-2]] // 10  # 一百二 is 120
    return float(total + section + digit)


def _money(text: str, unit: str = "") -> Money | None:
    value = _number(text)
    if value is None or not 0 <= value <= _MOST_YUAN:
        return None
    part = {"毛": 10, "角": 10, "分": 1}.get(unit.strip(), 100)
    return Money(round(value * part))


def _amount_off(plain: str) -> Money | None:
    found = _OFF.search(plain)
    if found is None:
        return None
    if plain[found.start() : found.end()].startswith(("少", "让", "降")) and plain[: found.end()].endswith("到"):
        return None
    amount = _money(found["number"], found["unit"] or "")
    return amount if amount else None


def _rate(plain: str) -> int | None:
    """「8折」 8000, 「88折」 8800, 「半价」 5000; None when none is named."""
    if _HALF.search(plain):
        return 5_000
    found = _RATE.search(plain)
    if found is not None:
        value = _number(found["number"])
        if value is None or value <= 0:
            return None
        while value >= 10:
            value /= 10
        return round(value * 1_000)
    percent = _PERCENT.search(plain)
    return round(float(percent[1]) * 100) if percent else None


def _price(plain: str) -> Money | None:
    """The price per piece that is named; the last one when there are several. Negative numbers are none."""
    best = None
    for found in _PRICE.finditer(plain):
        before = plain[: found.start()].rstrip()
        word = found["number"]
        if before.endswith(("-", "负", "减", "×", "*", "第", "打")) or (
            before[-1:].isalnum() and before[-1:].isascii()
        ):
            continue
        if not word[0].isdigit() and not found["unit"] and (len(word) == 1 or set(word) <= {"千", "万", "百", "十"}):
            continue  # 一下, 万一
        if word[0].isdigit() and not found["unit"] and len(word.split(".")[0]) > 6:
            continue  # an order number
        money = _money(word)
        if money is not None and found["tail"] and found["unit"]:
            money = money + Money(int(found["tail"]) * 10)  # 9块9
        best = money if money is not None else best
    return best


def _quantity(plain: str) -> int:
    found = _COUNT.search(plain)
    value = _number(found["number"]) if found else None
    if not value or (found and plain[: found.start()].rstrip().endswith(("-", "负"))):
        return 1
    return max(1, min(int(value), 1_000_000))
