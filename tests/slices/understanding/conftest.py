"""One understanding for all tests of the slice, and turns in one line."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from xiaoer.kernel.ids import BuyerId, ConversationId, MessageId, ShopId
from xiaoer.kernel.turn import BuyerMessage, PastMessage, TextContent, Turn
from xiaoer.slices.understanding.api import Understanding

AT = datetime(2026, 3, 1, tzinfo=UTC)
MakeTurn = Callable[..., Turn]


@pytest.fixture(scope="session")
def understanding() -> Understanding:
    return Understanding.shipped()


@pytest.fixture(scope="session")
def turn() -> MakeTurn:
    def make(*texts: str, history: tuple[PastMessage, ...] = ()) -> Turn:
        messages = tuple(BuyerMessage(MessageId(f"m{n}"), TextContent(text), AT) for n, text in enumerate(texts))
        return Turn(ShopId("s"), ConversationId("c"), BuyerId("b"), "test", messages, history)

    return make
