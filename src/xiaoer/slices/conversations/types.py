"""Conversations, their messages and stored turns, as other rooms see them."""

from datetime import datetime
from typing import Any

from msgspec import Struct, field

from xiaoer.kernel.ids import BuyerId, ConversationId, MessageId, ShopId
from xiaoer.kernel.memory import Memory
from xiaoer.kernel.reply import ReplyContent
from xiaoer.kernel.turn import Author, Content, State, TurnContext

ENDS = "ends"  # in the `meta` of a buyer's message that asks for nothing


class Incoming(Struct, frozen=True):
    """A buyer's message at the door. `external_id` (the channel's own message id) makes it idempotent."""

    buyer_id: BuyerId
    channel: str
    content: Content
    context: TurnContext = TurnContext()
    conversation_id: ConversationId | None = None
    external_id: str | None = None


class Conversation(Struct, frozen=True):
    """会话. `version` grows with every change; `answered_seq` is the last buyer message that was dealt with."""

    shop: ShopId
    id: ConversationId
    buyer_id: BuyerId
    channel: str
    state: State
    version: int
    last_seq: int
    answered_seq: int
    opened_at: datetime
    last_at: datetime
    context: TurnContext
    unsatisfied: int = 0
    unsure: int = 0
    assigned_to: str = ""
    assigned_name: str = ""
    handoff: dict[str, Any] | None = None
    csat: dict[str, Any] | None = None
    closed_at: datetime | None = None
    memory: Memory = Memory()


class Message(Struct, frozen=True):
    """One stored message. `meta` of a bot message holds intents, act types and slots asked for."""

    id: MessageId
    conversation_id: ConversationId
    seq: int
    author: Author
    content: Content | ReplyContent | dict[str, Any]
    text: str
    at: datetime
    author_name: str = ""
    external_id: str | None = None
    turn_id: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)


class Received(Struct, frozen=True):
    """The outcome of taking a message in. Not `is_new`: it was here before, and `message` is the first copy."""

    conversation: Conversation
    message: Message
    is_new: bool
    opened: bool = False
    closed_id: ConversationId | None = None


class StoredTurn(Struct, frozen=True):
    """A turn as it was answered: enough to explain it and to give the same answer again."""

    id: str
    conversation_id: ConversationId
    at: datetime
    message_ids: tuple[str, ...]
    response: str
    trace: dict[str, Any]
    elapsed_us: int
