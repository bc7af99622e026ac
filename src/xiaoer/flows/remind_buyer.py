"""A journey runs (催付与召回): shop events start and stop it, durable timers fire its steps, each exactly once.

What starts, stops and counts is written with the event; a step's message, its count and the next timer are written
with the end of its job, so a process that dies in between leaves either all of it or nothing.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from xiaoer.infra import jobs
from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.infra.job_runner import Jobs
from xiaoer.infra.jobs import Job
from xiaoer.infra.rulebook import Rulebook
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import InvalidMoney
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.money import ZERO, Money
from xiaoer.kernel.reply import ReplyPart
from xiaoer.kernel.turn import TextContent
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import of_buyer
from xiaoer.slices.conversations.types import Conversation
from xiaoer.slices.insights import api as insights
from xiaoer.slices.outreach import store
from xiaoer.slices.outreach.rules import WINDOWS, arm_of, decide_step, fill_step
from xiaoer.slices.outreach.store import Run
from xiaoer.slices.outreach.types import Caps, Journey, Known, Send, Wait

KIND = "outreach.step"
_TROUBLE = timedelta(hours=24)
_STARTS = {
    "order.created": "order_unpaid",
    "cart.updated": "cart_abandoned",
    "order.delivered": "delivered",
    "page.viewed": "viewed",
}
_ENDS = {"order.paid": "paid", "order.refund_requested": "refund", "order.refunded": "refund", "order.closed": "closed"}


class RemindBuyer:
    """Starts, fires and stops the steps of journeys."""

    def __init__(self, db: Database, clock: Clock, runner: Jobs, told: Callable[[Conversation], None]) -> None:
        self._db = db
        self._clock = clock
        self._told = told
        self.journeys = Rulebook(db, "journey", Journey)
        self.caps = Rulebook(db, "outreach_caps", Caps)
        runner.handle(KIND, self._fire)

    async def before(self, shop: ShopId) -> Callable[[Connection, Sequence[Event]], None]:
        """Read the journeys; return what is to run in the change that keeps the events."""
        live = [(d.id, d.value) for d in await self.journeys.live(shop)]
        now = self._clock.now()
        return lambda connection, events: self._take(connection, shop, live, events, now)

    def _take(
        self,
        connection: Connection,
        shop: ShopId,
        live: Sequence[tuple[str, Journey]],
        events: Sequence[Event],
        now: datetime,
    ) -> None:
        for event in sorted(events, key=lambda e: e.at):
            order_id, buyer_id = str(event.data.get("order_id") or ""), event.buyer_id
            if event.type in _ENDS and order_id:
                self._end(connection, shop, event, order_id, buyer_id)
            if event.type in _STARTS and buyer_id:
                for journey_id, journey in live:
                    if journey.trigger == _STARTS[event.type]:
                        self._start(connection, shop, journey_id, journey, event, order_id, now)

    def _end(self, connection: Connection, shop: ShopId, event: Event, order_id: str, buyer_id: str) -> None:
        subject = f"order:{order_id}"
        amount = _money(event.data.get("pay_amount") or event.data.get("amount"))
        if event.type == "order.paid":
            store.convert(connection, shop, subject, event.at, amount)
            if buyer_id:
                store.convert(connection, shop, f"cart:{buyer_id}", event.at, amount)
                self._stop(connection, shop, f"cart:{buyer_id}", "paid")
        if event.type == "order.refunded":
            store.refund(connection, shop, subject, amount)
        self._stop(connection, shop, subject, _ENDS[event.type])

    @staticmethod
    def _stop(connection: Connection, shop: ShopId, subject: str, reason: str) -> None:
        store.stop_subject(connection, shop, subject, reason)
        jobs.cancel(connection, shop, subject=subject, kind=KIND)

    def _start(
        self,
        connection: Connection,
        shop: ShopId,
        journey_id: str,
        journey: Journey,
        event: Event,
        order_id: str,
        now: datetime,
    ) -> None:
        subject = f"order:{order_id}" if order_id else f"{event.type.split('.')[0]}:{event.buyer_id}"
        if not order_id:  # a changed cart starts its time anew
            self._stop(connection, shop, subject, "changed")
        if not journey.steps:
            return
        arm = arm_of(shop, journey_id, event.buyer_id, journey.hold_out)
        values = {
            "商品": str(event.data.get("title") or "您看的商品")[:40],
            "订单尾号": order_id[-6:],
            "昵称": str(event.data.get("nick") or "您")[:20],
        }
        channel = str(event.data.get("channel") or "")[:32]
        id_ = f"{journey_id}:{event.id}"[:200]
        run = Run(
            id_, journey_id, journey.trigger, event.buyer_id, subject, arm, "running", "", 0, values, channel, event.at
        )
        if store.add_run(connection, shop, run) and arm == "treated":
            self._order(connection, shop, run, journey, 0)

    @staticmethod
    def _order(connection: Connection, shop: ShopId, run: Run, journey: Journey, step: int) -> None:
        if step < len(journey.steps):
            at = run.started_at + timedelta(minutes=journey.steps[step].after_min)
            payload = {"run": run.id, "step": step}
            jobs.enqueue(connection, shop, KIND, payload, at=at, id_=f"{run.id}:{step}"[:200], subject=run.subject)

    async def _fire(self, job: Job) -> None:
        shop, now = job.shop, self._clock.now()
        journeys = {d.id: d.value for d in await self.journeys.live(shop)}
        caps = next(iter(await self.caps.values(shop)), Caps())

        def change(connection: Connection) -> Conversation | None:
            jobs.finish(connection, shop, job, now)
            run = store.get_run(connection, shop, job.payload["run"])
            journey = journeys.get(run.journey_id) if run else None
            if run is None or run.state != "running":
                return None
            if journey is None or job.payload["step"] >= len(journey.steps):
                store.change_run(connection, shop, run.id, state="stopped", reason="switched_off")
                return None
            return self._step(connection, shop, job, run, journey, caps, now)

        spoken = await self._db.write(change)
        if spoken is not None:
            self._told(spoken)

    def _step(
        self, connection: Connection, shop: ShopId, job: Job, run: Run, journey: Journey, caps: Caps, now: datetime
    ) -> Conversation | None:
        step = int(job.payload["step"])
        talk = of_buyer.newest_of(connection, shop, run.buyer_id)
        channel = run.channel or (talk.channel if talk else "web")
        outcome = decide_step(journey, self._known(connection, shop, run, job, caps, channel, now), caps, now)
        if isinstance(outcome, Wait):
            id_ = f"{run.id}:{step}:{outcome.until:%m%d%H%M}"[:200]
            payload = {"run": run.id, "step": step, "due": run.started_at.isoformat()}
            jobs.enqueue(connection, shop, KIND, payload, at=outcome.until, id_=id_, subject=run.subject)
            return None
        if not isinstance(outcome, Send):
            store.change_run(connection, shop, run.id, state="stopped", reason=outcome.reason)
            return None
        found = conversations.open_for(connection, shop, BuyerId(run.buyer_id), channel, now)
        if found.state != "bot":
            store.change_run(connection, shop, run.id, state="stopped", reason="with_people")
            return None
        text = fill_step(journey.steps[step].say, run.values)
        meta = {"acts": ["remind"], "intents": [], "asked_for": []}
        conversations.say(
            connection,
            shop,
            found.id,
            "bot",
            "",
            [ReplyPart(TextContent(text), text)],
            now,
            f"out|{run.id}:{step}",
            meta,
        )
        store.add_send(connection, shop, f"{run.id}:{step}"[:200], run, now)
        last = step + 1 >= len(journey.steps)
        store.change_run(connection, shop, run.id, sent=run.sent + 1, state="done" if last else "running")
        self._order(connection, shop, run, journey, step + 1)
        data = {"journey": run.journey_id, "step": step, "trigger": run.trigger}
        insights.append(connection, shop, [Event(shop, new_id(), "outreach.sent", now, found.id, run.buyer_id, data)])
        return found

    def _known(
        self, connection: Connection, shop: ShopId, run: Run, job: Job, caps: Caps, channel: str, now: datetime
    ) -> Known:
        until = left = None
        if channel in WINDOWS:
            hours, most = WINDOWS[channel]
            last = of_buyer.last_word_of(connection, shop, channel, run.buyer_id)
            until = last + timedelta(hours=hours) if last else now
            left = most - store.sent_since(connection, shop, run.buyer_id, last) if last else 0
        return Known(
            run.trigger,
            job.due_at,
            "" if run.state == "running" else run.reason,
            store.consent(connection, shop, run.buyer_id, store.PROACTIVE) is False,
            store.consent(connection, shop, run.buyer_id, store.MARKETING) is True,
            of_buyer.in_trouble(connection, shop, run.buyer_id, now - _TROUBLE),
            store.sent_since(connection, shop, run.buyer_id, now - timedelta(days=caps.days)),
            until,
            left,
        )

    def opt_out(self, connection: Connection, shop: ShopId, buyer_id: str, now: datetime) -> None:
        """The buyer wants no more proactive messages: everything that waits is cancelled at once."""
        for kind in (store.PROACTIVE, store.MARKETING):
            store.keep_consent(connection, shop, buyer_id, kind, False, "chat", now)
        for subject in store.stop_buyer(connection, shop, buyer_id, "opted_out"):
            jobs.cancel(connection, shop, subject=subject, kind=KIND)

    async def consent(self, shop: ShopId, buyer_id: str, granted: bool, version: str) -> None:
        """Keep a buyer's consent to marketing with the version of the text that was agreed to."""
        now = self._clock.now()

        def change(connection: Connection) -> None:
            if not granted:
                self.opt_out(connection, shop, buyer_id, now)
                return
            for kind in (store.PROACTIVE, store.MARKETING):
                store.keep_consent(connection, shop, buyer_id, kind, True, version, now)

        await self._db.write(change)

    async def arms(self, shop: ShopId, journey_id: str, since: datetime) -> list[store.ArmCount]:
        """Both arms of a journey."""
        return await self._db.read(lambda c: store.arms(c, shop, journey_id, since))


def _money(value: Any) -> Money:
    try:
        return Money.from_yuan(str(value)) if value not in (None, "") else ZERO
    except InvalidMoney:  # a shop's event may say anything; what is no amount counts as none
        return ZERO
