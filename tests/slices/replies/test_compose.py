"""Every template can be spoken with the slots that the rules give it, and cards show what the words say."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import xiaoer
from xiaoer.kernel.commerce import Order, OrderItem, Product, Refund, Shipment, TraceStep
from xiaoer.kernel.decision import Act, Decision, Source
from xiaoer.kernel.money import Money
from xiaoer.kernel.reply import OrderCard, QuickReplies, ShipmentCard
from xiaoer.slices.replies.api import compose, load_templates, say, uncovered

NOW = datetime(2026, 6, 18, 4, tzinfo=UTC)
TEMPLATES = load_templates(Path(xiaoer.__file__).parent / "packs" / "ecommerce" / "templates.toml")
ORDER = Order(
    "20260617001",
    "b",
    "shipped",
    NOW - timedelta(days=1),
    Money(12_900),
    (OrderItem("V1", "冰丝防晒外套女2026新款轻薄透气防紫外线连帽", 1, Money(12_900), Money(12_900)),),
)
PARCEL = Shipment("YT123", "20260617001", "圆通", (TraceStep(NOW - timedelta(hours=2), "到达【杭州转运中心】。"),))
SLOTS = {
    "shop": "小二示例店",
    "title": "冰丝防晒外套",
    "answer": "48 小时内发出。",
    "order": ORDER,
    "shipment": PARCEL,
    "refund": Refund("R1", "20260617001", "return_refund", "待商家收货", Money(12_900)),
    "product": Product("P1", "冰丝防晒外套"),
    "price": Money(12_900),
    "low": Money(12_900),
    "payable": Money(10_900),
    "titles": ["限时直降 20 元"],
    "high": Money(15_900),
    "promise": NOW + timedelta(days=1),
    "arrival": NOW + timedelta(days=2),
    "last_day": NOW + timedelta(days=5),
    "back": NOW + timedelta(days=3),
    "days": 3,
    "left": 2,
    "order_no": "617001",
    "size": "L",
    "asked": "M",
    "between": "XL",
    "smallest": "S",
    "largest": "XL",
    "because": {"height_cm": 170.0},
    "missing": ["weight_kg"],
    "measures": ["height_cm", "weight_kg"],
    "rows": [{"size": "M", "height_cm": [160, 168]}],
    "facts": [["材质", "锦纶"]],
    "colors": ["白色", "黑色"],
    "specs": ["白色 M"],
    "wish": "黑色 L",
    "offered": ["白色 M"],
    "products": [["P1", "冰丝防晒外套"]],
    "offers": [["满 300 减 30", "到今晚 24 点"]],
    "on_duty": False,
    "opens_at": NOW + timedelta(hours=21),
    "about": "…",
    "say": "妈妈专区在这里：https://example.cn/mama",
    "text": "您好，这里是小店",
    "picks": [["冰丝防晒外套", "129", "材质是锦纶"]],
    "base": Money(15_900),
    "off": Money(3_000),
    "gift": "收纳袋",
    "until": NOW + timedelta(days=1),
}


@pytest.mark.parametrize("name", sorted(TEMPLATES.wordings))
def test_every_wording_can_be_spoken(name: str) -> None:
    for number in range(12):
        text = say(Act("answer", 0, name, SLOTS), TEMPLATES, NOW, f"voice-{number}")
        assert "{" not in text
        assert "None" not in text
        assert "亲" not in text
        assert "系统" not in text
        assert bool(text) is (name != "silent")


def test_dates_are_absolute_and_relative() -> None:
    text = say(Act("lookup", 0, "ship.moving", SLOTS), TEMPLATES, NOW, "v")
    assert "预计后天（6月20日）送到" in text
    assert "到达【杭州转运中心】（今天 10:00）" in text


def test_one_voice_all_through_a_conversation() -> None:
    act = Act("answer", 0, "chat.thanks")
    assert {say(act, TEMPLATES, NOW, "c-1") for _ in range(9)} == {say(act, TEMPLATES, NOW, "c-1")}


def test_words_then_card_then_chips() -> None:
    act = Act("lookup", 0, "ship.stuck", {"order": ORDER, "shipment": PARCEL, "days": 3}, (Source("order", ORDER.id),))
    reply = compose(Decision((act,)), TEMPLATES, NOW, "c")
    assert [type(part.content) for part in reply.parts[1:]] == [ShipmentCard, QuickReplies]
    assert reply.sources == (Source("order", ORDER.id),)
    assert all(part.text for part in reply.parts)


def test_the_same_words_for_two_segments_are_said_once() -> None:
    acts = tuple(Act("lookup", index, "order.status", {"order": ORDER}) for index in (0, 1))
    reply = compose(Decision(acts), TEMPLATES, NOW, "c")
    assert [type(part.content) for part in reply.parts[1:]] == [OrderCard]
    assert reply.parts[0].text.count("已发货") == 1


def test_a_segment_without_an_act_is_found() -> None:
    assert uncovered(Decision((Act("answer", 0, "chat.ack"),)), 2) == (1,)
