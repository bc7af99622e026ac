"""A spec that only one product comes in leads to it; what many goods come in leads nowhere."""

import pytest

from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.money import Money
from xiaoer.slices.catalog.by_spec import SpecIndex

_SPECS = (
    ("tent", {"颜色": "军绿"}), ("tent", {"颜色": "卡其"}), ("bag", {"充绒量": "800g"}), ("bag", {"充绒量": "1200g"}),
    ("stove", {"款式": "单炉"}), ("stove", {"款式": "炉+烤盘"}), ("lamp", {"颜色": "白色"}), ("desk", {"颜色": "白色"}),
    ("kite", {"颜色": "白色"}), ("apple", {"规格": "10斤"}), ("leash", {"尺码": "L"}),
)  # fmt: skip
INDEX = SpecIndex(Variant(f"{product}-{n}", product, Money(100), spec, 1) for n, (product, spec) in enumerate(_SPECS))


@pytest.mark.parametrize(
    ("text", "goods"),
    [
        ("卡其的有货没", ["tent"]),
        ("1200克的跟800克的差多少钱", ["bag"]),
        ("带烤盘那个啥时候有", ["stove"]),
        ("5公斤的还有没有", ["apple"]),
        ("白色的有吗", []),  # three goods
        ("L码还有吗", ["leash"]),
        ("XL的有吗", []),
        ("白色L码", []),  # no product is both
        ("多少钱", []),
        ("卡其的10斤", []),  # no product is both
    ],
)
def test_goods_by_their_spec(text: str, goods: list[str]) -> None:
    assert INDEX.named(text, 2) == goods


def test_a_fact_of_one_sheet_leads_to_it_but_its_terms_do_not() -> None:
    pump = Product("pump", "吸奶器", attributes={"能不能退": "拆封不退", "吸力档位": "9档"})
    index = SpecIndex((), (pump,))
    assert index.named("吸力档位有几个", 2) == ["pump"]
    assert index.named("你就告诉我能不能退", 2) == []
