"""Insight at size: how long pages take over millions of messages, and what keeping them up costs.

    python -m benchmarks.insights [--messages 500000] [--url sqlite:///…] [--home FOLDER]

Talks are drawn with a fixed seed over 90 days, three channels, twelve agents, 300 products; a pool of talks is repeated
on other days, so that cells and units have the size and spread of the real thing without deriving each one. What
deriving costs is timed apart, from event facts, on a sample. `--home` keeps the store there; a store that is there
already is looked at as it is. Time is that of the processor, so that the neighbours on the machine do not count; the
first look at a page is the slowest of the three and the one that is judged.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.facts import talk_facts
from msgspec import structs
from sqlalchemy import func, insert, select

from xiaoer.app.insights import Choice
from xiaoer.app.wiring import running
from xiaoer.flows.show_insights.adhoc import ask
from xiaoer.flows.show_insights.drill import list_behind
from xiaoer.flows.show_insights.options import options_of
from xiaoer.flows.show_insights.overview import show_overview
from xiaoer.flows.show_insights.pages import PAGES
from xiaoer.flows.show_insights.report.compose import write_report
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.slices.insights import api as insights
from xiaoer.slices.insights import store
from xiaoer.slices.insights.rules.measures import gifts_of, row_of_talk
from xiaoer.slices.insights.rules.talks import derive_talk
from xiaoer.slices.insights.tables import cells, units

DAYS = 90
PAGE_MS, AD_HOC_MS = 300, 2_000  # what is promised on one core
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


async def clocked(name: str, work: Callable[[], Awaitable[Any]], limit_ms: int = PAGE_MS) -> None:
    """Print the slowest and the middle one of three."""
    spent = []
    for _ in range(3):
        began = time.process_time()
        await work()
        spent.append(1000 * (time.process_time() - began))
    mark = "" if max(spent) <= limit_ms else f"  more than {limit_ms}"
    print(f"  {name:34} {max(spent):7.0f} ms CPU, then {statistics.median(spent):5.0f}{mark}", flush=True)


async def pages(product: Any) -> None:
    """Time every page over 7, 30 and 90 days, drill-downs and free questions."""
    shop_insights, now = product.insights, datetime.now(UTC)
    newest = await product.db.read(lambda c: c.scalar(select(func.max(units.c.at))))
    last = newest.date()

    async def never(shop: Any, patience_s: float = 0.0) -> None:
        """The figures are as they were put."""

    shop_insights.fresh = never

    async def look(show: Any, days: int = 7, **filters: str) -> Any:
        choice = Choice((last - timedelta(days=days - 1)).isoformat(), last.isoformat(), **filters)
        return await shop_insights.look(DEFAULT_SHOP, choice, show)

    print("now")
    await clocked("today", lambda: look(lambda v: show_overview(v, newest)))
    await clocked("watch for spikes", lambda: shop_insights.watch.find_spikes(DEFAULT_SHOP), 60_000)
    await clocked("weekly report", lambda: look(lambda v: write_report(v, "评测", "week", "")), 2_000)
    await clocked("monthly report", lambda: look(lambda v: write_report(v, "评测", "month", ""), 30), 2_000)
    for days in (7, 30, 90):
        print(f"pages over {days} days")
        await clocked("options", lambda days=days: look(options_of, days))
        for name, show in PAGES.items():
            await clocked(name, lambda show=show, days=days: look(show, days))
    print("pages over 90 days, narrowed")
    for filters in ({"channel": "douyin"}, {"product": "P0000"}, {"agent": "agent-3"}):
        for name, show in PAGES.items():
            limit = PAGE_MS if "channel" in filters else AD_HOC_MS
            await clocked(f"{name} {'='.join(*filters.items())}", lambda s=show, f=filters: look(s, 90, **f), limit)
    for days in (7, 90):
        print(f"behind the figures and free questions over {days} days")
        for name, show in {
            "drill ask ship.when": lambda v: list_behind(v, "talk", "ask", "ship.when", "", 0, 50),
            "drill rare finding": lambda v: list_behind(v, "talk", "finding", "rude", "", 0, 50),
            "by agent, product": lambda v: ask(v, "talk", ("agent", "product"), {}),
            "by day, handled, unhappy": lambda v: ask(v, "talk", ("day", "handled"), {"mood": "below"}),
            "by stage, one agent": lambda v: ask(v, "talk", ("stage", "mark"), {"agent": "agent-3"}),
            "by day, one product": lambda v: ask(v, "talk", ("day",), {"product": "P0000"}),
        }.items():
            await clocked(name, lambda show=show, days=days: look(show, days), AD_HOC_MS)
    print(f"measured {now:%Y-%m-%d}")


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


async def main(messages: int, url: str, home: Path) -> None:
    settings = Settings(home=home, database_url=url)
    upgrade(settings.url)
    async with running(settings) as product:
        await product.shops.ensure_shop(DEFAULT_SHOP, "评测")
        if await product.db.read(lambda c: c.scalar(select(units.c.id).limit(1))) is None:
            began = time.process_time()
            await fill(product, messages)
            print(f"filled in {time.process_time() - began:.0f} s CPU")
        await pages(product)
        await keeping(product)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=300_000)
    parser.add_argument("--url", default="")
    parser.add_argument("--home", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="xiaoer-insights-") as folder:
        asyncio.run(main(options.messages, options.url, options.home or Path(folder)))
