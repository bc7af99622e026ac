"""Insight in this process (洞察): the roll-up and its watches as jobs, and the pages made from what they keep."""

import asyncio
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

import structlog
from msgspec import Struct, structs
from sqlalchemy import Connection

from xiaoer.app.beside import Beside, BesideFailed
from xiaoer.app.figures import Figures, calendar_of, formulas_of
from xiaoer.flows.roll_up.roll_up import Understands
from xiaoer.flows.show_insights.page import Page
from xiaoer.flows.show_insights.pages import show_page
from xiaoer.flows.show_insights.view import View
from xiaoer.infra.clickhouse import Columns, Run
from xiaoer.infra.db import Database
from xiaoer.infra.job_runner import Jobs
from xiaoer.infra.jobs import Job
from xiaoer.kernel.clock import SHOP_ZONE, Clock
from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights import look_up
from xiaoer.slices.insights.columns import TABLES
from xiaoer.slices.insights.rules.days import from_date
from xiaoer.slices.knowledge.api import Knowledge

T = TypeVar("T")
_log = structlog.get_logger(__name__)
_ROLL_EVERY = timedelta(minutes=5)  # pages bring the figures up to date themselves, so this only keeps the rest small
_WATCH_EVERY = timedelta(hours=1)
_STREAM_EVERY = timedelta(minutes=1)
_AFTER_THE_HOUR = timedelta(minutes=2)
_FRESH_S = 4.0  # figures that were brought up to date so lately are shown as they are
_PATIENCE_S = 0.25  # a page waits at most this long for newer figures
_MOST_DAYS = 731
_DATE = len("2026-06-18")  # longer ones carry a time of day


class Choice(Struct, frozen=True):
    """What a page is about. Days are the shop's, both ends included; empty dates mean the last seven days."""

    first: str = ""
    last: str = ""
    channel: str = ""
    product: str = ""
    agent: str = ""
    compare: str = "before"


class KnownAnswers:
    """What the shop's own knowledge says, for proposals."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    async def ready(self, shop: ShopId) -> None:
        """Have the shop's knowledge in memory."""
        await self._knowledge.ensure_loaded(shop)

    def find(self, shop: ShopId, question: str, product_id: str, now: datetime) -> tuple[str, str] | None:
        """The shop's own answer to a question, when it has one."""
        if shop not in self._knowledge.loaded():
            return None
        result = self._knowledge.search(shop, question, now=now, product_id=product_id, top_k=3)
        fitting = [hit for hit in result.hits if hit.product_id in ("", product_id)]
        return (fitting[0].question, fitting[0].answer) if result.answerable and fitting else None


class Insights:
    """Figures, pages and watches of every shop."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        understanding: Understands,
        knowledge: Knowledge,
        home: Path,
        jobs: Jobs,
        beside: Beside | None = None,
        clickhouse: Run | None = None,
        pages_from_clickhouse: bool = False,
    ) -> None:
        self._db = db
        self._clock = clock
        self.answers = KnownAnswers(knowledge)
        self._calendar = calendar_of(home)
        profile = formulas_of(home), self._calendar
        self._figures = Figures(db, clock, understanding, self.answers, *profile, clickhouse)
        self._pages_run = clickhouse if pages_from_clickhouse else None
        self.formulas, self.intents = self._figures.formulas, self._figures.intents
        self.roll_up, self.watch = self._figures.roll_up, self._figures.watch
        self._beside = beside
        self._rolled_at: dict[ShopId, float] = {}
        self._rolling: dict[ShopId, asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        jobs.every("insight.roll_up", _ROLL_EVERY, self._roll)
        jobs.every("insight.watch", _WATCH_EVERY, self._watch, offset=_AFTER_THE_HOUR)
        if clickhouse is not None:
            jobs.every("insight.stream", _STREAM_EVERY, self._stream)
        jobs.handle("insight.alarm", self._alarm)

    async def _roll(self, job: Job) -> None:
        async with self._lock(job.shop):
            await self._have_done("roll_up", job.shop)

    async def _stream(self, job: Job) -> None:
        await self._have_done("stream", job.shop)

    async def _watch(self, job: Job) -> None:
        await self._roll(job)
        found = await self.look_for_spikes(job.shop)
        if found:
            _log.info("insight_alerts", shop=job.shop, count=len(found))

    async def look_for_spikes(self, shop: ShopId) -> list[str]:
        """Look at the hours that have just ended; return the ids of new alerts."""
        found: list[str] = await self._have_done("watch", shop)
        return found

    async def _have_done(self, what: str, shop: ShopId, within_s: float | None = None) -> Any:
        if self._beside is not None:
            return await self._beside.ask(what, shop, within_s)
        return await self._figures.do(what, shop, within_s)

    async def close(self) -> None:
        """Leave what is under way to the next start, and end the process beside this one."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._beside is not None:
            await self._beside.close()

    async def _alarm(self, job: Job) -> None:
        data = job.payload
        await self.watch.risks(
            job.shop, str(data["conversation_id"]), float(data["anger"]), bool(data.get("complaint"))
        )

    def _lock(self, shop: ShopId) -> asyncio.Lock:
        return self._rolling.setdefault(shop, asyncio.Lock())

    async def fresh(self, shop: ShopId, patience_s: float = _PATIENCE_S) -> None:
        """Bring the figures up to date if that takes no long time; what takes longer goes on behind the page."""
        lock = self._lock(shop)
        if lock.locked() or time.monotonic() - self._rolled_at.get(shop, float("-inf")) < _FRESH_S:
            return
        task = asyncio.create_task(self._freshen(shop, lock, patience_s))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        done, _ = await asyncio.wait({task}, timeout=patience_s + _PATIENCE_S)
        for finished in done:
            finished.result()

    async def up_to_date(self, shop: ShopId, patience_s: float | None = None) -> None:
        """Wait until everything is counted, at most so long (None: however long it takes)."""
        task = asyncio.create_task(self._finish(shop))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        done, _ = await asyncio.wait({task}, timeout=patience_s)
        for finished in done:
            finished.result()

    async def _finish(self, shop: ShopId) -> None:
        async with self._lock(shop):
            await self._have_done("roll_up", shop)

    async def _freshen(self, shop: ShopId, lock: asyncio.Lock, patience_s: float) -> None:
        async with lock:
            try:
                await self._have_done("roll_up", shop, patience_s)
                if await self.waiting(shop):
                    await self._have_done("roll_up", shop)
            except BesideFailed as error:  # the figures are shown as they are; the regular job tries again
                _log.warning("figures_not_fresh", shop=shop, reason=str(error))
            self._rolled_at[shop] = time.monotonic()

    async def waiting(self, shop: ShopId) -> int:
        """Conversations that are not in the figures yet, after an import or an upgrade."""
        return await self._db.read(lambda c: look_up.count_waiting(c, shop, "talk"))

    async def look(self, shop: ShopId, choice: Choice, show: Callable[[View], T]) -> T:
        """Show something of a shop.

        Raises:
            InvalidBody: the dates are none, or the wrong way round.
        """
        days = self._days(choice)
        length = days[1] - days[0] + 1
        back = {"before": length, "week": 7, "year": 364}.get(choice.compare)
        if back is None:
            raise InvalidBody(f"`compare` is before, week or year, not “{choice.compare[:30]}”.")

        run, now = self._pages_run, self._clock.now()

        def query(connection: Connection) -> T:
            view = View(
                cast("Connection", Columns(connection, run, TABLES)) if run else connection,
                shop,
                days,
                (days[0] - back, days[1] - back),
                self.intents,
                self.formulas,
                choice.channel,
                choice.product,
                choice.agent,
                now,
                self._calendar,
            )
            return show(view)

        await self.fresh(shop)
        return await self._db.read_long(query)

    async def page(self, shop: ShopId, name: str, choice: Choice) -> Page:
        """One of the pages by name."""

        page = await self.look(shop, choice, lambda view: show_page(view, name))
        return structs.replace(page, waiting=await self.waiting(shop))

    def _days(self, choice: Choice) -> tuple[int, int]:
        today = self._clock.now().astimezone(SHOP_ZONE).date()
        last = date_of(choice.last) if choice.last else today
        first = date_of(choice.first) if choice.first else last - timedelta(days=6)
        if first > last:
            raise InvalidBody(f"`from` {first} is after `to` {last}.")
        if (last - first).days >= _MOST_DAYS:
            raise InvalidBody("At most two years can be looked at in one page.")
        return from_date(first), from_date(last)


def _day_of(at: datetime) -> date:
    """The shop's day of a moment; one without a zone is the shop's time."""
    return at.astimezone(SHOP_ZONE).date() if at.tzinfo else at.date()


def date_of(text: str) -> date:
    """The shop's day that a text names.

    Raises:
        InvalidBody: it is no date, or one of another age.
    """
    try:
        found = date.fromisoformat(text) if len(text) <= _DATE else _day_of(datetime.fromisoformat(text))
    except ValueError:
        raise InvalidBody(f"“{text[:30]}” is no date. Write it like 2026-06-18.") from None
    if not date(1990, 1, 1) <= found <= date(2200, 1, 1):
        raise InvalidBody(f"{found} is out of range. Use a year between 1990 and 2200.")
    return found
