"""Every table with a buyer's words is known; a buyer's rows go on request and by age, and nobody else's."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Boolean, Float, Integer, Table, insert, select

from xiaoer.infra.db import Database, Fen, Instant, Json
from xiaoer.infra.job_runner import Jobs
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import ZERO
from xiaoer.migrations.tables import load_tables
from xiaoer.slices.privacy.rules.holdings import HOLDINGS, NOBODYS
from xiaoer.slices.privacy.service import BuyerData

NOW = datetime(2026, 6, 18, 4, 0, tzinfo=UTC)
SHOPS, BUYERS = (ShopId("one"), ShopId("two")), ("anna", "bert")


class StoppedClock:
    def now(self) -> datetime:
        return NOW


@pytest.fixture
async def data(tmp_path) -> AsyncIterator[tuple[BuyerData, Database]]:  # type: ignore[no-untyped-def]
    db = Database(f"sqlite:///{tmp_path}/x.db")
    with db.transaction() as connection:
        load_tables().create_all(connection)
        for shop in SHOPS:
            for buyer in BUYERS:
                for holding in HOLDINGS:
                    connection.execute(insert(_table(holding.table)).values(_row(holding, shop, buyer)))
    yield BuyerData(db, StoppedClock(), Jobs(db, StoppedClock())), db
    await db.close()


def _table(name: str) -> Table:
    return load_tables().tables[name]


def _row(holding: Any, shop: str, buyer: str) -> dict[str, Any]:
    """A row of the buyer with something in every column."""
    row: dict[str, Any] = {}
    for column in _table(holding.table).columns:
        if isinstance(column.type, Instant):
            row[column.name] = NOW - timedelta(days=10 if buyer == "anna" else 5_000)
        elif isinstance(column.type, Json):
            row[column.name] = {}
        elif isinstance(column.type, Fen):
            row[column.name] = ZERO
        elif isinstance(column.type, Boolean):
            row[column.name] = True
        elif isinstance(column.type, Integer | Float):
            row[column.name] = 1
        else:
            row[column.name] = f"{buyer}-{shop}"[:4] if column.name == "phone_ending" else f"{buyer}-{shop}"
    row["shop"] = shop
    if holding.buyer:
        row[holding.buyer] = buyer
    if holding.conversation:
        row[holding.conversation] = f"{buyer}-{shop}"
    return row


async def _left(db: Database, holding: Any) -> set[tuple[str, str]]:
    table = _table(holding.table)
    column = table.c[holding.buyer or holding.conversation]
    rows = await db.read(lambda c: c.execute(select(table.c.shop, column)).all())
    return {(row[0], row[1].partition("-")[0]) for row in rows}


def test_every_table_that_names_a_buyer_or_a_talk_is_known() -> None:
    known = {holding.table for holding in HOLDINGS}
    naming = {
        table.name
        for table in load_tables().sorted_tables
        if {"buyer_id", "conversation_id"} & set(table.columns.keys())
    }
    assert naming - known == set()
    assert (known | NOBODYS.keys()) - {table.name for table in load_tables().sorted_tables} == set()
    for holding in HOLDINGS:
        columns = _table(holding.table).columns.keys()
        assert {holding.buyer or holding.conversation, holding.at or "shop"} <= set(columns), holding.table
        assert bool(holding.at) == bool(holding.days), holding.table


async def test_a_buyer_is_forgotten_and_nobody_else(data: tuple[BuyerData, Database]) -> None:
    service, db = data
    receipt = await service.forget(SHOPS[0], "anna", "老板")
    others = {("one", "bert"), ("two", "anna"), ("two", "bert")}
    for holding in HOLDINGS:
        left = await _left(db, holding)
        if holding.deal == "keep":
            assert left == {*others, ("one", "anna")}, holding.table
        else:
            assert receipt[holding.table] == 1, holding.table
            assert left - {("one", "")} == others, holding.table


async def test_a_copy_holds_everything_that_is_kept(data: tuple[BuyerData, Database]) -> None:
    service, _ = data
    copied = await service.export(SHOPS[0], "anna", "老板")
    assert set(copied) == {holding.table for holding in HOLDINGS}
    assert all(len(part["rows"]) == 1 and part["purpose"] for part in copied.values())
    assert await service.export(SHOPS[0], "nobody", "老板") == {}


async def test_rows_go_when_their_time_is_over(data: tuple[BuyerData, Database]) -> None:
    service, db = data
    gone = await service.expire(SHOPS[0])
    timed = [holding for holding in HOLDINGS if holding.days]
    assert set(gone) == {holding.table for holding in timed}
    for holding in timed:
        assert await _left(db, holding) == {("one", "anna"), ("two", "anna"), ("two", "bert")}, holding.table
