"""Live events: short hints that something changed, to every part of the product that watches.

A hint carries ids only and is delivered at most once; whoever gets one reads the database again, and
whoever missed one finds the change at the next read. So publishing never blocks, never fails and never
holds back a commit. Within one process hints go straight to the subscribers. A *relay* takes them to other
processes: a polled table for several workers on one host, Redis or Valkey for several machines.

Publish after the commit, never inside it, else a reader may look too early.
"""

import asyncio
import contextlib
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Protocol

import structlog
from msgspec import Struct, field
from sqlalchemy import BigInteger, Column, Connection, String, Table, bindparam, delete, func, insert, select

from xiaoer.infra.clock import SystemClock
from xiaoer.infra.db import Database, Instant, Json, metadata
from xiaoer.infra.idgen import new_id
from xiaoer.infra.statement import Statement

_log = structlog.get_logger()
_BACKLOG = 1_000  # hints that a slow subscriber may leave unread before the oldest are dropped
_POLL_S = 0.025  # how often the table is read while somebody watches
_LOOK_BACK_US = 2_000_000  # how much later than its neighbours a row may become visible
_KEEP_US = 60_000_000  # far longer than any poll
_PRUNE_EVERY_S = 30.0

bus_events = Table(
    "bus_events",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("seq", BigInteger, nullable=False, index=True),
    Column("topic", String(400), nullable=False),
    Column("payload", Json, nullable=False),
    Column("origin", String(32), nullable=False),
    Column("at", Instant, nullable=False),
)


_ADD = Statement(insert(bus_events))
_NEWEST = Statement(select(func.max(bus_events.c.seq)))
_SINCE = Statement(select(bus_events).where(bus_events.c.seq > bindparam("since")).order_by(bus_events.c.seq))


class Hint(Struct, frozen=True):
    """One event: `topic` is a dotted path such as `conversation.default.01J…`, `payload` holds ids."""

    topic: str
    payload: dict[str, Any] = field(default_factory=dict)


Deliver = Callable[[Hint], None]


class Relay(Protocol):
    """Carries hints between processes. A relay that breaks logs it, drops hints and recovers by itself."""

    async def listen(self, origin: str, deliver: Deliver) -> None:
        """Start to hand over what other processes publish from now on."""
        ...

    async def silence(self) -> None:
        """Stop listening; publishing goes on."""
        ...

    async def send(self, origin: str, hints: Sequence[Hint]) -> None:
        """Take these hints to the other processes."""
        ...

    async def close(self) -> None: ...


class Subscription:
    """Hints with one topic prefix: `async with bus.subscribe("order.") as hints: async for hint in hints: …`"""

    def __init__(self, bus: "Bus", prefix: str) -> None:
        self._bus = bus
        self._prefix = prefix
        self._queue: asyncio.Queue[Hint] = asyncio.Queue(_BACKLOG)

    def offer(self, hint: Hint) -> None:
        """Queue a hint; when the reader is far behind, its oldest one is dropped."""
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(hint)

    async def __aenter__(self) -> "Subscription":
        await self._bus.attach(self._prefix, self.offer)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._bus.detach(self._prefix, self.offer)

    def __aiter__(self) -> "Subscription":
        return self

    async def __anext__(self) -> Hint:
        return await self._queue.get()


class Bus:
    """The process's bus. Create it inside the running event loop, close it at the end."""

    def __init__(self, relay: Relay | None = None) -> None:
        self._relay = relay
        self._origin = new_id()
        self._watchers: dict[str, list[Deliver]] = defaultdict(list)
        self._lengths: Counter[int] = Counter()
        self._outgoing: list[Hint] = []
        self._sending: asyncio.Task[None] | None = None
        self._attaching = asyncio.Lock()

    def publish(self, topic: str, payload: dict[str, Any]) -> None:
        """Tell everybody who watches a prefix of `topic`; returns at once. `payload["shop"]` names the shop, if any."""
        hint = Hint(topic, payload)
        self._deliver(hint)
        if self._relay is not None:
            self._outgoing.append(hint)
            if self._sending is None or self._sending.done():
                self._sending = asyncio.create_task(self._send())

    def subscribe(self, prefix: str) -> Subscription:
        """Watch every topic that starts with `prefix`; the watch begins when the `async with` block does."""
        return Subscription(self, prefix)

    async def attach(self, prefix: str, deliver: Deliver) -> None:
        """Call `deliver` with every hint under `prefix`, on the event loop; it must not block."""
        async with self._attaching:
            if self._relay is not None and not self._lengths:
                await self._relay.listen(self._origin, self._deliver)
            self._watchers[prefix].append(deliver)
            self._lengths[len(prefix)] += 1

    async def detach(self, prefix: str, deliver: Deliver) -> None:
        """End what `attach` began."""
        async with self._attaching:
            self._watchers[prefix].remove(deliver)
            if not self._watchers[prefix]:
                del self._watchers[prefix]
            self._lengths -= Counter((len(prefix),))
            if self._relay is not None and not self._lengths:
                await self._relay.silence()

    async def flush(self) -> None:
        """Wait until everything published so far is with the relay."""
        if self._sending is not None:
            await self._sending

    async def close(self) -> None:
        """Send what is still queued and stop."""
        await self.flush()
        if self._relay is not None:
            await self._relay.silence()
            await self._relay.close()

    def _deliver(self, hint: Hint) -> None:
        for length in tuple(self._lengths):
            if length <= len(hint.topic):
                for deliver in tuple(self._watchers.get(hint.topic[:length], ())):
                    deliver(hint)

    async def _send(self) -> None:
        assert self._relay is not None
        while self._outgoing:
            batch, self._outgoing = self._outgoing, []
            try:
                await self._relay.send(self._origin, batch)
            except Exception as error:
                _log.warning("bus_hints_lost", count=len(batch), error=str(error))


class DatabaseRelay:
    """Several workers on one host: a table that is read every 25 ms while this process has subscribers.

    `seq` is the clock in microseconds as of the write, larger than that of every row that the writer sees. SQLite has
    one writer at a time, so rows become visible in that order and each is read once. On PostgreSQL they may come a
    little out of it: each read looks back some seconds and skips what it has handed over already.
    """

    def __init__(self, db: Database, poll_s: float = _POLL_S) -> None:
        self._db = db
        self._poll_s = poll_s
        self._polling: asyncio.Task[None] | None = None
        self._look_back_us = 0 if db.is_sqlite else _LOOK_BACK_US
        self._seen: set[str] = set()
        self._newest = 0
        self._prune_at = 0.0

    async def listen(self, origin: str, deliver: Deliver) -> None:
        """Start to read the table."""
        self._newest = _now_us() - _LOOK_BACK_US
        await self._unread()
        self._polling = asyncio.create_task(self._poll(origin, deliver))

    async def silence(self) -> None:
        """Stop reading it."""
        if self._polling is not None:
            self._polling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._polling
            self._polling = None

    async def send(self, origin: str, hints: Sequence[Hint]) -> None:
        """Write rows, and now and then remove old ones."""
        now, ids = SystemClock().now(), [new_id() for _ in hints]
        prune = time.monotonic() > self._prune_at

        def change(connection: Connection) -> None:
            seq = max(_NEWEST.scalar(connection, {}) or 0, _now_us())
            rows = [
                {
                    "shop": str(hint.payload.get("shop", "")),
                    "id": id_,
                    "seq": seq + place,
                    "topic": hint.topic,
                    "payload": hint.payload,
                    "origin": origin,
                    "at": now,
                }
                for place, (id_, hint) in enumerate(zip(ids, hints, strict=True), 1)
            ]
            _ADD.run_many(connection, rows)  # not with the neighbours' rows at the end: the next hint must see them
            if prune:
                connection.execute(delete(bus_events).where(bus_events.c.seq < _now_us() - _KEEP_US))

        if prune:
            self._prune_at = time.monotonic() + _PRUNE_EVERY_S
        await self._db.write(change)

    async def close(self) -> None:
        """The database belongs to somebody else."""

    async def _poll(self, origin: str, deliver: Deliver) -> None:
        while True:
            await asyncio.sleep(self._poll_s)
            try:
                fresh = await self._unread()
            except Exception as error:
                _log.warning("bus_poll_failed", error=str(error))
                continue
            for row in fresh:
                if row.origin != origin:
                    deliver(Hint(row.topic, row.payload))

    async def _unread(self) -> list[Any]:
        """The rows that were not read yet, in order."""
        since = self._newest - self._look_back_us
        rows = await self._db.read(lambda connection: _SINCE.all(connection, {"since": since}))
        fresh = [row for row in rows if row.id not in self._seen]
        if rows:
            self._newest = max(self._newest, rows[-1].seq)
        self._seen = {row.id for row in rows} if self._look_back_us else set()
        return fresh


def _now_us() -> int:
    return time.time_ns() // 1_000
