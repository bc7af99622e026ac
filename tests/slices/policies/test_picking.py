"""Which order, and which goods of it, a talk is about."""

from datetime import UTC, datetime

import pytest

from xiaoer.kernel.commerce import Order, OrderItem
from xiaoer.kernel.heard import Segment
from xiaoer.kernel.money import Money
from xiaoer.slices.policies.rules.picking import goods_pointed_at, order_told

NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)


def order(id_: str, *titles: str) -> Order:
    items = tuple(OrderItem(f"V{n}", title, 1, Money(9_900), Money(9_900)) for n, title in enumerate(titles))
    return Order(id_, "b1", "delivered", NOW, Money(9_900), items)


SHOES = order("880010000001", "真皮小白鞋女软底")
LAMP = order("880010000002", "护眼台灯学生书桌")
BOTH = (LAMP, SHOES)


@pytest.mark.parametrize(
    ("said", "focus", "expected"),
    [
        ([("小白鞋穿着大了想退", "after.return")], None, SHOES),
        ([("转人工", "service.human"), ("小白鞋穿着大了想退", "after.return")], LAMP.id, SHOES),
        ([("我要退货", "after.return")], LAMP.id, LAMP),
        ([("小白鞋多少钱", "price.query")], LAMP.id, LAMP),
        ([("我要退货", "after.return")], None, None),
    ],
    ids=["by-its-goods", "the-call-for-a-person-names-none", "in-focus", "shopping-is-no-order", "not-told"],
)
def test_the_order_of_a_talk_is_named_or_in_focus(
    said: list[tuple[str, str]], focus: str | None, expected: Order | None
) -> None:
    assert order_told(BOTH, [Segment(text, intent, 0.9) for text, intent in said], focus, NOW) == expected


@pytest.mark.parametrize(
    ("text", "titles", "expected", "called_so"),
    [
        ("这个会缩水吗", ["连帽卫衣"], "连帽卫衣", False),
        ("这个衣服会缩水吗", ["连帽卫衣", "小白鞋"], "连帽卫衣", True),
        ("这个会缩水吗", ["连帽卫衣", "小白鞋"], None, False),
        ("这个衣服会缩水吗", ["护眼台灯"], None, False),
        ("衣服会缩水吗", ["连帽卫衣"], None, False),
        ("这个快递到哪了", ["连帽卫衣"], None, False),
        ("这么贵", ["连帽卫衣"], None, False),
    ],
)
def test_goods_of_an_order_are_pointed_at(text: str, titles: list[str], expected: str | None, called_so: bool) -> None:
    item, is_called_so = goods_pointed_at(text, order("1", *titles))
    assert (item.title if item else None, is_called_so) == (expected, called_so)
