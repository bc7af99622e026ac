"""Which goods a wish in words of its own means: no word of the wish stands in the title that answers it."""

import pytest

from xiaoer.flows.pick_products.likely import ranked
from xiaoer.kernel.commerce import Product

SHELF = [
    Product("kettle", "家用电热水壶1.7L大容量304不锈钢烧水壶", "小家电", attributes={"功率": "1800W"}),
    Product("travel", "便携式烧水杯旅行折叠小型电热杯", "小家电", tags=("出差", "旅行"), attributes={"容量": "350ml"}),
    Product("fan", "落地扇家用大风力遥控", "小家电", attributes={"档位": "3档"}),
    Product("bladeless", "无叶塔扇儿童安全电风扇", "小家电", attributes={"结构": "无外露扇叶"}),
    Product("sunwear", "冰丝防晒衣女UPF50+防紫外线外套", "服装", tags=("防晒",)),
    Product("pillow", "孕妇枕护腰侧睡枕U型托腹抱枕", "母婴", attributes={"适用": "孕期"}),
    Product("blocks", "大颗粒积木宝宝拼装玩具防吞咽", "玩具", attributes={"适用年龄": "1-3岁"}),
]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("酒店那水壶谁敢用 出差自己背一个得了", "travel"),
        ("小孩碰到扇叶怎么办 要安全的", "bladeless"),
        ("天天骑电驴上班 胳膊晒成两截色了", "sunwear"),
        ("肚子大了翻身费劲 夜里腰疼睡不着", "pillow"),
        ("两岁的 就怕他把零件往肚里咽", "blocks"),
    ],
)
def test_the_goods_that_are_meant_come_first(said: str, meant: str) -> None:
    found = ranked(said, [(product, True) for product in SHELF], ())
    assert found[0].product.id == meant
    assert found[0].sure > 1.5 * found[1].sure


def test_where_nothing_is_near_nothing_is_likely() -> None:
    assert max(one.sure for one in ranked("发票什么时候寄过来", [(product, True) for product in SHELF], ())) == 0


def test_what_the_rules_found_is_likelier() -> None:
    shelf = [(product, True) for product in SHELF]
    alone, ruled = (
        next(one.sure for one in ranked("想喝口热的", shelf, by_rules) if one.product.id == "kettle")
        for by_rules in ((), ("kettle",))
    )
    assert ruled > alone
