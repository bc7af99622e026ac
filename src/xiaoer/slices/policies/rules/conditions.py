# ruff: noqa: E501  patterns read better unbroken
"""Conditions of a wish (求推荐的条件): what it may cost, and what must not be in it.

Amounts count in digits and in Chinese (一百五, 两三百, 千把块, 三百到五百), as a bound, a span, or for several pieces together
(一共300块). What must not be in it is a dislike (不要酒精的, 别推荐茶) or bad for the body (对坚果过敏, 乳糖不耐受).
"""

import re
from collections.abc import Iterable

from msgspec import Struct

_DIGIT = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2}
_UNIT = {"十": 10, "百": 100, "千": 1_000, "k": 1_000, "万": 10_000}
_HAN = "零一二三四五六七八九两十百千万"
_AMOUNT = rf"(?<!\d)(?:\d+(?:\.\d+)?[百千万k]?|[{_HAN}]+)(?:来|多|把|几)?"
_YUAN = r"\s*(?:元|块钱?|rmb|¥|软妹币)?"
_NOT_MONEY = r"(?![\d.]*\s*(?:岁|斤|公斤|kg|cm|厘米|米|码|天|个月|年|月|号|日|克|g\b|ml|毫升|件|个人|个|折|%|点|寸|L\b|升|片|包|盒|款|样|套|份|人|楼|分钟|小时))"
_LIMIT = r"(?:预算|价位|价格|控制|不(?:要|能)?超过?|别超过?|最多|顶多|至多|一共|总共|合计|低于|少于|小于|花|人均|每[人件个样份]|单件|单价)(?:我|了|个|大概|大约|差不多|是|就|只有|也就|有|在|到|出|花)*"
_AFTER = r"(?:以内|以下|之内|之下|内|封顶|到顶|顶天|左右|上下|的预算|预算|搞定)"
_LEAST = re.compile(
    rf"(?:不低于|别低于|至少|最少|起码)\s*(?P<a>{_AMOUNT}){_NOT_MONEY}|(?P<b>{_AMOUNT}){_YUAN}\s*(?:以上|往上|起步)"
)
_SPAN = re.compile(
    rf"(?P<least>{_AMOUNT}){_YUAN}\s*(?:到|至|-|~|—|–)+\s*(?P<most>{_AMOUNT})(?P<unit>{_YUAN}){_NOT_MONEY}(?P<after>\s*(?:{_AFTER}|之间))?"
)
_ROUND_SPAN = re.compile(
    rf"(?<![{_HAN}\d])(?P<a>[一二两三四五六七八九])(?P<b>[二三四五六七八九])(?P<unit>[十百千])(?:来)?{_YUAN}{_NOT_MONEY}"
)
_BOUND = re.compile(
    rf"{_LIMIT}\s*(?P<a>{_AMOUNT}){_NOT_MONEY}|(?<![{_HAN}\d.高重围长宽])(?P<b>{_AMOUNT}){_YUAN}\s*{_AFTER}|(?<![{_HAN}\d.])(?P<c>{_AMOUNT})\s*(?:元|块钱?)(?!\s*(?:钱)?(?:以上|往上|起))"
)
_MORE = re.compile(
    rf"(?<![{_HAN}\d.])(?P<a>[{_HAN}\d]*?[十百千0])(?:多|几)(?:块钱?|元)?(?=[的吧呢左]|$|[，,。\s])|(?P<some>几十)(?:块|元)"
)
_NO_SUM = re.compile(  # 俺娘六十多, 零下二十多
    r"(?:(?:[妈娘爸爹奶爷婆公姥岳姨叔舅姑她他]|老人|今年|都|快)(?:也|都|今年|快|有)*|零下|气温|体重|身高)$"
)
_ABOUT = re.compile(r"左右|上下|大概|差不多|来|把")
_TOTAL = re.compile(r"一共|总共|合计|加起来|总价|总预算|全部|凑")
_EACH = re.compile(r"每[件个样份]|单件|单个|一件|人均|每人|各")
_SURE_SPAN = re.compile(rf"{_LIMIT}|价|钱|[百千]")
_MEASURED = re.compile(r"身高|体重|胸围|腰围|[码尺寸长宽高重斤]|cm|公分")
_PIECES = re.compile(r"([两俩二三四五六七八九2-9])\s*(?:件|样|个(?!人)|份)")
_RULE = re.compile(r"满\s*\d+\s*(?:元|块)?\s*(?:减|送|打)\s*\d*|减\s*\d+")

_NAME = r"(?P<what>[\u4e00-\u9fffA-Za-z]{1,6}?)"
_ENDS = r"(?:的|类|制品|成分|吗|了|呀|哦|啊|，|,|。|！|!|\s|和|或|跟|、|$)"
_BAD = re.compile(
    rf"对{_NAME}(?:有点|会|也|严重|都)?(?:过敏|不耐受)|(?:^|[，,。\s我他她妈爸娃])(?P<bare>(?![对我他她妈爸娃])[\u4e00-\u9fff]{{2,3}})(?:过敏|不耐受)"
)
_ALLERGENS = r"牛奶|鸡蛋|坚果|花生|芝麻|海鲜|虾|蟹|鱼|大豆|黄豆|麸质|小麦|面粉|芒果|羊毛|化纤|乳胶|酒精|香精|辣|乳糖|奶制品|猫毛|狗毛|镍|金属"
_ILL = r"过敏|不耐受|起(?:一片|一身|满身)?(?:红|小)?(?:疹|疙瘩|包)|发痒|瘙痒|拉肚子|闹肚子|红肿|烂脸|喘"
_REACTS = re.compile(
    rf"(?P<what>{_ALLERGENS})(?=[^，。,？?]{{0,10}}(?:{_ILL}))"
)  # 牛奶鸡蛋都过敏, 一穿羊毛脖子就起红疹
_DISLIKE = re.compile(
    rf"(?:不想?要(?:含|有|带|加)?|不含|不能(?:有|含|吃|喝)|别(?:有|含|带)|(?<!有)没有|不加|不吃|不喝|不(?:怎么|太|大|爱|习惯)?(?:穿|戴|喷|抹|涂|擦|养|抽)|不(?:怎么|太|大|爱|会)?(?=化妆)|吃不了|喝不了|不爱(?:吃|喝)?|不喜欢(?:吃|喝)?|讨厌|忌|戒了?(?![指尺])|(?:别|不要|不用)(?:再)?(?:给我)?(?:推荐?|送|买|考虑|整))(?:有|含)?{_NAME}{_ENDS}"
)
# what they have already, and what they have no use for (她有围巾了, 口红她有好多, 也不用护手霜)
_HAS = re.compile(
    rf"除(?:了|去|开){_NAME.replace('what', 'but')}(?:，|,|\s|之外|以外|外|还|$)|(?:^|[，,。；\s他她我妈爸友公婆弟姐妹哥])(?:已经|都|早就|自己)?(?:有|买过|收到过)(?:好几|好多|很多|不少|一堆|太多)?(?:条|个|套|瓶|支|只|双|件|款)?{_NAME}了(?![吗么没])"
    rf"|(?:^|[，,。；\s])(?:[他她我](?:妈|爸|家|们)?)?(?P<many>[\u4e00-\u9fff]{{2,4}}?)(?:[他她我](?:妈|爸|家|们)?|家里)?(?:已经|都|也)?(?:有(?:好多|很多|的是|一堆|好几|不少)|太多了|多得(?:是|很|用不完|没处放)|用不完|不缺|够多|不(?:喝|吃|用|爱|喜欢)(?=[，,。！!]|$)|有了(?![吗么没]))"
    r"|(?:送|买)(?P<stale>[\u4e00-\u9fff]{1,4}?)(?:也|都|又)?(?:太(?:俗|普通|常见|老土|大众|没新意|随便)|烂大街|(?:送|买)(?:过|腻|烦)了|没新意)"
    rf"|(?:也|就)?(?:不用|不需要|不缺){_NAME.replace('what', 'idle')}(?:了|，|,|。|和|跟|$)"
)
_NO_GOODS = re.compile(
    r"^(?:宝宝|娃|孩子|小孩|猫|狗|病|.{0,3}病$|对象|男朋友|女朋友|喜|身孕|孕|货|人|房|车|空|钱|时间|家里|谢|担心|客气|什么|太|我|他|她|你|着急|麻烦|插电|洗|安装|活动|优惠|券)"
)
_NOT_SORT = re.compile(
    r"(?:不要|别送?|别是|别推荐?|别买|不想要|不送|不考虑|不是|除了)((?:[吃喝穿用玩戴]的[和跟、或也]?)+)"
)
_SORT_OF = re.compile(r"[吃喝穿用玩戴]的")
_FREE_OF = re.compile(r"(?:无|零|0)(?P<what>蔗糖|糖|盐|酒精|香精|咖啡因|麸质|奶|油)(?!水)")
_LACKS = re.compile(r"没有(?!.*(?:的|类|制品|成分)$)")  # 笔记本没有网口 complains, 没有糖的 wishes
_NO_THING = re.compile(
    r"^(?:水$|太|那|这|再|别|了|给|推|便宜|(?:贵|老|土|花|小|大|重|口|生)$|花哨|花里|老气|忌口|我|你|他|她|什么|啥|钱|用|想|知道|着?急|能|会|会员|买|货|商品|东西|其他|任何|产品|一|几|很|特别|有|要|皮肤|容易|季节|可能|身体|换季|体质|经常|严重|轻微|有点|防|抗|会不会)"
)
_MOST_TERMS = 6


class Budget(Struct, frozen=True):
    """Yuan. `total` when it is for all pieces together, `about` when it was said roughly (两百左右)."""

    least: float | None = None
    most: float | None = None
    total: bool = False
    pieces: int = 0
    about: bool = False


def read_budget(text: str) -> Budget | None:
    """What the words say a wish may cost; None when they name no amount for it."""
    plain = _RULE.sub(" ", text)
    pieces = _PIECES.search(plain)
    count = (_DIGIT.get(pieces[1]) or int(pieces[1])) if pieces else 0
    total = bool(_TOTAL.search(plain)) and not _EACH.search(plain)
    if (round_span := _ROUND_SPAN.search(plain)) is not None:
        unit = _UNIT[round_span["unit"]]
        return Budget(_DIGIT[round_span["a"]] * unit, _DIGIT[round_span["b"]] * unit, total, count)
    if (more := _MORE.search(plain)) is not None and not _NO_SUM.search(plain[: more.start()]):
        least = 20.0 if more["some"] else value_of(more["a"])
        if least is not None:
            return Budget(least, 100.0 if more["some"] else least + 10 ** (len(str(int(least))) - 1) - 1, total, count)
    span = _SPAN.search(plain)
    if span is not None and (span["unit"].strip() or span["after"] or _is_money(span, plain)):
        least, most = value_of(span["least"]), value_of(span["most"])
        if least is not None and most is not None:
            least = least * 100 if least < 10 and most >= 100 and span["most"].endswith("百") else least
            return Budget(min(least, most), max(least, most), total, count)
    if (low := _LEAST.search(plain)) is not None and (least := value_of(low["a"] or low["b"])) is not None:
        under = _BOUND.search(plain, low.end())
        most = value_of(under["a"] or under["b"] or under["c"]) if under else None
        return Budget(least, most, total, count)
    for found in _BOUND.finditer(plain):
        word = found["a"] or found["b"] or found["c"]
        most = value_of(word)
        if most and not (word in _DIGIT and found["c"] is None):  # 三位数 is no three yuan
            about = _ABOUT.search(found[0]) is not None
            return Budget(most * 0.5 if about else None, most, total, count, about and not total)
    return None


def _is_money(span: re.Match[str], plain: str) -> bool:
    """Whether a span without a unit is one of yuan: 三百到五百, and 200到300 where nothing is measured."""
    if _SURE_SPAN.search(plain):
        return True
    least, most = value_of(span["least"]), value_of(span["most"])
    is_round = bool(least and most) and all(value and value >= 20 and value % 10 == 0 for value in (least, most))
    return is_round and not _MEASURED.search(plain)


def value_of(word: str) -> float | None:
    """Yuan of an amount in digits or Chinese: 一百五 150, 两千三 2300, 百来 100, 1千 1000; None for what is none."""
    plain = re.sub(r"[来多把几]$", "", word)
    if (digits := re.fullmatch(r"(\d+(?:\.\d+)?)([百千万k]?)", plain)) is not None:
        return float(digits[1]) * _UNIT.get(digits[2], 1)
    total, current, last = 0, 0, 1
    for char in plain:
        if char in _DIGIT:
            current = _DIGIT[char]
        elif char == "万":
            total, current, last = (total + current) * 10_000, 0, 10_000
        else:
            last = _UNIT[char]
            total, current = total + (current or 1) * last, 0
    if current:
        total += current * (last // 10 if last >= 100 and "零" not in plain else 1)
    return float(total) if total else None


def read_avoids(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What must not be in it: (what is bad for the body, what is only not liked)."""
    bad = _terms(found["what"] or found["bare"] for found in _BAD.finditer(text))
    reacts = dict.fromkeys(found["what"] for found in _REACTS.finditer(text))
    bad += tuple(what for what in reacts if not any(what in term for term in bad))
    dislikes = (found for found in _DISLIKE.finditer(text) if "过敏" not in found[0] and not _LACKS.match(found[0]))
    liked = _terms(found["what"] for found in dislikes)
    bad += tuple(found["what"] for found in _FREE_OF.finditer(text) if found["what"] not in bad)
    liked += tuple(sort for found in _NOT_SORT.finditer(text) for sort in _SORT_OF.findall(found[1]))
    has = _terms(
        found["what"] or found["many"] or found["idle"] or found["but"] or found["stale"]
        for found in _HAS.finditer(text)
    )
    liked += tuple(term for term in has if not _NO_GOODS.match(term))
    return bad, tuple(term for term in dict.fromkeys(liked) if term not in bad)


def _terms(words: Iterable[str]) -> tuple[str, ...]:
    cleaned = (re.sub(r"^(?:含|有|带|加|吃|喝|点|些|到)", "", word) for word in words)
    return tuple(dict.fromkeys(word for word in cleaned if word and not _NO_THING.match(word)))[:_MOST_TERMS]


def is_refused(color: str, text: str) -> bool:
    """Whether a colour is named as one that is not wanted (不要粉的, 黄色的不好看)."""
    bare = color.removesuffix("色")
    return (
        re.search(
            rf"(?:不(?:想|太)?(?:要|喜欢|爱)|别要?|除了|不考虑)(?:太)?{bare}|{bare}色?的?(?:不(?:好看|喜欢|要|行)|太(?:丑|土|艳))",
            text,
        )
        is not None
    )
