"""Words that greet at the door and call for a person in the midst of a talk."""

from datetime import UTC, datetime

import pytest

from xiaoer.kernel.ids import BuyerId, ConversationId, MessageId, ShopId
from xiaoer.kernel.turn import BuyerMessage, PastMessage, TextContent, Turn
from xiaoer.slices.policies.rules.calling import calls_person, is_bare_call

GREETED = (
    PastMessage("buyer", "在吗", intents=("chat.greeting",)),
    PastMessage("bot", "您好，有什么想了解的，您说。", intents=("chat.greeting",)),
)
CALLED = (
    PastMessage("buyer", "有人吗", intents=("chat.greeting",)),
    PastMessage("bot", "您好，有什么想了解的，您说。", intents=("chat.greeting",)),
)
ASKED = (
    PastMessage("buyer", "羽绒服多少钱", intents=("price.query",)),
    PastMessage("bot", "到手 299 元。", intents=("price.query",)),
)
ASKS_BACK = (
    PastMessage("buyer", "我要两件", intents=("order.how_to_buy",)),
    PastMessage("bot", "您要几件？", intents=("order.how_to_buy",)),
)


def calls(text: str, history: tuple[PastMessage, ...] = ()) -> bool:
    message = BuyerMessage(MessageId("m"), TextContent(text), datetime(2026, 6, 18, tzinfo=UTC))
    return calls_person(text, Turn(ShopId("s"), ConversationId("c"), BuyerId("b"), "web", (message,), history))


@pytest.mark.parametrize(
    "text", ["有人吗", "客服", "客服？", "在线等客服", "人呢", "有没有人啊", "请问有人在吗", "喂，客服在吗", "有人没"]
)
def test_a_call_greets_at_the_door_and_asks_for_a_person_in_the_midst(text: str) -> None:
    assert is_bare_call(text)
    assert not calls(text)
    assert not calls(text, GREETED)
    assert calls(text, CALLED)
    assert calls(text, ASKED)


@pytest.mark.parametrize(
    "text", ["在吗", "你好", "客服，这个有货吗", "有人买过吗", "人多吗", "客服几点下班", "谢谢客服", "家里有人", "没有"]
)
def test_a_greeting_and_a_question_call_nobody(text: str) -> None:
    assert not calls(text, ASKED)


def test_twice_in_one_breath_is_a_call() -> None:
    assert calls("有人吗？有人吗？")
    assert calls("客服客服")


@pytest.mark.parametrize(
    ("history", "is_call"),
    [((), True), (ASKED, True), (ASKS_BACK, False)],
    ids=["at the door", "after an answer", "when a number was asked for"],
)
def test_zero_is_a_person_unless_a_number_was_asked_for(history: tuple[PastMessage, ...], is_call: bool) -> None:
    assert calls("0", history) is is_call


@pytest.mark.parametrize("text", ["你家客服是死了吗", "人都死哪去了", "客服跑哪去了"])
def test_who_is_said_to_be_gone_is_called(text: str) -> None:
    assert calls(text)


@pytest.mark.parametrize("text", ["这鱼死了怎么办", "笑死我了", "苗死了赔吗", "快递跑哪去了"])
def test_what_else_is_dead_or_gone_is_nobody(text: str) -> None:
    assert not calls(text, ASKED)
