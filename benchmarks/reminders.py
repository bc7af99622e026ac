"""Pending reminders under kill -9: each fires exactly once or is cancelled; late ones follow the rule.

    python benchmarks/reminders.py [--reminders 10000] [--kills 12] [--seed 1]

Orders are created through the product's event path, so each has a durable timer. Of ten, one is paid before its timer
is due and one is too old to be useful; some more are paid while workers fire. A worker is a process of its own that is
killed with -9 while it fires, at random moments over the whole run, and started again, until nothing waits. Then every
order is accounted for on disk. The default takes some minutes on two busy cores; the full size is `--reminders 100000`.
"""

import argparse
import asyncio
import signal
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import text

from xiaoer.app.wiring import Wiring
from xiaoer.infra.clock import ManualClock
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.slices.outreach.types import Caps, Journey, Step

_AT_ONCE = 500
_USEFUL_MIN = 24 * 60
_LEFT = "SELECT COUNT(*) FROM jobs WHERE kind = 'outreach.step' AND state IN ('waiting', 'running')"


async def worker(home: Path) -> None:
    """Fire what is due until nothing waits."""
    product = Wiring(Settings(home=home))
    work = asyncio.create_task(product.jobs.work(product.shops.ids))
    while await product.db.read(lambda c: c.execute(text(_LEFT)).scalar_one()):  # noqa: ASYNC110
        await asyncio.sleep(1)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    await product.stop()


async def order(home: Path, total: int, dice: Random) -> dict[str, str]:
    """Create the orders; return what must become of each: paid, late, due."""
    now = datetime.now(UTC)
    settings, clock = Settings(home=home), ManualClock(now - timedelta(days=3))
    upgrade(settings.url)
    product = Wiring(settings, clock)
    await product.shops.ensure_shop(DEFAULT_SHOP, "计时")
    journey = Journey("催付", "order_unpaid", (Step(15, "订单{订单尾号}还没付款"),), 0, _USEFUL_MIN)
    await product.selling.remind.journeys.save(DEFAULT_SHOP, "pay", journey, now)
    await product.selling.remind.caps.save(DEFAULT_SHOP, "caps", Caps(quiet_from_min=0, quiet_to_min=0), now)
    fates = {f"O{n}": ("paid", "late", *["due"] * 8)[dice.randrange(10)] for n in range(total)}
    for late in (True, False):  # the old ones first: time only goes forward
        clock.advance(now - timedelta(days=2 if late else 0, minutes=20) - clock.now())
        mine = [id_ for id_, fate in fates.items() if (fate == "late") == late]
        await tell(product, "order.created", mine, clock.now())
    await tell(product, "order.paid", [id_ for id_, fate in fates.items() if fate == "paid"], clock.now())
    await product.stop()
    return fates


async def tell(product: Wiring, type_: str, ids: list[str], at: datetime) -> None:
    """Events of these orders, one buyer each."""
    for first in range(0, len(ids), _AT_ONCE):
        facts = [
            Event(DEFAULT_SHOP, f"{type_}:{id_}", type_, at, buyer_id=f"b-{id_}",
                  data={"order_id": id_, "buyer_id": f"b-{id_}", "pay_amount": "99.00"})
            for id_ in ids[first : first + _AT_ONCE]
        ]  # fmt: skip
        await product.take_events(DEFAULT_SHOP, facts)


class Watch:
    """The database as another process sees it: what is left, and payments that come while reminders fire."""

    def __init__(self, home: Path) -> None:
        self._product = Wiring(Settings(home=home))

    async def left(self) -> int:
        """Timers that have not ended."""
        return int(await self._product.db.read(lambda c: c.execute(text(_LEFT)).scalar_one()))

    async def pay(self, ids: list[str]) -> None:
        """These orders are paid now."""
        await tell(self._product, "order.paid", ids, datetime.now(UTC))

    async def close(self) -> None:
        await self._product.stop()


async def fire(home: Path, meanwhile: list[str], kills: int, dice: Random) -> int:
    """Start workers until nothing waits, and kill one at each of `kills` random points; return how many were killed.

    The points are numbers of timers that are left, so that each worker is killed while it fires.
    """
    watch = Watch(home)
    waiting = await watch.left()
    points = sorted((dice.randrange(waiting // 50, waiting) for _ in range(kills)), reverse=True)
    killed, share = 0, -(-len(meanwhile) // max(1, kills))
    while waiting:
        with (home / "worker.log").open("ab") as log:
            worker = [sys.executable, __file__, "--worker", str(home)]
            process = await asyncio.create_subprocess_exec(*worker, stdout=log, stderr=log)
        await watch.pay(meanwhile[killed * share : (killed + 1) * share])
        began_with, point = waiting, points[killed] if killed < kills else 0
        while process.returncode is None:
            await asyncio.sleep(dice.uniform(0.05, 0.3))
            waiting = await watch.left()
            if killed < kills and waiting < began_with and waiting <= point:
                process.send_signal(signal.SIGKILL)
                await process.wait()
                killed += 1
        waiting = await watch.left()
        print(f"  after {killed} kills {waiting} wait", flush=True)
    await watch.close()
    return killed


def account(home: Path, fates: dict[str, str], paid_meanwhile: set[str]) -> tuple[list[str], Counter[str]]:
    """What is wrong on disk, and what became of the orders."""
    product = Wiring(Settings(home=home))

    async def read() -> tuple[list, list]:
        said = "SELECT external_id, COUNT(*) FROM messages WHERE external_id LIKE 'out|%' GROUP BY external_id"
        runs = "SELECT id, subject, state, reason, sent FROM outreach_runs"
        try:
            return await product.db.read(lambda c: (c.execute(text(said)).all(), c.execute(text(runs)).all()))
        finally:
            await product.stop()

    said, runs = asyncio.run(read())
    copies = {external.removeprefix("out|").rsplit(":", 1)[0]: count for external, count in said}
    wrong, became = [], Counter()
    for id_, subject, state, reason, sent in runs:
        order_id = subject.removeprefix("order:")
        fate, told = fates[order_id], copies.get(id_, 0)
        became[reason or state] += 1
        if told > 1 or told != sent or state == "running":
            wrong.append(f"{order_id}: {told} messages, {sent} counted, {state}")
        elif (fate in ("paid", "late") and told) or (fate == "late" and reason != "too_late"):
            wrong.append(f"{order_id}: {fate}, but {told} messages, {reason or state}")
        elif fate == "due" and not told and order_id not in paid_meanwhile:
            wrong.append(f"{order_id}: never reminded, {reason or state}")
    if len(runs) != len(fates):
        wrong.append(f"{len(fates) - len(runs)} orders have no run")
    return wrong, became


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reminders", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        asyncio.run(worker(options.worker))
        return
    dice = Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="xiaoer-reminders-") as folder:
        home = Path(folder)
        began = time.perf_counter()
        fates = asyncio.run(order(home, options.reminders, dice))
        took = time.perf_counter() - began
        print(f"{options.reminders} orders in {took:.0f} s ({options.reminders / took:.0f}/s)", flush=True)
        due = [id_ for id_, fate in fates.items() if fate == "due"]
        meanwhile = dice.sample(due, len(due) // 20)
        began = time.perf_counter()
        kills = asyncio.run(fire(home, meanwhile, options.kills, dice))
        took = time.perf_counter() - began
        wrong, became = account(home, fates, set(meanwhile))
    print(f"ended in {took:.0f} s over {kills} kills: {dict(became)}")
    print("\n".join(wrong[:20]) or "every one fired once or was cancelled; what was late was dropped")
    raise SystemExit(1 if wrong or not kills else 0)


if __name__ == "__main__":
    main()
