"""What is learnt from whole talks: reading their files, and hearing a message with the turns before it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from xiaoer.kernel.turn import PastMessage
from xiaoer.slices.understanding.api import Understanding
from xiaoer.slices.understanding.model import read_model, write_model
from xiaoer.slices.understanding.overlay import ShopWords
from xiaoer.slices.understanding.pack import Utterance, read_pack, shipped_model
from xiaoer.slices.understanding.training.encoder import Example, fit_encoder
from xiaoer.slices.understanding.training.listener import Heard, fit_listener
from xiaoer.slices.understanding.training.talks import (
    Said,
    TalkUnreadable,
    lines_of,
    parse_talks,
    read_talks,
)

CODES = ("ship.when", "after.refund_progress", "chat.ack", "product.install")
TALK = """# 冰箱
b chat.greeting | 在不
b ship.when | 啥时候发
a | 请问是哪一笔订单呢

b chat.ack | 就最近那个
b ship.when/product.install | 那明天能发不‖到了给装吗
a | 明天发
b chat.ack | 行
# 手机
a | 您好
b ship.when | 几时发"""


def test_a_file_of_talks_is_read_message_by_message() -> None:
    first, second = parse_talks(TALK, "a.txt", (*CODES, "chat.greeting"))
    assert [len(said.codes) for said in first] == [1, 1, 0, 1, 2, 0, 1]
    assert second == [Said("您好"), Said("几时发", ("ship.when",))]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("b ship.when 啥时候发", "neither"),
        ("c | 啥时候发", "neither"),
        ("a | ", "neither"),
        ("b ship.whem | 啥时候发", "ship.whem"),
        ("b ship.when/chat.ack | 啥时候发", "2 codes"),
        ("b ship.when | 啥时候发‖到了给装吗", "1 codes"),
    ],
)
def test_a_line_that_is_not_written_as_talks_are_is_refused_with_its_place(line: str, why: str) -> None:
    with pytest.raises(TalkUnreadable, match=rf"^Line 3 of the talks in a\.txt .*{why}"):
        parse_talks(f"# 冰箱\na | 您好\n{line}", "a.txt", CODES)
    with pytest.raises(TalkUnreadable, match=r"Line 1 .* before the first"):
        parse_talks("a | 您好", "a.txt", CODES)


def test_a_message_of_one_ask_is_a_line_with_the_last_words_of_both_before_it() -> None:
    assert lines_of(parse_talks(TALK, "a.txt", (*CODES, "chat.greeting"))) == [
        Utterance("啥时候发", "ship.when", "在不", ""),
        Utterance("就最近那个", "chat.ack", "啥时候发", "请问是哪一笔订单呢"),
        Utterance("行", "chat.ack", "那明天能发不 到了给装吗", "明天发"),
    ]


def test_the_packs_talks_use_its_codes_and_show_every_one() -> None:
    talks = read_talks()
    assert len(talks) > 1_500
    assert {code for talk in talks for said in talk for code in said.codes} == set(read_pack().intents)


def test_the_listener_learns_what_the_same_words_mean_after_which_words_of_an_agent() -> None:
    spoken = [("什么时候发", 0), ("今天发吗", 0), ("退款到哪了", 1), ("钱退了没", 1), ("好的", 2), ("嗯嗯", 2)] * 5
    examples = [Example(text, label) for text, label in spoken]
    start = fit_encoder(examples, CODES[:3], examples, rounds=4)
    agents = (("仓库这边在打包了", 0), ("退款申请审核通过了", 1), ("麻烦提供一下哪天买的", 2))
    messages = ("三天了", "都几天了", "上周三", "五号那天", "有一阵了", "好几天了")
    rows = [Heard((text, "", agent), label) for text in messages for agent, label in agents] * 12
    ordinary = [Heard((text, "", ""), label) for text, label in spoken]
    first, second = (fit_listener(rows, ordinary, start, rounds=12) for _ in range(2))
    assert np.array_equal(first.inner, second.inner)
    for agent, label in agents:
        said = [first(start.heard(text), first.before(None, start.heard(agent)), CODES[:3]) for text in messages]
        assert [int(one.argmax()) for one in said] == [label] * len(messages)
        assert np.exp(said[0]).sum() == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    ("buyer", "agent", "text", "intent"),
    [
        ("啥时候发", "请问是哪一笔订单呢", "就最近那个", "chat.ack"),
        ("退货寄回去了", "仓库已经验收通过了", "那钱呢", "after.refund_progress"),
        ("还没收到货", "快递显示还在转运中", "都三天没动了", "ship.stuck"),
        ("能开发票吗", "可以的，请问抬头开什么", "个人就行", "chat.ack"),
    ],
)
def test_turns_before_say_what_few_words_mean(
    understanding: Understanding, turn: Any, buyer: str, agent: str, text: str, intent: str
) -> None:
    history = (PastMessage("buyer", buyer), PastMessage("agent", agent))
    assert understanding.understand(turn(text, history=history)).segments[0].intent == intent


def test_a_model_file_of_before_the_listener_still_reads_turns(turn: Any) -> None:
    model = read_model(write_model(replace(shipped_model(), listener=None)))
    assert model.listener is None
    history = (PastMessage("buyer", "这件L码有货吗"), PastMessage("agent", "有的亲"))
    heard = Understanding(read_pack(), model).understand(turn("那M呢", history=history))
    assert heard.segments[0].intent == "product.stock"


def test_a_shops_own_intent_is_heard_after_turns_though_the_listener_does_not_know_it(turn: Any) -> None:
    shop = ShopWords(examples=(("想报试吃官", "shop.taster"), ("试吃官咋报", "shop.taster")))
    history = (PastMessage("buyer", "什么时候发货"), PastMessage("agent", "今天就发哦"))
    heard = Understanding.shipped().with_shop(shop).understand(turn("我想报试吃官", history=history))
    assert heard.segments[0].intent == "shop.taster"
