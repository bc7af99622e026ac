"""Insight at size: how long pages take over millions of messages, and what keeping them up costs.

    python benchmarks/insights.py [--messages 500000] [--url sqlite:///…]

Talks are drawn with a fixed seed over 90 days, three channels, twelve agents, 300 products; a pool of talks is repeated
on other days, so that cells and units have the size and spread of the real thing without deriving each one. What
deriving costs is timed apart, from event facts, on a sample.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.facts import talk_facts
from msgspec import structs
from sqlalchemy import insert

from xiaoer.app.insights import Choice
from xiaoer.app.wiring import running
from xiaoer.flows.show_insights.adhoc import ask
from xiaoer.flows.show_insights.drill import list_behind
from xiaoer.flows.show_insights.pages import PAGES
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.slices.insights import api as insights
from xiaoer.slices.insights import store
from xiaoer.slices.insights.rules.measures import gifts_of, row_of_talk
from xiaoer.slices.insights.rules.talks import derive_talk
from xiaoer.slices.insights.tables import cells, units

DAYS = 90
POOL = 4_000
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
_DAY_US = 86_400_000_000


def pool(formulas: Any) -> list[tuple[Any, list[Any], int]]:
    """(row, gifts, messages) of every talk of the pool, all on one day."""
    dice, found = Random(7), []
    for number in range(POOL):
        facts = talk_facts(dice, number, NOW - timedelta(hours=dice.uniform(0, 24)))
        talk = derive_talk(facts)
        assert talk is not None
        row = row_of_talk(talk)
        found.append((row, gifts_of(row, formulas), len(talk.beats)))
    return found


async def fill(product: Any, messages: int) -> tuple[int, int]:
    """Put units and cells straight into the tables; return (talks, messages)."""
    drawn = pool(product.insights.formulas)
    dice, sums, rows = Random(8), Counter(), []
    amounts: Counter[Any] = Counter()
    done = talks = 0
    while done < messages:
        row, gifts, size = drawn[dice.randrange(POOL)]
        back = dice.randrange(DAYS)
        for key, n, v in gifts:
            moved = key._replace(day=key.day - back)
            sums[moved] += n
            amounts[moved] += v
        facts = structs.replace(row.facts, id=f"t{talks}", opened=row.facts.opened - back * _DAY_US)
        at = row.at - timedelta(days=back)
        rows.append(structs.replace(row, id=f"t{talks}", day=row.day - back, at=at, facts=facts))
        done, talks = done + size, talks + 1
        if len(rows) == 5_000:
            put(product, rows)
            rows = []
    put(product, rows)
    whole = store.with_blocks({key: (n, amounts[key]) for key, n in sums.items()})
    with product.db.transaction() as connection:
        values = [{"shop": DEFAULT_SHOP, **key._asdict(), "n": n, "v": v} for key, (n, v) in sorted(whole.items())]
        for start in range(0, len(values), 20_000):
            connection.execute(insert(cells), values[start : start + 20_000])
    print(f"{done:,} messages in {talks:,} talks: {len(whole):,} cells")
    return talks, done


def put(product: Any, rows: list[Any]) -> None:
    if rows:
        with product.db.transaction() as connection:
            connection.execute(insert(units), [{"shop": DEFAULT_SHOP, **structs.asdict(row)} for row in rows])


def clocked(name: str, work: Any, times: int = 3) -> None:
    spent = []
    for _ in range(times):
        began = time.process_time()
        work()
        spent.append(1000 * (time.process_time() - began))
    print(f"  {name:34} {statistics.median(spent):7.0f} ms CPU")


async def pages(product: Any) -> None:
    """Time every page over 7, 30 and 90 days, drill-downs and free questions."""
    last = NOW.date()
    shop_insights = product.insights

    async def never(shop: Any, patience_s: float = 0.0) -> None:
        """The figures are as they were put."""

    shop_insights.fresh = never
    for days in (7, 30, 90):
        choice = Choice((last - timedelta(days=days - 1)).isoformat(), last.isoformat())
        print(f"pages over {days} days")
        for name, show in PAGES.items():
            times = []
            for _ in range(3):
                began = time.process_time()
                await shop_insights.look(DEFAULT_SHOP, choice, show)
                times.append(1000 * (time.process_time() - began))
            print(f"  {name:34} {statistics.median(times):7.0f} ms CPU")
        for name, look in {
            "drill ask ship.when": lambda v: list_behind(v, "talk", "ask", "ship.when", "", 0, 50),
            "drill rare finding": lambda v: list_behind(v, "talk", "finding", "rude", "", 0, 50),
            "ad hoc by agent, product": lambda v: ask(v, "talk", ("agent", "product"), {}),
            "ad hoc by day, handled, unhappy": lambda v: ask(v, "talk", ("day", "handled"), {"mood": "below"}),
        }.items():
            began = time.process_time()
            await shop_insights.look(DEFAULT_SHOP, choice, look)
            print(f"  {name:34} {1000 * (time.process_time() - began):7.0f} ms CPU")


async def keeping(product: Any) -> None:
    """What a talk costs from its facts to its cells, and again when nothing changed."""
    dice = Random(9)
    facts = [f for n in range(500) for f in talk_facts(dice, 900_000 + n, NOW - timedelta(hours=dice.uniform(0, 24)))]
    for start in range(0, len(facts), 500):
        part = facts[start : start + 500]
        await product.db.write(lambda c, part=part: insights.append_new(c, DEFAULT_SHOP, part))
    began = time.process_time()
    counted = await product.insights.roll_up(DEFAULT_SHOP)
    spent = time.process_time() - began
    print(f"roll-up: {1000 * spent / counted:.2f} ms CPU a talk ({counted} talks, {len(facts)} facts)")
    kept = await product.db.read(lambda c: store.all_cells(c, DEFAULT_SHOP)) if counted < 5_000 else None
    if kept is not None:
        print(f"cells now: {len(kept):,}")


async def main(messages: int, url: str) -> None:
    with tempfile.TemporaryDirectory(prefix="xiaoer-insights-") as home:
        settings = Settings(home=Path(home), database_url=url)
        upgrade(settings.url)
        async with running(settings) as product:
            await product.shops.ensure_shop(DEFAULT_SHOP, "评测")
            began = time.process_time()
            await fill(product, messages)
            print(f"filled in {time.process_time() - began:.0f} s CPU")
            await pages(product)
            await keeping(product)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=300_000)
    parser.add_argument("--url", default="")
    options = parser.parse_args()
    asyncio.run(main(options.messages, options.url))
