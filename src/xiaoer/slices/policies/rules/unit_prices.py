"""Prices for one common unit (单价): 多少钱一片, 一斤合多少; and which pack is the better bargain: 整箱比单买便宜多少.

Sums from what one piece of each variant costs now and how much of the unit it holds: its spec tells (10片三盒 is 30),
else the sheet, where the specs tell of no amount. Rounded to the fen; offers for several pieces are not counted in.
"""

import re
from fractions import Fraction
from typing import NamedTuple

from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.counting import PIECE
from xiaoer.kernel.decision import Act
from xiaoer.kernel.measures import in_base, in_digits, in_words
from xiaoer.kernel.money import Money
from xiaoer.kernel.numerals import value
from xiaoer.slices.policies.rules.sources import product_source
from xiaoer.slices.policies.rules.specs import matching
from xiaoer.slices.policies.types import Ask

_UNIT = rf"(?:公斤|千克|毫升|斤|克|升|两|kg|g|ml|[片抽丸粒枚]|{PIECE})"
_HOW_MUCH = r"(?:多少钱?|几块钱?|几毛钱?|几元|几多钱?|好多钱|啥价|什么价)"
# as patterns: the price of one common unit, and one pack held against single ones
COMPARES = (
    rf"[一每][小大]?{_UNIT}(?:合|算|平均|下来|是|要|才)*{_HOW_MUCH}|平均(?:下来)?(?:一|每)|合多少|"
    r"比(?:单买|单独买|单[袋盒包瓶件个支条块只罐片卷]|一[袋盒包瓶件]一[袋盒包瓶件])[^，。]{0,4}(?:便宜|省|优惠|少|划算)"
)
_OF_ONE = re.compile(
    rf"(?:{_HOW_MUCH}|价格?)(?:是|合)?[一1每][小大]?(?P<a>{_UNIT})|(?<![第\d十百])[一1每][小大]?(?P<b>{_UNIT})(?:(?![多少几好合一总到共])[\u4e00-\u9fff]){{0,4}}?(?:合|算|平均|下来|是|要|才|卖|得)*{_HOW_MUCH}|平均(?:下来|到)?[一1每][小大]?(?P<c>{_UNIT})|[按论](?P<d>{_UNIT})算"
)  # fmt: skip
_ASKED = re.compile(rf"划算|合算|实惠|单价|{COMPARES}")
_RATHER = re.compile(r"划算|合算|实惠|单价|合多少|平均|比|算下来")
_AGAINST = re.compile(r"划算|合算|实惠|便宜|省|比|哪[个种款]|合多少|平均")
_OF_ITSELF = re.compile(r"^(?:划算|合算)(?:吗|不|么)?\W*$")
_AMOUNT = re.compile(
    r"(?<![\d.])(?P<number>\d+(?:\.\d+)?|[一二两三四五六七八九十]|[单双])\s*(?:小|大)?"
    rf"(?P<unit>公斤|千克|毫升|斤|克|升|kg|ml|g|l(?![a-z])|[片抽丸粒枚]|{PIECE})", re.IGNORECASE
)  # fmt: skip
_ANY, _SMALL = "个只", frozenset("枚颗粒丸片只")
_WEIGHED = ("克", "毫升")
_OF_CONTENT = re.compile(r"含量|清单|规格|数量|片数|装量|容量|重量|包装")
_PER_ONE = re.compile(r"[每/]$")
_CLAUSES = re.compile(r"[、，,；;]")
_ABOUT = re.compile(r"约|左右|大概")
_MOST = 6  # packs that are told one by one
# amounts in which the price of a common unit is told: base unit -> (how many of it, what that is called)
_TOLD_BY = {"克": (500, "斤"), "毫升": (100, "100毫升"), "毫米": (1000, "米")}


class Pack(NamedTuple):
    """A variant and how much it holds, in `unit`."""

    variant: Variant
    amount: Fraction
    unit: str


def asked_unit(text: str) -> str:
    """The unit of which one is to be priced (片 of 多少钱一片); empty where none is named."""
    found = _OF_ONE.search(text)
    return next((one for one in found.groups() if one), "") if found else ""


def of_one(ask: Ask, product: Product, variants: tuple[Variant, ...]) -> Act | None:
    """What one piece of a unit costs that the goods are not sold by; None where it is not asked, or nothing tells how
    many they hold."""
    unit = asked_unit(in_digits(ask.segment.text)) or asked_unit(ask.segment.text)
    chosen = matching(variants, ask.segment.entities, "") or variants
    packs = _packs(product, chosen, unit) if unit else []
    if not packs or len(packs) > _MOST or all(pack.amount == 1 for pack in packs):
        return None
    return _told(ask, product, packs, unit)


def answer(ask: Ask, product: Product, variants: tuple[Variant, ...]) -> Act | None:
    """The price of a common unit of each pack, cheapest first; None where nothing of the kind is asked or the variants
    do not hold different amounts of the same."""
    if (one := of_one(ask, product, variants)) is not None:
        return one
    if asked_unit(in_digits(ask.segment.text)) and not _RATHER.search(ask.segment.text):
        return None  # 一床多少, of what is sold by the piece
    if not _ASKED.search(ask.segment.text) or _OF_ITSELF.match(ask.segment.text.strip()):
        return None
    for unit in units_of(variants):
        packs = _packs(product, variants, unit)
        if len({pack.amount for pack in packs}) > 1 and len(packs) <= _MOST:
            return _told(ask, product, packs, unit)
    return None


def units_of(variants: tuple[Variant, ...]) -> list[str]:
    """The units in which the specs tell how much they hold."""
    return list(dict.fromkeys(unit for _, unit in _amounts(_named(variants[0])))) if variants else []


def packs_of(variants: tuple[Variant, ...], unit: str) -> list[Pack]:
    """The variants by how much of a unit their specs tell; empty where one tells none."""
    held = [(variant, _held(_named(variant), unit)) for variant in sorted(variants, key=lambda v: v.id)]
    found = [Pack(variant, *amount) for variant, amount in held if amount is not None]
    return found if len(found) == len(variants) and len({pack.amount for pack in found}) == len(found) else []


def _told(ask: Ask, product: Product, packs: list[Pack], unit: str) -> Act:
    base = packs[0].unit
    times, called = _TOLD_BY.get(base, (1, base))
    if base in _WEIGHED and unit and in_words(unit) != base:
        times, called = round(in_base((1, in_words(unit)))[0]), in_words(unit)
    ranked = sorted(packs, key=lambda pack: (pack.variant.pays.fen / pack.amount, pack.variant.id))
    each = [(_named(p.variant), p.variant.pays.spoken, _of(p.variant.pays.fen * times / p.amount)) for p in ranked]
    told = "，".join(f"{name} {price} 元（合每{called} {per.spoken} 元）" for name, price, per in each)
    if len(ranked) == 1:
        amount = ranked[0].amount / times
        told = f"一份 {each[0][1]} 元，{float(amount):g} {called}，合每{called} {each[0][2].spoken} 元"
    held_against = len({pack.amount for pack in ranked}) > 1 and _AGAINST.search(ask.segment.text)
    better = _better(ranked) if held_against else ""
    slots = {"each": told, "title": product.title, "better": better}
    return Act("quote", ask.index, "price.by_unit", slots, (product_source(product),), "price.by_unit")


def _better(ranked: list[Pack]) -> str:
    """Which pack costs least for as much, what it saves against as many of the smallest, and whether there is one."""
    best, smallest = ranked[0], min(ranked, key=lambda pack: pack.amount)
    if best.variant.pays.fen * ranked[-1].amount == ranked[-1].variant.pays.fen * best.amount:
        return "算下来一样价"
    stock = "" if best.variant.stock > 0 else "，不过现在没货"
    as_many = best.amount / smallest.amount
    saved = smallest.variant.pays.fen * as_many - best.variant.pays.fen
    if as_many.denominator > 1 or as_many == 1:
        return f"{_named(best.variant)} 更划算{stock}"
    return f"{_named(best.variant)} 更划算，比买{as_many}份{_named(smallest.variant)}省 {_of(saved).spoken} 元{stock}"


def _packs(product: Product, variants: tuple[Variant, ...], unit: str) -> list[Pack]:
    """The variants by how much of a unit they hold; those of the same amount and price stand once. Where their specs
    tell of no amount, the sheet tells."""
    found: list[Pack] = []
    bare = all(not _amounts(_named(variant)) for variant in variants)
    for variant in sorted(variants, key=lambda v: v.id):
        held = _of_sheet(product, variants, variant, unit) if bare else _held(_named(variant), unit)
        if held is None:
            return []
        if not any((pack.amount, pack.variant.pays) == (held[0], variant.pays) for pack in found):
            found.append(Pack(variant, *held))
    return found if len({pack.unit for pack in found}) == 1 else []


def _of_sheet(
    product: Product, variants: tuple[Variant, ...], variant: Variant, unit: str
) -> tuple[Fraction, str] | None:
    """What the sheet tells of the variant itself (NB 66片、S 60片), else of all of them."""
    for key, told in product.attributes.items():
        if _ABOUT.search(told) or not (_OF_CONTENT.search(key) or unit in key):
            continue
        of_each = [_of_spec(told, one) for one in variants]
        clause = _of_spec(told, variant) if any(of_each) else told
        if (held := _held(clause, unit)) is not None:
            return held
    return None


def _of_spec(told: str, variant: Variant) -> str:
    """The clause that begins with a value of the variant's spec; empty where there is none."""
    values = variant.spec.values()
    clauses = (clause.strip() for clause in _CLAUSES.split(told))
    return next(
        (clause[len(v) :] for clause in clauses for v in values if re.match(rf"{re.escape(v)}[\s:：]", clause)), ""
    )


def _held(spec: str, unit: str) -> tuple[Fraction, str] | None:
    """How much of a unit a spec tells: 10片三盒 are 30 of 片 and 3 of 盒; None where it tells none, or two amounts."""
    wanted, amounts = in_base((1, in_words(unit)))[1], _amounts(spec)
    places = [at for at, one in enumerate(amounts) if one[1] == wanted]
    if not places and unit in _ANY:  # 一个饼 of 10枚
        places = [at for at, one in enumerate(amounts) if one[1] in _SMALL]
    if wanted in _WEIGHED and len(places) > 1:
        return None
    if not places:
        return None
    held = Fraction(1)
    for number, of in amounts[places[0] :]:
        if of in _WEIGHED and of != wanted:
            break
        held *= number
    return (held, amounts[places[0]][1]) if held else None


def _amounts(spec: str) -> list[tuple[Fraction, str]]:
    """Each number with its unit in the order of the words, weights in their base unit: 80抽10包, 500毫升 两瓶."""
    found = []
    for one in _AMOUNT.finditer(spec):
        if _PER_ONE.search(spec[: one.start()]):
            continue
        number = {"单": 1.0, "双": 2.0}.get(one["number"]) or _number(one["number"])
        amount, base = in_base((number, in_words(one["unit"])))
        found.append((Fraction(str(amount)), base))
    return found


def _number(word: str) -> float:
    return float(value(word) or 1) if not word[0].isdigit() else float(word)


def _named(variant: Variant) -> str:
    return " ".join(variant.spec.values())


def _of(fen: Fraction) -> Money:
    return Money(round(fen))
