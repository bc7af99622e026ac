"""Kinds of goods: which one a text names, which one is asked for, and what a product is."""

from importlib import resources

import pytest

from xiaoer.kernel.commerce import Product
from xiaoer.kernel.thesaurus import Thesaurus
from xiaoer.packs.goods import thesaurus_of

_LINES = """
# a comment
电饭煲 电饭锅 饭煲 < 锅 厨房电器
炒锅 < 锅 厨具
登山鞋 徒步鞋 < 鞋
跑鞋 慢跑鞋 < 运动鞋 鞋
运动鞋 球鞋 < 鞋
鞋
* 手机 智能手机 < 数码产品
手机壳 < 数码产品
充电器 < 数码产品
烘干机 < 大家电
T恤 短袖T恤 < 上衣 衣服
""".strip().splitlines()


@pytest.fixture
def kinds() -> Thesaurus:
    return Thesaurus(_LINES)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("电饭锅和手机壳", ["电饭煲", "手机壳"]),  # the longest name, not 手机 within it
        ("短袖T恤", ["T恤"]),
        ("什么都没提", []),
    ],
)
def test_kinds_are_named_by_any_of_their_names(kinds: Thesaurus, text: str, named: list[str]) -> None:
    assert [one.kind.name for one in kinds.named_in(text)] == named


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("有没有电饭锅", ["电饭锅"]),
        ("想买登山鞋，防水的", ["登山鞋"]),
        ("要双鞋 43码的", ["鞋"]),
        ("电饭锅有吗", ["电饭锅"]),
        ("推荐一款手机", ["手机"]),
        ("给我推荐个手机充电快的", []),  # 手机 is what is charged
        ("有能放电饭锅里的吗", []),
        ("不要跑鞋，推荐别的", []),
        ("别给我推荐跑鞋", []),
        ("跑鞋有没有货和黑色的", []),  # the shoes are known, their stock is asked
        ("电饭锅坏了", []),
    ],
)
def test_what_is_asked_for_is_told_from_what_is_spoken_of(kinds: Thesaurus, text: str, asked: list[str]) -> None:
    assert [one.said for one in kinds.asked_for(text)] == asked


@pytest.mark.parametrize(
    ("title", "sort", "is_of", "is_not"),
    [
        ("轻巧慢跑鞋男 透气", "", "鞋", "登山鞋"),
        ("磁吸手机壳 防摔", "", "手机壳", "手机"),  # made for a telephone, none itself
        ("氮化镓充电器 手机平板通用", "充电器", "充电器", "手机"),
        ("千元智能手机 大电池", "", "手机", "充电器"),
        ("麦饭石 不粘", "家用炒锅", "锅", "电饭煲"),  # 品类 ends in what it is
    ],
)
def test_a_product_is_what_it_is_called(kinds: Thesaurus, title: str, sort: str, is_of: str, is_not: str) -> None:
    of = kinds.kinds_of(Product("P", title, "", attributes={"品类": sort} if sort else {}))
    assert is_of in of and is_not not in of


def test_an_appliance_that_is_only_used_is_not_what_a_text_is_about(kinds: Thesaurus) -> None:
    assert kinds.spoken_of("T恤可以机洗，别用烘干机") >= {"T恤", "衣服"}
    assert "烘干机" not in kinds.spoken_of("T恤可以机洗，别用烘干机")


def test_the_pack_names_every_kind_once_and_shortly() -> None:
    lines = (resources.files("xiaoer.packs") / "ecommerce" / "goods.txt").read_text("utf-8").splitlines()
    firsts = [line.removeprefix("* ").split()[0] for line in lines if line and not line.startswith("#")]
    assert len(firsts) == len(set(firsts)) > 4_000
    assert all(len(name) <= 8 for line in lines if not line.startswith("#") for name in line.partition("<")[0].split())
    assert thesaurus_of().named_in("电饭锅")[0].kind == thesaurus_of().named_in("电饭煲")[0].kind
