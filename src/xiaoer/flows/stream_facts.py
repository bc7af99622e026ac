"""Facts and units go to ClickHouse (列存同步): in batches, at least once, the same batch twice changing nothing.

What changed is marked in the transaction that changed it (`insights.columns`). A batch is taken, sent, and forgotten
when ClickHouse has said that it has it; a process that dies in between sends the batch again.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection

from xiaoer.infra import clickhouse
from xiaoer.infra.clickhouse import Run
from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.events import SHOP_EVENT_TYPES, Event
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights import api as insights
from xiaoer.slices.insights import columns, store
from xiaoer.slices.insights.rules.days import micros

BATCH = 400  # units or talks of one statement: some thousand rows
_OVERLAP = timedelta(seconds=15)  # facts are committed a little after their time
_FIRST = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
_STATES = "out.states"


class StreamFacts:
    """Keeps a ClickHouse database up to date with every shop."""

    def __init__(self, db: Database, clock: Clock, run: Run) -> None:
        self._db = db
        self._clock = clock
        self._run = run
        self._ready = False

    async def __call__(self, shop: ShopId) -> int:
        """Send what is marked; return how many rows went.

        Raises:
            SourceUnavailable: ClickHouse is away; what was not sent stays marked.
        """
        if not self._ready:
            for statement in columns.SCHEMA:
                await asyncio.to_thread(self._run, statement.encode())
            self._ready = True
        if not await self._db.read(lambda c: store.cursor(c, shop, columns.BEGUN)):
            await self._db.write(partial(_begin, shop=shop))
        total = await self._send_states(shop)
        while taken := await self._db.write(lambda c: columns.take(c, shop, BATCH)):
            ((kind, ids),) = taken.items()
            if kind == columns.CELLS:
                table, rows = "insight_cells", await self._db.read_long(partial(self._cells, shop=shop, ids=ids))
            else:
                table, rows = await self._db.read_long(partial(self._rows, shop=shop, kind=kind, ids=ids))
            total += await asyncio.to_thread(clickhouse.insert, self._run, table, rows)
            await self._db.write(lambda c, kind=kind: columns.sent(c, shop, kind))  # type: ignore[misc]
        return total

    def _rows(
        self, connection: Connection, shop: ShopId, kind: str, ids: Sequence[str]
    ) -> tuple[str, list[dict[str, Any]]]:
        version = micros(self._clock.now())
        if kind == columns.FACTS:
            return "events", [columns.row_of_fact(f, version) for f in store.facts_of(connection, shop, ids)]
        if kind == columns.SEEN:
            seen = store.facts_of_buyers(connection, shop, ids, sorted(SHOP_EVENT_TYPES))
            return "events", [columns.row_of_fact(fact, version) for fact in seen]
        found = store.get_units(connection, shop, kind, ids)
        rows = [columns.row_of_unit(shop, row, version) for row in found.values()]
        rows += [columns.row_of_gone(shop, kind, id_, version) for id_ in ids if id_ not in found]
        return "insight_units", rows

    def _cells(self, connection: Connection, shop: ShopId, ids: Sequence[str]) -> list[dict[str, Any]]:
        """The difference between the cells here and there, of some families and days."""
        version = micros(self._clock.now())
        there = clickhouse.Columns(connection, self._run, columns.TABLES)
        rows: list[dict[str, Any]] = []
        for id_ in ids:
            family, _, day = id_.partition("|")
            query = columns.cells_at(family, int(day), shop)
            found = connection.execute(query), there.execute(query)
            rows += columns.rows_of_cells(shop, (family, int(day)), *found, version)
        return rows

    async def _send_states(self, shop: ShopId) -> int:
        """Who was at the desk: facts of no talk and no buyer, found by their time."""
        now = self._clock.now()
        kept = await self._db.read(lambda c: store.cursor(c, shop, _STATES))
        since = datetime.fromisoformat(kept) - _OVERLAP if kept else _FIRST
        facts: list[Event] = await self._db.read_long(
            lambda c: insights.facts_of_type(c, shop, "agent.state", since, now)
        )
        rows = [columns.row_of_fact(fact, micros(now)) for fact in facts]
        count = await asyncio.to_thread(clickhouse.insert, self._run, "events", rows)
        await self._db.write(lambda c: store.set_cursor(c, shop, _STATES, now.isoformat()))
        return count


def _begin(connection: Connection, shop: ShopId) -> None:
    columns.mark_all(connection, shop)
    store.set_cursor(connection, shop, columns.BEGUN, "1")
