"""Imported talks are understood once (补理解), so that every page works on them as on live ones.

They were never answered here, so nothing told what was asked and felt. Each burst of the buyer is understood with
the talk before it, and the outcome is kept as a fact with an id made from its place: doing it twice adds nothing.
"""

from collections.abc import Sequence

from xiaoer.kernel.events import Event
from xiaoer.kernel.heard import Heard
from xiaoer.kernel.ids import BuyerId, ConversationId, ShopId
from xiaoer.kernel.turn import BuyerMessage, PastMessage, TextContent, Turn
from xiaoer.slices.conversations.types import Message
from xiaoer.slices.insights.rules.questions import wording_key

_HISTORY = 12


def bursts(messages: Sequence[Message]) -> list[tuple[list[Message], list[Message]]]:
    """(what came before, the buyer's messages in a row), oldest first."""
    found: list[tuple[list[Message], list[Message]]] = []
    spoken = [m for m in messages if m.author != "event"]
    for place, message in enumerate(spoken):
        if message.author != "buyer" or not message.text.strip():
            continue
        if found and place and spoken[place - 1].author == "buyer" and spoken[place - 1] in found[-1][1]:
            found[-1][1].append(message)
        else:
            found.append((spoken[max(0, place - _HISTORY) : place], [message]))
    return found


def turn_of(shop: ShopId, buyer_id: str, before: Sequence[Message], burst: Sequence[Message]) -> Turn:
    """The burst as a turn that understanding can read."""
    return Turn(
        shop,
        ConversationId(burst[0].conversation_id),
        BuyerId(buyer_id),
        "import",
        tuple(BuyerMessage(m.id, TextContent(m.text), m.at) for m in burst),
        tuple(PastMessage(m.author, m.text, m.at) for m in before),
        state="agent",
    )


def heard_fact(shop: ShopId, buyer_id: str, burst: Sequence[Message], heard: Heard) -> Event:
    """What was understood, as the answer path would have told it."""
    last = burst[-1]
    data = {
        "channel": "import",
        "imported": True,
        "owner": "agent",
        "intents": [segment.intent for segment in heard.segments],
        "words": [wording_key(segment.text) for segment in heard.segments],
        "acts": [],
        "sentiment": heard.sentiment.score,
        "anger": heard.sentiment.anger,
        "urgency": heard.urgency,
        "satisfied": heard.satisfied,
        "sources": [],
        "product_id": next((p for s in heard.segments for p in s.entities.product_ids), None),
        "elapsed_us": 0,
    }
    id_ = f"import:turn.decided:{last.conversation_id}:{last.seq}"
    return Event(shop, id_, "turn.decided", last.at, last.conversation_id, buyer_id, data)
