"""Product facts (商品参数): which attribute of the product answers a question.

A shop writes attributes as it likes (材质, 面料成分, 电池续航), a buyer asks as she likes (什么做的, 能用多久).
Each question word group names the attribute keys it may be answered by; an attribute whose key stands in the
question, or whose value speaks of the very thing that was asked (洗碗机), answers it too. No attribute, no claim:
a question about dogs is not answered by what was written for pregnant women, nor one about fading by pilling.
"""

import re
from functools import lru_cache

from msgspec.structs import replace

from xiaoer.kernel.asking import QUESTION
from xiaoer.kernel.commerce import Product
from xiaoer.kernel.measures import in_digits
from xiaoer.slices.policies.rules.asked_words import ASKED, BY_INTENT, CHILD_KEYS, FITS_KEYS, MEASURED, WASH_KEYS, WHO
from xiaoer.slices.policies.rules.for_others import is_for_others, names_rival
from xiaoer.slices.policies.rules.namesakes import (
    counts,
    facts_by_count,
    facts_by_letters,
    facts_by_measure,
    facts_by_thing,
    uncalled_in,
)
from xiaoer.slices.policies.rules.written import facts_with_code, facts_written
from xiaoer.slices.policies.sides import matching

_AGE = re.compile(r"(?:\d|[一二两三四五六七八九十半几])个?(?:月|岁)半?(?!左右|前|后|了[^吗]|吧|以前|多?了)")
_YEARS = re.compile(r"\d\s*(?:岁|个月)|出生|新生儿")
_USED = re.compile(r"用了|穿了|买了|过了|等了|大概|才|快")
_ASKED_WORDS = [(word, group) for group, (words, _) in enumerate(ASKED) for word in words]
_BEINGS = frozenset("猫狗犬孕")
_FOR_BEINGS = re.compile(r"[猫狗犬孕](?:咪|妇|期|猫|狗|犬)?(?:能|可|适|吃|喝|用|产|婴|$)")
# halves of keys that name nothing by themselves
_NO_NAMES = frozenset(
    (
        "适用", "适合", "是否", "产品", "商品", "可以", "能否", "其他",
        "类型", "说明", "信息", "情况", "要求", "方式", "方法", "使用",
        "建议", "推荐", "特点", "功能", "支持", "包含", "默认", "最大",
        "最小", "最高", "最低", "单个", "整体",
    )
)  # fmt: skip

# what is asked here is one thing of many: what is written about another is no answer
EXACT = frozenset({"product.safety", "product.quality"})
_EITHER = re.compile(r"^(.{1,2})不\1")
_SIDES = re.compile(
    r"([\u4e00-\u9fffA-Za-z\d]{2,4}?)(?:和|跟|与|还是)([\u4e00-\u9fffA-Za-z\d]{2,4}?)(?:有|哪|的?区别|怎么|咋|差|一样|选)"
)
_OF_NO_THING = frozenset("的了吗呢吧啊不能可以会要有是这那么什怎我你他她它用到个多少就还没在和跟")
_POWER = re.compile(r"[充插]|电池|续航|没电")
_VOLUME = re.compile(r"^\D{0,4}\d+(?:\.\d+)?\s*(?:升|毫升|ml|l)$", re.IGNORECASE)
_NAME = 2
# asked in words of all sorts of questions (洗了会缩水吗): they count when nothing narrower is asked
_WIDE = (FITS_KEYS, WASH_KEYS)
_COUNTED = re.compile(r"(?<!\d)\d+[座口档级层孔芯核键轴挡门座](?![\u4e00-\u9fff]?\d)")
_PARTS = re.compile(r"[\s,，。.?？!！;；、]+")
_SURELY = 0.9  # from here one that none names is told of health and wear
_MAY_TELL = 0.25  # from here the sheet of other goods may be meant as well
_LIKELY = 0.02  # from here a fact that a rule of words names is told
_PART = 3  # characters of a question beside others
_ASKED_TOGETHER = 3
_SHARED = 3  # characters that question and value must share for the value to speak of the thing asked


def facts_for(product: Product, intent: str, question: str) -> tuple[tuple[str, str], ...]:
    """Return the attributes (key, value) that answer `question`, most telling first: at most two, or one for each of
    several things that it asks (充满要多久，吵不吵)."""
    return _facts_for(product.title, tuple(product.attributes.items()), intent, question)


@lru_cache(maxsize=512)  # a turn asks several times: by its matter, by its goods, once more when all is gathered
def _facts_for(
    title: str, sheet: tuple[tuple[str, str], ...], intent: str, question: str
) -> tuple[tuple[str, str], ...]:
    product = Product("", title, attributes=dict(sheet))
    asked = in_digits(_without_name(product, question))
    parts = [part for part in _PARTS.split(asked) if part]
    if len(parts) > 1:
        found = [_facts_of(product, "", part) or tuple(facts_written(product, part)) for part in parts]
        if len({facts[0] for facts in found if facts}) > 1:
            return tuple(dict.fromkeys(pair for facts in found for pair in facts))[:_ASKED_TOGETHER]
    return _facts_of(product, intent, asked)


def _facts_of(product: Product, intent: str, question: str) -> tuple[tuple[str, str], ...]:
    """The attributes that answer one question, at most two: those that most likely do, or that a rule of words names
    where they are not unlikely."""
    ruled = by_rules(product, intent, question)
    told = matching.ranked(product, question, ruled[0] if ruled else None)
    likely = {one.pair for one in told if one.sure >= _LIKELY} | set(by_measure_told(product, question))
    likely |= set(_with_keys(product, CHILD_KEYS)) if _tells_age(question) else set()
    named = [pair for pair in ruled if pair in likely]
    sure = [one for one in told if one.sure >= matching.STATED and one.pair not in named]
    if intent in EXACT:
        sure = [one for one in sure if one.sure >= _SURELY]
    found = [
        one.pair
        for one in sure
        if not (is_for_others(question, one.key + one.value) or names_rival(question, one.key + one.value))
    ]
    if named and found and matching.sure_of(told, named[0]) < matching.STATED:
        return found[0], named[0]  # rule and likelihood point to two facts: both are told
    return tuple((named or found)[:2])


def by_rules(product: Product, intent: str, question: str) -> tuple[tuple[str, str], ...]:
    """The attributes that rules of words name, at most two; what an intent alone suggests where it is told."""
    if coded := facts_with_code(product, question):
        return tuple(coded)
    said = {group for word, group in _ASKED_WORDS if word in question}
    asked = [
        keys for group, (_, keys) in enumerate(ASKED) if group in said or (keys is CHILD_KEYS and _tells_age(question))
    ]
    if _POWER.search(question):  # 插电的还是电池的: the volume of a tank is none
        product = replace(product, attributes={k: v for k, v in product.attributes.items() if not _VOLUME.search(v)})
    narrow = [keys for keys in asked if keys not in _WIDE] or asked
    found = [pair for keys in narrow for pair in _with_keys(product, keys)]
    named = [(key, product.attributes[key]) for key in keys_in(product, question)]
    if CHILD_KEYS in asked and not found:  # 适用：出生到 3 岁
        found = [(k, v) for k, v in product.attributes.items() if k.startswith("适") and _YEARS.search(v)]
    found += named
    if not named and not any(counts(value, question) for _, value in found):  # 能钓几斤 is no matter of 自重：118克
        found = facts_by_letters(product, question, counted=True) or found
    found = found or facts_by_letters(product, question) or facts_by_measure(product, question)
    of_whom = [keys for _, keys in WHO]
    found = found or [pair for keys in narrow if keys not in of_whom for pair in _with_values(product, keys)]
    found = found or by_measure_told(product, question)
    found = found or facts_by_thing(product, question) or facts_by_count(product, question)
    found = found or _of_both(product, question)
    uncalled = uncalled_in(product.title, question)
    found = found or [(key, value) for key, value in product.attributes.items() if _names(key, uncalled)]
    bare = _without_title(product, question)
    speaking = _speaking_of(product, bare)
    found = found or speaking
    found = found or _holding(product, bare)
    if not found and not (asked and intent in EXACT):
        found = _with_keys(product, BY_INTENT.get(intent, ()))
    if speaking and not set(speaking) & set(found):  # 能放洗碗机吗: what the shop says of 洗碗机 stands first
        found = [speaking[0], *found]
    return tuple(dict.fromkeys(found))[:2]


def by_measure_told(product: Product, question: str) -> list[tuple[str, str]]:
    """The attributes that say what goods bear or fit, of one who tells a measure of hers (180斤能跑吗)."""
    return [pair for said, keys in MEASURED if said.search(question) for pair in _with_keys(product, keys)]


def only_told(products: tuple[Product, ...], question: str) -> Product | None:
    """The only one of several goods that the words may mean whose sheet counts what is asked (36瓦的灯多大直径), or has
    it; None where that fits none or several."""
    for fits in (facts_by_measure, lambda one, asked: facts_for(one, "", asked)):
        found = [one for one in products if fits(one, question)]
        if found:
            others = [one for one in products if one is not found[0] and _may_tell(one, question)]
            return found[0] if len(found) == 1 and not others else None
    return None


def _may_tell(product: Product, question: str) -> bool:
    told = matching.ranked(product, in_digits(_without_name(product, question)))
    return bool(told) and told[0].sure >= _MAY_TELL


def not_told(product: Product, intent: str, question: str) -> str:
    """The part of several questions that no attribute answers while others are; empty when all are, or none."""
    asked = [part for part in _PARTS.split(question) if len(part) >= _PART and QUESTION.search(part)]
    missed = [part for part in asked if not facts_for(product, intent, part)]
    return missed[0] if 0 < len(missed) < len(asked) else ""


def _without_title(product: Product, question: str) -> str:
    """The question without what the goods are called: 扩展坞 in 我的 switch 能用这个扩展坞吗 asks for nothing."""
    for size in range(min(len(question), 8), _NAME, -1):
        for at in range(len(question) - size + 1):
            if question[at : at + size] in product.title:
                return question[:at] + " " + question[at + size :]
    return question


def _without_name(product: Product, question: str) -> str:
    """The question without a key that is only part of what the goods are called: 保温 in 保温杯."""
    for key in product.attributes:
        at = question.find(key)
        word = question[at : at + len(key) + 1]
        if at >= 0 and _NAME <= len(key) < len(word) and word in product.title:
            question = question.replace(word, "")
    return question


def keys_in(product: Product, question: str) -> list[str]:
    """The attributes whose very name stands in the question (透不透, 质保)."""
    return [key for key in product.attributes if len(key) >= _NAME and key in question]


def _tells_age(question: str) -> bool:
    """Whether a child's age is told, not how long something has been in use."""
    return _AGE.search(question) is not None and not _USED.search(question)


def _of_both(product: Product, question: str) -> list[tuple[str, str]]:
    """The attributes that tell of both things that are set side by side (茶轴和红轴有啥区别)."""
    sides = _SIDES.search(question)
    if sides is None:
        return []
    return [(key, value) for key, value in product.attributes.items() if sides[1] in value and sides[2] in value]


def _names(key: str, question: str) -> bool:
    """Whether the question names the thing that a key of any wording is about: 适用面积 by 面积, 表盘直径 by 表盘."""
    bare = _EITHER.sub("", key)
    if bare != key:  # 含不含猪油, 会不会发黄; 漏不漏 by 漏水
        return bare in question if len(bare) >= _NAME else not bare and key[0] in question
    if not 3 <= len(key) <= 12 or not key.isalpha() or "不" in key:
        return False
    return any(piece in question for piece in _halves(key))


@lru_cache(maxsize=4_096)  # keys of sheets, the same for every question
def _halves(key: str) -> frozenset[str]:
    """What of a key may name it by itself, from the front or the end."""
    cuts = range(1, len(key) - 1)
    return frozenset((*(key[: len(key) - cut] for cut in cuts), *(key[cut:] for cut in cuts))) - _NO_NAMES


def _with_keys(product: Product, keys: tuple[str, ...]) -> list[tuple[str, str]]:
    """The attributes whose names hold one of `keys`; 猫 alone is in 猫能用吗, not in 猫薄荷."""
    return [
        (name, product.attributes[name])
        for key in keys
        for name in product.attributes
        if key in name and (len(key) > 1 or key not in _BEINGS or _FOR_BEINGS.search(name))
    ]


def _holding(product: Product, question: str) -> list[tuple[str, str]]:
    """The only attribute whose value holds a word of the question (要换电池吗: 灯光：灯串，3节7号电池)."""
    pairs = {question[at : at + 2] for at in range(len(question) - 1)}
    words = [one for one in pairs if one.isalpha() and not _OF_NO_THING & set(one) and one not in product.title]
    told = {(key, value) for key, value in product.attributes.items() for word in words if word in value}
    return list(told) if len(told) == 1 else []


def _with_values(product: Product, keys: tuple[str, ...]) -> list[tuple[str, str]]:
    """The attributes whose values hold one of `keys` (定时器：电池供电)."""
    return [(k, v) for key in keys if len(key) >= _NAME for k, v in product.attributes.items() if key in v]


def _speaking_of(product: Product, question: str) -> list[tuple[str, str]]:
    """The attributes in whose value a run of the question that names a thing (洗碗机) stands."""
    counted = _COUNTED.findall(question)  # 7座的能用吗
    runs = [question[at : at + _SHARED] for at in range(len(question) - _SHARED + 1)]
    runs = [run for run in runs if run.isalpha() and not _OF_NO_THING & set(run)]
    return [
        (key, value)
        for key, value in product.attributes.items()
        if any(run in value for run in runs) or (counted and any(one in in_digits(value) for one in counted))
    ]
