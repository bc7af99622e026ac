"""What a spike alert proposes to write on the page."""

import pytest

from xiaoer.flows.watch_insights import fitting_attribute
from xiaoer.kernel.commerce import Product

LAMP = Product(
    "P7",
    "折叠台灯",
    attributes={"续航": "一次充满用 9 小时", "充电": "C 口，2 小时充满", "防水": "不防水", "产地": "中山"},
)


@pytest.mark.parametrize(
    ("asked", "fact"),
    [
        ([("充满电能用几个小时", 11), ("续航多久", 9), ("防水吗", 3)], "续航：一次充满用 9 小时"),
        ([("一次充电用多长时间", 2), ("续航怎么样", 5)], "续航：一次充满用 9 小时"),
        ([("沾水会坏吗", 1), ("防不防水", 6)], "防水：不防水"),
        ([("多重", 6)], ""),
    ],
)
def test_the_fact_that_answers_most_of_what_was_asked_is_proposed(asked: list[tuple[str, int]], fact: str) -> None:
    assert fitting_attribute(LAMP, "product.detail", asked) == fact
