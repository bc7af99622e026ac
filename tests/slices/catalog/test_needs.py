"""A need in a buyer's words finds products that have what it names."""

import pytest

from xiaoer.kernel.commerce import Product
from xiaoer.slices.catalog.needs import NeedIndex

INDEX = NeedIndex(
    [
        Product("cream", "神经酰胺保湿面霜", "美妆", attributes={"适用肤质": "干皮、敏感肌"}, tags=("护肤",)),
        Product("lip", "丝绒雾面口红", "美妆", attributes={"色号": "豆沙"}),
        Product("cup", "316不锈钢保温杯", "家居", attributes={"容量": "500ml"}),
        Product("chair", "人体工学椅", "家居", attributes={"承重": "150kg"}),
        Product("dress", "法式碎花连衣裙夏季", "服装"),
        Product("shorts", "冰感短裤夏天穿", "服装"),
    ]
)


@pytest.mark.parametrize(
    ("need", "first"),
    [
        ("送妈妈的护肤品，200以内，敏感肌", "cream"),
        ("有没有保温杯推荐", "cup"),
        ("想买把椅子，人体工学的", "chair"),
        ("豆沙色口红有推荐的吗", "lip"),
        ("夏天穿的裙子有没有", "dress"),
    ],
)
def test_the_best_match_comes_first(need: str, first: str) -> None:
    assert INDEX.rank(need, 3)[0] == first


def test_words_about_asking_and_money_find_nothing() -> None:
    assert INDEX.rank("200以内有什么推荐", 3) == []


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("保温杯多少钱", ["cup"]),
        ("面霜和口红多少钱", ["cream", "lip"]),
        ("会不会太长", []),
        ("L多少钱", []),
        ("黑的有没有", []),
    ],
)
def test_a_question_names_products_by_their_kind(question: str, named: list[str]) -> None:
    assert INDEX.named(question, 3) == named


def test_a_kind_of_thing_that_is_named_must_be_one() -> None:
    assert INDEX.rank("夏天穿的裙子有没有", 3) == ["dress"]
    assert INDEX.rank("枕头推荐一下", 3) == []


_TRADES = NeedIndex(
    [
        Product("desk", "电动升降书桌 双电机 1.4米", "家具"),
        Product("chair", "人体工学电脑椅 双背护腰", "家具"),
        Product("shell", "磁吸透明手机壳 防摔", "手机配件"),
        Product("film", "高清防窥钢化膜 2片装", "手机配件"),
        Product("wire", "100W编织数据线 双Type-C", "手机配件"),
        Product("guitar", "民谣吉他 41寸 单板", "乐器"),
        Product("strings", "吉他弦 磷铜 一套", "乐器"),
    ]
)


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("桌子白色有货吗", ["desk"]),
        ("这把椅子多少钱", ["chair"]),
        ("16pro的壳没了？", ["shell"]),
        ("壳会发黄吗", ["shell"]),
        ("手机膜有吗", ["film"]),
        ("两米的线有货吗", ["wire"]),
        ("便宜的吉他有吗", ["guitar"]),
        ("吉他弦多少钱", ["strings"]),
        ("在线等", []),
        ("桌面能换吗", []),
    ],
)
def test_goods_are_called_by_the_end_of_their_name(question: str, named: list[str]) -> None:
    assert _TRADES.named(question, 3) == named
