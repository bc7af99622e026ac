"""A draft goes out by itself (辅助模式自动发送), whoever has the talk, when no agent wrote in the time that was set.

One job a draft, ordered with the turn, so a restart loses nothing. What must still hold when its time has come is read
in the change that says it: nobody answered, the buyer has not written again (his newer words have a draft and a time
of their own, and all that waits is answered together), nobody is typing. Two workers say it once: the job has a
lease, the talk a version, the message the turn's id.
"""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from xiaoer.infra import jobs
from xiaoer.infra.db import Database
from xiaoer.infra.jobs import Job
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.memory import Memory
from xiaoer.kernel.reply import ReplyPart
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.conversations.types import Conversation, Message, StoredTurn
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.rules import drafting
from xiaoer.slices.insights import api as insights

_MOST = 6  # turns whose drafts go out together


class SendDraft:
    """Looks at one draft whose time may have come."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def __call__(self, job: Job) -> Conversation | None:
        """Say it, or order the next look; the conversation when something was said or moved.

        Raises:
            Conflict: somebody wrote at the same moment; the job looks again.
        """
        now = self._clock.now()
        return await self._db.write(lambda c: _look(c, job, now))


def _look(connection: Connection, job: Job, now: datetime) -> Conversation | None:
    shop, id_ = job.shop, str(job.payload["conversation_id"])
    jobs.finish(connection, shop, job, now)
    conversation, recent = conversations.load_recent(connection, shop, id_)
    after_s = desk.get_settings(connection, shop).modes.auto_send_s
    reason = str((conversation.handoff or {}).get("reason", ""))
    if after_s is None or not drafting.may_go_out(conversation.state, reason):
        return None
    waiting = _waiting(owners.recent_turns(connection, shop, id_, _MOST), recent)
    if not waiting or waiting[-1].id != job.payload["turn_id"] or conversation.answered_seq < conversation.last_seq:
        return None  # answered, or the buyer wrote again: that turn has its own time
    due = drafting.due_at(waiting[-1].at, desk.typed_at(connection, shop, id_), after_s)
    if due > now:
        desk.order_draft(connection, shop, id_, waiting[-1].id, due)
        return None
    drafts: list[dict[str, Any]] = [turn.trace.get("draft") or {} for turn in waiting]
    if any(draft.get("after_s") is None for draft in drafts):
        return None  # one of the questions is a person's
    _say(connection, conversation, waiting[-1], drafts, now)
    return conversation


def _waiting(turns: list[StoredTurn], recent: tuple[Message, ...]) -> list[StoredTurn]:
    """The turns (given newest first) that nobody has answered, oldest first."""
    spoken = max((m.seq for m in recent if owners.answers_for_people(m)), default=0)
    open_ = {str(m.id) for m in recent if m.seq > spoken}
    return [t for t in reversed(turns) if "draft" in t.trace and t.message_ids and t.message_ids[-1] in open_]


def _say(
    connection: Connection, conversation: Conversation, turn: StoredTurn, drafts: list[dict[str, Any]], now: datetime
) -> None:
    shop, id_ = conversation.shop, conversation.id
    parts = {p.text: p for draft in drafts for p in msgspec.convert(draft.get("parts", []), list[ReplyPart])}
    memory = drafts[-1].get("memory")
    if parts:
        meta = {**(drafts[-1].get("meta") or {}), "by": "auto_send"}
        kept = msgspec.convert(memory, Memory) if memory else None
        owners.send_draft(connection, shop, conversation, turn.id, list(parts.values()), meta, kept, now)
    said: dict[str, Any] = {"author": "bot", "turn_id": turn.id, "count": len(parts), "mode": "assist"}
    facts = [desk.fact(shop, "message.sent", now, id_, conversation.buyer_id, **said)]
    if conversation.state == "queued":  # nobody has it: what is settled need not wait for people
        owners.give_to_bot(connection, shop, id_, now)
        case = desk.get_case(connection, shop, id_)
        if case is not None:
            desk.save_case(connection, shop, msgspec.structs.replace(case, queued_at=None, told_position=0))
        facts.append(desk.fact(shop, "conversation.returned", now, id_, conversation.buyer_id, by="auto_send"))
    insights.append(connection, shop, facts)
