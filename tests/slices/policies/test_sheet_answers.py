"""What the sheet alone answers: the very words (written), which variant suits (ranges), which pack is cheaper."""

import pytest

from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.decision import Facts
from xiaoer.kernel.heard import Entities, Segment
from xiaoer.kernel.money import Money
from xiaoer.slices.policies.rules import ranges, unit_prices
from xiaoer.slices.policies.rules.written import facts_written
from xiaoer.slices.policies.types import Ask

TENT = Product("T", "三季双人帐篷", attributes={"外帐防水": "PU3000mm", "搭建": "一人3分钟", "收纳尺寸": "85x15cm"})
BAG = Product("B", "羽绒睡袋", attributes={"可拼接": "两只同款可拼双人", "收纳": "带压缩袋", "重量": "1.4kg"})
LANTERN = Product("L", "充电式营地灯", attributes={"充电口": "Type-C", "可当充电宝": "是 5000mAh", "亮度": "400流明"})
LEASH = Product("D", "牵引绳", attributes={"材质": "尼龙", "适合体重": "S 5-10斤 M 10-25斤 L 25-60斤"})
CEILING = Product("C", "吸顶灯", attributes={"适用面积": "24W 8-12㎡ 36W 15-20㎡", "光源": "LED 不可单独换"})
CLAY = Product("S", "猫砂", attributes={"净含量": "2.5kg"})


@pytest.mark.parametrize(
    ("product", "question", "keys"),
    [
        (TENT, "自己一个人搭得起来不", ["搭建"]),
        (BAG, "两个能不能拼一块儿", ["可拼接"]),
        (BAG, "收起来有袋子装吗", ["收纳"]),
        (LANTERN, "能给手机充电不", ["充电口", "可当充电宝"]),
        (CEILING, "灯珠能自己换吗", ["光源"]),
        (TENT, "能防火吗", []),
        (TENT, "质量怎么样", []),
        (BAG, "多少钱", []),
        (LEASH, "猫能用吗", []),
    ],
)
def test_the_last_place_to_look_is_what_is_written(product: Product, question: str, keys: list[str]) -> None:
    assert [key for key, _ in facts_written(product, question)] == keys


def _ask(text: str, product: Product, variants: tuple[Variant, ...], situation: object = None) -> Ask:
    facts = Facts(products={product.id: product}, variants={product.id: variants})
    return Ask(0, Segment(text, "product.size_advice", 0.9, Entities()), situation, facts, product.id, None)  # type: ignore[arg-type]


LEASHES = tuple(
    Variant(f"D-{size}", "D", Money(fen), {"尺码": size}, stock)
    for size, fen, stock in (("S", 3900, 5), ("M", 4500, 8), ("L", 5200, 0))
)


@pytest.mark.parametrize(
    ("text", "template", "label", "more"),
    [
        ("20斤的柯基用哪个号", "range.fits", "M", "，45 元，有货"),
        ("我家狗10公斤用啥号", "range.fits", "M", "，45 元，有货"),
        ("25斤的用哪个", "range.fits", "L", "，不过这个规格现在没货"),  # on the border the larger has room
        ("90斤的阿拉斯加用啥号", "range.outside", None, None),
    ],
)
def test_the_variant_whose_range_holds_the_measure(text: str, template: str, label: str, more: str) -> None:
    act = ranges.advise(_ask(text, LEASH, LEASHES), LEASH)
    assert act is not None
    assert (act.template, act.slots.get("label"), act.slots.get("more")) == (template, label, more)


@pytest.mark.parametrize(
    ("text", "product"), [("绳子多长", LEASH), ("15平的卧室", LEASH), ("170能穿吗", LEASH), ("2.5公斤的吗", CLAY)]
)
def test_a_measure_of_another_kind_or_a_sheet_without_ranges_says_nothing(text: str, product: Product) -> None:
    assert ranges.advise(_ask(text, product, ()), product) is None


def test_an_area_is_read_with_any_of_its_names() -> None:
    act = ranges.advise(_ask("15平米的卧室用多少瓦的", CEILING, ()), CEILING)
    assert act is not None
    assert act.slots["label"] == "36W"


def _packs(*told: tuple[str, int]) -> tuple[Variant, ...]:
    return tuple(Variant(f"S-{n}", "S", Money(fen), {"规格": spec}, 9) for n, (spec, fen) in enumerate(told))


@pytest.mark.parametrize(
    ("text", "packs", "each", "better"),
    [
        ("5kg比1.5的划算吗", (("1.5kg", 8900), ("5kg", 23900)),
         "5kg 239 元（合每斤 23.9 元），1.5kg 89 元（合每斤 29.67 元）", "5kg 更划算"),
        ("整箱比单买便宜多少", (("单袋", 2590), ("4袋整箱", 9500)),
         "4袋整箱 95 元（合每袋 23.75 元），单袋 25.9 元（合每袋 25.9 元）", "4袋整箱 更划算，比买4份单袋省 8.6 元"),
        ("一斤合多少", (("5斤", 4000), ("10斤", 8000)),
         "5斤 40 元（合每斤 8 元），10斤 80 元（合每斤 8 元）", "算下来一样价"),
    ],
)  # fmt: skip
def test_packs_are_held_against_each_other(
    text: str, packs: tuple[tuple[str, int], ...], each: str, better: str
) -> None:
    variants = _packs(*packs)
    act = unit_prices.answer(_ask(text, CLAY, variants), CLAY, variants)
    assert act is not None
    assert (act.slots["each"], act.slots["better"]) == (each, better)


@pytest.mark.parametrize(
    ("text", "packs"),
    [
        ("多少钱", (("1.5kg", 8900), ("5kg", 23900))),
        ("划算吗", (("1.5kg", 8900), ("5kg", 23900))),
        ("哪个划算", (("1.5kg", 8900), ("6L", 23900))),  # amounts of different kinds
        ("哪个划算", (("红色", 8900), ("白色", 9900))),
    ],
)
def test_what_is_not_asked_or_cannot_be_compared_is_not_computed(text: str, packs: tuple[tuple[str, int], ...]) -> None:
    variants = _packs(*packs)
    assert unit_prices.answer(_ask(text, CLAY, variants), CLAY, variants) is None
