"""Watching promises (承诺到点): what was promised a buyer, and whose time has passed with nothing said.

A promise is kept by ticking it off, or by anything that an agent says to the buyer afterwards: what he then says is the
answer, if only a new hour. Words of the same breath (「好的，您稍等」) are part of the promise. A broken one is told
once, by the clock and not when the buyer comes back: an alert for supervisors, and the fact `promise.broken` for the
review of the talk.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.infra.job_runner import Jobs
from xiaoer.infra.jobs import Job
from xiaoer.kernel.clock import SHOP_ZONE, Clock
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.assist import api as assist
from xiaoer.slices.assist.types import Kept
from xiaoer.slices.conversations import told
from xiaoer.slices.insights import alerts
from xiaoer.slices.insights import api as insights
from xiaoer.slices.insights.types import Alert
from xiaoer.slices.privacy import api as privacy

_log = structlog.get_logger(__name__)
_EVERY = timedelta(minutes=2)
_GRACE = timedelta(minutes=10)  # a promise kept ten minutes late is kept (`insights.rules.quality`)
_LOOKS_BACK = timedelta(hours=23)  # alerts of one topic are told once in 24 hours
_BREATH = timedelta(minutes=2)
_ADVICE = "先给买家一句准话，再补上答应的事；办完在工作台点「做到了」。"


class WatchPromises:
    """Raises an alert for every promise whose time has passed."""

    def __init__(self, db: Database, clock: Clock, jobs: Jobs) -> None:
        self._db = db
        self._clock = clock
        jobs.every("promise.watch", _EVERY, self._look)

    async def _look(self, job: Job) -> None:
        found = await self.look(job.shop)
        if found:
            _log.info("promises_broken", shop=job.shop, count=len(found))

    async def look(self, shop: ShopId) -> list[Alert]:
        """Look at what is due; return the alerts that are new."""
        now = self._clock.now()
        since, until = now - _LOOKS_BACK, now - _GRACE
        if not await self._db.read(lambda c: assist.overdue_promises(c, shop, since, until)):
            return []

        def change(connection: Connection) -> list[Alert]:
            broken = [p for p in assist.overdue_promises(connection, shop, since, until) if _is_broken(connection, p)]
            owed = {f"promise:{promise.id}": promise for promise in broken}
            fresh = alerts.raise_new(connection, shop, [_alert(p, topic, now) for topic, p in owed.items()])
            insights.append(
                connection, shop, [fact for alert in fresh for fact in _facts(shop, alert, owed[alert.topic], now)]
            )
            return fresh

        def _is_broken(connection: Connection, promise: Kept) -> bool:
            breath = promise.made_at + min(_BREATH, (promise.due_at - promise.made_at) / 2)
            lines = told.messages_of(connection, shop, [promise.conversation_id]).get(promise.conversation_id, ())
            return not any(line.author == "agent" and line.at > breath for line in lines)

        return await self._db.write(change)


def _alert(promise: Kept, topic: str, now: datetime) -> Alert:
    due = promise.due_at.astimezone(SHOP_ZONE)
    title = f"答应买家的事过点了（{due:%m-%d %H:%M}）：「{privacy.mask_text(promise.text)}」"
    facts = {"agent_id": promise.staff_id, "due_at": promise.due_at.isoformat()}
    return Alert(
        new_id(), "promise", topic, "high", now, title, _ADVICE, conversation_id=promise.conversation_id, facts=facts
    )


def _facts(shop: ShopId, alert: Alert, promise: Kept, now: datetime) -> list[Event]:
    """For the review of the talk, and for the open workbenches of supervisors."""
    about = {"promise_id": promise.id, "agent_id": promise.staff_id, "text": promise.text}
    shown = {"alert_id": alert.id, "title": alert.title, "advice": alert.advice}
    return [
        Event(shop, new_id(), "promise.broken", now, promise.conversation_id, promise.buyer_id, about),
        Event(shop, new_id(), "alert.raised", now, promise.conversation_id, "", shown),
    ]
