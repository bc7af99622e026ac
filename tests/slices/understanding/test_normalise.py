"""The buyer's spelling becomes plain words, and nothing that must stay is harmed."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaoer.slices.understanding.api import Understanding
from xiaoer.slices.understanding.normalise import Normaliser
from xiaoer.slices.understanding.overlay import ShopWords
from xiaoer.slices.understanding.pack import read_pack

NORMALISER = Normaliser(read_pack().lexicon)

WIDTH = [
    ("ＸＬ码有吗？", "XL码有吗?"),
    ("這個包郵嗎", "这个包邮吗"),
    ("１７０ｃｍ", "170cm"),
    ("有货吗!!!!!", "有货吗!"),
]
LETTERS = [
    ("什么时候fh", "什么时候发货"),
    ("yhq在哪里", "优惠券在哪里"),
    ("KD到哪了", "快递到哪了"),
    ("kuaidi到哪了", "快递到哪了"),
    ("shenmeshihou发", "什么时候发"),
    ("tuikuan", "退款"),
]
SOUND = [
    ("能不能快点法货", "能不能快点发货"),
    ("能开法票吗", "能开发票吗"),
    ("优惠卷不能用", "优惠券不能用"),
    ("转人公", "转人工"),
]
DIALECT = [
    ("这玩意咋肥事啊", "这个东西怎么回事啊"),
    ("几多钱", "多少钱"),
    ("啷个退", "怎么退"),
    ("有冇货", "有没有货"),
    ("咋整啊", "怎么办啊"),
    ("好久发货", "什么时候发货"),
    ("唔该", "谢谢"),
]
MASKS = [
    ("订单[ORDERID_1023]没发", "订单〔单号〕没发"),
    ("好的#E-s[数字x]", "好的"),
    ("价格&nbsp;多少", "价格 多少"),
    ("👌", "好的"),
]
UNHARMED = [
    "iPhone 15 Pro Max 256G",
    "莫代尔内裤",
    "京东结算页",
    "顺丰到付",
    "XXXL",
    "170/92A",
    "小米14",
    "https://item.jd.com/100012043978.html",
    "SF1234567890123",
    "炒鸡蛋的锅",
    "巨型泰迪",
    "儿童鞋",
    "针织衫",
    "大米有吗",
]


@pytest.mark.parametrize(("typed", "plain"), WIDTH + LETTERS + SOUND + DIALECT + MASKS)
def test_what_was_typed_becomes_plain_words(typed: str, plain: str) -> None:
    assert NORMALISER.normal(typed) == plain


@pytest.mark.parametrize("text", UNHARMED)
def test_names_numbers_and_sizes_pass_untouched(text: str) -> None:
    assert NORMALISER.normal(text) == text


@pytest.mark.parametrize("text", ["买前发火一次", "屋里有暖气", "我发火了"])
def test_a_real_word_that_sounds_like_a_trade_word_stays(text: str) -> None:
    assert NORMALISER.normal(text) == text


def test_a_shops_product_name_is_never_rewritten(understanding: Understanding) -> None:
    shop = understanding.with_shop(ShopWords(products={"咋整大礼包": ("P1",)}))
    assert shop.forms("咋整大礼包咋卖").normal.startswith("咋整大礼包")


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_normalising_twice_is_the_same_as_once(text: str) -> None:
    once = NORMALISER.normal(text)
    assert NORMALISER.normal(once) == once


@given(st.text(alphabet="发法货快递退款有没咋啥伐莫唔该几多yhqfkd 0123456789,?!", max_size=30))
@settings(max_examples=300, deadline=None)
def test_normalising_trade_talk_twice_is_the_same_as_once(text: str) -> None:
    once = NORMALISER.normal(text)
    assert NORMALISER.normal(once) == once


@given(st.from_regex(r"[A-Z]{2}-?[0-9]{3,6}[A-Z]?", fullmatch=True))
def test_model_numbers_survive(model: str) -> None:
    assert model in NORMALISER.normal(f"{model}的尺寸")


@pytest.mark.parametrize("unit", ["退", "发货吗", "a", "1", "！", "😀", "[", "〔", "\u200b", "咋"])
def test_ten_thousand_characters_take_bounded_time(unit: str) -> None:
    began = time.process_time()
    NORMALISER.normal(unit * (10_000 // len(unit)))
    assert time.process_time() - began < 2.0
