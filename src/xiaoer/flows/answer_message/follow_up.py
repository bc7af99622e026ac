"""What was promised is kept (回头再答): a system was down, the buyer was told so, and hears the answer when it is back.

The order to look again is written in the same change as the words that promise it. Each try decides the same turn anew
with the facts of now; it answers in the conversation, tries again later, or at last asks a person to take over. A
person who has the conversation meanwhile, or its end, ends the promise.
"""

from datetime import datetime
from typing import Protocol

import msgspec
from sqlalchemy import Connection

from xiaoer.flows.answer_message.answer import AnswerMessage
from xiaoer.flows.answer_message.promises import TRIES, owes, promise
from xiaoer.infra import jobs
from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.infra.jobs import Job
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.decision import Act, Decision, Handoff
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.reply import ReplyPart
from xiaoer.kernel.turn import TextContent
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners, turns
from xiaoer.slices.conversations.types import Conversation
from xiaoer.slices.insights import api as insights
from xiaoer.slices.replies import api as replies
from xiaoer.slices.replies.types import Templates


class TellsMoved(Protocol):
    """Wakes the buyer's window, routes what waits."""

    def told(self, conversation: Conversation) -> None: ...

    async def after_turn(self, shop: ShopId, conversation_id: str, state: str) -> None: ...


class FollowUp:
    """Looks again, one job a try."""

    def __init__(
        self, db: Database, clock: Clock, answer: AnswerMessage, templates: Templates, desk: TellsMoved
    ) -> None:
        self._db, self._clock, self._answer, self._templates, self._desk = db, clock, answer, templates, desk

    async def __call__(self, job: Job) -> None:
        """One try."""
        shop, ids, tried = job.shop, list(job.payload["messages"]), int(job.payload["tried"])
        conversation, recent = await self._db.read(
            lambda c: conversations.load_recent(c, shop, str(job.payload["conversation_id"]))
        )
        turn = turns.earlier_turn(conversation, recent, ids)
        if conversation.state != "bot" or turn is None:
            return
        decision = await self._answer.rethink(conversation, turn)
        if not owes(decision):
            await self._tell(job, conversation, decision)
        elif tried + 1 < TRIES:
            await self._db.write(lambda c: promise(c, turn, self._clock.now(), tried + 1))
        else:
            await self._hand_over(job, conversation)

    async def _tell(self, job: Job, conversation: Conversation, decision: Decision) -> None:
        now = self._clock.now()
        reply = replies.compose(decision, self._templates, now, conversation.id)
        parts = (self._words("follow_up.found", now, conversation), *reply.parts)
        meta = {"acts": [act.type for act in decision.acts], "sources": [[s.kind, s.id] for s in reply.sources]}

        def change(connection: Connection) -> None:
            jobs.finish(connection, job.shop, job, now)
            conversations.say(connection, job.shop, conversation.id, "bot", "", parts, now, meta=meta)
            insights.append(connection, job.shop, [_fact(job.shop, "message.sent", now, conversation, author="bot")])

        await self._db.write(change)
        self._desk.told(conversation)

    async def _hand_over(self, job: Job, conversation: Conversation) -> None:
        """The system stays down: people take over, and the buyer is told so."""
        now = self._clock.now()
        handoff = msgspec.to_builtins(Handoff("error", "source.still_down"))

        def change(connection: Connection) -> None:
            jobs.finish(connection, job.shop, job, now)
            words = (self._words("follow_up.people", now, conversation),)
            conversations.say(connection, job.shop, conversation.id, "bot", "", words, now)
            owners.enqueue(connection, job.shop, conversation.id, now, handoff=handoff)
            fact = _fact(job.shop, "handoff.requested", now, conversation, reason="error", rule_id="source.still_down")
            insights.append(connection, job.shop, [fact])

        await self._db.write(change)
        await self._desk.after_turn(job.shop, conversation.id, "queued")
        self._desk.told(conversation)

    def _words(self, template: str, now: datetime, conversation: Conversation) -> ReplyPart:
        text = replies.say(Act("answer", 0, template), self._templates, now, conversation.id)
        return ReplyPart(TextContent(text), text)


def _fact(shop: ShopId, type_: str, now: datetime, conversation: Conversation, **data: object) -> Event:
    return Event(shop, new_id(), type_, now, conversation.id, conversation.buyer_id, data)
