"""The newest messages in memory: a short cut for talks that go on, of a bounded size."""

from datetime import UTC, datetime

from xiaoer.kernel.ids import BuyerId, ConversationId, MessageId, ShopId
from xiaoer.kernel.turn import TurnContext
from xiaoer.slices.conversations import recent
from xiaoer.slices.conversations.types import Conversation, Message, Received

_SHOP, _NOW = ShopId("default"), datetime(2026, 11, 27, tzinfo=UTC)


def _message(talk: str, seq: int) -> Message:
    content = {"type": "text", "text": "在吗"}
    return Message(MessageId(f"{talk}-{seq}"), ConversationId(talk), seq, "buyer", content, "在吗", _NOW)


def _new(talk: str, version: int) -> Received:
    conversation = Conversation(
        _SHOP, ConversationId(talk), BuyerId("b"), "web", "bot", version, 2, 1, _NOW, _NOW, TurnContext()
    )
    return Received(conversation, _message(talk, 2), is_new=True)


def test_a_talk_that_goes_on_is_answered_without_a_read() -> None:
    talks = recent.RecentTalks()
    talks.keep(_SHOP, ConversationId("c"), 1, (_message("c", 1),))
    found = talks.with_new(_new("c", 2))
    assert found is not None
    assert [message.seq for message in found[1]] == [1, 2]


def test_a_talk_that_somebody_else_changed_is_read() -> None:
    talks = recent.RecentTalks()
    talks.keep(_SHOP, ConversationId("c"), 1, (_message("c", 1),))
    assert talks.with_new(_new("c", 3)) is None


def test_of_many_talks_the_longest_silent_are_forgotten() -> None:
    talks = recent.RecentTalks()
    for number in range(recent.KEPT + 1):
        talks.keep(_SHOP, ConversationId(f"c{number}"), 1, (_message(f"c{number}", 1),))
    assert talks.with_new(_new("c0", 2)) is None
    assert talks.with_new(_new("c1", 2)) is not None
