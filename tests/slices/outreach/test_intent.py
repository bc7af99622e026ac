"""The intent score: from behaviour, saturating, told in words; and what a turn adds to it."""

import pytest

from xiaoer.kernel.heard import Entities, Segment
from xiaoer.slices.outreach.rules.intent import asked_about, score_intent
from xiaoer.slices.outreach.types import Interest


@pytest.mark.parametrize(
    ("did", "score"),
    [
        ({}, 0),
        ({"views": 1, "dwell_s": 29}, 6),
        ({"questions": 3, "views": 2, "dwell_s": 90}, 60),
        ({"questions": 2, "price_talk": 1, "carts": 1}, 54),
        ({"views": 400, "dwell_s": 90_000}, 44),
        ({"questions": 99, "price_talk": 99, "views": 99, "dwell_s": 9_999, "carts": 99}, 144),
    ],
    ids=["nothing", "a-glance", "asked-and-looked", "basket", "reloads-all-day", "most"],
)
def test_the_score_adds_up_and_each_kind_saturates(did: dict[str, int], score: int) -> None:
    total, why = score_intent(Interest("b", "P1", **did))
    assert total == score
    assert sum(int(part.rsplit("+", 1)[1]) for part in why) == score


def segment(intent: str, *products: str) -> Segment:
    return Segment("…", intent, 0.9, Entities(product_ids=products))


def test_a_turn_adds_its_questions_to_the_products_they_are_about() -> None:
    turn = (
        segment("product.material"),
        segment("price.query"),
        segment("product.stock", "P2"),
        segment("after.return"),
    )
    found = asked_about(turn, "b", "P1", "web")
    assert found == [
        Interest("b", "P1", questions=2, price_talk=1, channel="web"),
        Interest("b", "P2", questions=1, stock_talk=1, channel="web"),
    ]


def test_talk_about_orders_is_no_interest() -> None:
    assert asked_about((segment("ship.stuck"), segment("order.cancel")), "b", "P1", "web") == []
