"""A turn (轮次) made of stored messages: what the buyer wrote since the last answer, with the talk before it. Pure."""

from collections.abc import Sequence
from typing import Any

import msgspec

from xiaoer.kernel.heard import Body
from xiaoer.kernel.turn import BuyerMessage, Content, PastMessage, State, Turn
from xiaoer.slices.conversations.types import Conversation, Message

_BURST_MOST_S = 3.0  # a burst is answered after this even while more comes
_COMPLETE_WAIT_S = 0.25  # wait after a message that reads complete
_COMPLETE = ("？", "?", "。", "！", "!", "吗", "呢")
_COMPLETE_FROM = 20  # letters


def wait_s(text: str, state: State, usual_s: float, since_first_s: float) -> float:
    """How long to wait for more after a message, in seconds; `since_first_s` since the first of the burst.

    An agent has his draft at once: he sees the messages come one by one.
    """
    if state == "agent":
        return 0.0
    is_complete = text.rstrip().endswith(_COMPLETE) or len(text) > _COMPLETE_FROM
    wait = min(usual_s, _COMPLETE_WAIT_S) if is_complete else usual_s
    return max(0.0, min(wait, _BURST_MOST_S - since_first_s))


def as_turn(conversation: Conversation, recent: Sequence[Message]) -> Turn | None:
    """The open turn of a conversation whose newest messages are `recent`; None when all was dealt with."""
    burst = [m for m in recent if m.author == "buyer" and m.seq > conversation.answered_seq]
    if not burst:
        return None
    history = [m for m in recent if m.seq < burst[0].seq]
    return Turn(
        conversation.shop,
        conversation.id,
        conversation.buyer_id,
        conversation.channel,
        tuple(BuyerMessage(m.id, msgspec.convert(m.content, Content), m.at) for m in burst),
        _past(history),
        conversation.context,
        conversation.version,
        conversation.state,
        product_in_focus=conversation.memory.product_in_focus(conversation.context.product_id),
        order_in_focus=conversation.context.order_id,
        body=_body(history),
        memory=conversation.memory,
    )


def earlier_turn(conversation: Conversation, recent: Sequence[Message], message_ids: Sequence[str]) -> Turn | None:
    """A turn that was answered already, as it was asked; None when its messages are too long ago."""
    asked = [message.seq for message in recent if message.id in message_ids]
    if not asked:
        return None
    before = msgspec.structs.replace(conversation, answered_seq=asked[0] - 1)
    return as_turn(before, [message for message in recent if message.seq <= asked[-1]])


def _body(history: Sequence[Message]) -> Body:
    """The measures that the newest answer knew."""
    known: dict[str, Any] = next((message.meta["body"] for message in reversed(history) if "body" in message.meta), {})
    return msgspec.convert(known, Body)


def _past(history: Sequence[Message]) -> tuple[PastMessage, ...]:
    """Earlier messages; a buyer message carries the intents that the bot's next message answered."""
    past: list[PastMessage] = []
    intents: tuple[str, ...] = ()
    for message in reversed(history):
        meta = message.meta
        if message.author == "bot" and "intents" in meta:
            intents = tuple(meta["intents"])
        past.append(
            PastMessage(
                message.author,
                message.text,
                message.at,
                intents if message.author in ("buyer", "bot") else (),
                tuple(meta.get("asked_for", ())),
                tuple(meta.get("acts", ())),
                float(meta.get("anger", 0.0)),
            )
        )
    return tuple(reversed(past))
