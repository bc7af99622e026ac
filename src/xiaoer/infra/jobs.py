"""Durable jobs and timers (定时任务): work that must happen later, exactly as often as it was ordered.

A job is a row of the product's own database, so it is ordered in the same transaction as the fact that causes
it (`enqueue(connection, …)` inside a change) and survives `kill -9` like any message. One runner per process
claims what is due with a lease; a process that dies loses its lease and another process runs the job again.
So a handler runs *at least* once. Its effect happens *exactly* once when the handler writes it in one change
together with `finish(connection, shop, job)`, which refuses when the lease was lost or the job was cancelled
meanwhile:

    async def remind(job: Job) -> None:
        def change(connection: Connection) -> None:
            finish(connection, job.shop, job)      # raises JobLost: nothing of this change is kept
            conversations.append(...)
        await db.write(change)

A handler that never calls `finish` is finished by the runner (`infra/job_runner.py`) after it returned; what
raises is tried again with growing pauses and at last kept as `failed`. Jobs that come late after a downtime are
the handler's business: `job.late_by(now)` tells how late. See docs/adr/0005-own-jobs-table.md.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, field
from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    Text,
    func,
    select,
    update,
)

from xiaoer.infra.db import Instant, Json, metadata
from xiaoer.infra.idgen import new_id
from xiaoer.infra.upsert import insert_new
from xiaoer.kernel.errors import XiaoerError
from xiaoer.kernel.ids import ShopId

jobs = Table(
    "jobs",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("subject", String(200), nullable=False, server_default=""),
    Column("payload", Json, nullable=False),
    Column("state", String(16), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("lease", String(32), nullable=False, server_default=""),
    Column("lease_until", Instant),
    Column("ended_at", Instant),
    Column("error", Text, nullable=False, server_default=""),
    Index("ix_jobs_due", "state", "due_at"),
    Index("ix_jobs_subject", "shop", "subject", "state"),
)


class Job(Struct, frozen=True):
    """One ordered piece of work. `subject` groups jobs that end together (`order:123`); `tries` counts from 1."""

    shop: ShopId
    id: str
    kind: str
    due_at: datetime
    payload: dict[str, Any] = field(default_factory=dict)
    subject: str = ""
    state: str = "waiting"
    tries: int = 0
    lease: str = ""
    error: str = ""

    def late_by(self, now: datetime) -> timedelta:
        """How long after its time the job runs; never negative."""
        return max(timedelta(), now - self.due_at)


class JobLost(XiaoerError):
    """The job was cancelled, or another process took it over: nothing may be done for it any more."""

    code = "job_lost"
    status = 409


def enqueue(
    connection: Connection,
    shop: ShopId,
    kind: str,
    payload: dict[str, Any],
    *,
    at: datetime,
    id_: str = "",
    subject: str = "",
) -> bool:
    """Order a job for `at`. With an `id_` that was ordered before nothing happens and False is returned."""
    row = {
        "shop": shop,
        "id": id_ or new_id(),
        "kind": kind,
        "subject": subject,
        "payload": payload,
        "state": "waiting",
        "due_at": at,
    }
    return insert_new(connection, jobs, row)


def cancel(connection: Connection, shop: ShopId, *, id_: str = "", subject: str = "", kind: str = "") -> int:
    """Take back what waits or runs: one job by id, or all of a subject (of one kind). Return how many."""
    if not id_ and not subject:
        raise ValueError("Name the job or its subject.")
    chosen = [jobs.c.shop == shop, jobs.c.state.in_(("waiting", "running"))]
    chosen += [jobs.c.id == id_] if id_ else [jobs.c.subject == subject]
    chosen += [jobs.c.kind == kind] if kind else []
    return connection.execute(update(jobs).where(*chosen).values(state="cancelled", lease="")).rowcount


def cancel_prefix(connection: Connection, shop: ShopId, kind: str, prefix: str, subject: str) -> int:
    """Take back what waits or runs of one kind and subject, if its id begins so. Return how many."""
    chosen = (jobs.c.shop == shop, jobs.c.subject == subject, jobs.c.state.in_(("waiting", "running")))
    mine = (*chosen, jobs.c.kind == kind, jobs.c.id.startswith(prefix, autoescape=True))
    return connection.execute(update(jobs).where(*mine).values(state="cancelled", lease="")).rowcount


def finish(connection: Connection, shop: ShopId, job: Job, now: datetime | None = None) -> None:
    """End `job` in the transaction of its effect.

    Raises:
        JobLost: it was cancelled or taken over; the change must not be kept.
    """
    mine = (jobs.c.shop == shop, jobs.c.id == job.id, jobs.c.state == "running", jobs.c.lease == job.lease)
    ended = connection.execute(update(jobs).where(*mine).values(state="done", lease="", ended_at=now or job.due_at))
    if ended.rowcount != 1:
        raise JobLost(f"Job {job.id} was cancelled or taken over by another process; its effect is not kept.")


def status(connection: Connection, shop: ShopId, id_: str) -> Job | None:
    """The job as it stands, or None."""
    row = connection.execute(select(jobs).where(jobs.c.shop == shop, jobs.c.id == id_)).one_or_none()
    return as_job(row) if row else None


def waiting(connection: Connection, shop: ShopId, *, kind: str = "", subject: str = "", limit: int = 200) -> list[Job]:
    """Jobs that wait, the next one first."""
    query = select(jobs).where(jobs.c.shop == shop, jobs.c.state == "waiting")
    query = query.where(jobs.c.kind == kind) if kind else query
    query = query.where(jobs.c.subject == subject) if subject else query
    return [as_job(row) for row in connection.execute(query.order_by(jobs.c.due_at, jobs.c.id).limit(limit))]


def count(connection: Connection, shop: ShopId, kind: str) -> dict[str, int]:
    """How many jobs of a kind are in each state."""
    query = select(jobs.c.state, func.count()).where(jobs.c.shop == shop, jobs.c.kind == kind).group_by(jobs.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}


def as_job(row: Any) -> Job:
    """A row of the table as a job."""
    return Job(**{name: getattr(row, name) for name in Job.__struct_fields__})


def mine(job: Job) -> tuple[Any, ...]:
    return (jobs.c.shop == job.shop, jobs.c.id == job.id, jobs.c.state == "running", jobs.c.lease == job.lease)


def due(connection: Connection, now: datetime, kinds: Sequence[str], limit: int) -> list[Job]:
    """What is due and free, or was left by a process that died; over all shops, oldest first."""
    found: list[Job] = []
    # Asked apart, each walks its part of the index in order and stops at `limit`; together all that is due is sorted.
    for free in (
        (jobs.c.state == "waiting", jobs.c.due_at <= now),
        (jobs.c.state == "running", jobs.c.lease_until < now),
    ):
        query = select(jobs).where(*free, jobs.c.kind.in_(kinds)).order_by(jobs.c.due_at).limit(limit)
        found += [as_job(row) for row in connection.execute(query)]
    return sorted(found, key=lambda job: job.due_at)[:limit]
