"""What only says that the answer was no help, and what still asks or answers something."""

from datetime import UTC, datetime

import pytest

from xiaoer.kernel.heard import Heard, Segment, Sentiment
from xiaoer.kernel.ids import BuyerId, ConversationId, MessageId, ShopId
from xiaoer.kernel.turn import BuyerMessage, PastMessage, TextContent, Turn
from xiaoer.slices.policies.rules.reproach import hear_reproach

AT = datetime(2026, 6, 18, tzinfo=UTC)


def heard_after(words: str, act: str) -> Heard:
    past = (PastMessage("buyer", "怎么洗", AT), PastMessage("bot", "30 度以下", AT, act_types=(act,)))
    message = BuyerMessage(MessageId("m"), TextContent(words), AT)
    turn = Turn(ShopId("s"), ConversationId("c"), BuyerId("b"), "web", (message,), past)
    return hear_reproach(Heard((Segment(words, "product.usage", 0.8),), Sentiment("neutral", 0.0), "normal"), turn)


@pytest.mark.parametrize(
    "words",
    ["答非所问", "你理解错了", "说重点！", "都说了不对", "你没回答我的问题", "不是这个意思", "我不是问这个", "你是听不懂人话吗？",
     "说了等于没说", "完全答错了啊", "没用", "拜托，你没听懂", "没帮上忙", "答得不对", "👎", "👎👎", "[弱]"],
)  # fmt: skip
def test_a_reproach_asks_nothing_and_is_unsatisfied(words: str) -> None:
    heard = heard_after(words, "answer")
    assert ([s.intent for s in heard.segments], heard.satisfied) == (["chat.ack"], False)


@pytest.mark.parametrize(
    "words",
    ["不对，我要的是 L 码", "你看错了我要退货", "没用过能退吗", "这个颜色不对", "听不懂粤语能看吗", "废话文学的书有吗"],
)
def test_what_asks_something_stays_an_ask(words: str) -> None:
    assert heard_after(words, "answer").segments[0].intent == "product.usage"


@pytest.mark.parametrize(
    ("words", "is_reproach"), [("不对", False), ("不是这个", False), ("答非所问", True), ("说重点", True)]
)
def test_a_no_to_a_question_of_the_bot_is_its_answer(words: str, is_reproach: bool) -> None:
    assert (heard_after(words, "ask").satisfied is False) is is_reproach
