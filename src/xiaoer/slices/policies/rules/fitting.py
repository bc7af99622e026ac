# ruff: noqa: E501  patterns read better unbroken
"""Answers about size (选码): what `sizes` advises, moved by what is told of the body or the taste, of the product in focus.

What is told stays for the talk (`_told`): 「我胯宽」 counts when the measures come a message later, and the measures
when 「喜欢紧一点」 comes after them. Several people are answered each; a size that is sold out is said to be.
"""

import re
from typing import Any, NamedTuple

from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.decision import Act
from xiaoer.kernel.heard import Body
from xiaoer.slices.policies.rules import size_words, sizes
from xiaoer.slices.policies.rules.size_words import Shape
from xiaoer.slices.policies.rules.sources import product_source
from xiaoer.slices.policies.types import Ask

_STRETCHES = re.compile(r"高弹|紧身|四面弹")  # laid flat it is narrower than who wears it
_OF_LENGTH = re.compile(
    r"够长|长不长|短不短|会不会(?:太|有点|偏)?[长短]|拖地|盖[住到过]|多长|到(?:脚|膝|小腿|大腿|屁股)|露(?:脚|肚|腰)|吊脚"
)
_WHICH_SIZE = re.compile(r"多大|(?:几|哪个?|什么|啥)[码号]")
_EITHER = re.compile(r"还是|或者?|和")
_FEW = 3  # pieces left that are told
_BACK = 6  # messages of the buyer's that are looked through for what he told of his body
_TELLS_MEASURES = re.compile(r"\d{2,3}|[一二两三]?米[一二三四五六七八九]|尺[一二三四五六七八九\d]")


class Fit(NamedTuple):
    """The size in the end, `base` by the chart alone, `why` it was moved, and `perhaps` a size to think of for
    what was `told`."""

    size: str
    base: str
    why: str = ""
    perhaps: str = ""
    told: str = ""


def advise(ask: Ask, product: Product) -> Act | None:
    """Which size, or whether the one that was named suits; None of goods without a chart."""
    chart = product.size_chart
    if not chart:
        return None
    if len(ask.segment.bodies) > 1:
        return _each(ask, product)
    body = sizes.measures_of(ask.segment.bodies, ask.situation.turn.body)
    advice = sizes.advise_size(chart, body, _unused(product))
    asked = _sizes_named(ask, product, body)
    if isinstance(advice, sizes.Missing) and asked:
        slots = {"asked": asked[0], "rows": [_row(product, asked[0])], "measures": list(advice.measures)}
        return _act(ask, product, "size.of_row", slots)
    match advice:
        case sizes.Missing(measures):
            return _ask(ask, product, measures)
        case sizes.OutsideChart(smallest, largest, beyond):
            side = "above" if beyond.above else "below"
            ends = {"smallest": smallest, "largest": largest, "beyond": beyond}
            return _act(ask, product, f"size.{side}", ends)
        case sizes.Advice():
            fit = _fit(product, advice, _told(ask))
            if len(asked) == 1 and not _EITHER.search(ask.segment.text):
                return _check(ask, product, asked[0], advice, fit)
            return _act(ask, product, _template(advice, fit), _slots(ask, product, advice, fit))


def _ask(ask: Ask, product: Product, measures: tuple[str, ...]) -> Act:
    """The measures that are wanted first, after what the sheet says of a body that was told."""
    shapes = [shape for shape, _ in _told(ask)]
    rules = [one for one in size_words.rules_of(product) for shape in shapes if shape.sheet.search(one.clause)]
    slots = {"measures": list(measures), "title": product.title, "rule": rules[0].clause if rules else ""}
    template = "size.ask_by_rule" if rules else "size.ask"
    return Act("ask", ask.index, template, slots, (product_source(product),))


def advised(ask: Ask, product: Product) -> str:
    """The size that the measures known so far come to, in the shop's word; empty where they tell none."""
    advice = sizes.advise_size(product.size_chart, ask.situation.turn.body, _unused(product))
    return _fit(product, advice, _told(ask)).size if isinstance(advice, sizes.Advice) else ""


def show_chart(ask: Ask, product: Product) -> Act | None:
    """The row of the size that was named, else the chart; the size of who told his measures; None without a chart."""
    if not product.size_chart:
        return None
    asked = _sizes_named(ask, product, Body())
    told = ask.segment.bodies or (ask.situation.turn.body != Body() and _WHICH_SIZE.search(ask.segment.text))
    if not asked and told:
        return advise(ask, product)
    rows = [_row(product, asked[0])] if asked else list(product.size_chart)
    return _act(ask, product, "size.chart", {"title": product.title, "rows": rows})


def _each(ask: Ask, product: Product) -> Act:
    """Everybody's size, in one answer."""
    lines = []
    for body in ask.segment.bodies:
        advice = sizes.advise_size(product.size_chart, body, _unused(product))
        fit = _fit(product, advice, ()) if isinstance(advice, sizes.Advice) else None
        beyond = advice.beyond if isinstance(advice, sizes.OutsideChart) else None
        because = dict(advice.because) if isinstance(advice, sizes.Advice) else {}
        between = advice.between if isinstance(advice, sizes.Advice) else ""
        lines.append({"wearer": body.wearer, "because": because, "beyond": beyond, "size": fit.size if fit else "",
                      "between": between})  # fmt: skip
    return _act(ask, product, "size.each", {"people": lines})


def _fit(product: Product, advice: sizes.Advice, shapes: tuple[tuple[Shape, str], ...]) -> Fit:
    """The advised size, moved by what is told: by the sheet's rule for it, by taste, or because it is nearly full."""
    order = [str(row["size"]) for row in product.size_chart]
    base, rules = advice.size, size_words.rules_of(product)
    near = sizes.near_end(product.size_chart, base, advice.because)
    perhaps, full, told = "", "", ""
    for shape, said in shapes:
        rule = next((one for one in rules if shape.sheet.search(one.clause) and one.step == shape.step), None)
        if shape.step < 0:
            to = advice.least if order.index(advice.least or base) < order.index(base) else ""
            to = to or (_next(order, base, -1) if rule and not advice.between else "")
            return Fit(to or base, base, f"您说{said}" if to or advice.between else f"{base} 就是合身的，再小会紧")
        larger = advice.between or _next(order, base, 1)
        moves = rule is not None or near is not None or shape.always
        if shape is size_words.GROWS and near is None:
            moves = False
        if moves and larger:
            why = f"「{rule.clause}」" if rule else f"您说{said}"
            return Fit(larger, base, f"您说{said}，详情写着{why}" if rule else _reason(said, near, base, advice))
        full = full if larger else f"您说{said}，再大一码就没有了，怕紧的话慎拍"
        perhaps, told = perhaps or larger, told or said
    for rule in rules:
        if size_words.is_for_all(rule) and (to := _next(order, base, rule.step)):
            return Fit(to, base, f"详情写着「{rule.clause}」")
    return Fit(base, base, full, perhaps, told)


def _reason(said: str, near: sizes.Beyond | None, base: str, advice: sizes.Advice) -> str:
    if near is None or advice.between:
        return f"您说{said}"
    return f"您说{said}，{base} 已经到上限附近"


def _next(order: list[str], size: str, step: int) -> str:
    place = order.index(size) + step
    return order[place] if 0 <= place < len(order) else ""


def _check(ask: Ask, product: Product, asked: str, advice: sizes.Advice, fit: Fit) -> Act:
    """Whether the size that was named suits the known measures, and which does when it does not."""
    order = [str(row["size"]) for row in product.size_chart]
    slots = {**_slots(ask, product, advice, fit), "asked": asked}
    if asked == fit.size or (asked == advice.between and not fit.why):
        return _act(ask, product, "size.fits", slots | {"stock": _stock(ask, product, asked)})
    template = "size.too_large" if order.index(asked) > order.index(fit.size) else "size.too_small"
    return _act(ask, product, template, slots)


def _template(advice: sizes.Advice, fit: Fit) -> str:
    if fit.size != fit.base:
        return "size.moved"
    if fit.why:
        return "size.kept"
    if advice.between:
        return "size.advice_between"
    if fit.perhaps:
        return "size.advice_wider"
    return "size.advice_each" if advice.each else "size.advice"


def _slots(ask: Ask, product: Product, advice: sizes.Advice, fit: Fit) -> dict[str, Any]:
    known = dict(advice.because)
    asks_more = not any(m in sizes.GIRTHS for m in known)
    missing = [m for m in ("height_cm", "weight_kg") if asks_more and m not in known and _charted(product, m)]
    missing = [] if known.get("age_months") == 0 else missing  # unborn
    missing = [m for m in missing if advice.beyond is None or m != advice.beyond.measure]
    return {
        "size": fit.size,
        "base": fit.base,
        "why": fit.why,
        "wider": fit.perhaps,
        "told": f"您说{fit.told}，" if fit.told else "",
        "because": known,
        "between": advice.between,
        "by_measure": [list(one) for one in advice.each],
        "missing": missing,
        "beyond": advice.beyond,
        "stock": _stock(ask, product, fit.size),
        "length": _length(ask, product, fit.size),
    }


def _length(ask: Ask, product: Product, size: str) -> list[str]:
    """How long that size is and what the sheet says of lengths, where the question is whether it is long enough."""
    if not _OF_LENGTH.search(ask.segment.text):
        return []
    long = _row(product, size).get("length_cm")
    told = [f"{key}：{value}" for key, value in product.attributes.items() if re.search(r"[裤裙衣]长|长度", key)]
    return ([f"{size} 的长度是 {long:g}cm"] if isinstance(long, int | float) else []) + told


def _stock(ask: Ask, product: Product, size: str) -> str:
    """What must be said of the stock of a size: that there is none, or little."""
    sold = [v for v in ask.facts.variants.get(product.id, ()) if _comes_as(v, size)]
    left = sum(v.stock for v in sold)
    if not sold or left > _FEW:
        return ""
    return f"{size} 只剩 {left} 件了。" if left else f"不过 {size} 现在没货。"


def _comes_as(variant: Variant, size: str) -> bool:
    return any(value.upper().removesuffix("码") == size.upper().removesuffix("码") for value in variant.spec.values())


def _told(ask: Ask) -> tuple[tuple[Shape, str], ...]:
    """What is told of the body and the taste, now or since the measures were told, the newest first."""
    earlier = _since_measures(ask)
    if ask.segment.bodies and _TELLS_MEASURES.search(ask.segment.text):  # what was told of others before is not theirs
        earlier = [text for text in earlier if not _TELLS_MEASURES.search(text)]
    said = [ask.said, ask.segment.text, *earlier]  # the segment too, where it was read anew (有点宽: 脚有点宽)
    found: dict[Shape, str] = {}
    for text in said:
        for shape in size_words.shapes_in(text):
            if not any(other.always and other.step != shape.step for other in found if shape.always):
                found.setdefault(shape, size_words.said_of(shape, text))
    return tuple(found.items())


def _since_measures(ask: Ask) -> list[str]:
    """The buyer's messages back to the one that told measures, newest first."""
    texts: list[str] = []
    for past in reversed(ask.situation.turn.history):
        if past.author != "buyer" or not past.text:
            continue
        texts.append(past.text)
        if _TELLS_MEASURES.search(past.text) or len(texts) == _BACK:
            break
    return texts


def _sizes_named(ask: Ask, product: Product, body: Body) -> list[str]:
    """The sizes of the chart that the words name (38 too, where that is no measure)."""
    text = f" {ask.segment.text.upper()} "
    measures = {f"{value:g}" for m in sizes.BODY if (value := getattr(body, m)) is not None}
    named = []
    for row in product.size_chart:
        size = str(row.get("size", ""))
        found = re.search(
            rf"(?<![\dA-Z.]){re.escape(size.upper())}(?![\dA-Z.]|\s*(?:斤|公斤|千克|厘米|公分|个月|岁|CM|KG|MM))", text
        )
        if found and size not in measures:
            named.append((found.start(), size))
    word = ask.segment.entities.size
    names = [size for _, size in sorted(named)]
    by_word = [
        str(row["size"]) for row in product.size_chart if word and str(row.get("size", "")).upper() == word.upper()
    ]
    return names or by_word


def _row(product: Product, size: str) -> dict[str, Any]:
    return next(row for row in product.size_chart if str(row["size"]) == size)


def _unused(product: Product) -> tuple[str, ...]:
    """The columns of goods that stretch: laid flat they are narrower than who wears them."""
    told = " ".join((product.title, *(value for key, value in product.attributes.items() if key in ("弹力", "版型"))))
    if not _STRETCHES.search(told):
        return ()
    return tuple(m for m in sizes.GIRTHS if any(isinstance(row.get(m), int | float) for row in product.size_chart))


def _charted(product: Product, measure: str) -> bool:
    return any(measure in row for row in product.size_chart)


def _act(ask: Ask, product: Product, template: str, slots: dict[str, Any]) -> Act:
    return Act("answer", ask.index, template, slots, (product_source(product),))
