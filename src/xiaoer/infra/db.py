"""The database: SQLite (WAL) by default, PostgreSQL by URL, one set of tables and one way to use them.

Stores are plain functions over a SQLAlchemy Core `Connection`. Reads run in a short transaction; writes
queue and are committed together by one writer per process (group commit): many messages, one commit, and
a caller is told only after that commit. On SQLite the statements run on the event loop, because a
statement takes microseconds and a second thread would only fight for the interpreter lock; the commit,
which waits for the disk, runs in a thread. On PostgreSQL both run in threads.
See docs/adr/0001-sync-core-group-commit.md.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec
from sqlalchemy import BigInteger, Connection, Dialect, MetaData, Text, create_engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.types import TypeDecorator

from xiaoer.infra.sqlite import BUSY_WAIT_S, sqlite_engine
from xiaoer.infra.statement import Statement
from xiaoer.kernel.money import Money

T = TypeVar("T")
Change = Callable[[Connection], Any]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_APPENDS = "appends"
_BATCH = 256  # most writes that share one commit
_CROWD = 4  # writes that queue together when buyers are many
_CALM_AFTER_S = 0.2
_TRIES = 12  # how often a change that met another worker's is run before its caller is told


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as microseconds since 1970 so that both databases sort and roll up alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Fen(TypeDecorator[Money]):
    """A `Money`, stored as whole fen."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Money | None, dialect: Dialect) -> int | None:
        return None if value is None else value.fen

    def process_result_value(self, value: int | None, dialect: Dialect) -> Money | None:
        return None if value is None else Money(value)


class Json(TypeDecorator[Any]):
    """Plain JSON data, or a msgspec struct on the way in, stored as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else msgspec.json.decode(value)


def append(connection: Connection, statement: Statement, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows of an append-only table; inside the group commit they join the other callers' rows.

    They are on disk with the rest of the transaction, but a later statement of the same transaction may not
    see them yet, so nothing that is read back within a change may be written this way.
    """
    waiting = connection.info.get(_APPENDS)
    if waiting is None:
        statement.run_many(connection, rows)
    else:
        waiting.setdefault(statement, []).extend(rows)


def _run(connection: Connection, changes: Sequence[Change]) -> list[Any]:
    """Run changes in one transaction, their appended rows last, one statement per table."""
    waiting: dict[Statement, list[dict[str, Any]]] = {}
    connection.info[_APPENDS] = waiting
    try:
        results = [change(connection) for change in changes]
        for statement, rows in waiting.items():
            statement.run_many(connection, rows)
    finally:
        connection.info.pop(_APPENDS, None)
    return results


class Database:
    """One open database. Create it inside the running event loop's process, close it at the end."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            self.writer_engine = sqlite_engine(url, writer=True)
            memory = ":memory:" in url or url == "sqlite://"
            self.reader_engine = self.writer_engine if memory else sqlite_engine(url, writer=False)
        else:
            # With this isolation a change that was decided on rows which another worker changed meanwhile fails
            # and is run again, so both databases behave as if writes came one after the other.
            self.writer_engine = create_engine(
                url.replace("postgresql://", "postgresql+psycopg://"), pool_size=8, isolation_level="REPEATABLE READ"
            )
            self.reader_engine = self.writer_engine
        self._reader: Connection | None = None
        self._snapshot: Any = None
        self._threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="db")
        self._commit_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="commit")
        self._busy_until = 0.0
        self._queue: list[tuple[Change, asyncio.Future[Any]]] = []
        self._draining: asyncio.Task[None] | None = None

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run `query` in a short read transaction and return its result."""
        if not self.is_sqlite:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self.read_now, query)
        if self._reader is None:  # one connection for all: checking one out each time costs more than the query
            if self.reader_engine is self.writer_engine:
                return self.read_now(query)
            self._reader = self.reader_engine.connect()
            self._snapshot = self._reader.connection.dbapi_connection
            self._reader.begin()
            self._snapshot.execute("ROLLBACK")
        self._snapshot.execute("BEGIN")
        try:
            return query(self._reader)
        finally:
            self._snapshot.execute("ROLLBACK")

    async def read_long(self, query: Callable[[Connection], T]) -> T:
        """As `read`, for a query of more than some milliseconds: in a thread, so that others are served meanwhile."""
        if self.is_sqlite and self.reader_engine is self.writer_engine:  # in memory there is one connection only
            return self.read_now(query)
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.read_now, query)

    def read_now(self, query: Callable[[Connection], T]) -> T:
        """As `read`, from a plain thread."""
        with self.reader_engine.begin() as connection:
            return query(connection)

    async def write(self, change: Callable[[Connection], T]) -> T:
        """Queue `change` for the group commit; return its result once it is on disk.

        `change` may run again when a neighbour in the batch fails or another worker changed the same rows, so
        it must do nothing but use the connection. Its own exception reaches the caller, and nothing of it is kept.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.append((change, future))
        if self._draining is None or self._draining.done():
            self._draining = asyncio.create_task(self._drain())
        return await future

    async def give_way(self, most_s: float) -> None:
        """For work that may be late: wait until writes hardly queue any more, at most so long."""
        until = time.monotonic() + most_s
        while self._busy_until > (now := time.monotonic()) and now < until:  # noqa: ASYNC110  calm is no event
            await asyncio.sleep(0.02)

    async def _drain(self) -> None:
        while self._queue:
            batch, self._queue = self._queue[:_BATCH], self._queue[_BATCH:]
            if len(batch) >= _CROWD:
                self._busy_until = time.monotonic() + _CALM_AFTER_S
            try:
                results = await self._commit([change for change, _ in batch])
            except Exception as error:
                if len(batch) == 1 and not self._may_pass_later(error):
                    self._settle(batch[0][1], None, error)
                    continue
                for change, future in batch:
                    try:
                        self._settle(future, await self._commit_alone(change), None)
                    except Exception as own:
                        self._settle(future, None, own)
            else:
                for (_, future), result in zip(batch, results, strict=True):
                    self._settle(future, result, None)

    async def _commit_alone(self, change: Change) -> Any:
        for _ in range(_TRIES - 1):
            try:
                return (await self._commit([change]))[0]
            except Exception as error:
                if not self._may_pass_later(error):
                    raise
        return (await self._commit([change]))[0]

    def _may_pass_later(self, error: Exception) -> bool:
        """Whether another worker was in the way: only on PostgreSQL, as SQLite has one writer at a time."""
        return not self.is_sqlite and isinstance(error, IntegrityError | OperationalError)

    @staticmethod
    def _settle(future: "asyncio.Future[Any]", result: Any, error: Exception | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)

    async def _commit(self, changes: list[Change]) -> list[Any]:
        loop = asyncio.get_running_loop()
        if not self.is_sqlite:
            return await loop.run_in_executor(self._commit_thread, self._commit_in_thread, changes)
        with self.writer_engine.connect() as connection:
            await self._begin(connection)
            try:
                results = _run(connection, changes)
            except BaseException:
                connection.rollback()
                raise
            await loop.run_in_executor(self._commit_thread, connection.commit)
            return results

    async def _begin(self, connection: Connection) -> None:
        """Take SQLite's write lock without blocking the loop while another process holds it."""
        deadline = time.monotonic() + BUSY_WAIT_S
        while True:
            try:
                connection.begin()
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.002)
            else:
                return

    def _commit_in_thread(self, changes: list[Change]) -> list[Any]:
        with self.writer_engine.begin() as connection:
            return _run(connection, changes)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One write transaction from a plain thread or command (migrations, seeds, tests)."""
        deadline = time.monotonic() + BUSY_WAIT_S
        with self.writer_engine.connect() as connection:
            while True:
                try:
                    connection.begin()
                    break
                except sqlite3.OperationalError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.005)
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    async def close(self) -> None:
        """Finish queued writes and let go of every connection."""
        if self._draining is not None:
            await self._draining
        self._threads.shutdown()
        self._commit_thread.shutdown()
        if self._reader is not None:
            self._reader.close()
        self.writer_engine.dispose()
        self.reader_engine.dispose()
