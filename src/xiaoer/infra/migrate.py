"""Database migrations: one set, for SQLite and PostgreSQL, run by `xiaoer db upgrade` and at every start.

Several workers may start at once. The first one takes a lock (a write transaction on SQLite, an advisory
lock on PostgreSQL), the others wait for it and then find nothing left to do. A migration that fails leaves
the database as it was: both databases roll table changes back. Alembic is loaded only when there is something
to do: it is a seventh of a start that finds everything in order.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.pool import NullPool

import xiaoer

_SCRIPTS = Path(str(xiaoer.__file__)).parent / "migrations"
_LOCK = 7_265_001  # our advisory lock number; any constant will do
_WAIT_S = 120.0  # how long a worker waits for the one that migrates


def upgrade(url: str, to: str = "") -> str:
    """Bring the database to the newest revision, or to an earlier one (`to`), and return that revision.

    Raises:
        sqlalchemy.exc.OperationalError: the database cannot be reached, or stays locked for two minutes.
    """
    to = to or newest()
    with _locked(url) as connection:
        if _revision(connection) != to:
            _migrate(connection, to)
    return to


def current(url: str) -> str | None:
    """Return the revision that the database is at; None for one that was never migrated."""
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            return _revision(connection)
    finally:
        engine.dispose()


def newest() -> str:
    """Return the revision that this version of the product needs."""
    # A migration's file is named after its revision: `m0001_initial.py` is 0001.
    return max(path.name[1:5] for path in (_SCRIPTS / "versions").glob("m[0-9][0-9][0-9][0-9]_*.py"))


def _migrate(connection: Connection, to: str) -> None:
    from alembic import command  # noqa: PLC0415  see above
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _engine(url: str) -> Engine:
    target = make_url(url.replace("postgresql://", "postgresql+psycopg://"))
    if not target.drivername.startswith("sqlite"):
        return create_engine(target, poolclass=NullPool)
    if target.database and target.database != ":memory:":
        Path(target.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(target, poolclass=NullPool, connect_args={"timeout": _WAIT_S})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@contextmanager
def _locked(url: str) -> Iterator[Connection]:
    engine = _engine(url)
    try:
        if engine.dialect.name == "sqlite":
            _use_wal(engine)
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            yield connection
    finally:
        engine.dispose()


def _use_wal(engine: Engine) -> None:
    """Switch the file to write-ahead logging, before the lock because it cannot be done inside a transaction.

    SQLite does not queue for this switch: a process that finds another one switching is refused at once.
    """
    deadline = time.monotonic() + _WAIT_S
    while True:
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode=WAL")
        except Exception as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
        finally:
            raw.close()
