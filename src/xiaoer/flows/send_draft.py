"""A draft goes out by itself (辅助模式自动发送) when nobody took the talk in the time that the shop set."""

from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.reply import ReplyPart
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.conversations.types import Conversation, StoredTurn
from xiaoer.slices.desk import api as desk
from xiaoer.slices.insights import api as insights


class SendDraft:
    """Looks for drafts whose time has come."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def due(self, shop: ShopId) -> list[str]:
        """Send every due draft and give those talks back to the bot; return their ids."""
        if await self._db.read(lambda c: desk.get_settings(c, shop).modes.auto_send_s) is None:
            return []
        now = self._clock.now()

        def change(connection: Connection) -> list[str]:
            after_s = desk.get_settings(connection, shop).modes.auto_send_s
            if after_s is None:
                return []
            waiting = [
                c
                for c in owners.of_state(connection, shop, "queued", 1_000)
                if (c.handoff or {}).get("reason") == "assist"
            ]
            turns = owners.last_turns(connection, shop, [c.id for c in waiting])
            sent = []
            for conversation in waiting:
                turn = turns.get(conversation.id)
                if turn is not None and now - turn.at >= timedelta(seconds=after_s):
                    self._send(connection, conversation, turn)
                    sent.append(str(conversation.id))
            return sent

        return await self._db.write(change)

    def _send(self, connection: Connection, conversation: Conversation, turn: StoredTurn) -> None:
        shop, now, draft = conversation.shop, self._clock.now(), turn.trace.get("draft") or {}
        parts = [msgspec.convert(part, ReplyPart) for part in draft.get("parts", ())]
        if parts:
            conversations.say(connection, shop, conversation.id, "bot", "", parts, now)
        owners.give_to_bot(connection, shop, conversation.id, now)
        case = desk.get_case(connection, shop, conversation.id)
        if case is not None:
            desk.save_case(connection, shop, msgspec.structs.replace(case, queued_at=None, told_position=0))
        id_, buyer = conversation.id, conversation.buyer_id
        said: dict[str, Any] = {"author": "bot", "turn_id": turn.id, "count": len(parts), "mode": "assist"}
        facts = [
            desk.fact(shop, "message.sent", now, id_, buyer, **said),
            desk.fact(shop, "conversation.returned", now, id_, buyer, by="auto_send"),
        ]
        insights.append(connection, shop, facts)
