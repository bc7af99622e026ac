"""Which order a talk is about."""

import pytest

from xiaoer.kernel.memory import Matter, Memory


@pytest.mark.parametrize(
    ("memory", "page", "order"),
    [
        (Memory(matters=(Matter("m1", "after_sale", "O1"),), order_id="O2"), "O3", "O1"),
        (Memory(matters=(Matter("m2", "invoice"), Matter("m1", "after_sale", "O1"))), "O3", "O1"),
        (Memory(order_id="O2"), "O3", "O2"),
        (Memory(), "O3", "O3"),
        (Memory(), None, None),
    ],
    ids=["of-the-matter", "of-an-older-matter", "talked-about", "of-the-page", "none"],
)
def test_the_order_in_focus(memory: Memory, page: str | None, order: str | None) -> None:
    assert memory.order_in_focus(page) == order
