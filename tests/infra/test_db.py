"""The group-commit writer keeps what it acknowledges, and one bad write harms no other."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, insert, select
from sqlalchemy.exc import IntegrityError

from xiaoer.infra.db import Database

_METADATA = MetaData()
_NUMBERS = Table("numbers", _METADATA, Column("n", Integer, primary_key=True))


@pytest.fixture
async def db(tmp_path: Path):
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    with database.transaction() as connection:
        _METADATA.create_all(connection)
    yield database
    await database.close()


def _all(connection: Connection) -> list[int]:
    return list(connection.scalars(select(_NUMBERS.c.n).order_by(_NUMBERS.c.n)))


async def test_concurrent_writes_are_all_kept(db: Database) -> None:
    await asyncio.gather(*(db.write(lambda c, n=n: c.execute(insert(_NUMBERS).values(n=n))) for n in range(500)))
    assert await db.read(_all) == list(range(500))


async def test_a_failing_write_tells_its_own_caller_only(db: Database) -> None:
    numbers = [1, 2, 2, 3]
    outcomes = await asyncio.gather(
        *(db.write(lambda c, n=n: c.execute(insert(_NUMBERS).values(n=n))) for n in numbers), return_exceptions=True
    )
    assert [isinstance(outcome, IntegrityError) for outcome in outcomes] == [False, False, True, False]
    assert await db.read(_all) == [1, 2, 3]


async def test_a_second_process_waits_instead_of_failing(db: Database) -> None:
    other = Database(db.url)
    await asyncio.gather(
        *(db.write(lambda c, n=n: c.execute(insert(_NUMBERS).values(n=n))) for n in range(0, 100, 2)),
        *(other.write(lambda c, n=n: c.execute(insert(_NUMBERS).values(n=n))) for n in range(1, 100, 2)),
    )
    await other.close()
    assert await db.read(_all) == list(range(100))
