"""Answers from the catalogue (商品): size, price, stock, facts. What the catalogue does not hold is not said."""

import re

from msgspec.structs import replace

from xiaoer.kernel.asking import QUESTION
from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.decision import Act, Source
from xiaoer.kernel.heard import Entities
from xiaoer.kernel.money import Money
from xiaoer.kernel.shop_facts import PriceNow
from xiaoer.slices.policies.rules import (
    attributes,
    choices,
    fitting,
    needs,
    other_goods,
    ranges,
    size_words,
    specs,
    stock,
    unit_prices,
)
from xiaoer.slices.policies.rules.follow_ups import VARIANT, asks_which_variant
from xiaoer.slices.policies.rules.namesakes import facts_by_letters
from xiaoer.slices.policies.rules.sources import product_source
from xiaoer.slices.policies.rules.written import facts_written
from xiaoer.slices.policies.types import Ask

_WHICH = re.compile(r"几[种个款]|哪|什么颜?色|啥颜?色")
_OF_LOOKS = re.compile(r"显[白黑黄胖瘦脏老气]|耐脏|容易脏|百搭|好搭|挑人|老气|选色|黄皮|黑皮")
_THING = r"(?:这|那|它|该)?(?:一?[个款件双条套瓶盒台只支]|一?个)?(?:东西|产品|商品|宝贝)?"
_INTRODUCE = (
    rf"(?:请|麻烦|你|帮我|给我|跟我|能不?能|可以|详细|具体|简单|仔细|再|先)*(?:介绍介绍|介绍一?下|说说|讲讲|讲一?下|说一下){_THING}"
    r"(?:的)?(?:参数|配置|特点|特色|卖点|优点|情况|详情)?(?:吗|么|呗|吧|呢|啊|嘛|可以吗)?"
    rf"|{_THING}(?:都)?有(?:什么|啥|哪些)(?:特点|特色|亮点|卖点|优点|优势)(?:吗|呢|啊|呀)?"
)
_HOW_IT_IS = re.compile(
    rf"(?:{_INTRODUCE}|"
    r"(?:那|你觉得|觉得|你看)*(?:这|那|它|第[一二两三四五1-5]|头一|前面|后面|最后|上面|下面|刚才)*(?:一?[个款件双条套瓶盒台只支]|一?个)?(?:东西|产品|商品)?(?:到底|究竟)?"
    r"(?:怎么样|怎样|咋样|咋个样|如何|好不好|好吗|行不行|好不|值得买吗|值不值|介绍一?下|说说)(?:啊|呀|呢|嘛)?)+"
)
_ITS_PRICE = re.compile(rf"{_THING}(?:现在)?(?:卖|是)?(?:多少钱|多少|什么价格?|啥价|几块钱?|价格)")
_IS_THERE = re.compile(r"有(?:没有?|木有|货)?(?:吗|么|嘛|不)?\W*$")
_ITS_KINDS = re.compile(r"版本?|规格|型号|款式?|尺寸|种|选项")
_PAUSES = re.compile(r"[\s,，.。?？!！]+")
_DIFFER = re.compile(r"差多少|差几|差价|贵多少|贵几|便宜多少|一样价|一个价")  # between variants: one price is no answer
_DULL = re.compile(r"品类|产地|包装清单|洗涤|保质期|备案|执行标准")
_OF_CHOICE = ("product.", "price.", "promo.")  # what may ask which variant suits, or which is the better bargain
_TOLD = 4
_SURE = 0.7  # from here the words mean what they were heard as
_UNSURE = 0.5  # that it is stock which is asked
_PRICED = 6  # variants whose prices are told one by one
_COMPARED, _ROWS = 4, 5  # goods in one table, and facts of each
_SORTS = ("品类", "类目", "分类")  # what the goods are, not how
_FEW = 3  # goods of one kind that are compared without asking which


def answer_from_catalogue(ask: Ask) -> Act | None:
    """Answer a question about the product in focus; None when the catalogue cannot."""
    product = ask.facts.products.get(ask.product_id or "")
    if product is None:
        return None
    variants = ask.facts.variants.get(product.id, ())
    asks_which = ask.segment.intent.startswith(_OF_CHOICE)
    if asks_which and (suits := ranges.advise(ask, product) or unit_prices.answer(ask, product, variants)) is not None:
        return suits
    match ask.segment.intent:
        case "product.size_advice":
            chart = fitting.advise(ask, product)
            return chart or _of_measure(ask, product, variants) or _facts(ask, product)
        case "product.size_chart":
            return fitting.show_chart(ask, product) or _facts(ask, product)
        case intent if intent in stock.OF_STOCK:
            unsure = ask.segment.confidence < _UNSURE
            if size_words.shapes_in(ask.segment.text) and product.size_chart and not ask.segment.entities.color:
                return fitting.advise(ask, product)  # 她脚宽，有合适的么
            told = _asked_fact(ask, product, variants) or (fact_written(ask) if unsure else None)  # 蚊帐有底没
            return told or stock.tell(ask, product, variants)
        case "product.color":
            return _colors(ask, product, variants)
        case "price.query":
            return _price(ask, product, variants)
        case "product.recommend":
            return None
        case intent if intent.startswith("product.") and _asks_for_spec(ask, variants):
            return stock.tell(ask, product, variants)
        case intent if intent.startswith("product."):
            if asks_how_it_is(ask.segment.text):
                return say_facts(ask, product, _at_first_sight(product, variants))
            chosen = which_variant(ask, product, variants) if asks_which_variant(ask.segment.text) else None
            return chosen or _facts(ask, product)
    return None


def chosen_variant(ask: Ask) -> Act | None:
    """炭灰2XL, 奶白触屏的: a variant in the shop's own words and nothing else, whatever it sounded like."""
    product, text = ask.facts.products.get(ask.product_id or ""), ask.segment.text.strip()
    variants = ask.facts.variants.get(product.id, ()) if product else ()
    unsure = ask.segment.intent in ("chat.ack", "oos.unclear", "oos.other") or ask.segment.confidence < _SURE
    if product is None or not unsure or not specs.is_only_spec(variants, text):
        return None
    return stock.tell(replace(ask, segment=replace(ask.segment, by=VARIANT)), product, variants)


def which_variant(ask: Ask, product: Product, variants: tuple[Variant, ...]) -> Act | None:
    """哪个好, of the variants of the goods in sight: what the sheet says of some of them, else which there are."""
    values = {value for v in variants for value in v.spec.values()}
    told = [pair for pair in product.attributes.items() if 0 < sum(value in pair[1] for value in values) < len(values)]
    if told:
        return _act(ask, product, "product.facts_of_variants", facts=[list(pair) for pair in told[:2]])
    each = _each_price(variants) if len(variants) > 1 else []
    return _act(ask, product, "product.variants", each="，".join(each)) if each else None


def _of_measure(ask: Ask, product: Product, variants: tuple[Variant, ...]) -> Act | None:
    """The variants of the very measure that is told (一米八的床买哪个); None where it tells none of them."""
    told = specs.measures_of(ask.segment.text, variants)
    return (
        stock.tell(ask, product, variants) if told and specs.matching(variants, Entities(), ask.segment.text) else None
    )


def _asks_for_spec(ask: Ask, variants: tuple[Variant, ...]) -> bool:
    """Whether the words name some of the variants and ask whether there are any (我车是26+16的有吗)."""
    return _IS_THERE.search(ask.segment.text) is not None and len(
        specs.matching(variants, Entities(), ask.segment.text)
    ) < len(variants)


def fact_asked(ask: Ask) -> Act | None:
    """The facts of the product in focus that the words ask for, whatever matter they sound like (能换电池吗)."""
    product = ask.facts.products.get(ask.product_id or "")
    return say_facts(ask, product, attributes.facts_for(product, "", ask.segment.text)) if product else None


def fact_written(ask: Ask) -> Act | None:
    """The facts of the product in focus that have most of the question's words; None where health is asked about."""
    product = ask.facts.products.get(ask.product_id or "")
    if product is None or ask.segment.intent in attributes.EXACT or not QUESTION.search(ask.segment.text):
        return None
    return say_facts(ask, product, tuple(facts_written(product, ask.segment.text)))


def _facts(ask: Ask, product: Product) -> Act | None:
    intent, text = ask.segment.intent, ask.segment.text
    facts = attributes.facts_for(product, intent, text)
    act = say_facts(ask, product, facts)
    missed = attributes.not_told(product, intent, text) if act is not None else ""
    missed = missed or specs.other_than(ask.facts.variants.get(product.id, ()), text, facts)
    return replace(act, slots={**act.slots, "missed": missed}) if act is not None and missed else act


def say_facts(ask: Ask, product: Product, facts: tuple[tuple[str, str], ...]) -> Act | None:
    """The act that tells facts of a product; None where there are none."""
    return _act(ask, product, "product.facts", facts=[list(pair) for pair in facts]) if facts else None


def fact_by_name(ask: Ask) -> Act | None:
    """On the page of a product, before buying: the fact whose letters the words share (笔芯能换吗 → 能换芯吗), though
    they sound like a matter of orders."""
    product = ask.facts.products.get(ask.product_id or "")
    if (
        product is None
        or ask.facts.orders
        or ask.segment.intent == "price.query"
        or not needs.is_about_goods_in_sight(ask.segment, ask.situation.turn)
    ):
        return None
    return say_facts(ask, product, tuple(facts_by_letters(product, ask.segment.text)[:2]))


def asks_how_it_is(text: str) -> bool:
    """这款怎么样, 第二个咋样: no side of it is named."""
    return _HOW_IT_IS.fullmatch(_PAUSES.sub("", text)) is not None


def _also_asks_how_it_is(text: str) -> bool:
    """这款多少钱，介绍一下: both, in one piece."""
    rest = _ITS_PRICE.sub("", _PAUSES.sub("", text), count=1)
    return bool(rest) and len(rest) < len(_PAUSES.sub("", text)) and asks_how_it_is(rest)


def _compare_variants(ask: Ask) -> Act | None:
    """两个版本差在哪: what each variant of one product costs; more of them the sheet does not tell."""
    product = ask.facts.products.get(ask.product_id or "")
    variants = ask.facts.variants.get(product.id, ()) if product else ()
    if product is None or len(variants) < 2:
        return None
    if (better := unit_prices.answer(ask, product, variants)) is not None:
        return better
    if not _ITS_KINDS.search(ask.segment.text):
        return None
    each = _each_price(variants)
    return _act(ask, product, "product.variants", each="，".join(each)) if each else None


def _at_first_sight(
    product: Product, variants: tuple[Variant, ...], now: PriceNow | None = None
) -> tuple[tuple[str, str], ...]:
    """What it costs, also after today's offers, and the first things that the shop tells of it."""
    low = min((variant.pays for variant in variants), default=None)
    cheaper = now is not None and now.payable < now.list_price
    after = f"，现在拍一件到手 {now.payable.spoken} 元" if now is not None and cheaper else ""
    price = (("价格", f"{low.spoken} 元起{after}"),) if low is not None else ()
    told = [(key, value) for key, value in product.attributes.items() if not _DULL.search(key)]
    return (*price, *told[:_TOLD])


def _act(ask: Ask, product: Product, template: str, **slots: object) -> Act:
    return Act("answer", ask.index, template, {"title": product.title, **slots}, (product_source(product),))


def _asked_fact(ask: Ask, product: Product, variants: tuple[Variant, ...]) -> Act | None:
    """猫薄荷有吗, where that is a fact of the product and no axis of its variants."""
    axes = {axis for v in variants for axis in v.spec}
    found = [(key, product.attributes[key]) for key in attributes.keys_in(product, ask.segment.text) if key not in axes]
    return say_facts(ask, product, tuple(found[:2]))


def _colors(ask: Ask, product: Product, variants: tuple[Variant, ...]) -> Act | None:
    """Which colours there are; what a colour does (显白, 耐脏) only by what the product's own facts say of it."""
    if _OF_LOOKS.search(ask.segment.text):
        found = [(key, value) for key, value in product.attributes.items() if _OF_LOOKS.search(key + value)]
        if found:
            return say_facts(ask, product, tuple(found[:2]))
        if not _WHICH.search(ask.segment.text):
            return None
    sized = specs.matching(variants, replace(ask.segment.entities, color=None)) or variants  # L有啥色
    named = [value for v in sized for axis, value in v.spec.items() if "色" in axis or "款" in axis]
    colors = list(dict.fromkeys(named))
    wish = ask.segment.entities.color
    if not colors:
        return None
    if wish and not any(wish.removesuffix("色") in color for color in colors):
        return _act(ask, product, "product.no_color", wish=wish, colors=colors)
    return choices.say(ask, product, sized, "色", "款")


def _price(ask: Ask, product: Product, variants: tuple[Variant, ...]) -> Act | None:
    if (part := _asked_fact(ask, product, variants)) is not None:
        return part  # 刷头换的贵不贵: not what the toothbrush costs
    chosen = specs.matching(variants, ask.segment.entities, ask.segment.text) or variants
    chosen = variants if _DIFFER.search(ask.segment.text) and len(chosen) == 1 else chosen
    if not chosen:
        return None
    low, high = min(v.pays for v in chosen), max(v.pays for v in chosen)
    source, now = product_source(product), ask.facts.prices.get(product.id)
    told = _at_first_sight(product, variants, now) if _also_asks_how_it_is(ask.segment.text) else ()
    if len(told) > 1:
        return say_facts(ask, product, told)
    of_chosen = now is not None and any(v.price == now.list_price for v in chosen)
    if low == high and of_chosen and now is not None and now.payable < now.list_price:
        titles = [title for _, title in now.applied]
        promotions = tuple(Source("promotion", id_, title) for id_, title in now.applied)
        slots = {"low": now.list_price, "payable": now.payable, "titles": titles}
        return Act("quote", ask.index, "price.now", slots, (source, *promotions))
    if low != high and (each := _each_price(chosen)):
        return Act("quote", ask.index, "price.each", {"each": "，".join(each)}, (source,))
    template = "price.one" if low == high else "price.range"
    return Act("quote", ask.index, template, {"low": low, "high": high}, (source,))


def _each_price(variants: tuple[Variant, ...]) -> list[str]:
    """What each spec costs, those of one price together; empty where that would be a long list."""
    at: dict[Money, list[str]] = {}
    for variant in sorted(variants, key=lambda v: (v.pays, v.id)):
        at.setdefault(variant.pays, []).append(" ".join(variant.spec.values()))
    if len(variants) > _PRICED or any(not spec for specs_ in at.values() for spec in specs_):
        return []
    return [f"{'、'.join(dict.fromkeys(named))} {price.spoken} 元" for price, named in at.items()]


def compare(ask: Ask) -> Act | None:
    """A short table of the goods that are compared: what was asked, and what all of them tell; None when fewer than two
    are known."""
    listed = {one.id: one for one in ask.facts.recommended.get(ask.index, ())}
    known = {**listed, **ask.facts.products}
    ids = (*(one.product.id for one in ask.facts.together.get(ask.index, ())), *ask.segment.entities.product_ids)
    if not ids and ask.product_id is None:  # 你们两款保温杯有啥区别, 那哪个保温久
        shown = tuple(id_ for id_, _ in ask.memory.choices)
        ids = shown if not listed or not listed.keys().isdisjoint(shown) else tuple(listed)
        ids = other_goods.of_one_sort(ids, known) if len(ids) <= _FEW else ()
    if len(ids) == 1 and (beside := ask.situation.turn.product_in_focus):  # 这件和 P1005 哪个好
        ids = (beside, *ids)
    goods = [known[one] for one in dict.fromkeys(ids) if one in known][:_COMPARED]
    if len(goods) < 2:
        return _compare_variants(ask)
    shared = [key for key in goods[0].attributes if all(key in other.attributes for other in goods[1:])]
    asked = [key for one in goods for key, _ in attributes.facts_for(one, "", ask.segment.text)]
    keys = [key for key in dict.fromkeys((*asked, *shared)) if key not in _SORTS][:_ROWS]
    prices = [min((v.pays for v in ask.facts.variants.get(one.id, ())), default=None) for one in goods]
    rows = [[key, *(one.attributes.get(key, "资料没写") for one in goods)] for key in keys]
    if all(price is not None for price in prices):
        rows.append(["价格", *(f"{price.spoken} 元起" for price in prices if price is not None)])
    if not rows:
        return None
    slots = {"compared": [one.title for one in goods], "rows": rows, "products": [[one.id, one.title] for one in goods]}
    return Act("answer", ask.index, "product.compare", slots, tuple(map(product_source, goods)))
