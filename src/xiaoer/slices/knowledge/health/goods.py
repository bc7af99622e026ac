"""What a product's own stock, prices and attributes deny of an answer about it (和商品数据对不上). Pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct, field

from xiaoer.slices.knowledge.health.claims import claims_of, differ
from xiaoer.slices.knowledge.health.kinds import Kind, asks_for, denies
from xiaoer.slices.knowledge.health.meeting import way_of
from xiaoer.slices.knowledge.health.units import name_of
from xiaoer.slices.knowledge.types import EntryDraft

_IN_STOCK = re.compile(r"(?<![没无])有现货|现货充足|(?<![没无])有货|库存充足|货源充足")
_OUT_OF_STOCK = re.compile(r"售罄|没货|无货|断货|缺货|卖完|下架|没有现货|补货中")
_PRICE_ASKED = re.compile(r"多少钱|价格|怎么卖|几块|什么价|售价|单价")
_OTHER_MONEY = re.compile(r"运费|邮费|优惠|券|减|省|定金|尾款|差价|满|补|赔")
_CLAUSE = re.compile(r"[^，,。；;！!？?\n]+")


class VariantFacts(Struct, frozen=True):
    """One variant's spec values, price in yuan and pieces in stock."""

    spec: tuple[str, ...]
    price: float
    stock: int


class ProductFacts(Struct, frozen=True):
    """A product's live figures: prices in yuan and pieces in stock; `stock` None when there are no variants."""

    prices: frozenset[float]
    stock: int | None
    changed_at: datetime | None = None
    variants: tuple[VariantFacts, ...] = ()
    attributes: dict[str, str] = field(default_factory=dict)


def against_product(draft: EntryDraft, product: ProductFacts, kinds: Sequence[Kind] = ()) -> str:
    """What an answer about a product says otherwise than its stock, prices and attributes; "" when nothing."""
    return (
        _against_stock(draft, product) or _against_prices(draft, product) or _against_attributes(draft, product, kinds)
    )


def _named(text: str, variants: Iterable[VariantFacts]) -> frozenset[str]:
    """Spec values that a text names: Latin ones (M, XL) as whole words."""
    values = {value for variant in variants for value in variant.spec}
    return frozenset(value for value in values if _whole(value).search(text))


def _whole(value: str) -> re.Pattern[str]:
    around = ("(?<![A-Za-z0-9])", "(?![A-Za-z0-9])") if value.isascii() else ("", "")
    return re.compile(re.escape(value).join(around))


def _meant(clause: str, draft: EntryDraft, product: ProductFacts) -> tuple[tuple[VariantFacts, ...], str]:
    """The variants that a clause speaks of, and their name: by its own words, else by those of the question."""
    for text in (clause, draft.question):
        if named := _named(text, product.variants):
            axes = max((len(v.spec) for v in product.variants), default=0)
            by_axis = [{v.spec[at] for v in product.variants if at < len(v.spec)} & named for at in range(axes)]
            fit = [
                v for v in product.variants
                if all(not wanted or (at < len(v.spec) and v.spec[at] in wanted) for at, wanted in enumerate(by_axis))
            ]  # fmt: skip
            if fit:
                return tuple(fit), "、".join(sorted(named))
    return product.variants, ""


def _against_stock(draft: EntryDraft, product: ProductFacts) -> str:
    if product.stock is None:
        return ""
    for clause in _CLAUSE.findall(draft.answer):
        has, out = _IN_STOCK.search(clause), _OUT_OF_STOCK.search(clause)
        if not has and not out:
            continue
        meant, name = _meant(clause, draft, product)
        stock = sum(variant.stock for variant in meant) if meant else product.stock
        which = f"{name}" if name else ""
        if has and not out and stock == 0:
            return f"答案说{which}有货，现在库存是 0"
        if out and stock > 0:
            return f"答案说{which}没货，现在还有 {stock} 件"
    return ""


def _against_prices(draft: EntryDraft, product: ProductFacts) -> str:
    if not product.prices:
        return ""
    asked = bool(_PRICE_ASKED.search(draft.question))
    for clause in _CLAUSE.findall(draft.answer):
        said = [low for _, low, _ in claims_of(clause).spans.get("yuan", ())]
        named = _named(clause, product.variants)
        if not said or _OTHER_MONEY.search(clause) or not (asked or named):
            continue
        meant, name = _meant(clause, draft, product)
        prices = {variant.price for variant in meant} or product.prices
        if not set(said) & prices:
            return f"答案写的{name}价格 {said[0]:g} 元，和商品现在的价格对不上"
    return ""


def _against_attributes(draft: EntryDraft, product: ProductFacts, kinds: Sequence[Kind]) -> str:
    for kind in kinds:
        stated = "，".join(value for key, value in product.attributes.items() if kind.asked.search(key))
        if stated and asks_for(draft.question, kind):
            said, fact = denies(draft.answer, stated, kind)
            if said:
                return f"答案写的{kind.about}是{said}，商品资料里是{fact}"
    for key, value in product.attributes.items():
        if key and key in draft.question and way_of(draft.question) in ("when", "much"):
            mine, theirs = claims_of(draft.answer), claims_of(value)
            if unit := differ(mine, theirs):
                return f"答案写的{name_of(unit)}和商品资料（{key} {value[:20]}）对不上"
    return ""
