"""A journey runs (催付与召回): what happens starts and stops it, durable timers fire its steps, each exactly once.

What starts, stops and counts is written with what happened; a step's message, its count and the next timer are written
with the end of its job, so a process that dies in between leaves either all of it or nothing.

A buyer is held out at the moment when the first message would have been sent, and not before: whoever pays by himself
within the first minutes would blur the figures of both arms.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from xiaoer.flows.remind_buyer.start import LOOK_EVERY, StartJourneys, Taking
from xiaoer.flows.remind_buyer.still import LookAgain, Still
from xiaoer.flows.remind_buyer.timers import KIND, order_step, stop_buyer
from xiaoer.infra import jobs
from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.infra.job_runner import Jobs
from xiaoer.infra.jobs import Job
from xiaoer.infra.rulebook import Rulebook
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.decision import Decision, Trial
from xiaoer.kernel.events import Event
from xiaoer.kernel.heard import Heard
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.reply import ReplyPart
from xiaoer.kernel.turn import TextContent, Turn
from xiaoer.slices.buyers.store import same_person
from xiaoer.slices.catalog.news import GOODS_NEWS
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import of_buyer
from xiaoer.slices.conversations.types import Conversation
from xiaoer.slices.insights import api as insights
from xiaoer.slices.outreach import store
from xiaoer.slices.outreach.rules.intent import asked_about
from xiaoer.slices.outreach.rules.steps import WINDOWS, arm_of, decide_step, fill_step
from xiaoer.slices.outreach.store import Run
from xiaoer.slices.outreach.types import Caps, Journey, Known, Send, Skip, Wait
from xiaoer.slices.promotions import api as promotions
from xiaoer.slices.promotions.types import Coupon
from xiaoer.slices.shops.service import Shops

_TROUBLE = timedelta(hours=24)
_AHEAD = timedelta(days=1) + LOOK_EVERY  # quiet hours may move a reminder forward by a night
_ASK_AGAIN = timedelta(minutes=15)  # when the shop's system could not be asked whether the reason still holds
_ANGRY = 0.6


class RemindBuyer:
    """Starts, fires and stops the steps of journeys."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        runner: Jobs,
        shops: Shops,
        look_again: LookAgain,
        told: Callable[[Conversation], None],
    ) -> None:
        self._db = db
        self._clock = clock
        self._shops = shops
        self._look_again = look_again
        self._told = told
        self.journeys = Rulebook(db, "journey", Journey)
        self.caps = Rulebook(db, "outreach_caps", Caps)
        runner.handle(KIND, self._fire)
        runner.handle(GOODS_NEWS, self._news)
        runner.every("outreach.coupons", LOOK_EVERY, self._coupons)

    async def before(self, shop: ShopId) -> Taking:
        """Read the journeys; return what is to run in the change that keeps the events."""
        starts = await self._starts(shop)
        return lambda connection, events: starts.events(connection, shop, events)

    async def noting(
        self, turn: Turn, heard: Heard, decision: Decision, trials: Sequence[Trial], now: datetime
    ) -> Callable[[Connection], None]:
        """Return what is to run in the change that keeps a turn: interest grows, and a complaint ends every journey."""
        shop, starts = turn.shop, await self._starts(turn.shop)
        intents = {segment.intent for segment in heard.segments}

        def note(connection: Connection) -> None:
            for trial in trials:
                store.enter_trial(connection, shop, trial, turn.buyer_id, now)
            if "service.complaint" in intents or heard.sentiment.anger >= _ANGRY:
                stop_buyer(connection, shop, turn.buyer_id, "complaint")
            elif decision.handoff is not None:
                stop_buyer(connection, shop, turn.buyer_id, "with_people")
            elif turn.buyer_id:
                found = asked_about(heard.segments, turn.buyer_id, turn.product_in_focus or "", turn.channel)
                starts.interests(connection, shop, found, now)

        return note

    async def _starts(self, shop: ShopId) -> StartJourneys:
        live = [(d.id, d.value) for d in await self.journeys.live(shop)]
        return StartJourneys(live, await self._caps(shop), self._clock.now())

    async def _caps(self, shop: ShopId) -> Caps:
        return next(iter(await self.caps.values(shop)), Caps())

    async def _news(self, job: Job) -> None:
        shop, now, starts = job.shop, self._clock.now(), await self._starts(job.shop)

        def change(connection: Connection) -> None:
            jobs.finish(connection, shop, job, now)
            starts.news(connection, shop, job.payload["news"])

        await self._db.write(change)

    async def _coupons(self, job: Job) -> None:
        shop, now = job.shop, self._clock.now()
        live = [d.value for d in await self.journeys.live(shop) if d.value.trigger == "coupon_expiring"]
        if not live:
            return
        until = now + timedelta(hours=max(journey.before_h for journey in live)) + _AHEAD
        starts = await self._starts(shop)
        after: Coupon | None = None
        while True:
            found = await self._db.read(partial(promotions.ending, shop=shop, since=now, until=until, after=after))
            if not found:
                return
            await self._db.write(partial(starts.coupons, shop=shop, coupons=found))
            after = found[-1][0]

    async def _fire(self, job: Job) -> None:
        shop, now = job.shop, self._clock.now()
        journeys = {d.id: d.value for d in await self.journeys.live(shop)}
        caps = await self._caps(shop)
        found = await self._db.read(lambda c: store.get_run(c, shop, job.payload["run"]))
        still = await self._look_again(shop, found, now) if found and found.state == "running" else Still()
        name = (await self._shops.shop(shop)).name

        def change(connection: Connection) -> Conversation | None:
            jobs.finish(connection, shop, job, now)
            run = store.get_run(connection, shop, job.payload["run"])
            journey = journeys.get(run.journey_id) if run else None
            if run is None or run.state != "running":
                return None
            if journey is None or job.payload["step"] >= len(journey.steps):
                store.change_run(connection, shop, run.id, state="stopped", reason="switched_off")
                return None
            return self._step(connection, job, run, journey, caps, still, name, now)

        spoken = await self._db.write(change)
        if spoken is not None:
            self._told(spoken)

    def _step(
        self,
        connection: Connection,
        job: Job,
        run: Run,
        journey: Journey,
        caps: Caps,
        still: Still,
        shop_name: str,
        now: datetime,
    ) -> Conversation | None:
        shop, number = job.shop, int(job.payload["step"])
        step = journey.steps[number]
        talk = of_buyer.newest_of(connection, shop, run.buyer_id)
        channel = run.channel or (talk.channel if talk else "web")
        known = self._known(connection, shop, run, job, caps, channel, still, now)
        outcome = decide_step(journey, step, known, caps, now)
        if isinstance(outcome, Send) and still.unknown:
            outcome = Wait(now + _ASK_AGAIN)
        if isinstance(outcome, Wait):
            id_ = f"{run.id}:{number}:{outcome.until:%m%d%H%M}"[:200]
            payload = {"run": run.id, "step": number, "due": job.payload.get("due") or job.due_at.isoformat()}
            jobs.enqueue(connection, shop, KIND, payload, at=outcome.until, id_=id_, subject=run.subject)
            return None
        last = number + 1 >= len(journey.steps)
        if isinstance(outcome, Skip):
            store.change_run(connection, shop, run.id, state="done" if last else "running")
            order_step(connection, shop, run, journey, number + 1, caps, now)
            return None
        if not isinstance(outcome, Send):
            store.change_run(connection, shop, run.id, state="stopped", reason=outcome.reason)
            return None
        if number == 0 and journey.hold_out:
            automation = f"journey:{run.journey_id}"
            trial = Trial(automation, arm_of(shop, automation, run.buyer_id, journey.hold_out))
            store.enter_trial(connection, shop, trial, run.buyer_id, now)
            if trial.held_out:
                store.change_run(connection, shop, run.id, state="held_out")
                return None
        found = conversations.open_for(connection, shop, BuyerId(run.buyer_id), channel, now)
        if found.state != "bot":
            store.change_run(connection, shop, run.id, state="stopped", reason="with_people")
            return None
        text = fill_step(step.say, run.values, shop_name, run.trigger)
        meta = {"acts": ["remind"], "intents": [], "asked_for": [], "why": run.values.get("why", "")}
        part, external = ReplyPart(TextContent(text), text), f"out|{run.id}:{number}"
        conversations.say(connection, shop, found.id, "bot", "", [part], now, external, meta)
        store.add_send(connection, shop, f"{run.id}:{number}"[:200], run, now)
        store.change_run(connection, shop, run.id, sent=run.sent + 1, state="done" if last else "running")
        order_step(connection, shop, run, journey, number + 1, caps, now)
        data = {"journey": run.journey_id, "step": number, "trigger": run.trigger, "why": run.values.get("why", "")}
        insights.append(connection, shop, [Event(shop, new_id(), "outreach.sent", now, found.id, run.buyer_id, data)])
        return found

    def _known(
        self,
        connection: Connection,
        shop: ShopId,
        run: Run,
        job: Job,
        caps: Caps,
        channel: str,
        still: Still,
        now: datetime,
    ) -> Known:
        until = left = None
        spoke = of_buyer.last_word_of(connection, shop, "", run.buyer_id)
        if channel in WINDOWS:
            hours, most = WINDOWS[channel]
            last = of_buyer.last_word_of(connection, shop, channel, run.buyer_id)
            until = last + timedelta(hours=hours) if last else now
            left = most - of_buyer.said_since(connection, shop, channel, run.buyer_id, last) if last else 0
        due = job.payload.get("due")
        return Known(
            run.trigger,
            datetime.fromisoformat(due) if due else job.due_at,
            still.settled,
            store.consent(connection, shop, run.buyer_id, store.PROACTIVE) is False,
            store.consent(connection, shop, run.buyer_id, store.MARKETING) is True,
            of_buyer.in_trouble(connection, shop, run.buyer_id, now - _TROUBLE),
            spoke is not None and spoke > run.started_at,
            store.sent_since(connection, shop, run.buyer_id, now - timedelta(days=caps.days)),
            until,
            left,
        )

    def opt_out(self, connection: Connection, shop: ShopId, buyer_id: str, now: datetime) -> None:
        """The person wants no more proactive messages: on all accounts, everything that waits is cancelled at once."""
        for account in same_person(connection, shop, buyer_id):
            for kind in (store.PROACTIVE, store.MARKETING):
                store.keep_consent(connection, shop, account, kind, False, "chat", now)
            stop_buyer(connection, shop, account, "opted_out")

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
