"""A message comes in: it is on disk, once, before anybody thinks about it."""

from datetime import timedelta

from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations.types import Incoming, Received
from xiaoer.slices.insights import api as insights


class ReceiveMessage:
    """Takes a buyer's message in; the same external id again changes nothing."""

    def __init__(self, db: Database, clock: Clock, idle: timedelta) -> None:
        self._db = db
        self._clock = clock
        self._idle = idle

    async def __call__(self, shop: ShopId, incoming: Incoming) -> Received:
        """Store the message and return it with its conversation.

        Raises:
            NotFound: the named conversation is unknown or another buyer's.
        """
        now = self._clock.now()

        def change(connection: Connection) -> Received:
            received = conversations.receive(connection, shop, incoming, now, self._idle)
            if received.is_new:
                insights.append(connection, shop, self._facts(shop, received))
            return received

        return await self._db.write(change)

    @staticmethod
    def _facts(shop: ShopId, received: Received) -> list[Event]:
        conversation, message = received.conversation, received.message
        facts = [
            Event(
                shop,
                new_id(),
                "message.received",
                message.at,
                conversation.id,
                conversation.buyer_id,
                {"message_id": message.id, "channel": conversation.channel, "state": conversation.state},
            )
        ]
        if received.opened:
            where = conversation.context
            data = {
                "channel": conversation.channel,
                "entry": where.entry,
                "campaign_id": where.campaign_id,
                "product_id": where.product_id,
            }
            facts.insert(
                0,
                Event(shop, new_id(), "conversation.opened", message.at, conversation.id, conversation.buyer_id, data),
            )
        if received.closed_id:
            facts.append(
                Event(
                    shop,
                    new_id(),
                    "conversation.closed",
                    message.at,
                    received.closed_id,
                    conversation.buyer_id,
                    {"by": "idle"},
                )
            )
        return facts
