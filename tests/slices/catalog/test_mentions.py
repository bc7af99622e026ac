"""Several goods named in one breath: each part finds its product, and what fits several finds none."""

import pytest

from xiaoer.kernel.commerce import Product
from xiaoer.slices.catalog.mentions import MentionIndex


def _product(id_: str, title: str, kind: str) -> Product:
    return Product(id_, title, "", attributes={"品类": kind})


_GOODS = [
    _product("coat", "云隙轻薄防晒外套女夏季连帽皮肤衣", "防晒衣"),
    _product("jeans", "直白高腰直筒牛仔裤女显瘦九分烟管裤", "牛仔裤"),
    _product("wide", "半闲冰丝西装阔腿裤女夏季薄款", "西装裤"),
    _product("mouse", "回声无线静音鼠标蓝牙双模可充电", "鼠标"),
    _product("keys", "回声三模机械键盘无线蓝牙办公静音轴", "机械键盘"),
    _product("band", "律动智能手环心率睡眠监测来电提醒", "智能手环"),
    _product("nuts", "每日一格混合坚果独立小包装每日坚果早餐", "坚果"),
    _product("soup", "西子桂花坚果藕粉羹罐装早餐代餐", "藕粉"),
    _product("quilt", "桑里桑蚕丝被子母被四季通用", "蚕丝被"),
    *(_product(f"shirt{number}", f"素里重磅纯棉短袖打底衫第{number}款", "短袖") for number in range(8)),
]
INDEX = MentionIndex(_GOODS)


@pytest.mark.parametrize(
    ("text", "in_sight", "meant"),
    [
        ("防晒衣跟那条烟管裤一块儿拿到手几多", "", ["coat", "jeans"]),
        ("防晒衣跟那条烟管裤一块儿拿到手几多", "coat", ["coat", "jeans"]),
        ("和那个蚕丝被一起买多少钱", "band", ["band", "quilt"]),
        ("这个和律动手环对比下", "mouse", ["mouse", "band"]),
        ("跟回声鼠标比哪个好", "band", ["band", "mouse"]),
        ("鼠标、键盘还有手环一共多少", "quilt", ["mouse", "keys", "band"]),
        ("坚果和蚕丝被一起买", "mouse", ["nuts", "quilt"]),
        ("短袖和蚕丝被一起买", "", []),
        ("短袖和蚕丝被一起买", "shirt3", ["shirt3", "quilt"]),
        ("这件多少钱", "coat", ["coat"]),
        ("和上次一样再来一单", "", []),
    ],
)
def test_each_part_means_its_product(text: str, in_sight: str, meant: list[str]) -> None:
    assert [product for product, _ in INDEX.goods(text, in_sight)] == meant


@pytest.mark.parametrize(
    ("text", "in_sight", "meant"),
    [
        ("我买两件防晒衣一条牛仔裤总共多少钱", "", [("coat", 2), ("jeans", 1)]),
        ("防晒衣两件，牛仔裤3条到手多少", "", [("coat", 2), ("jeans", 3)]),
        ("鼠标要5个键盘俩", "", [("mouse", 5), ("keys", 2)]),
        ("这个来两件再来一条牛仔裤", "coat", [("coat", 2), ("jeans", 1)]),
        ("要两件，再加一个蚕丝被", "coat", [("coat", 2), ("quilt", 1)]),
        ("两件防晒衣一件棉花糖多少钱", "", []),  # what is not found is not left out of the sum
        ("两件棉花糖一件防晒衣多少钱", "", []),
        ("两件短袖一条牛仔裤", "", []),
        ("第二件半价的防晒衣和鼠标一起买", "", [("coat", 1), ("mouse", 1)]),
        ("两条牛仔裤再加三根鼠标", "", [("jeans", 2), ("mouse", 3)]),
        ("两件防晒衣一条牛仔裤 再加个棉花糖到手多少", "", []),
        ("坚果12包、藕粉一罐", "", [("nuts", 12), ("soup", 1)]),
    ],
)
def test_pieces_are_counted_for_the_goods_that_they_stand_by(
    text: str, in_sight: str, meant: list[tuple[str, int]]
) -> None:
    assert INDEX.goods(text, in_sight) == meant
