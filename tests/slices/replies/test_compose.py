"""Every template can be spoken with the slots that the rules give it, and cards show what the words say."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
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
    "reason": "适合送礼",
    "each": "黑色 699 元，白色 739 元",
    "better": "整箱更划算",
    "dear": "听屿耳机",
    "cheap": "山谷音箱",
    "apart": Money(3_000),
    "count": "20 件",
    "unit": "件",
    "per": Money(6_320),
    "amounts": [["2 件", "142.2", ["基础款2件9折"]], ["3 件", "189.6", []]],
    "spec": "20斤",
    "since": NOW,
    "deposits": [["200乘230厘米", "50", "199", "249"]],
    "claim": ["店铺券，满199减20", "XM199", Money(30_800), False],
    "nearest": "材质：纯棉",
    "said": "20斤",
    "label": "M",
    "range": "10-25斤",
    "more": "，45 元，有货",
    "thing": "狗粮",
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
    "back_days": 7,
    "paid_as_told": "USD 25.00",
    "left": 2,
    "order_no": "617001",
    "size": "L",
    "asked": "M",
    "wider": "XL",
    "between": "XL",
    "smallest": "S",
    "largest": "XL",
    "because": {"height_cm": 170.0},
    "missing": ["weight_kg"],
    "stuff": "羊毛",
    "told": "您说肚子大，",
    "rule": "脚宽拍大一码",
    "by_measure": [["height_cm", "M"]],
    "beyond": ["height_cm", 190.0, 182.0, True],
    "length": ["XL 的长度是 100cm"],
    "stock": "XL 只剩 2 件了。",
    "upto": [["weight_kg", 92]],
    "people": [
        {"wearer": "我", "because": {"height_cm": 165.0}, "beyond": None, "size": "M", "between": ""},
        {"wearer": "男朋友", "because": {}, "beyond": ["weight_kg", 110.0, 92.0, True], "size": "", "between": ""},
    ],
    "measures": ["height_cm", "weight_kg"],
    "way": "大",
    "also": "note",
    "next_kind": "cancel",
    "signed": date(2026, 6, 16),
    "goods": ["冰丝防晒外套"],
    "stays": "冰丝防晒外套",
    "compared": ["冰丝防晒外套", "小白鞋"],
    "shipped": NOW + timedelta(days=1),
    "bought": "现在",
    "cutoff": "16:00",
    "place": "新疆",
    "days_low": 5,
    "days_high": 8,
    "parcels": 12,
    "guessed": True,
    "first": NOW + timedelta(days=6),
    "last": NOW + timedelta(days=9),
    "link": "https://example.cn/p1",
    "visit": "install",
    "when": "周六上午",
    "rows": [{"size": "M", "height_cm": [160, 168]}],
    "facts": [["材质", "锦纶"]],
    "colors": ["白色", "黑色"],
    "specs": ["白色 M"],
    "wish": "黑色 L",
    "limits": "200 元以内、给孕妇用",
    "sum": "188",
    "offered": ["白色 M"],
    "products": [["P1", "冰丝防晒外套"]],
    "offers": [["满 300 减 30", "到今晚 24 点"]],
    "opens_at": NOW + timedelta(hours=21),
    "about": "…",
    "say": "妈妈专区在这里：https://example.cn/mama",
    "text": "您好，这里是小店",
    "picks": [["冰丝防晒外套", "129", "材质是锦纶"]],
    "no": "T20260618-0001",
    "due": NOW + timedelta(hours=4),
    "amount": Money(12_900),
    "orders": [["冰丝防晒外套", "617001", "paid", "", Money.from_yuan("129.00")]],
    "kind": "买二送一",
    "holiday": "国庆",
    "options": ["冰丝防晒外套（尾号 617001）", "小白鞋（尾号 617002）"],
    "new_address": "湖北省武汉市洪山区珞喻路 1 号 3 栋 501",
    "new_receiver": "王小明",
    "new_phone": "13812345678",
    "note": "放门口",
    "late": 14,
    "late_rule": "晚一天补 5 元券。",
    "limit": date(2026, 6, 25),
    "reason_words": "质量",
    "offered_list": ["白色 M"],
    "now": "雾蓝 XL",
    "swaps": [["冰丝防晒外套", "从「雾蓝 XL」改成「雾蓝 L」"]],
    "price_now": Money(12_900),
    "coupon": "店铺券",
    "freight": "buyer",
    "insurance": True,
    "goal": "return",
    "hours": 48,
    "return_address": "浙江省嘉兴市海宁市 1 号",
    "invoice_title": "小满商贸有限公司",
    "tax_no": "91330106MA2CFX7U5T",
    "by": NOW + timedelta(days=1),
    "explanation": "外套 ×1：129.00\n应付：129.00",
    "saving": Money(1_000),
    "alone": Money(13_900),
    "offer": "满 199 减 15",
    "gap": "60 元",
    "held": [["满 199 减 20", NOW + timedelta(days=3), "usable"]],
    "claimable": [["满 99 减 5", NOW + timedelta(days=3), "XM5"]],
    "counted": [["限时直降", Money(2_000)]],
    "paid": Money(12_900),
    "expected": Money(11_900),
    "now_what": "paid_cheaper",
    "now_price": Money(10_900),
    "now_gap": Money(2_000),
    "why": "还差 60 元",
    "base": Money(15_900),
    "off": Money(3_000),
    "gift": "收纳袋",
    "parcel": "锅1个、木铲1把",
    "advice": "先停用，用清水洗掉。",
    "stacking": [["coupon", "coupon", [], [["券甲", "券乙"]]], ["coupon", "activity", [["券甲", "满减"]], []]],
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


@pytest.mark.parametrize(
    ("scan", "status"),
    [
        ("【兰州市】已签收，签收人：本人", "已签收"),
        ("快件离开 杭州转运中心", "运输中"),
        ("快递员正在派送", "派送中"),
        ("", "待揽收"),
    ],
)
def test_the_card_of_a_parcel_tells_its_stage(scan: str, status: str) -> None:
    traces = (TraceStep(NOW, scan),) if scan else ()
    slots = {"order": ORDER, "shipment": msgspec.structs.replace(PARCEL, traces=traces), "days": 3}
    cards = [
        part.content for part in compose(Decision((Act("lookup", 0, "ship.stuck", slots),)), TEMPLATES, NOW, "c").parts
    ]
    assert [card.status for card in cards if isinstance(card, ShipmentCard)] == [status]


def test_the_same_words_for_two_segments_are_said_once() -> None:
    acts = tuple(Act("lookup", index, "order.status", {"order": ORDER}) for index in (0, 1))
    reply = compose(Decision(acts), TEMPLATES, NOW, "c")
    assert [type(part.content) for part in reply.parts[1:]] == [OrderCard]
    assert reply.parts[0].text.count("已发货") == 1


def test_a_segment_without_an_act_is_found() -> None:
    assert uncovered(Decision((Act("answer", 0, "chat.ack"),)), 2) == (1,)


@pytest.mark.parametrize(
    ("until", "told"),
    [
        (datetime(2026, 12, 6, 16, tzinfo=UTC), "12月6日24:00到期"),
        (datetime(2026, 6, 18, 16, tzinfo=UTC), "今天（6月18日）24:00到期"),
        (datetime(2026, 6, 19, 12, 30, tzinfo=UTC), "明天（6月19日）20:30到期"),
    ],
)
def test_a_coupon_that_ends_at_midnight_is_told_by_its_last_day(until: datetime, told: str) -> None:
    act = Act("answer", 0, "coupons.held", {"held": (("店铺券", until, "usable"),), "claimable": ()})
    assert told in say(act, TEMPLATES, NOW, "v")
