"""Fixtures that every test may use: a database with all tables, and a clock that stands still.

By default the database is a fresh SQLite file. With `XIAOER_TEST_DATABASE_URL` set it is a schema of that
PostgreSQL that is emptied after each test, so the same tests run on both.
"""

import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from xiaoer.infra.clock import ManualClock
from xiaoer.infra.db import Database
from xiaoer.kernel.ids import ShopId
from xiaoer.migrations.tables import load_tables

SERVER_URL = os.environ.get("XIAOER_TEST_DATABASE_URL", "")
REDIS_URL = os.environ.get("XIAOER_TEST_REDIS_URL", "")


# A busy machine is no counterexample: no example has a time limit.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

# What opens a store.
_STORES = frozenset(
    {"template", "database_url", "fresh_database", "new_url", "product_url", "redis_url", "servers", "stored_at"}
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs differently on another server: a pure rule gives the same answer beside any database."""
    asks_by_name = {path for path in {item.path for item in items} if "getfixturevalue" in path.read_text("utf-8")}
    for item in items:
        if item.path in asks_by_name or _STORES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.stored)


@pytest.fixture
def shop() -> ShopId:
    """The shop under test."""
    return ShopId("s1")


@pytest.fixture
def clock() -> ManualClock:
    """A clock at 2026-06-18 20:00 in the shop's zone, moved by hand."""
    return ManualClock(datetime(2026, 6, 18, 12, tzinfo=UTC))


@pytest.fixture
def redis_url() -> str:
    """A Redis or Valkey server; the test is skipped without `XIAOER_TEST_REDIS_URL`."""
    if not REDIS_URL:
        pytest.skip("set XIAOER_TEST_REDIS_URL to a Redis or Valkey server")
    return REDIS_URL


@pytest.fixture
def new_url(tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Makes empty databases and returns their URLs."""
    with ExitStack() as stack:

        def make() -> str:
            if SERVER_URL:
                return stack.enter_context(_schema())
            return f"sqlite:///{tmp_path / uuid4().hex}.db"

        yield make


@pytest.fixture
def database_url(tmp_path: Path, template: str) -> Iterator[str]:
    """The URL of a database with all tables and no rows; for tests that start a process of their own."""
    if SERVER_URL:
        yield template
        _delete_rows(template)
        return
    path = tmp_path / "xiaoer.db"
    shutil.copy(make_url(template).database or "", path)
    yield f"sqlite:///{path}"


@pytest.fixture
def fresh_database(template: str) -> Callable[[], AbstractContextManager[str]]:
    """Opens a database with all tables and no rows, again and again within one test."""

    @contextmanager
    def fresh() -> Iterator[str]:
        if SERVER_URL:
            try:
                yield template
            finally:
                _delete_rows(template)
            return
        with TemporaryDirectory() as folder:
            yield f"sqlite:///{shutil.copy(make_url(template).database or '', Path(folder) / 'xiaoer.db')}"

    return fresh


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """An open database with all tables and no rows."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def open_db(database_url: str) -> AsyncIterator[Callable[[], Database]]:
    """Opens the same database again, as another process would."""
    opened: list[Database] = []

    def open_again() -> Database:
        opened.append(Database(database_url))
        return opened[-1]

    yield open_again
    for database in opened:
        await database.close()


@pytest.fixture(scope="session")
def product_url() -> Iterator[str]:
    """Where a whole product keeps its data: empty for a file in its home, or the URL of a schema of its own."""
    if not SERVER_URL:
        yield ""
        return
    with _schema() as url:
        yield url


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """All tables, made once: a file that is copied for each test, or a schema that is emptied after each."""
    if SERVER_URL:
        with _schema() as url:
            _create_tables(url)
            yield url
        return
    url = f"sqlite:///{tmp_path_factory.mktemp('template') / 'xiaoer.db'}"
    _create_tables(url)
    yield url


def _create_tables(url: str) -> None:
    """Create the tables of the running code, without migrations."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    with engine.begin() as connection:
        load_tables().create_all(connection)
    engine.dispose()


def _delete_rows(url: str) -> None:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SET lock_timeout = '10s'"))
        connection.execute(text(";".join(f"DELETE FROM {table}" for table in reversed(load_tables().sorted_tables))))
    engine.dispose()


@contextmanager
def _schema() -> Iterator[str]:
    """A PostgreSQL schema of its own, dropped at the end."""
    name = f"test_{uuid4().hex}"
    _on_server(f'CREATE SCHEMA "{name}"')
    try:
        url = make_url(SERVER_URL).update_query_dict({"options": f"-csearch_path={name}"})
        yield url.render_as_string(hide_password=False)
    finally:
        _on_server(f'DROP SCHEMA "{name}" CASCADE')


def _on_server(statement: str) -> None:
    engine = create_engine(SERVER_URL.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
