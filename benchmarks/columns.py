"""What a million messages cost on ClickHouse: processor time to send, bytes on the disk, and how long pages take.

    uv sync --group clickhouse && python -m benchmarks.columns [--messages 1000000]

ClickHouse runs in this process (chdb), so the time to send holds both ends: making the rows here and taking them there.
Talks are those of `benchmarks/insights.py`: a pool, repeated on other days with other ids, over 90 days.
"""

import argparse
import asyncio
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec
from benchmarks.facts import talk_facts
from benchmarks.insights import DAYS, NOW, POOL
from chdb import session
from msgspec import structs

from xiaoer.app.insights import Choice, Insights
from xiaoer.app.wiring import running
from xiaoer.flows.show_insights.pages import PAGES
from xiaoer.infra.clickhouse import insert
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.slices.insights import columns
from xiaoer.slices.insights.rules.measures import gifts_of, row_of_talk
from xiaoer.slices.insights.rules.talks import derive_talk
from xiaoer.slices.insights.store import with_blocks

_BATCH = 2_000
_DAY_US = 86_400_000_000


def fill(run: Any, formulas: Any, messages: int) -> tuple[int, float, float]:
    """(talks, CPU seconds to make the rows, CPU seconds to send and take them)."""
    dice = Random(7)
    drawn = [talk_facts(dice, n, NOW - timedelta(hours=dice.uniform(0, 24))) for n in range(POOL)]
    rows = [row_of_talk(talk) for facts in drawn if (talk := derive_talk(facts))]
    gifts = [gifts_of(row, formulas) for row in rows]
    sums: dict[Any, list[int]] = {}
    done = talks = 0
    making = sending = 0.0
    while done < messages:
        began = time.process_time()
        facts_out, units_out = [], []
        for _ in range(_BATCH):
            place, back = dice.randrange(POOL), dice.randrange(DAYS)
            row, moved = rows[place], timedelta(days=back)
            talk = structs.replace(row.facts, id=f"t{talks}", opened=row.facts.opened - back * _DAY_US)
            unit = structs.replace(row, id=f"t{talks}", day=row.day - back, at=row.at - moved, facts=talk)
            units_out.append(columns.row_of_unit(DEFAULT_SHOP, unit, 1))
            for key, n, v in gifts[place]:
                value = sums.setdefault(key._replace(day=key.day - back), [0, 0])
                value[0] += n
                value[1] += v
            for at, fact in enumerate(drawn[place]):
                told = structs.replace(fact, id=f"t{talks}:{at}", conversation_id=f"t{talks}", at=fact.at - moved)
                facts_out.append(columns.row_of_fact(told, 1))
            done, talks = done + len(talk.beats), talks + 1
        made = time.process_time()
        insert(run, "events", facts_out)
        insert(run, "insight_units", units_out)
        making, sending = making + made - began, sending + time.process_time() - made
    began = time.process_time()
    whole = [
        {"shop": DEFAULT_SHOP, **key._asdict(), "n": n, "v": v, "version": 1, "gone": 0}
        for key, (n, v) in with_blocks(sums).items()
    ]
    for start in range(0, len(whole), 100_000):
        insert(run, "insight_cells", whole[start : start + 100_000])
    sending += time.process_time() - began
    return talks, making, sending


async def main(messages: int) -> None:
    with tempfile.TemporaryDirectory(prefix="xiaoer-columns-") as folder:
        there = session.Session(f"{folder}/clickhouse")

        def run(statement: bytes) -> bytes:
            return bytes(there.query(statement.decode(), "JSONCompactEachRow").bytes())

        for statement in columns.SCHEMA:
            run(statement.encode())
        settings = Settings(home=Path(folder))
        upgrade(settings.url)
        async with running(settings) as product:
            await product.shops.ensure_shop(DEFAULT_SHOP, "评测")
            talks, making, sending = fill(run, product.insights.formulas, messages)
            per = messages / 1_000_000
            print(f"{messages:,} messages in {talks:,} talks", flush=True)
            print(f"  rows made {making / per:.0f} s CPU a million, sent and taken {sending / per:.0f} s CPU a million")
            query = b"SELECT table, sum(rows), sum(bytes_on_disk) FROM system.parts WHERE active GROUP BY table"
            for line in run(query).splitlines():
                table, count, size = msgspec.json.decode(line)
                print(f"  {table:14} {int(count):>12,} rows, {int(size) / per / 1e6:.0f} MB a million messages")
            pages = (product.db, product.clock, product.understanding, product.knowledge)
            shown = Insights(*pages, settings.home, product.jobs, None, run, True)

            async def never(shop: Any, patience_s: float = 0.0) -> None:
                """The figures are as they were put."""

            shown.fresh = never  # type: ignore[method-assign]
            last = NOW.date()
            for days in (7, 90):
                choice = Choice((last - timedelta(days=days - 1)).isoformat(), last.isoformat())
                for name in PAGES:
                    began, cpu = time.monotonic(), time.process_time()
                    await shown.page(DEFAULT_SHOP, name, choice)
                    spent = time.process_time() - cpu
                    print(
                        f"  {name:14} {days:3} days {spent:6.1f} s CPU, {time.monotonic() - began:6.1f} s", flush=True
                    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=1_000_000)
    asyncio.run(main(parser.parse_args().messages))
