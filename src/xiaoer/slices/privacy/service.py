"""A buyer's rights (个人信息权利): a copy of everything, deletion with a receipt, and rows whose time is over."""

from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection

from xiaoer.infra import audit
from xiaoer.infra.db import Database
from xiaoer.infra.job_runner import Jobs
from xiaoer.infra.jobs import Job
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.privacy import store
from xiaoer.slices.privacy.rules.holdings import HOLDINGS

_DAILY, _NIGHT = timedelta(days=1), timedelta(hours=20)  # 04:00 in the shop's zone


class BuyerData:
    """What is kept about buyers, in one place."""

    def __init__(self, db: Database, clock: Clock, jobs: Jobs) -> None:
        self._db = db
        self._clock = clock
        jobs.every("privacy.retention", _DAILY, self._sweep, offset=_NIGHT)

    async def export(self, shop: ShopId, buyer_id: str, by: str) -> dict[str, Any]:
        """Everything that is kept about a buyer, by table, with its purpose; plain JSON values. Audited."""
        now = self._clock.now()
        found = await self._db.read(lambda c: list(store.rows_of(c, shop, buyer_id)))
        await self._db.write(lambda c: audit.record(c, shop, by, "privacy.export", buyer_id, now))
        return {
            holding.table: {"purpose": holding.purpose, "rows": [_plain(row) for row in rows]}
            for holding, rows in found
            if rows
        }

    async def forget(self, shop: ShopId, buyer_id: str, by: str) -> dict[str, int]:
        """Delete a buyer's words and traces, all or nothing; the receipt counts rows by table. Audited.

        Records of trade, disputes and consents stay; figures stay without the buyer.
        """
        now = self._clock.now()

        def change(connection: Connection) -> dict[str, int]:
            done = store.forget(connection, shop, buyer_id)
            audit.record(connection, shop, by, "privacy.forget", buyer_id, now, rows=done)
            return done

        return await self._db.write(change)

    async def expire(self, shop: ShopId) -> dict[str, int]:
        """Delete what is older than its time; how many rows by table."""
        now, done = self._clock.now(), dict[str, int]()
        for holding in HOLDINGS:
            if not holding.days:
                continue
            before = now - timedelta(days=holding.days)
            while count := await self._db.write(lambda c, h=holding, b=before: store.expire(c, shop, h, b)):  # type: ignore[misc]
                done[holding.table] = done.get(holding.table, 0) + count
        return done

    async def _sweep(self, job: Job) -> None:
        await self.expire(job.shop)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: msgspec.to_builtins(value, enc_hook=str) for name, value in row.items() if name != "shop"}
