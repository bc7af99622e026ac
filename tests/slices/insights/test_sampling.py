"""Of very many units an even part is measured: the same each time, even where times are told by the minute."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from msgspec import structs
from sqlalchemy import insert

from xiaoer.infra.db import Database, metadata
from xiaoer.kernel.ids import ShopId
from xiaoer.migrations.tables import load_tables
from xiaoer.slices.insights.look_up import sample_units
from xiaoer.slices.insights.tables import units
from xiaoer.slices.insights.types import BuyerDay, Row

SHOP = ShopId("s1")
START = datetime(2026, 6, 18, tzinfo=UTC)


@pytest.mark.parametrize("apart_s", [1, 60, 3600])
@pytest.mark.parametrize("count", [15, 400, 4_000])
async def test_a_part_of_very_many_units_stands_for_all(apart_s: int, count: int) -> None:
    load_tables()
    db = Database("sqlite://")
    with db.transaction() as connection:
        metadata.create_all(connection)
        rows = [
            Row("day", f"c{n}", 1 + n % 7, START + timedelta(seconds=n * apart_s), BuyerDay("b", 1, 0), product="P1")
            for n in range(count)
        ]
        connection.execute(insert(units), [{"shop": SHOP, **structs.asdict(row)} for row in rows])
        found, weight = sample_units(connection, SHOP, "day", (1, 7), 10, product="P1")
        again, _ = sample_units(connection, SHOP, "day", (1, 7), 10, product="P1")
    assert [row.id for row in found] == [row.id for row in again]
    assert 5 <= len(found) <= 20
    assert weight * len(found) == pytest.approx(count)
    places = sorted(int(row.id[1:]) for row in found)
    assert max(b - a for a, b in pairwise(places)) <= 2 * count / len(found)
