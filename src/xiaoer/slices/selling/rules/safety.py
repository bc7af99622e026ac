"""For whom a product is safe (能不能给他用): audiences that need care, ages, and what must not be in it.

A product's own words decide, clause by clause. Silence is a yes for what is worn or stands around, and a no for what
is eaten or put on the skin. "Ask a doctor first" is no word that it suits. With an allergy, what is eaten or put on
the skin must say what is in it.
"""

import re
from collections.abc import Collection, Iterator

from xiaoer.kernel.audiences import AUDIENCES
from xiaoer.kernel.commerce import Product

_ONLY_FOOD = ("糖尿病人", "高血压的人", "痛风的人", "素食者", "清真饮食")
_AGES = {"婴儿": (0.0, 3.0), "儿童": (3.0, 14.0)}  # years, when none is named
_AGED = re.compile(r"月龄|年龄|适龄")
_TEENAGER = 14.1  # years
_PUPIL = 5.0  # years; younger ones are no 学生
_FOR_PUPILS = re.compile(r"学生|小学|中学|学习")
_GROWN_UP = re.compile(r"成人(?!儿童|小孩)")
_NOT_FOR = re.compile(
    r"禁用|慎|避开|回避|不适合|不适用|不建议|不宜|不可用|不能|不要|别用|避免|勿|除外|忌|不是|少喝|少用|控制|远离|不推荐|不满|留意|代替"
)
_WITH_CARE = re.compile(r"医生|医嘱|咨询|先在|先试|先少量|过敏测试|斑贴")
_YES = re.compile(r"可用$|可以|能用?$|适合|适用|放心")
_ON_SKIN = ("美妆", "护肤", "个护", "彩妆", "母婴", "香")
_TAKEN_IN = ("美妆", "护肤", "个护", "食品", "保健", "母婴", "彩妆", "药", "饮", "零食", "酒", "香")
_EATEN = ("食品", "保健", "饮", "零食", "酒")
# goods of whatever category that are eaten or drunk: by what they are called, and by what only such goods tell of
_EDIBLE = re.compile(
    r"(?:茶|茶叶|咖啡|酒|饮料|奶|奶粉|蜂?蜜|大米|面条|食用油|饼|糕|糖|零食|肉干|果干|坚果|滋补|膏方|人参|燕窝|药|片|胶囊|口服液)$"
)
_EDIBLE_TELLS = ("配料", "口感", "冲泡", "营养成分", "食用方法", "咖啡因")
_GIVEN_TO = re.compile(r"送?(?:男|女)(?:友|朋友|票)")
_WORN = re.compile(r"服装|[男女童]装|鞋|衣|裤|裙|衫|袜|羽绒服|外套|夹克|开衫|背心|西装")
_FOR_PETS = ("宠物", "猫", "狗", "犬")
_NO_STIMULANTS = ("孕妇", "哺乳期", "婴儿", "儿童")
_STIMULANTS = ("酒", "咖啡因", "酒精", "视黄醇", "水杨酸", "A醇")
_TELLS_CONTENTS = ("配料", "成分", "原料", "过敏")
_NONE_OF = r"(?:不含|无|不添加|零|0|不加|未添加|没有|非|去|免)"
_LITTLE_OF = rf"(?:{_NONE_OF}|低|微)"
_NUMBER = r"(\d+(?:\.\d+)?)"
_UNDER = re.compile(rf"{_NUMBER}\s*(岁|个月)")
_FROM = re.compile(rf"{_NUMBER}\s*(岁|个月)\s*(?:以上|起|\+)")
_SPAN = re.compile(rf"{_NUMBER}\s*(岁|个月)?\s*(?:到|至|-|~)\s*{_NUMBER}\s*(岁|个月)")  # 6个月到3岁, 1.5-4岁
_MONTHS = {"岁": 1, "个月": 12}  # how many of a unit are a year
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_CLAUSE = re.compile(r"[，。；,;]")


def facts_of(product: Product) -> Iterator[tuple[str, str]]:
    """What a product says of itself, as (key, clause); title and tags have no key."""
    yield "", product.title
    for tag in product.tags:
        yield "", tag
    for key, value in product.attributes.items():
        for clause in _CLAUSE.split(value):
            yield key, clause


def is_safe(product: Product, audience: str) -> bool:
    """Whether a product may be recommended to an audience: never against its own words; what is eaten or put on the
    skin only when its words say, without a reserve, that it suits."""
    words = AUDIENCES.get(audience, (audience,))
    values = [f"{key}：{value}" for key, value in product.attributes.items()] + [product.title, *product.tags]
    about = [_told(value, words) for value in values if any(word in value for word in words)]
    warned = [value for value in values if "过敏" in value] if audience == "敏感肌" else []
    if any(_NOT_FOR.search(value) for value in (*about, *warned)):
        return False
    if about and all(_WITH_CARE.search(value) for value in about):
        return False  # 请先咨询医生, also of what is not eaten
    if audience in _NO_STIMULANTS and not is_free_of(product, _STIMULANTS, strictly=False):
        return False
    cared = _ON_SKIN if audience == "敏感肌" else _EATEN if audience in _ONLY_FOOD else _TAKEN_IN
    if any(word in product.category for word in cared) or (cared is not _ON_SKIN and _is_eaten(product)):
        of_age = audience in _AGES and any(_AGED.search(key) for key in product.attributes)  # which ages: `fits_age`
        return of_age or any(not _WITH_CARE.search(value) for value in about)
    return True


def _is_eaten(product: Product) -> bool:
    """Whether a thing is food or drink by its name or by what it tells, though its category does not say so (茶)."""
    if any(word in product.category for word in _FOR_PETS):
        return False
    names = (product.attributes.get("品类", ""), product.category.split("/")[-1])
    return any(map(_EDIBLE.search, names)) or any(word in key for key in product.attributes for word in _EDIBLE_TELLS)


def _told(value: str, words: Collection[str]) -> str:
    """What a fact tells an audience: after a plain yes (新生儿：可用，破皮处别用) only notes that name it count, and a
    note in brackets (成人、孕妇(12岁以下不建议)) only where it does."""
    value = _BRACKETS.sub(lambda note: note[0] if any(word in note[0] for word in words) else "", value)
    key, _, said = value.partition("：")
    first, *notes = _CLAUSE.split(said)
    if not (any(word in key for word in words) and _YES.match(first)):
        return value
    return "，".join([f"{key}：{first}", *(note for note in notes if any(word in note for word in words))])


def fits_age(product: Product, audiences: Collection[str], age_years: float | None) -> bool:
    """Whether the ages that a product names allow somebody of this age; of an audience without an age, all of it."""
    low = high = age_years
    for audience in audiences:
        if low is None and audience in _AGES:
            low, high = _AGES[audience]
    if low is None or high is None:
        return True
    if high < _TEENAGER and any(_GROWN_UP.search(text) for text in (product.title, *product.tags)):
        return False
    if high < _PUPIL and any(_FOR_PUPILS.search(text) for text in (product.title, *product.tags)):
        return False
    for key, clause in facts_of(product):
        text = f"{key} {clause}"
        span = _SPAN.search(text)
        if span is not None:
            first, last = _years(span[1], span[2] or span[4]), _years(span[3], span[4])
            if high < first or low > last:
                return False
        elif _NOT_FOR.search(text):
            under = _UNDER.search(text)
            if under is not None and low < _years(under[1], under[2]):
                return False
        elif (least := _FROM.search(text)) is not None and low < _years(least[1], least[2]):
            return False
    return True


def _years(number: str, unit: str) -> float:
    return float(number) / _MONTHS[unit]


def made_for_sex(product: Product) -> str:
    """男 or 女 where the title of what is worn says that it is made for these only; empty for all else."""
    title = _GIVEN_TO.sub("", product.title)
    named = [sex for sex in ("男", "女") if sex in title]
    return named[0] if len(named) == 1 and _WORN.search(f"{product.category} {title}") else ""


def suits_sex(product: Product, sex: str) -> bool:
    """Whether nothing says that it is made for the others; `sex` empty: nobody knows who wears it."""
    return not sex or made_for_sex(product) in ("", sex)


def is_free_of(product: Product, words: Collection[str], strictly: bool) -> bool:
    """Whether nothing that a product says of itself holds one of `words`, unless to say that it is not in it.
    `strictly`: what is eaten or put on the skin must say what is in it."""
    for key, clause in facts_of(product):
        for word in words:
            if word in f"{key}{clause}" and not _is_denied(key, clause, word, strictly):
                return False
    taken = any(word in product.category for word in _TAKEN_IN) or _is_eaten(product)
    return not (strictly and taken) or any(word in key for key in product.attributes for word in _TELLS_CONTENTS)


def _is_denied(key: str, clause: str, word: str, strictly: bool) -> bool:
    """Whether the clause says that it is not in it; who only dislikes it takes little of it too (粉尘：低尘)."""
    none = _NONE_OF if strictly else _LITTLE_OF
    if word not in clause:  # the key names it, the value says that it is not there (酒精：不含乙醇)
        return re.match(rf"\s*{none}", clause) is not None
    places = [found.start() for found in re.finditer(re.escape(word), clause)]
    return all(re.search(rf"{none}[^，。；、,]{{0,4}}$", clause[:at]) is not None for at in places)
