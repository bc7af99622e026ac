"""What arrives (轮次): a buyer's unanswered messages with the talk before them.

A turn is one burst: every buyer message since the last reply. It is loaded by one short read, understood
as a whole and answered once.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from xiaoer.kernel.heard import Body
from xiaoer.kernel.ids import BuyerId, ConversationId, MessageId, ShopId
from xiaoer.kernel.memory import Memory

Author = Literal["buyer", "agent", "bot", "event"]
State = Literal["bot", "queued", "agent", "closed"]
Entry = Literal["product", "campaign", "order", "search", "live", "after_sales", "home"]


class TextContent(Struct, frozen=True, tag="text"):
    text: str


class ImageContent(Struct, frozen=True, tag="image"):
    url: str


class ProductContent(Struct, frozen=True, tag="product"):
    product_id: str


class OrderContent(Struct, frozen=True, tag="order"):
    order_id: str


Content = TextContent | ImageContent | ProductContent | OrderContent


class TurnContext(Struct, frozen=True, omit_defaults=True):
    """Where the buyer came from and what is open on the page."""

    entry: Entry | None = None
    product_id: str | None = None
    campaign_id: str | None = None
    order_id: str | None = None
    search: str | None = None


class BuyerMessage(Struct, frozen=True):
    """One incoming message of the burst; `at` is server time, UTC."""

    id: MessageId
    content: Content
    at: datetime

    @property
    def text(self) -> str:
        return self.content.text if isinstance(self.content, TextContent) else ""


class PastMessage(Struct, frozen=True):
    """One earlier message, oldest first; `intents` of buyer and bot messages as understood or answered then.

    `asked_for` is set on a bot message that asked for slots (`("height_cm", "weight_kg")`), `anger` on one that
    answered an angry buyer.
    """

    author: Author
    text: str
    at: datetime | None = None
    intents: tuple[str, ...] = ()
    asked_for: tuple[str, ...] = ()
    act_types: tuple[str, ...] = ()
    anger: float = 0.0


class Turn(Struct, frozen=True):
    """The unit of work of the answer path. `version` is the conversation's at load time; `body` holds the measures
    (身高, 体重, 脚长) that the buyer gave earlier in this conversation, `memory` its open matters."""

    shop: ShopId
    conversation_id: ConversationId
    buyer_id: BuyerId
    channel: str
    messages: tuple[BuyerMessage, ...]
    history: tuple[PastMessage, ...] = ()
    context: TurnContext = TurnContext()
    version: int = 0
    state: State = "bot"
    buyer_verified: bool = False
    product_in_focus: str | None = None
    order_in_focus: str | None = None
    body: Body = Body()
    memory: Memory = Memory()
