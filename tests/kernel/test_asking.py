"""Words that ask: a thing of the shop by name, or something that goods have, prove or do."""

import pytest

from xiaoer.kernel.asking import asks_of_goods, thing_asked_for


@pytest.mark.parametrize(
    ("text", "thing", "of_goods"),
    [
        ("有竹笛吗", "竹笛", False),
        ("这款有没有儿童款", "儿童", False),
        ("有纯棉的吗", "纯棉的", False),
        ("这款有没有防水认证", "", True),
        ("有没有质检报告", "", True),
        ("有特证吗", "", True),
        ("有没有防滑设计", "", True),
        ("防水功能有没有", "", True),
        ("有保修吗", "", True),
        ("什么时候发货", "", False),
    ],
)
def test_a_thing_is_told_from_what_goods_have(text: str, thing: str, of_goods: bool) -> None:
    assert (thing_asked_for(text), asks_of_goods(text)) == (thing, of_goods)
