"""Import runs are history: newest first, and none stays open for ever."""

from datetime import UTC, datetime, timedelta

from xiaoer.infra.db import Database
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.imports import store
from xiaoer.slices.imports.types import ImportRun, Refusal

NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)


def _run(number: int) -> ImportRun:
    refusal = Refusal(3, "价格", "not_a_number", "第 3 行：价格『x』不是数字，已跳过")
    at = NOW + timedelta(minutes=number)
    return ImportRun(f"r{number}", "orders", "orders.csv", "running", False, at, "老板", refusals=(refusal,))


async def test_runs_come_newest_first(db: Database, shop: ShopId) -> None:
    for number in range(3):
        await db.write(lambda c, number=number: store.add(c, shop, _run(number)))
    found, total = await db.read(lambda c: store.page(c, shop, limit=2))
    assert (found, total) == ([_run(2), _run(1)], 3)
    assert await db.read(lambda c: store.page(c, ShopId("other"))) == ([], 0)


async def test_a_run_whose_process_died_is_closed(db: Database, shop: ShopId) -> None:
    for number in range(2):
        await db.write(lambda c, number=number: store.add(c, shop, _run(number)))
    await db.write(lambda c: store.set_done(c, shop, "r0", 500, 900))
    before = NOW + timedelta(seconds=30)
    assert await db.write(lambda c: store.fail_unfinished(c, shop, before, NOW)) == 1
    dead, alive = await db.read(lambda c: [store.get(c, shop, id) for id in ("r0", "r1")])
    assert dead is not None
    assert (dead.status, dead.error_code, dead.done, dead.total) == ("failed", "interrupted", 500, 900)
    assert alive == _run(1)
