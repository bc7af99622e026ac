"""Values in a message, in plain units."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaoer.kernel.numerals import arabic
from xiaoer.slices.understanding.entities.extract import bodies_in, read_entities
from xiaoer.slices.understanding.normalise import Normaliser
from xiaoer.slices.understanding.pack import read_pack
from xiaoer.slices.understanding.phrases import PhraseTable

PACK = read_pack()
NORMALISER = Normaliser(PACK.lexicon)


def values(text: str, products: PhraseTable | None = None) -> dict[str, Any]:
    entities = read_entities(NORMALISER.normal(text), PACK.lexicon, products)
    found: dict[str, Any] = json.loads(msgspec.json.encode(entities))
    return {key: value for key, value in found.items() if key != "product_words"}


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("一百二", "120"),
        ("一百零五", "105"),
        ("两千五", "2500"),
        ("一米七五", "1米75"),
        ("十八", "18"),
        ("九块九", "9块9"),
        ("来俩", "来2个"),
        ("一下子", "一下子"),
        ("周三", "周三"),
        ("三亚", "三亚"),
        ("万一", "万一"),
        ("便宜一点", "便宜一点"),
    ],
)
def test_numerals_become_digits_where_they_are_numbers(typed: str, digits: str) -> None:
    assert arabic(typed) == digits


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("这件170能穿吗", {"height_cm": 170}),
        ("我一米六八 一百一", {"height_cm": 168, "weight_kg": 55}),
        ("一米六三一百三穿多大", {"height_cm": 163, "weight_kg": 65}),
        ("一米六五九十八斤", {"height_cm": 165, "weight_kg": 49}),
        ("身高175体重70kg", {"height_cm": 175, "weight_kg": 70}),
        ("脚长24.5厘米", {"foot_length_mm": 245}),
        ("宝宝7个月能吃吗", {"age_months": 7, "audience": ["宝宝"]}),
        ("xl码还有吗", {"size": "XL"}),
        ("175/96A的衬衫", {"size": "175/96A"}),
        ("平时穿43码的鞋", {"size": "43"}),
        ("黑的还有没有", {"color": "黑色"}),
        ("要三件", {"quantity": 3}),
        ("五十块以内的", {"money_yuan": 50}),
        ("¥199", {"money_yuan": 199}),
        ("就是两万毫安那个", {}),
        ("170120斤穿啥码", {"height_cm": 170, "weight_kg": 60}),
        ("我家十三斤穿多大", {"weight_kg": 6.5}),
        ("我买的衣服大了一号", {}),
        ("订单2026030112345678901什么时候发", {"order_no": "2026030112345678901"}),
        ("运单号SF1234567890123", {"waybill_no": "SF1234567890123"}),
        ("电话138 0013 8000", {"phone": "13800138000"}),
        ("今晚8点开始吗", {"date": "今天", "time": "20:00"}),
        ("后天能到上海吗", {"date": "后天", "place": "上海"}),
        ("618有活动吗", {"date": "618"}),
        ("我妈穿的", {"relation": "妈妈"}),
        ("孕妇敏感肌能用吗", {"audience": ["孕妇", "敏感肌"]}),
        ("屏幕碎了", {"defect": "破损"}),
        ("能发顺丰吗", {"courier": "顺丰"}),
        ("白色那件多少钱", {"color": "白色", "variant_words": ["白色那件"]}),
    ],
)
def test_values_are_read_in_plain_units(text: str, expected: dict[str, Any]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize(
    "text", ["买了42天了", "304不锈钢吗", "打八折吗", "满300减50", "24小时客服吗", "十分满意", "有3C认证吗"]
)
def test_numbers_that_mean_something_else_are_left_alone(text: str) -> None:
    found = values(text)
    assert not {"size", "height_cm", "weight_kg", "quantity", "order_no", "age_years"} & found.keys()


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        ("腰二尺三，臀围96", [{"waist_cm": 76.7, "hip_cm": 96}]),
        ("三围86 64 90", [{"chest_cm": 86, "waist_cm": 64, "hip_cm": 90}]),
        ("80的腰能穿吗", [{"waist_cm": 80}]),
        ("我家泰迪8斤，胸围36", [{"weight_kg": 4, "chest_cm": 36}]),
        ("宝宝还没出生，买多大的", [{"age_months": 0, "wearer": "宝宝"}]),
        ("老公一米八二 170斤，我158 92斤", [{"height_cm": 182, "weight_kg": 85, "wearer": "老公"},
                                   {"height_cm": 158, "weight_kg": 46, "wearer": "我"}]),
        ("175 140和160 105各拍多大", [{"height_cm": 175, "weight_kg": 70}, {"height_cm": 160, "weight_kg": 52.5}]),
        ("我妈呢", [{"wearer": "妈妈"}]),
        ("我老公说好看", []),
        ("猫粮10斤多少钱", []),
    ],
)  # fmt: skip
def test_measures_are_told_of_each_who_wears_it(text: str, bodies: list[dict[str, Any]]) -> None:
    found = bodies_in(NORMALISER.normal(text), PACK.lexicon)
    assert json.loads(msgspec.json.encode(found)) == bodies


def test_a_products_nickname_gives_its_id() -> None:
    products = PhraseTable({"小白鞋": "P7"})
    assert values("小白鞋有38码吗", products) == {"size": "38", "product_ids": ["P7"]}


def test_a_link_gives_the_product_id() -> None:
    assert values("https://shop.example.com/item.htm?id=88123 这个有货吗")["product_ids"] == ["88123"]


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_the_readers(text: str) -> None:
    assert read_entities(NORMALISER.normal(text), PACK.lexicon) is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100112573619 这个送风扇吗", {"product_ids": ["100112573619"]}),
        ("订单313271663680到哪了", {"order_no": "313271663680"}),
        ("p10011有货吗", {"product_ids": ["P10011"]}),
        ("1001125736190到哪了", {"order_no": "1001125736190"}),
    ],
    ids=["a product's number", "an order's number", "whatever the case", "a longer number"],
)
def test_a_number_of_the_shop_s_own_goods_is_no_order_number(text: str, expected: dict[str, Any]) -> None:
    table = PhraseTable({"100112573619": "100112573619", "p10011": "P10011"})
    assert values(text, table) == expected
