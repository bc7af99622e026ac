"""Which variants are meant: by size and colour, by a spec that is named, by a measure in any spelling."""

import pytest

from xiaoer.kernel.commerce import Variant
from xiaoer.kernel.heard import Entities
from xiaoer.kernel.money import Money
from xiaoer.slices.policies.rules.spec_words import named_of
from xiaoer.slices.policies.rules.specs import matching, named_in


def _variant(id_: str, **spec: str) -> Variant:
    return Variant(id_, "P", Money(100), spec, 1)


RODS = (_variant("short", 长度="5.4米"), _variant("long", 长度="6.3米"))
FLUTES = (_variant("f", 调="F调"), _variant("g", 调="G调"))
BOTTLES = (_variant("small", 容量="500ml"), _variant("large", 容量="1.5L"))
PHONES = (_variant("15", 型号="iPhone 15"), _variant("15p", 型号="iPhone 15 Pro"), _variant("16", 型号="iPhone 16"))
WIPERS = (_variant("w24", 尺寸="24寸+18寸"), _variant("w26", 尺寸="26寸+16寸"))
BEDS = (_variant("b15", 尺寸="1.5x2米"), _variant("b18", 尺寸="1.8x2米"))
TEAWARE = (_variant("blue", 款式="青花"), _variant("white", 款式="纯白"), _variant("red", 款式="釉里红"))
SHIRTS = (
    _variant("bx", 颜色="黑色", 尺码="XL"),
    _variant("bm", 颜色="黑色", 尺码="M"),
    _variant("wx", 颜色="白色", 尺码="XL"),
)
CHAIRS = (_variant("black", 颜色="黑色"), _variant("white", 颜色="白色"), _variant("grey", 颜色="灰色"))
STRINGS = (_variant("whole", 规格="4/4套弦"), _variant("half", 规格="1/2套弦"), _variant("a", 规格="单根A弦"))
DESKS = (
    _variant("oak12", 桌板="1.2米", 颜色="原木"),
    _variant("oak14", 桌板="1.4米", 颜色="原木"),
    _variant("nut14", 桌板="1.4米", 颜色="黑胡桃"),
)
TENTS = (_variant("sand", 颜色="沙色"), _variant("green", 颜色="军绿"))
TREES = (
    _variant("s", 颜色="奶咖", 尺寸="小号"),
    _variant("l", 颜色="奶咖", 尺寸="大号"),
    _variant("g", 颜色="暖灰", 尺寸="大号"),
)
GIMBALS = (
    Variant("plain", "P", Money(39900), {"版本": "标准版"}, 1),
    Variant("track", "P", Money(59900), {"版本": "跟拍版"}, 0),
)
COATS = (_variant("m", 颜色="黑", 尺码="M"), _variant("l", 颜色="橙", 尺码="L"))


@pytest.mark.parametrize(
    ("variants", "entities", "text", "meant", "named"),
    [
        (RODS, Entities(), "6米3的有货吗", ["long"], "6.3米"),
        (RODS, Entities(), "六米三的还有没", ["long"], "6.3米"),
        (RODS, Entities(), "5.4米多少钱", ["short"], "5.4米"),
        (RODS, Entities(), "7米2的有吗", [], "7.2米"),
        (RODS, Entities(), "有货吗", ["short", "long"], ""),
        (FLUTES, Entities(), "有G调的吗", ["g"], "G调"),
        (BOTTLES, Entities(), "500毫升的还有吗", ["small"], "500毫升"),
        (BOTTLES, Entities(), "1.5升的多少钱", ["large"], "1.5升"),
        (PHONES, Entities(), "15pro有没有", ["15p"], ""),
        (PHONES, Entities(), "苹果15的壳", ["15"], ""),
        (PHONES, Entities(), "iphone16 pro max能用吗", [], ""),
        (PHONES, Entities(), "来15个", ["15", "15p", "16"], ""),
        (WIPERS, Entities(), "我车是26+16的有吗", ["w26"], ""),
        (BEDS, Entities(), "1.8的多钱", ["b18"], ""),
        (TEAWARE, Entities(), "青花跟纯白差多少钱", ["blue", "white"], "青花"),
        (SHIRTS, Entities(color="黑色", size="XL"), "黑色XL有吗", ["bx"], "黑色"),
        (CHAIRS, Entities(), "白的黑的一样价吗", ["black", "white"], ""),
        (COATS, Entities(size="L"), "L有货吗", ["l"], ""),
        (COATS, Entities(color="橙色"), "橙色的呢", ["l"], ""),
        (COATS, Entities(size="中码"), "中码剩了没", ["m"], ""),
        (STRINGS, Entities(), "二分之一的一套有货么", ["half"], ""),
        (DESKS, Entities(color="原木色"), "一米四原木色的还有不", ["oak14"], "原木"),
        (DESKS, Entities(color="原木色"), "一米六原木色的还有不", [], "原木"),
        (TENTS, Entities(color="沙子色"), "沙子色的还有吗", ["sand"], ""),
        (TREES, Entities(), "最大那个奶咖的得掏多少", ["l"], "奶咖"),
        (TREES, Entities(), "最大的多少钱", ["l", "g"], ""),
        (GIMBALS, Entities(), "贵的那档能下单了不", ["track"], ""),
        (GIMBALS, Entities(), "是不是太贵了点", ["plain", "track"], ""),
    ],
)
def test_words_mean_variants(
    variants: tuple[Variant, ...], entities: Entities, text: str, meant: list[str], named: str
) -> None:
    assert [one.id for one in matching(variants, entities, text)] == meant
    assert named_in(variants, text) == named


@pytest.mark.parametrize(
    ("values", "text", "meant"),
    [
        (("旋钮", "触屏"), "奶白触屏的还有没", {"触屏"}),
        (("标准款", "躺睡款"), "能躺睡的那款现在拍得到吗", {"躺睡款"}),
        (("单支", "双支礼盒", "整箱六支"), "六瓶一箱拿下来要几个钱", {"整箱六支"}),
        (("五座款", "七座款"), "七个座的一套要多少", {"七座款"}),
        (("小号", "中号", "大号"), "种大树的那个大盆还有几个", {"大号"}),
        (("小号", "中号", "大号"), "大概多少钱", set()),
        (("单孔", "双孔"), "两个孔的增氧泵多少一台", {"双孔"}),
        (("5斤", "10斤"), "来十个", set()),
        (("EF尖", "F尖"), "墨绿那个F尖的没了吗", {"F尖"}),
        (("黑色", "白色"), "有货吗", set()),
    ],
)
def test_words_name_values_of_an_axis(values: tuple[str, ...], text: str, meant: set[str]) -> None:
    assert named_of(values, text) == meant
