"""Insight in this process (洞察): the roll-up and its watches as jobs, and the pages made from what they keep."""

import asyncio
import time
import tomllib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import structlog
from msgspec import Struct
from sqlalchemy import Connection

from xiaoer.flows.roll_up.roll_up import RollUp, Understands
from xiaoer.flows.show_insights.page import Page
from xiaoer.flows.show_insights.pages import PAGES
from xiaoer.flows.show_insights.view import View
from xiaoer.flows.watch_insights import WatchInsights
from xiaoer.infra.db import Database
from xiaoer.infra.job_runner import Jobs
from xiaoer.infra.jobs import Job
from xiaoer.kernel.clock import SHOP_ZONE, Clock
from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights.rules.days import from_date
from xiaoer.slices.insights.rules.formulas import load_formulas
from xiaoer.slices.insights.types import Formula
from xiaoer.slices.knowledge.api import Knowledge

T = TypeVar("T")
_log = structlog.get_logger(__name__)
_ROLL_EVERY = timedelta(minutes=5)  # pages bring the figures up to date themselves, so this only keeps the rest small
_WATCH_EVERY = timedelta(hours=1)
_AFTER_THE_HOUR = timedelta(minutes=2)
_FRESH_S = 4.0  # figures that were brought up to date so lately are shown as they are
_PATIENCE_S = 0.25  # a page waits at most this long for newer figures
_MOST_DAYS = 731


class Choice(Struct, frozen=True):
    """What a page is about. Days are the shop's, both ends included; empty dates mean the last seven days."""

    first: str = ""
    last: str = ""
    channel: str = ""
    product: str = ""
    agent: str = ""
    compare: str = "before"


class Insights:
    """Figures, pages and watches of every shop."""

    def __init__(
        self, db: Database, clock: Clock, understanding: Understands, knowledge: Knowledge, pack: Path, jobs: Jobs
    ) -> None:
        self._db = db
        self._clock = clock
        self.formulas: tuple[Formula, ...] = load_formulas((pack / "metrics.toml").read_text(encoding="utf-8"))
        self.intents = _titles(pack)
        self.roll_up = RollUp(db, clock, understanding, self.formulas)
        self.watch = WatchInsights(db, clock, self.intents, self._find)
        self._knowledge = knowledge
        self._rolled_at: dict[ShopId, float] = {}
        self._rolling: dict[ShopId, asyncio.Lock] = {}
        jobs.every("insight.roll_up", _ROLL_EVERY, self._roll)
        jobs.every("insight.watch", _WATCH_EVERY, self._watch, offset=_AFTER_THE_HOUR)
        jobs.handle("insight.alarm", self._alarm)

    async def _roll(self, job: Job) -> None:
        async with self._lock(job.shop):
            await self.roll_up(job.shop)

    async def _watch(self, job: Job) -> None:
        await self._roll(job)
        await self._knowledge.ensure_loaded(job.shop)
        found = await self.watch.find_spikes(job.shop)
        if found:
            _log.info("insight_alerts", shop=job.shop, count=len(found))

    async def _alarm(self, job: Job) -> None:
        data = job.payload
        await self.watch.risks(
            job.shop, str(data["conversation_id"]), float(data["anger"]), bool(data.get("complaint"))
        )

    def _find(self, shop: ShopId, question: str, product_id: str, now: datetime) -> tuple[str, str] | None:
        """The shop's own answer to a question, when it has one."""
        if shop not in self._knowledge.loaded():
            return None
        result = self._knowledge.search(shop, question, now=now, product_id=product_id, top_k=3)
        fitting = [hit for hit in result.hits if hit.product_id in ("", product_id)]
        return (fitting[0].question, fitting[0].answer) if result.answerable and fitting else None

    def _lock(self, shop: ShopId) -> asyncio.Lock:
        return self._rolling.setdefault(shop, asyncio.Lock())

    async def fresh(self, shop: ShopId, patience_s: float = _PATIENCE_S) -> None:
        """Bring the figures up to date if that takes no long time."""
        lock = self._lock(shop)
        if lock.locked() or time.monotonic() - self._rolled_at.get(shop, float("-inf")) < _FRESH_S:
            return
        async with lock:
            await self.roll_up(shop, patience_s)
            self._rolled_at[shop] = time.monotonic()

    async def look(self, shop: ShopId, choice: Choice, show: Callable[[View], T]) -> T:
        """Show something of a shop.

        Raises:
            InvalidBody: the dates are none, or the wrong way round.
        """
        days = self._days(choice)
        length = days[1] - days[0] + 1
        back = {"week": 7, "year": 364}.get(choice.compare, length)

        def query(connection: Connection) -> T:
            view = View(
                connection,
                shop,
                days,
                (days[0] - back, days[1] - back),
                self.intents,
                self.formulas,
                choice.channel,
                choice.product,
                choice.agent,
            )
            return show(view)

        await self.fresh(shop)
        return await self._db.read(query)

    async def page(self, shop: ShopId, name: str, choice: Choice) -> Page:
        """One of the pages by name."""
        return await self.look(shop, choice, PAGES[name])

    def _days(self, choice: Choice) -> tuple[int, int]:
        today = self._clock.now().astimezone(SHOP_ZONE).date()
        last = _date(choice.last) if choice.last else today
        first = _date(choice.first) if choice.first else last - timedelta(days=6)
        if first > last:
            raise InvalidBody(f"`from` {first} is after `to` {last}.")
        if (last - first).days >= _MOST_DAYS:
            raise InvalidBody("At most two years can be looked at in one page.")
        return from_date(first), from_date(last)


def _date(text: str) -> date:
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        raise InvalidBody(f"“{text[:30]}” is no date. Write it like 2026-06-18.") from None
    if not date(1990, 1, 1) <= found <= date(2200, 1, 1):
        raise InvalidBody(f"{found} is out of range. Use a year between 1990 and 2200.")
    return found


def _titles(pack: Path) -> dict[str, str]:
    groups = tomllib.loads((pack / "intents.toml").read_text(encoding="utf-8"))
    return {f"{group}.{name}": str(row["title"]) for group, rows in groups.items() for name, row in rows.items()}
