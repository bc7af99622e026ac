# ruff: noqa: E501  patterns read better unbroken
"""Which words begin a wish (有没有敏感肌能用的护肤品, 女朋友生日快到了，200到300, 屋里太干, 卖不卖电饭煲), with no goods in sight."""

import re

from xiaoer.kernel.asking import QUESTION
from xiaoer.kernel.heard import Segment
from xiaoer.packs.goods import thesaurus_of
from xiaoer.slices.policies.rules.conditions import read_avoids, read_budget
from xiaoer.slices.policies.rules.wish_words import SORTS, asks_if_sold, is_described

_SEEKS = re.compile(
    r"有没有|有木有|有(?:啥|什么|哪些|适合)|有.{2,14}(?:吗|么|没)(?:[?？\s,，]|$)|有(?:没有)?[吗么没]|(?:能|可以|适合)[吃用喝穿玩戴擦抹骑养]?(?:什么|啥|哪)|^求|怎么(?:选|挑)|(?:选|挑)(?:什么|啥|哪)|能买到|想(?:买|要|送|给|凑|挑|选|找|整)|(?:给|帮|送).{1,8}(?:买|挑|选|带|整|配|凑|搭)|来(?:个|点)|找(?:个|点|一)|随便(?:推荐|来)"
)
ASKS = re.compile(r"[?？]|[吗么嘛呢]\W*$|什么|多少|怎么|哪|几(?!百|十|千)|能不能|有没有|会不会|是不是")
_DOUBTFUL = 0.5
SURE_ENOUGH = 0.75  # below this, words with a budget for a situation are no matter of an order
_NO_SPEC = re.compile(r"\d|货|[红橙黄绿青蓝紫黑白灰粉]色?的")  # 240的奶瓶有货吗 asks of a variant
_GIVES = re.compile(r"^送.{1,4}[，,]|送(?:给)?.{1,5}的|送给|送(?:点|个|些|什么|啥)")
_THINGS_FOR = re.compile(r"能[吃用喝穿戴玩]的(?!吗|么|是|有没有|话)[\u4e00-\u9fff]{2}")  # 敏感肌能戴的首饰
_COUPLE = re.compile(r"爸妈|父母|公婆|爹妈")
GOODS = ("product.", "price.", "promo.")
_OCCASION = re.compile(r"送|礼|生日|母亲节|父亲节|情人节|七夕|中秋|过年|过节|纪念日|结婚|满月")
_HELPS = re.compile(
    r"(?:用|买|穿|吃|喝|带|准备|送|戴|选|擦|抹|涂|备|垫|盖|铺|玩|看|喂)(?:点儿?|些)?(?:什么|啥|哪)|有(?:没有)?(?:什么|啥|哪)|推荐|怎么(?:办|选|挑)|咋办|求|列(?:几|一|个)|(?:^|[，,])有(?:没有)?.{1,8}(?:吗|么|没|的)$"
)
_EATS = re.compile(r"(?:能|可以|适合)[吃用喝穿玩戴擦抹骑养](?:什么|啥|哪)")
# what ails a thing or a body sounds like a complaint about goods (猫尿味太大了, 手裂了); these words say that it is one
_SOUNDS_BOUGHT = frozenset({"after.size_wrong", "after.defect", "after.repair", "after.color_diff", "after.missing"})
BOUGHT = re.compile(
    r"收到|买的|买来|买了|拍的|拍了|你们|你家|(?<![酒饭旅书])店|这(?!么|样)|退|换货|刚到|到了|发来|发的|寄|快递|客服|售后|订单|单子|质量|投诉|赔|才用|用了|穿了|洗了|戴了|包装"
)
_EACH_ONE = re.compile(r"各(?:买|挑|选|来|送)")
_NEEDED = re.compile(r"要(?:能|会)[^，。吗么]{1,4}的|要用的[\u4e00-\u9fff]|(?:用|穿|装|戴)的[\u4e00-\u9fff]{1,6}$")
SOUGHT = ("product.", "price.", "oos.")
MAY_LEAD = ("product.", "price.", "oos.", "chat.")
FOR_WHAT = re.compile(r"送|礼|生日|(?:给|帮).{1,6}(?:买|挑|选|带)")


def begins(text: str, segment: Segment, troubled: bool) -> bool:
    """Whether these words begin a wish. `troubled`: they tell a situation for which there are goods."""
    return (
        _seeks(text, segment)
        or _is_gift(text, segment)
        or (troubled and _tells_trouble(text, segment))
        or _asks_if_sold(text, segment)
        or _describes(text, segment)
    )


def _seeks(text: str, segment: Segment) -> bool:
    """Whether these words look for goods of a sort, for a price, for somebody (有没有敏感肌能用的护肤品)."""
    for_them = bool(segment.entities.audience) and _THINGS_FOR.search(text) is not None
    if _SEEKS.search(text) is None and _NEEDED.search(text) is None and not for_them:
        return False
    budget, bad = read_budget(text), any(read_avoids(text))
    if segment.intent.startswith("promo."):
        each = _EACH_ONE.search(text) is not None
        return bool((budget or each) and (segment.entities.relation or _COUPLE.search(text)))
    may = segment.intent.startswith(SOUGHT) or segment.confidence < _DOUBTFUL
    may = may or (_sounds_bought(text, segment) and _NEEDED.search(text) is not None)
    if may and _NEEDED.search(text):
        return True
    for_her = segment.entities.relation and FOR_WHAT.search(text)
    return may and bool(for_her or SORTS.search(text) or _EATS.search(text) or budget or bad or for_them)


def _is_gift(text: str, segment: Segment) -> bool:
    """Whether these words name somebody and an amount, and an occasion, or no question (女朋友生日快到了，200到300;
    刚出生的宝宝用的，一共不超过200)."""
    named = segment.entities
    may = segment.confidence < _DOUBTFUL or segment.intent.startswith(MAY_LEAD)
    for_whom = bool(named.relation and _OCCASION.search(text))
    for_whom = for_whom or (bool(named.relation or named.audience) and not ASKS.search(text))
    if (segment.intent == "promo.gift" or segment.confidence < _DOUBTFUL) and _GIVES.search(
        text
    ):  # given by her, not by the shop
        return read_budget(text) is not None or any(read_avoids(text))
    return may and for_whom and read_budget(text) is not None


def _tells_trouble(text: str, segment: Segment) -> bool:
    """Whether a trouble or an occasion is told and help is asked for, if anything (屋里太干了，嗓子疼)."""
    may = segment.intent.startswith(SOUGHT) or segment.confidence < _DOUBTFUL
    may = may or _sounds_bought(text, segment)
    for_somebody = bool(segment.entities.relation or segment.entities.audience)
    may = may or (segment.intent in ("promo.gift", "chat.smalltalk") and for_somebody)
    may = may or (segment.intent.startswith("chat.") and read_budget(text) is not None)
    may = may or (segment.confidence < SURE_ENOUGH and read_budget(text) is not None and not BOUGHT.search(text))
    return may and (_HELPS.search(text) is not None or not QUESTION.search(text))


def _asks_if_sold(text: str, segment: Segment) -> bool:
    """Whether the shop is asked for a sort of thing, of which nothing more is said."""
    may = segment.intent.startswith(("product.stock", "product.detail", "product.material", "product.package", "oos."))
    named = asks_if_sold(text) or (_NO_SPEC.search(text) is None and bool(thesaurus_of().asked_for(text)))
    return (may or segment.confidence < _DOUBTFUL) and not segment.entities.size and named


def _describes(text: str, segment: Segment) -> bool:
    """Whether goods of a sort are asked for by what they are like; of a size, the stock is told."""
    may = segment.intent.startswith(GOODS) or segment.confidence < _DOUBTFUL
    return may and not segment.entities.size and is_described(text)


def _sounds_bought(text: str, segment: Segment) -> bool:
    """Whether these words were heard as a complaint though nothing says that anything was bought."""
    return segment.intent in _SOUNDS_BOUGHT and not BOUGHT.search(text)
