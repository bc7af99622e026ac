"""SQLite as we open it: WAL, every commit on the disk (`FULL`), and caches that a small machine can spare.

The page cache is per connection, and pages that are mapped count as resident: more than this brings nothing, because
the operating system caches the file anyway.
"""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool, StaticPool

BUSY_WAIT_S = 30.0  # how long a writer waits for another process before it gives up


def sqlite_engine(url: str, *, writer: bool) -> Engine:
    """An engine whose connections take the write lock at once (`writer`) or read a snapshot."""
    memory = ":memory:" in url or url == "sqlite://"
    engine = create_engine(
        url,
        poolclass=StaticPool if memory else QueuePool,
        connect_args={"check_same_thread": False, "timeout": 0.0 if writer else BUSY_WAIT_S},
        **({} if memory else {"pool_size": 1 if writer else 8, "max_overflow": 0 if writer else 8}),
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cache_size=-16384",
            "mmap_size=67108864",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection  # raises sqlite3's own error while another process writes
        driver.execute("BEGIN IMMEDIATE" if writer else "BEGIN")

    return engine
