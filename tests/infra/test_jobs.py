"""Jobs run when they are due, survive a dead worker, and have their effect once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, func, insert, select

from xiaoer.infra import jobs
from xiaoer.infra.clock import ManualClock
from xiaoer.infra.db import Database
from xiaoer.infra.job_runner import Jobs
from xiaoer.infra.jobs import Job, JobLost
from xiaoer.kernel.ids import ShopId

_METADATA = MetaData()
_SENT = Table("sent", _METADATA, Column("n", Integer, primary_key=True), Column("job", String(200)))


@pytest.fixture
async def db(new_url: Callable[[], str]) -> AsyncIterator[Database]:
    database = Database(new_url())
    with database.transaction() as connection:
        jobs.jobs.create(connection)
        _METADATA.create_all(connection)
    yield database
    await database.close()


def _order(db: Database, clock: ManualClock, shop: ShopId, id_: str, after_s: float = 0, subject: str = "") -> object:
    at = clock.now() + timedelta(seconds=after_s)
    return db.write(lambda c: jobs.enqueue(c, shop, "remind", {"n": 1}, at=at, id_=id_, subject=subject))


def _count(connection: Connection) -> int:
    return int(connection.scalar(select(func.count()).select_from(_SENT)) or 0)


def _runner(db: Database, clock: ManualClock) -> Jobs:
    runner = Jobs(db, clock)

    async def remind(job: Job) -> None:
        def change(connection: Connection) -> None:
            jobs.finish(connection, job.shop, job)
            connection.execute(insert(_SENT).values(job=job.id))

        await db.write(change)

    runner.handle("remind", remind)
    return runner


async def test_a_job_waits_for_its_time_and_runs_once(db: Database, clock: ManualClock, shop: ShopId) -> None:
    runner = _runner(db, clock)
    await _order(db, clock, shop, "a", after_s=60)
    assert await runner.run_due() == 0
    clock.advance(timedelta(seconds=61))
    assert await runner.run_due() == 1
    assert await runner.run_due() == 0
    assert await db.read(_count) == 1


async def test_the_same_id_is_ordered_once_per_shop(db: Database, clock: ManualClock, shop: ShopId) -> None:
    assert await _order(db, clock, shop, "a")
    assert not await _order(db, clock, shop, "a")
    assert await _order(db, clock, ShopId("other"), "a")


async def test_a_cancelled_subject_never_runs(db: Database, clock: ManualClock, shop: ShopId) -> None:
    runner = _runner(db, clock)
    for n in range(4):
        await _order(db, clock, shop, f"a{n}", after_s=5, subject="order:1")
    await _order(db, clock, shop, "b", after_s=5, subject="order:2")
    assert await db.write(lambda c: jobs.cancel(c, shop, subject="order:1")) == 4
    clock.advance(timedelta(seconds=6))
    assert await runner.run_due() == 1


async def test_what_a_dead_process_left_running_is_taken_over(db: Database, clock: ManualClock, shop: ShopId) -> None:
    dead = Jobs(db, clock)

    async def hang(_job: Job) -> None:
        await asyncio.Event().wait()

    dead.handle("remind", hang)
    await _order(db, clock, shop, "a")
    assert await dead._start_due() == 1
    runner = _runner(db, clock)
    assert await runner.run_due() == 0
    clock.advance(timedelta(seconds=61))
    assert await runner.run_due() == 1
    assert await db.read(_count) == 1
    for task in list(dead._running):
        task.cancel()


async def test_an_effect_is_not_kept_when_the_job_was_cancelled_meanwhile(
    db: Database, clock: ManualClock, shop: ShopId
) -> None:
    runner = Jobs(db, clock)
    lost: list[str] = []

    async def slow(job: Job) -> None:
        await db.write(lambda c: jobs.cancel(c, shop, id_=job.id))

        def change(connection: Connection) -> None:
            connection.execute(insert(_SENT).values(job=job.id))
            jobs.finish(connection, shop, job)

        try:
            await db.write(change)
        except JobLost:
            lost.append(job.id)
            raise

    runner.handle("remind", slow)
    await _order(db, clock, shop, "a")
    await runner.run_due()
    assert lost == ["a"]
    assert await db.read(_count) == 0


async def test_a_failing_job_is_tried_again_and_at_last_kept_as_failed(
    db: Database, clock: ManualClock, shop: ShopId
) -> None:
    runner = Jobs(db, clock)

    async def fail(_job: Job) -> None:
        raise RuntimeError("no network")

    runner.handle("remind", fail)
    await _order(db, clock, shop, "a")
    tries = 0
    for _ in range(20):
        tries += await runner.run_due()
        clock.advance(timedelta(minutes=10))
    job = await db.read(lambda c: jobs.status(c, shop, "a"))
    assert tries == 6
    assert job is not None
    assert (job.state, job.error) == ("failed", "RuntimeError: no network")


async def test_a_regular_job_runs_once_a_period_and_the_newest_missed_one_once(
    db: Database, clock: ManualClock, shop: ShopId
) -> None:
    runner = Jobs(db, clock)
    ran: list[str] = []

    async def roll_up(job: Job) -> None:
        ran.append(job.id)

    runner.every("roll_up", timedelta(hours=1), roll_up)
    for _ in range(3):
        await runner.order_regular([shop])
        await runner.run_due()
    assert len(ran) == 1
    clock.advance(timedelta(hours=5))
    await runner.order_regular([shop])
    await runner.run_due()
    assert len(ran) == 2


async def test_two_processes_share_the_work_without_doing_any_twice(
    db: Database, clock: ManualClock, shop: ShopId
) -> None:
    other = Database(db.url)
    for n in range(60):
        await _order(db, clock, shop, f"a{n}")
    ran = await asyncio.gather(_runner(db, clock).run_due(), _runner(other, clock).run_due())
    await other.close()
    assert sum(ran) == 60
    assert await db.read(_count) == 60
