"""How talks are left: what an agent's last words leave open, and whether the matter looks settled."""

import pytest

from xiaoer.slices.insights.rules.endings import asks_for_nothing, leaves_of
from xiaoer.slices.insights.rules.feelings import is_settled
from xiaoer.slices.insights.types import AGENT, BUYER, Ask, Beat, Talk


@pytest.mark.parametrize(
    ("text", "leaves"),
    [
        ("请您私信提供一下订单号，我们核实", "asks"),
        ("您方便发一张瑕疵处的照片吗", "asks"),
        ("是哪个颜色掉色呢？", "asks"),
        ("已经反馈给仓库，有结果第一时间告诉您", "later"),
        ("这边马上为您催促快递，请耐心等一下", "later"),
        ("非常抱歉给您带来不便", "sorry"),
        ("这款是纯棉的，可以机洗", ""),
        ("补发的衣服今天已经寄出了，单号发您短信了", ""),
        ("不客气，祝您生活愉快", ""),
    ],
)
def test_what_is_still_to_happen_is_told_from_an_agents_words(text: str, leaves: str) -> None:
    assert leaves_of(text) == leaves


def talk(said: str, intents: tuple[str, ...], *, buyer_last: bool = False, mood: float = 0.0) -> Talk:
    """A question, an answer that ends with `said`, and perhaps a last word of the buyer."""
    beats = [Beat(0, BUYER), Beat(30_000, AGENT, "amy", 10, leaves=leaves_of(said))]
    asks = [Ask(0, ("ship.when",))]
    if buyer_last or intents:
        beats.append(Beat(60_000, BUYER))
        asks.append(Ask(60_000, intents, mood=mood))
    return Talk("c", "b", "web", 0, beats=tuple(beats), asks=tuple(asks))


@pytest.mark.parametrize(
    ("said", "intents", "settled"),
    [
        ("今天下午发出", (), True),
        ("今天下午发出", ("chat.thanks",), True),
        ("今天下午发出", ("chat.ack",), True),
        ("请私信提供订单号", (), False),
        ("请私信提供订单号", ("chat.ack",), False),
        ("我帮您反馈给仓库，有结果告诉您", (), False),
        ("我帮您反馈给仓库，有结果告诉您", ("chat.thanks",), True),
        ("今天下午发出", ("ship.when",), False),
    ],
    ids=[
        "answered",
        "thanked",
        "acknowledged",
        "asked-and-gone",
        "asked-and-ok",
        "promised",
        "promised-thanked",
        "again",
    ],
)
def test_a_talk_is_settled_when_nothing_is_left_open(said: str, intents: tuple[str, ...], settled: bool) -> None:
    assert is_settled(talk(said, intents, mood=0.1 if intents == ("chat.thanks",) else 0.0)) is settled


@pytest.mark.parametrize(
    ("intents", "answer", "ends"),
    [
        (("chat.thanks",), "已经给您登记好了", True),
        (("chat.ack", "chat.thanks"), "我帮您查一下，请稍等", True),
        (("chat.bye",), "还有其他可以帮您的吗？", True),
        (("chat.ack",), "已经给您登记好了", True),
        (("chat.ack",), "给您换成大一码可以吗？", False),
        (("chat.ack",), "我帮您查一下，请稍等", False),
        (("chat.thanks", "ship.when"), "已经给您登记好了", False),
        (("after.return",), "已经给您登记好了", False),
        ((), "已经给您登记好了", False),
    ],
)
def test_thanks_ask_for_nothing_and_a_yes_to_a_question_does(intents: tuple[str, ...], answer: str, ends: bool) -> None:
    assert asks_for_nothing(intents, answer) is ends
