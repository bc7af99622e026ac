"""The runner of jobs (任务执行): claims what is due with a lease, runs it, tries again, gives up at last.

One runner per process; what they share is only the table. `infra/jobs.py` has the theory.
"""

import asyncio
import time
import zlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from msgspec import structs
from sqlalchemy import Connection, Update, delete, update

from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.infra.jobs import Job, JobLost, due, enqueue, jobs, mine
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.ids import ShopId

_log = structlog.get_logger(__name__)
_LEASE = timedelta(seconds=60)  # renewed while the handler runs; a dead worker's jobs are taken after this
_RENEW_S = 15.0
_ORDER_S = 20.0  # how often regular jobs are ordered: the same order twice changes nothing
_PRUNE_S = 3600.0
_POLL_S = 0.5  # how long a due job waits at most before a free worker sees it
_CLAIM = 16  # jobs that one process runs side by side
_TRIES = 6
_FIRST_PAUSE_S = 5.0  # before the second try; doubles each time, plus up to half by the job's id
_KEEP = timedelta(days=30)  # how long finished jobs keep their id from being ordered again

Handler = Callable[[Job], Awaitable[None]]


class Jobs:
    """Runs due jobs in this process. Handlers are given at start, one per kind."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._handlers: dict[str, Handler] = {}
        self._regular: dict[str, tuple[timedelta, timedelta]] = {}
        self._running: set[asyncio.Task[None]] = set()

    def handle(self, kind: str, handler: Handler) -> None:
        """Say who does jobs of this kind."""
        self._handlers[kind] = handler

    def every(self, kind: str, period: timedelta, handler: Handler, *, offset: timedelta = timedelta()) -> None:
        """Run a job of `kind` for every shop once a period, `offset` after each full period since 1970 UTC.

        Missed periods are not made up for: the newest one that was missed runs once.
        """
        self.handle(kind, handler)
        self._regular[kind] = (period, offset)

    async def work(self, shops: Callable[[], Awaitable[Sequence[ShopId]]]) -> None:
        """Order regular jobs, run what is due, for ever."""
        regular_at = prune_at = 0.0
        try:
            while True:
                now_s, started = time.monotonic(), 0
                try:
                    if now_s >= regular_at:
                        await self.order_regular(await shops())
                        regular_at = now_s + _ORDER_S
                    if now_s >= prune_at:
                        await self._prune(await shops())
                        prune_at = now_s + _PRUNE_S
                    started = await self._start_due()
                except Exception:  # the database was busy or away: the rows are still there
                    _log.exception("job_round_failed")
                if len(self._running) >= _CLAIM:  # more may be due: go on as soon as there is room
                    await asyncio.wait(self._running, timeout=_POLL_S, return_when=asyncio.FIRST_COMPLETED)
                await asyncio.sleep(0 if started else _POLL_S)
        finally:  # what is under way is taken up again when its lease is over
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    async def stop(self) -> None:
        """Leave what runs to the next start: its lease ends, and it is run again."""
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def run_due(self) -> int:
        """Run all that is due now and wait for it; for commands, simulations and tests. Return how many ran."""
        total = 0
        while started := await self._start_due():
            await asyncio.gather(*self._running, return_exceptions=True)
            total += started
        return total

    async def order_regular(self, shops: Sequence[ShopId], kinds: tuple[str, ...] = ("",)) -> None:
        """Order the regular jobs of the running period, once each; only those whose kind begins so."""
        if not self._regular or not shops:
            return
        now = self._clock.now()
        epoch = datetime.fromtimestamp(0, tz=now.tzinfo)

        def change(connection: Connection) -> None:
            for kind, (period, offset) in self._regular.items():
                if not kind.startswith(kinds):
                    continue
                slot = (now - epoch - offset) // period
                due = epoch + offset + slot * period
                for shop in shops:
                    enqueue(connection, shop, kind, {"slot": slot}, at=due, id_=f"{kind}:{slot}")

        await self._db.write(change)

    async def _start_due(self) -> int:
        room = _CLAIM - len(self._running)
        if room <= 0 or not self._handlers:
            return 0
        now = self._clock.now()
        if not await self._db.read(lambda c: due(c, now, list(self._handlers), 1)):
            return 0
        lease = new_id()

        def claim(connection: Connection) -> list[Job]:
            found = due(connection, now, list(self._handlers), room)
            for job in found:
                connection.execute(
                    update(jobs)
                    .where(jobs.c.shop == job.shop, jobs.c.id == job.id)
                    .values(state="running", lease=lease, lease_until=now + _LEASE, tries=job.tries + 1)
                )
            return [structs.replace(job, lease=lease, tries=job.tries + 1) for job in found]

        claimed: list[Job] = await self._db.write(claim)
        for job in claimed:
            task = asyncio.create_task(self._do(job))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return len(claimed)

    async def _do(self, job: Job) -> None:
        renewal = asyncio.create_task(self._renew(job))
        try:
            await self._handlers[job.kind](job)
            await self._end(job, state="done")
        except JobLost:
            _log.info("job_lost", kind=job.kind, job=job.id)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            _log.exception("job_failed", kind=job.kind, job=job.id, tries=job.tries)
            await self._again(job, f"{type(error).__name__}: {error}"[:500])
        finally:
            renewal.cancel()

    async def _renew(self, job: Job) -> None:
        while True:
            await asyncio.sleep(_RENEW_S)
            longer = update(jobs).where(*mine(job)).values(lease_until=self._clock.now() + _LEASE)
            await self._db.write(partial(_execute, longer))

    async def _again(self, job: Job, error: str) -> None:
        if job.tries >= _TRIES:
            await self._end(job, state="failed", error=error)
            return
        pause = _FIRST_PAUSE_S * 2 ** (job.tries - 1)
        pause *= 1 + zlib.crc32(job.id.encode()) % 100 / 200
        at = self._clock.now() + timedelta(seconds=pause)
        values = {"state": "waiting", "lease": "", "error": error, "due_at": at}
        await self._db.write(partial(_execute, update(jobs).where(*mine(job)).values(**values)))

    async def _end(self, job: Job, **values: object) -> None:
        values |= {"lease": "", "ended_at": self._clock.now()}
        await self._db.write(partial(_execute, update(jobs).where(*mine(job)).values(**values)))

    async def _prune(self, shops: Sequence[ShopId]) -> None:
        before = self._clock.now() - _KEEP

        def change(connection: Connection) -> None:
            for shop in shops:
                old = (jobs.c.shop == shop, jobs.c.state.in_(("done", "cancelled", "failed")), jobs.c.due_at < before)
                connection.execute(delete(jobs).where(*old))

        await self._db.write(change)


def _execute(statement: Update, connection: Connection) -> None:
    connection.execute(statement)
