"""Knowledge at size: 100,000 entries in one shop, and 1,000 shops in one installation, on SQLite in a temporary folder.

    python benchmarks/knowledge.py [entries] [shops]

Prints import, full build of the index, one changed entry until it answers, search by buyers and by people, resident
memory; the check of all pairs of 20,000 entries; then many small shops with no more than 200 indexes held at once, and
with all of them held, each part in a process of its own so that its memory is its own. Times are processor seconds
where the machine may be shared.

Targets: one changed entry within 1 s, a full build of 100,000 within 10 s, people's search under 20 ms.
"""

import asyncio
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path

import msgspec

from xiaoer.app.sinks import build_checks, build_sinks
from xiaoer.app.wiring import Wiring
from xiaoer.flows.import_data.importer import Importer
from xiaoer.infra.clock import SystemClock
from xiaoer.infra.db import Database
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import ShopId
from xiaoer.migrations.tables import load_tables
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.knowledge.people import PeopleSearch
from xiaoer.slices.knowledge.service import EntryService
from xiaoer.slices.knowledge.types import EntryDraft
from xiaoer.slices.understanding.api import Understanding

_GOODS = ("羽绒服", "保温杯", "面膜", "猫粮", "耳机", "电饭煲", "奶粉", "跑鞋", "床单", "坚果", "台灯", "行李箱")
_KINDS = ("加厚", "便携", "儿童", "男款", "女款", "升级版", "轻薄", "大号", "限量", "经典")
_ASKS = (
    "多久发货",
    "能退吗",
    "怎么保养",
    "保修多久",
    "有现货吗",
    "是什么材质",
    "会掉色吗",
    "包邮吗",
    "怎么安装",
    "送什么",
)
SHOP = ShopId("large")
_PAIRED = 20_000  # entries that the nightly check compares with each other


def question(number: int) -> str:
    """The question of an entry: goods, kind and model make it one of its own."""
    model = f"{chr(65 + number % 26)}{number // 26 % 997}"
    return f"{_KINDS[number // 120 % 10]}{_GOODS[number // 10 % 12]}{model}{_ASKS[number % 10]}"


def rows(count: int) -> bytes:
    """An import file."""
    return b"\n".join(
        msgspec.json.encode({"id": f"K{n}", "question": question(n), "answer": f"这一款的答案是第 {n} 条，请放心。"})
        for n in range(count)
    )


def memory_mb() -> float:
    """Most memory that this process held, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def timed(name: str, run: Callable[[], object]) -> None:
    """Run and print processor and wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = run()
    if asyncio.iscoroutine(result):
        await result
    print(f"{name:44}{time.process_time() - cpu:8.2f} s cpu{time.perf_counter() - wall:8.2f} s wall")


async def large(folder: Path, count: int) -> None:
    """One shop with many entries."""
    db, clock, words = Database(f"sqlite:///{folder / 'large.db'}"), SystemClock(), Understanding.shipped()
    with db.transaction() as connection:
        load_tables().create_all(connection)
    knowledge, entries = Knowledge(db, words), EntryService(db, clock)
    importer = Importer(db, clock, build_sinks(), build_checks())
    before = memory_mb()
    await timed(f"import {count:,} entries", lambda: importer.import_file(SHOP, rows(count), name="knowledge.jsonl"))
    await timed("full build of the index", lambda: knowledge.ensure_loaded(SHOP))
    built = memory_mb()
    await entries.create(SHOP, EntryDraft("青铜摆件怎么除锈", "用软布擦。"), "bench", "NEW")
    await timed("one changed entry until it answers", lambda: knowledge.refresh(SHOP))
    assert knowledge.search(SHOP, "青铜摆件怎么除锈", now=clock.now()).hits[0].id == "NEW"
    dice = random.Random(3)
    asked = [question(dice.randrange(count)) for _ in range(200)]
    cpu = time.process_time()
    right = sum(knowledge.search(SHOP, text, now=clock.now(), top_k=1).hits[0].question == text for text in asked)
    print(f"{'search as buyers do, each':44}{(time.process_time() - cpu) / 200 * 1e3:8.2f} ms cpu, right {right}/200")
    people = PeopleSearch(db, words, knowledge)
    await timed("build for people's search", lambda: people.warm(SHOP))
    for words_ in (
        "羽绒服",
        "保温杯 掉色",
        "yurongfu",
        "yurongufu",
        "xinglixaing",
        "bwb",
        "Z99",
        "羽荣服掉色",
        "放心",
    ):
        cpu = time.process_time()
        for _ in range(10):
            hits = await people(SHOP, words_, clock.now(), limit=20)
        print(f"{'  people: ' + words_:38}{(time.process_time() - cpu) * 100:8.2f} ms cpu, {len(hits)} hits")
    print(f"memory: {before:.0f} MB before, {built:.0f} MB with the index, {memory_mb():.0f} MB with people's search")
    await db.close()


async def checked(folder: Path, count: int) -> None:
    """The check of every pair of a shop's entries, as it runs each night."""
    settings = Settings(home=folder, log_level="error")
    upgrade(settings.url)
    product = Wiring(settings, SystemClock())
    await product.shops.ensure_shop(SHOP, "large")
    await product.importer.import_file(SHOP, rows(count), name="knowledge.jsonl")
    await timed(f"check of all pairs of {count:,} entries", lambda: product.brain.health(SHOP))
    print(f"memory: {memory_mb():.0f} MB at most")
    await product.stop()


async def many(folder: Path, shops: int, held: int) -> None:
    """Many small shops; an index is loaded when somebody asks, the one not asked for longest goes."""
    db, clock, words = Database(f"sqlite:///{folder / 'many.db'}"), SystemClock(), Understanding.shipped()
    with db.transaction() as connection:
        load_tables().create_all(connection)
    knowledge, entries = Knowledge(db, words, shops_held=held), EntryService(db, clock)
    for number in range(shops):
        shop = ShopId(f"shop-{number}")
        await asyncio.gather(
            *(entries.create(shop, EntryDraft(question(n), f"{number}"), "bench", f"K{n}") for n in range(20))
        )
    before, cpu = memory_mb(), time.process_time()
    for number in range(shops):
        shop = ShopId(f"shop-{number}")
        await knowledge.ensure_loaded(shop)
        assert knowledge.search(shop, question(7), now=clock.now(), top_k=1).hits[0].answer == f"{number}"
    each = (time.process_time() - cpu) / shops * 1e3
    more = memory_mb() - before
    print(
        f"{shops:,} shops of 20 entries, {len(knowledge.loaded())} held: first question of each {each:.1f} ms cpu, "
        f"{more:.0f} MB more ({more / len(knowledge.loaded()) * 1024:.0f} kB a shop held)"
    )
    cpu = time.process_time()
    await knowledge.refresh_all()
    print(f"look for changes in all that are held: {(time.process_time() - cpu) * 1e3:.0f} ms cpu")
    await db.close()


def main() -> None:
    """Run all parts."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    shops = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000
    parts = ((large, (count,)), (checked, (min(count, _PAIRED),)), (many, (shops, 200)), (many, (shops, shops)))
    for part, arguments in parts:
        process = multiprocessing.get_context("spawn").Process(target=_alone, args=(part, arguments))
        process.start()
        process.join()
        if process.exitcode:
            sys.exit(process.exitcode)


def _alone(part: Callable[..., Coroutine[None, None, None]], arguments: tuple[int, ...]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(part(Path(folder), *arguments))


if __name__ == "__main__":
    main()
