"""Facts on ClickHouse, run in this process by chdb (`uv sync --group clickhouse`): the same figures from the same SQL."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from benchmarks.facts import talk_facts
from sqlalchemy import select

from xiaoer.app.insights import Choice, Insights
from xiaoer.app.wiring import Wiring
from xiaoer.flows.show_insights.adhoc import ask
from xiaoer.flows.show_insights.pages import PAGES
from xiaoer.flows.stream_facts import StreamFacts
from xiaoer.infra.clickhouse import Columns, insert, text_of
from xiaoer.infra.clock import ManualClock
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.slices.insights import api as insights
from xiaoer.slices.insights import columns, store
from xiaoer.slices.insights.tables import cells, units

NOW = datetime(2026, 6, 18, 4, tzinfo=UTC)
TALKS = 60


class ClickHouse:
    """A whole ClickHouse in this process; `away` answers nothing, as a server that is being restarted."""

    def __init__(self, folder: Path) -> None:
        session = pytest.importorskip("chdb.session", reason="needs the dependency group clickhouse")
        self.session = session.Session(str(folder))
        self.away = False

    def __call__(self, statement: bytes) -> bytes:
        if self.away:
            raise SourceUnavailable("ClickHouse did not answer.")
        return bytes(self.session.query(statement.decode(), "JSONCompactEachRow").bytes())

    def rows(self, query: str) -> list[list[Any]]:
        return [msgspec.json.decode(line) for line in self(query.encode()).splitlines() if line]


@pytest.fixture(scope="module")
def clickhouse(tmp_path_factory: pytest.TempPathFactory) -> ClickHouse:
    return ClickHouse(tmp_path_factory.mktemp("clickhouse"))


class Shop:
    """A shop with talks, its figures on both databases."""

    def __init__(self, product: Wiring, clickhouse: ClickHouse, clock: ManualClock) -> None:
        self.product, self.clickhouse, self.clock = product, clickhouse, clock
        insights_ = product.insights
        insights_.roll_up.streams = True
        self.stream = StreamFacts(product.db, clock, clickhouse)

    async def tell(self, facts: list[Event]) -> None:
        await self.product.db.write(lambda c: insights.append_new(c, DEFAULT_SHOP, facts))
        await self.product.insights.roll_up(DEFAULT_SHOP)

    async def cells(self) -> tuple[Any, Any]:
        """All cells that are not nought: those of the main database, and those of ClickHouse."""
        chosen = select(*(cells.c[n] for n in ("family", "day", "hour", "channel", "a", "b", "n", "v")))

        def query(connection: Any) -> tuple[Any, Any]:
            there = Columns(connection, self.clickhouse, columns.TABLES)
            return tuple(sorted(tuple(r) for r in c.execute(chosen) if r[6] or r[7]) for c in (connection, there))  # type: ignore[return-value]

        return await self.product.db.read(query)


@pytest.fixture
async def shop(tmp_path: Path, clickhouse: ClickHouse) -> AsyncIterator[Shop]:
    for table in ("events", "insight_units", "insight_cells"):
        clickhouse(f"DROP TABLE IF EXISTS {table}".encode())
    settings, clock = Settings(home=tmp_path), ManualClock(NOW)
    upgrade(settings.url)
    product = Wiring(settings, clock)
    await product.shops.ensure_shop(DEFAULT_SHOP, "测试店")
    shop, dice = Shop(product, clickhouse, clock), Random(5)
    await shop.tell([f for n in range(TALKS) for f in talk_facts(dice, n, NOW - timedelta(hours=3 * n))])
    yield shop
    await product.stop()


async def test_every_page_is_the_same_from_clickhouse(shop: Shop) -> None:
    await shop.stream(DEFAULT_SHOP)
    here, there = await shop.cells()
    assert here == there
    other = shop.product
    beside = Insights(
        other.db, shop.clock, other.understanding, other.knowledge,
        other.settings.home, other.jobs, None, shop.clickhouse, True,
    )  # fmt: skip
    for choice in (Choice(), Choice("2026-05-20", "2026-06-18"), Choice(channel="douyin"), Choice(product="P0000")):
        for name in PAGES:
            expected = await other.insights.page(DEFAULT_SHOP, name, choice)
            assert msgspec.to_builtins(await beside.page(DEFAULT_SHOP, name, choice)) == msgspec.to_builtins(expected)
        free = [
            await i.look(DEFAULT_SHOP, choice, lambda v: ask(v, "talk", ("agent",), {}))
            for i in (other.insights, beside)
        ]
        assert free[0] == free[1] and free[0].total


async def test_what_is_sent_twice_or_late_counts_once(shop: Shop) -> None:
    await shop.stream(DEFAULT_SHOP)
    before = shop.clickhouse.rows("SELECT count() FROM events FINAL")
    await shop.product.db.write(lambda c: columns.mark_all(c, DEFAULT_SHOP))
    assert await shop.stream(DEFAULT_SHOP) > TALKS
    assert shop.clickhouse.rows("SELECT count() FROM events FINAL") == before
    shop.clock.advance(timedelta(minutes=1))
    await shop.tell([Event(DEFAULT_SHOP, "late", "conversation.rated", NOW, "bench-3", "", {"score": 1})])
    await shop.stream(DEFAULT_SHOP)
    here, there = await shop.cells()
    assert here == there
    assert shop.clickhouse.rows("SELECT count() FROM events FINAL WHERE id = 'late'") == [[1]]
    assert await shop.stream(DEFAULT_SHOP) == 0


async def test_nothing_is_lost_while_clickhouse_is_away(shop: Shop) -> None:
    shop.clickhouse.away = True
    with pytest.raises(SourceUnavailable):
        await shop.stream(DEFAULT_SHOP)
    shop.clickhouse.away = False
    await shop.stream(DEFAULT_SHOP)
    waiting = await shop.product.db.write(lambda c: columns.take(c, DEFAULT_SHOP, 10))  # a batch that is on its way
    assert waiting == {}
    await shop.tell([Event(DEFAULT_SHOP, "more", "conversation.rated", NOW, "bench-1", "", {"score": 2})])
    taken = await shop.product.db.write(lambda c: columns.take(c, DEFAULT_SHOP, 10))
    assert taken  # the process ends here: the next one sends it again
    await shop.stream(DEFAULT_SHOP)
    here, there = await shop.cells()
    assert here == there


async def test_a_rebuild_leaves_no_unit_behind(shop: Shop) -> None:
    await shop.stream(DEFAULT_SHOP)
    await shop.product.db.write(lambda c: store.mark_dirty(c, DEFAULT_SHOP, "talk", ["bench-2"]))
    await shop.product.insights.roll_up.rebuild(DEFAULT_SHOP)
    shop.clock.advance(timedelta(minutes=1))
    await shop.stream(DEFAULT_SHOP)
    here, there = await shop.cells()
    assert here == there


@pytest.mark.parametrize("text", ["it's", "back\\slash", "\\'; DROP TABLE events --", "新\n行", "a:b :c"])
def test_a_value_cannot_leave_its_quotes(clickhouse: ClickHouse, text: str) -> None:
    clickhouse(
        b"CREATE TABLE IF NOT EXISTS insight_units (shop String, kind String, id String) ENGINE = MergeTree ORDER BY id"
    )
    clickhouse(b"TRUNCATE TABLE insight_units")
    insert(
        clickhouse,
        "insight_units",
        [{"shop": "s", "kind": "talk", "id": text}, {"shop": "s", "kind": "talk", "id": "x"}],
    )
    query = text_of(select(units.c.id).where(units.c.shop == "s", units.c.id.in_([text])))
    assert clickhouse.rows(query) == [[text]]
    clickhouse(b"DROP TABLE insight_units")
