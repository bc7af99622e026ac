"""What a turn means, end to end with the shipped model."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaoer.kernel.turn import PastMessage
from xiaoer.slices.understanding.api import Understanding
from xiaoer.slices.understanding.overlay import ShopWords
from xiaoer.slices.understanding.pack import pack_hash, shipped_model

PLAIN = [
    ("这件170能穿吗", "product.size_advice"),
    ("什么时候发货", "ship.when"),
    ("怎么还不发货啊都三天了", "ship.urge"),
    ("这玩意咋肥事啊好几天不动弹", "ship.stuck"),
    ("能便宜点吗", "promo.bargain"),
    ("有什么优惠", "promo.discount"),
    ("可以开发票吗", "order.invoice"),
    ("yhq在哪领", "promo.coupon"),
    ("转人工", "service.human"),
    ("在吗", "chat.greeting"),
    ("好的", "chat.ack"),
    ("谢谢啦", "chat.thanks"),
    ("你是机器人吗", "service.bot"),
    ("刚买就降价了能补差价吗", "promo.price_protect"),
    ("显示签收了我没收到", "ship.lost"),
]
LOOK_ALIKES = [
    ("不用退了，帮我撤了", "after.cancel"),
    ("人工合成的还是天然的", "product.material"),
    ("你家投诉率高吗", "product.quality"),
    ("人工草和真草哪个好打理", "product.compare"),
    ("我要买一双鞋", "product.recommend"),
]


@pytest.mark.parametrize(("text", "intent"), PLAIN + LOOK_ALIKES)
def test_a_plain_message_is_heard(understanding: Understanding, turn: Any, text: str, intent: str) -> None:
    heard = understanding.understand(turn(text))
    assert [segment.intent for segment in heard.segments] == [intent]


def test_two_asks_are_two_segments_with_the_buyers_own_words(understanding: Understanding, turn: Any) -> None:
    segments = understanding.understand(turn("这件170能穿吗？什么时候发货")).segments
    assert [(s.text, s.intent) for s in segments] == [
        ("这件170能穿吗？", "product.size_advice"),
        ("什么时候发货", "ship.when"),
    ]
    assert segments[0].entities.height_cm == 170


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("我要退货，来回运费谁出", ["after.return", "after.freight"]),
        ("帮我取消订单，钱多久退回来", ["order.cancel", "after.refund_progress"]),
        ("太小了，给我换大一号", ["after.exchange"]),
        ("在吗，请问竹席可以水洗吗", ["product.usage"]),
        ("发什么快递几天能到", ["ship.carrier", "ship.eta"]),
        ("帮我查下订单 260610027400 到哪了", ["ship.track"]),
        ("你是AI吧，老实交代", ["service.bot"]),
        (
            "昨天我拍了个奶瓶 还没发 今天能发不 宝宝急用 顺便把地址改成我公司 发票也开一下",
            ["ship.urge", "order.change_address", "order.invoice"],
        ),
        (
            "我前天买的那件外套到现在还没动静，你帮我看看到哪了，另外我还想再买一件M码的，有货不，两件一起能便宜点吗",
            ["ship.track", "product.stock", "promo.bundle"],
        ),
        (
            "这个锅用电磁炉行不行，会不会粘，送不送铲子，坏了保多久",
            [
                "product.compatibility",
                "product.quality",
                "promo.gift",
                "product.warranty",
            ],
        ),
    ],
)
def test_what_is_asked_before_an_ask_is_one_too_and_what_is_told_is_its_story(
    understanding: Understanding, turn: Any, text: str, intents: list[str]
) -> None:
    assert [segment.intent for segment in understanding.understand(turn(text)).segments] == intents


@pytest.mark.parametrize(
    ("text", "intent"),
    [("你们是不是骗子", "service.complaint"), ("我要买一双鞋", "product.recommend"), ("那再少十块呢", "promo.bargain")],
)
def test_after_haggling_only_what_haggles_is_haggling(
    understanding: Understanding, turn: Any, text: str, intent: str
) -> None:
    history = (PastMessage("buyer", "能便宜点吗"), PastMessage("bot", "亲，这已经是最低价了哦"))
    assert understanding.understand(turn(text, history=history)).segments[0].intent == intent


def test_a_burst_of_messages_is_one_turn(understanding: Understanding, turn: Any) -> None:
    heard = understanding.understand(turn("你好", "这个包邮吗", "谢谢"))
    assert [segment.intent for segment in heard.segments] == ["ship.fee"]


@pytest.mark.parametrize(
    ("before", "text", "intent"),
    [
        ("这件L码有货吗", "那M呢", "product.stock"),
        ("可以发顺丰吗", "那中通呢", "ship.carrier"),
    ],
)
def test_a_fragment_continues_the_open_matter(
    understanding: Understanding, turn: Any, before: str, text: str, intent: str
) -> None:
    heard = understanding.understand(turn(text, history=(PastMessage("buyer", before), PastMessage("bot", "有的哦"))))
    assert heard.segments[0].intent == intent


def test_earlier_intents_are_trusted_when_they_are_given(understanding: Understanding, turn: Any) -> None:
    history = (PastMessage("buyer", "嗯那个", intents=("ship.eta",)), PastMessage("bot", "一般三天到"))
    assert understanding.understand(turn("那西藏呢", history=history)).segments[0].intent in ("ship.eta", "ship.area")


def test_anger_urgency_and_repeats_are_felt(understanding: Understanding, turn: Any) -> None:
    history = (PastMessage("buyer", "我的快递呢"), PastMessage("bot", "正在路上"))
    heard = understanding.understand(turn("我的快递呢", history=history))
    assert heard.repeats == 1
    angry = understanding.understand(turn("垃圾店铺骗子！！我要投诉你们，马上给我退款！！！"))
    assert (angry.sentiment.label, angry.urgency) == ("negative", "high")
    assert angry.sentiment.anger > 0.6
    assert understanding.understand(turn("你们可真行，三天了还没发货")).sentiment.sarcasm
    assert understanding.understand(turn("太谢谢你了，质量非常好")).sentiment.label == "positive"
    assert understanding.understand(turn("有黑色吗")).sentiment.label == "neutral"


def test_a_useless_answer_leaves_the_buyer_unsatisfied(understanding: Understanding, turn: Any) -> None:
    history = (PastMessage("buyer", "怎么退货"), PastMessage("bot", "亲，发货时间是48小时"))
    assert understanding.understand(turn("答非所问，我问的是怎么退货", history=history)).satisfied is False
    assert understanding.understand(turn("好的明白了", history=history)).satisfied is True
    assert understanding.understand(turn("怎么退货")).satisfied is None


def test_a_shops_own_question_is_heard_at_once(understanding: Understanding, turn: Any) -> None:
    began = time.perf_counter()
    shop = understanding.with_shop(
        ShopWords(
            products={"云朵拖鞋": ("P9",)},
            means={"薅薅节": "活动"},
            examples=(("试吃官怎么报名", "shop.taster"), ("怎么当你家试吃官", "shop.taster")),
        )
    )
    assert time.perf_counter() - began < 2.0
    assert shop.understand(turn("试吃官在哪报名")).segments[0].intent == "shop.taster"
    assert shop.understand(turn("薅薅节什么时候开始")).segments[0].intent == "promo.discount"
    assert shop.understand(turn("云朵拖鞋多少钱")).segments[0].entities.product_ids == ("P9",)
    assert understanding.understand(turn("云朵拖鞋多少钱")).segments[0].entities.product_ids == ()


def test_five_thousand_shop_questions_do_not_slow_it_down(understanding: Understanding, turn: Any) -> None:
    questions = tuple((f"{chr(0x4E00 + n)}{chr(0x5200 + n)}口味的礼盒怎么预订", f"shop.{n % 50}") for n in range(5_000))
    shop = understanding.with_shop(ShopWords(examples=questions))
    shop.understand(turn("热身"))
    began = time.process_time()
    for n in range(50):
        shop.understand(turn(f"第{n}种口味的礼盒怎么订"))
    assert (time.process_time() - began) / 50 < 0.02


def test_confidence_is_a_probability_and_alternatives_follow(understanding: Understanding, turn: Any) -> None:
    segment = understanding.understand(turn("这个怎么样")).segments[0]
    assert 0 < segment.confidence <= 1
    assert all(share <= segment.confidence for _, share in segment.alternatives)


def test_forms_give_the_spellings_that_matching_needs(understanding: Understanding) -> None:
    forms = understanding.forms("退 款，啥时候到！")
    assert forms.compact == "退款什么时候到"
    assert forms.pinyin == "tui kuan shen me shi hou dao"


def test_the_shipped_model_is_trained_from_this_pack() -> None:
    assert shipped_model().pack_hash == pack_hash(), "The pack changed: run `make model` and commit the file."


@given(st.lists(st.text(max_size=40), min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_every_text_is_understood_as_something(understanding: Understanding, turn: Any, texts: list[str]) -> None:
    heard = understanding.understand(turn(*texts))
    assert heard.segments
    assert all(segment.intent in understanding.labels for segment in heard.segments)


@pytest.mark.parametrize("unit", ["退货吗", "什么时候发货？", "，", "a1", "1 ", "\n", "急！", "😡"])
def test_ten_thousand_characters_are_understood_in_bounded_time(
    understanding: Understanding, turn: Any, unit: str
) -> None:
    began = time.process_time()
    understanding.understand(turn(unit * (10_000 // len(unit))))
    assert time.process_time() - began < 3.0


@pytest.mark.parametrize(
    ("text", "intent"), [("不用转人工", "chat.ack"), ("先不用找人工了谢谢", "chat.ack"), ("在？", "chat.greeting")]
)
def test_a_closed_wording_decides_by_itself(understanding: Understanding, turn: Any, text: str, intent: str) -> None:
    assert understanding.understand(turn(text)).segments[0].intent == intent
