"""A buyer's thumb on an answer of the bot (赞, 踩): kept with the message, shown to colleagues, counted as a fact.

A thumb down says what 「👎」 says: as long as the bot has the talk, who calls this flow takes it in as such a message,
so it counts as a try that did not help, and the third one brings a person.
"""

from typing import Any

from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import NotFound
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import verdicts
from xiaoer.slices.conversations.types import Conversation
from xiaoer.slices.desk import api as desk
from xiaoer.slices.insights import api as insights

THUMB_DOWN = "👎"  # `policies.rules.reproach` hears it as an answer that did not help


class VoteAnswer:
    """Keeps thumbs; the last one on an answer holds."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def __call__(self, shop: ShopId, buyer_id: BuyerId, message_id: str, *, is_good: bool) -> Conversation:
        """Keep one; the talk that the answer belongs to.

        Raises:
            NotFound: the bot said nothing of this id to this buyer.
        """
        now = self._clock.now()

        def change(connection: Connection) -> Conversation:
            message = conversations.get_message(connection, shop, message_id)
            talk = conversations.get(connection, shop, message.conversation_id) if message else None
            if message is None or talk is None or talk.buyer_id != buyer_id or message.author != "bot":
                raise NotFound("Message", message_id)
            if verdicts.keep_vote(connection, shop, message, is_good=is_good):
                data: dict[str, Any] = {"message_id": message.id, "turn_id": message.turn_id, "is_good": is_good}
                data |= {"intents": list(message.meta.get("intents", ()))}
                insights.append(
                    connection, shop, [desk.fact(shop, "answer.voted", now, talk.id, talk.buyer_id, **data)]
                )
            return talk

        return await self._db.write(change)
