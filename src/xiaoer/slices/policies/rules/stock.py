"""Whether there is any (有货吗): of the variants that the words of the turn mean, and what there is instead."""

import re
from typing import Any

from msgspec.structs import replace

from xiaoer.kernel.asking import thing_asked_for
from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.decision import Act
from xiaoer.kernel.heard import Entities
from xiaoer.slices.policies.rules import fitting, next_size, specs
from xiaoer.slices.policies.rules.extremes import extreme_of
from xiaoer.slices.policies.rules.follow_ups import VARIANT
from xiaoer.slices.policies.rules.sources import product_source
from xiaoer.slices.policies.types import Ask

OF_STOCK = ("product.stock", "product.restock")
_GOODS_THEMSELVES = re.compile(r"货|库存|卖|这|它|大码|小码|中码|均码|加大|尺码|号|码|颜色|别的|其他|其它")
_LARGE = re.compile(r"(?:加|特)?大[码号]")  # 有大码吗 wants the large sizes, which where sizes are letters are no L
_HOW_MANY = re.compile(r"(?:剩|还有|库存|有)(?:多少|几)")
_ANY_SIZE = re.compile(r"哪些|哪几|什么[尺码号]|啥[尺码号]|尺码|码数|都有")
_FEW, _COUNTED = 3, 10  # pieces left that are told; and where it is asked how many
_CLAUSES = re.compile(r"[，,；;。、]")
_WORD = 2  # letters of a thing that is asked for
_SHOWN, _OTHERS = 8, 6  # specs that are listed


def tell(ask: Ask, product: Product, variants: tuple[Variant, ...]) -> Act | None:
    """What there is of the variants that the words mean; None where another thing is asked for than the goods."""
    if not variants or _is_unknown_thing(ask, product, variants):
        return None
    entities, text = wish_of(ask), _with_spec_before(ask, variants)
    if entities.size and _LARGE.fullmatch(entities.size) and (large := _large(ask, product, variants)):
        return large
    colour_only = entities.color and not entities.size and not _ANY_SIZE.search(text)
    if (ask.segment.by == VARIANT or colour_only) and not entities.size and (size := fitting.advised(ask, product)):
        entities = replace(entities, size=size)  # 墨绿的, of who was told his size
    if other := specs.other_model(variants, text):
        offered = _offered(entities, [v for v in variants if v.stock > 0])
        return _act(ask, product, "stock.no_such_variant", wish=other, offered=offered)
    chosen = specs.matching(variants, entities, text)
    if len(chosen) == len(variants) and (told := _told_of_some(product, variants, text)):
        chosen = told  # 拉拉裤有没, which the sheet tells of one size
    if ask.segment.by == VARIANT and entities.size and len(chosen) > 1:  # 白的还是蓝的, of who was told his size
        chosen = tuple(v for v in chosen if entities.size in v.spec.values()) or chosen
    wish = " ".join(word for word in (entities.color, entities.size) if word)
    wish = wish or specs.named_in(variants, text)
    if not wish and len(chosen) == 1 < len(variants):
        wish = " ".join(chosen[0].spec.values())
    if not chosen:
        offered = _offered(entities, [v for v in variants if v.stock > 0])
        return _act(ask, product, "stock.no_such_variant", wish=wish, offered=offered)
    ready = [v for v in chosen if v.stock > 0]
    if len(ready) == 1 and ask.segment.by == VARIANT:
        return _act(ask, product, "stock.chosen", specs=[" ".join(ready[0].spec.values())], price=_price(ask, ready[0]))
    if ready:
        low = min(v.stock for v in ready) if len(ready) == 1 else None
        few = low is not None and low <= (_COUNTED if _HOW_MANY.search(text) else _FEW)
        plenty = low is not None and low > _COUNTED and _HOW_MANY.search(text) is not None
        template = "stock.low" if few else "stock.plenty" if plenty else "stock.yes"
        ready_specs = [" ".join(v.spec.values()) for v in ready]
        out = [" ".join(v.spec.values()) for v in chosen if v.stock <= 0] if wish else []
        left = _COUNTED if plenty else low
        return _act(ask, product, template, wish=wish, specs=ready_specs[:_SHOWN], left=left, out_of_stock=out)
    back = min((v.restock_at for v in chosen if v.restock_at), default=None)
    there = [v for v in variants if v.stock > 0]
    like = {
        value for v in chosen for axis, value in v.spec.items() if "色" in axis
    }  # first what only the size differs in
    there.sort(key=lambda v: not like & set(v.spec.values()))
    others = [" ".join(v.spec.values()) for v in there][:_OTHERS]
    template = "stock.back_at" if back else "stock.none"
    return _act(ask, product, template, wish=wish, back=back, offered=others)


def _told_of_some(product: Product, variants: tuple[Variant, ...], text: str) -> tuple[Variant, ...]:
    """The variants that the sheet says are what is asked for (XL为拉拉裤); empty where it says so of none or all."""
    clauses = [part for value in product.attributes.values() for part in _CLAUSES.split(value)]
    found = []
    for variant in variants:
        names = "|".join(map(re.escape, variant.spec.values()))
        told = (re.fullmatch(rf"(?:{names})(?:为|是|才是)(\w+)", part) for part in clauses)
        if any(one is not None and len(one[1]) >= _WORD and one[1] in text for one in told):
            found.append(variant)
    return tuple(found) if len(found) < len(variants) else ()


def _price(ask: Ask, variant: Variant) -> str:
    """What a variant costs; after today's offers where these were counted for one of its price."""
    now = ask.facts.prices.get(variant.product_id)
    if now is not None and now.list_price == variant.price and now.payable < now.list_price:
        return f"标价 {variant.price.spoken} 元，现在到手 {now.payable.spoken} 元"
    return f"{variant.price.spoken} 元"


def _large(ask: Ask, product: Product, variants: tuple[Variant, ...]) -> Act | None:
    """The largest size, whether there is any, and up to which measures it goes; None where a spec is called so."""
    told = {value for v in variants for value in v.spec.values()}
    largest = extreme_of(variants, "最大的")
    if any("大" in value for value in told) or len(largest) == len(variants):
        return None
    axis = next_size.axis_of(variants)
    size = largest[0].spec.get(axis, "")
    row: dict[str, Any] = next((row for row in product.size_chart if row.get("size") == size), {})
    upto = [[m, row[m][1]] for m in ("height_cm", "weight_kg") if isinstance(row.get(m), list | tuple)]
    ready = [" ".join(v.spec.values()) for v in largest if v.stock > 0]
    template = "stock.largest" if ready else "stock.largest_none"
    return _act(ask, product, template, largest=size, upto=upto, specs=ready[:_SHOWN]) if size else None


def _with_spec_before(ask: Ask, variants: tuple[Variant, ...]) -> str:
    """The words, with those before them in the turn where only these name a spec (长续航版能跑多远，有货吗)."""
    text = ask.segment.text
    if specs.named_in(variants, text):
        return text
    earlier = reversed(ask.situation.heard.segments[: ask.index])
    return next((f"{one.text}，{text}" for one in earlier if specs.named_in(variants, one.text)), text)


def _offered(wish: Entities, ready: list[Variant]) -> list[str]:
    """What there is instead: colours when only a colour was asked for, else whole specs."""
    colors = dict.fromkeys(value for v in ready for axis, value in v.spec.items() if "色" in axis)
    if colors and not wish.size:
        return list(colors)[:_OTHERS]
    return sorted({" ".join(v.spec.values()) for v in ready})[:_OTHERS]


def thing_of_its_own(text: str) -> str:
    """The goods whose being there is asked by name (有没有狗粮); empty where the words are of goods that were named."""
    asked = thing_asked_for(text)
    return "" if asked.endswith("的") or _GOODS_THEMSELVES.search(asked) else asked


def _is_unknown_thing(ask: Ask, product: Product, variants: tuple[Variant, ...]) -> bool:
    """有儿童款吗, of which neither the title nor any spec tells: to say that there is stock would be a yes."""
    asked = thing_asked_for(ask.segment.text)
    entities = ask.segment.entities
    if not asked or entities.size or entities.color or _GOODS_THEMSELVES.search(asked):
        return False
    told = " ".join((product.title, *product.tags, *(value for v in variants for value in v.spec.values())))
    return not specs.named_in(variants, ask.segment.text) and not any(
        asked[at : at + 2] in told for at in range(max(1, len(asked) - 1))
    )


def wish_of(ask: Ask) -> Entities:
    """The size and colour asked about; 「没有 L 码了吗，什么时候补」 asks both of L."""
    entities = ask.segment.entities
    if entities.size or entities.color or entities.variant_ids:
        return entities
    earlier = ask.situation.heard.segments[: ask.index]
    return next((one.entities for one in reversed(earlier) if one.intent in OF_STOCK), entities)


def _act(ask: Ask, product: Product, template: str, **slots: object) -> Act:
    return Act("answer", ask.index, template, {"title": product.title, **slots}, (product_source(product),))
