"""A buyer rates a talk (满意度): stars, reasons and words, kept with the talk that asked for them."""

from typing import Any

from msgspec import Struct
from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import NotFound
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners, verdicts
from xiaoer.slices.conversations.types import Conversation
from xiaoer.slices.desk import api as desk
from xiaoer.slices.insights import api as insights


class Rating(Struct, frozen=True):
    """`score` from 1 to 5; `message_id` is the invitation that was answered, empty on channels without one."""

    score: int
    comment: str = ""
    reasons: tuple[str, ...] = ()
    message_id: str = ""


class RateTalk:
    """Keeps ratings; the last one of a talk holds."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def __call__(self, shop: ShopId, channel: str, buyer_id: BuyerId, rating: Rating) -> Conversation:
        """Keep one.

        Raises:
            NotFound: there is nothing of this buyer to rate.
        """
        now = self._clock.now()
        kept: dict[str, Any] = {
            "score": rating.score, "comment": rating.comment, "reasons": list(rating.reasons), "at": now
        }  # fmt: skip

        def change(connection: Connection) -> Conversation:
            rated = _asked_in(connection, shop, buyer_id, rating.message_id) or owners.to_rate(
                connection, shop, channel, buyer_id
            )
            if rated is None:
                raise NotFound("Conversation", "(last)", "There is nothing to rate yet.")
            if rated.csat and {**rated.csat, "at": 0} == {**kept, "at": 0}:
                return rated  # sent again over a broken line
            verdicts.keep_rating(connection, shop, rated.id, kept, rating.message_id)
            data = {"score": rating.score, "reasons": list(rating.reasons), "agent_id": rated.assigned_to}
            insights.append(
                connection, shop, [desk.fact(shop, "conversation.rated", now, rated.id, rated.buyer_id, **data)]
            )
            return rated

        return await self._db.write(change)


def _asked_in(connection: Connection, shop: ShopId, buyer_id: BuyerId, message_id: str) -> Conversation | None:
    """The talk in which this buyer was asked."""
    message = conversations.get_message(connection, shop, message_id) if message_id else None
    asked = conversations.get(connection, shop, message.conversation_id) if message else None
    return asked if asked is not None and asked.buyer_id == buyer_id else None
