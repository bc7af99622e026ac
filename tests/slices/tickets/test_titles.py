"""What a ticket is called in a list."""

from pathlib import Path

import pytest

from xiaoer.kernel.heard import Entities, Segment
from xiaoer.slices.tickets import api
from xiaoer.slices.tickets.rules import filling

FORMS = api.load_forms(Path(api.__file__).parents[2] / "packs" / "ecommerce" / "tickets.toml")


@pytest.mark.parametrize(
    ("type_", "fields", "goods", "title"),
    [
        ("return", {"order_id": "1", "reason": "尺码"}, "防晒外套", "退货：防晒外套 · 尺码"),
        (
            "urge_ship",
            {"order_id": "1", "about": "我要改地址；什么时候发货"},
            "防晒外套",
            "催发货：防晒外套 · 什么时候发货",
        ),
        ("invoice", {"order_id": "1", "tax_no": "9133"}, "防晒外套", "发票：防晒外套"),
        ("callback", {"about": "你们支持定做吗"}, "", "留言回复：你们支持定做吗"),
        ("complaint", {"about": "包裹一直不动；我要投诉"}, "", "投诉：包裹一直不动"),
        ("change_address", {"order_id": "1", "address": "上海市某路 1 号"}, "", "改地址"),
    ],
)
def test_a_title_says_kind_goods_and_wish_in_few_words(
    type_: str, fields: dict[str, str], goods: str, title: str
) -> None:
    assert filling.title_of(FORMS[type_], fields, goods) == title


def test_a_title_cuts_long_words() -> None:
    assert len(filling.title_of(FORMS["complaint"], {"about": "很长的话" * 30})) < 30


def test_one_pair_is_no_wish() -> None:
    one, two = (Segment("换", "after.exchange", 0.9, Entities(quantity=number)) for number in (1, 2))
    assert "wish" not in filling.prefill(FORMS["exchange"], [one], "换一双", None)
    assert filling.prefill(FORMS["exchange"], [two], "换两双", None)["wish"] == "2 件"
