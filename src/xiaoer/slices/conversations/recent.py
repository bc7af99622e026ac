"""The newest messages of conversations that were answered a moment ago, kept in memory.

Only a short cut: a conversation is used when its version is exactly the one that was remembered plus the one
message that has just come in; in every other case (another worker, an agent, a rating) the database is read.
"""

from collections import OrderedDict

from xiaoer.kernel.ids import ConversationId, ShopId
from xiaoer.slices.conversations.types import Conversation, Message, Received

KEPT = 2_000  # conversations in memory, about 10 kB each at most: more than go on at once; others are read


class RecentTalks:
    """Messages by conversation and version."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[ShopId, ConversationId], tuple[int, tuple[Message, ...]]] = OrderedDict()

    def keep(self, shop: ShopId, conversation_id: ConversationId, version: int, messages: tuple[Message, ...]) -> None:
        """Remember the newest messages as of `version`."""
        self._kept[shop, conversation_id] = (version, messages)
        self._kept.move_to_end((shop, conversation_id))
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def with_new(self, received: Received) -> tuple[Conversation, tuple[Message, ...]] | None:
        """The conversation and its newest messages, the new one last; None when the database must be asked."""
        conversation = received.conversation
        if received.opened:
            return conversation, (received.message,)
        kept = self._kept.get((conversation.shop, conversation.id))
        if kept is None or kept[0] != conversation.version - 1:
            return None
        return conversation, (*kept[1], received.message)
