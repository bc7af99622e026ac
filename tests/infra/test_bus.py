"""One contract for the bus, whatever carries its hints: same process, polled table, or Redis."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from redis.asyncio import Redis
from sqlalchemy import select, update

from xiaoer.infra.bus import Bus, DatabaseRelay, Hint, Subscription, bus_events
from xiaoer.infra.bus_redis import RedisRelay
from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id

_BACKENDS = ["process", "database", pytest.param("redis", marks=pytest.mark.server)]
MakeBus = Callable[[], Bus]


async def _take(hints: Subscription, count: int) -> list[Hint]:
    async def read() -> list[Hint]:
        return [await anext(hints) for _ in range(count)]

    return await asyncio.wait_for(read(), timeout=5)


@pytest.fixture(params=_BACKENDS)
async def make_bus(request: pytest.FixtureRequest) -> AsyncIterator[MakeBus]:
    """Makes buses that hear each other, as the workers of one installation do."""
    opened: list[Bus] = []
    databases: list[Database] = []
    channel = new_id()

    def make() -> Bus:
        match request.param:
            case "process":
                bus = opened[0] if opened else Bus()
            case "database":
                databases.append(Database(request.getfixturevalue("database_url")))
                bus = Bus(DatabaseRelay(databases[-1]))
            case _:
                bus = Bus(RedisRelay(request.getfixturevalue("redis_url"), channel))
        opened.append(bus)
        return bus

    yield make
    for bus in set(opened):
        await bus.close()
    for database in databases:
        await database.close()


async def test_a_hint_reaches_the_publisher_and_every_other_worker_once(make_bus: MakeBus) -> None:
    one, other = make_bus(), make_bus()
    async with one.subscribe("order.") as near, other.subscribe("order.") as far:
        one.publish("order.s1.o1", {"shop": "s1", "order_id": "o1"})
        one.publish("order.s1.o2", {"shop": "s1", "order_id": "o2"})
        expected = [Hint(f"order.s1.{id_}", {"shop": "s1", "order_id": id_}) for id_ in ("o1", "o2")]
        assert await _take(near, 2) == expected
        assert await _take(far, 2) == expected
        other.publish("order.end", {})  # comes after any second copy would
        assert await _take(near, 1) == await _take(far, 1) == [Hint("order.end")]


async def test_only_topics_under_the_prefix_arrive(make_bus: MakeBus) -> None:
    bus, other = make_bus(), make_bus()
    async with other.subscribe("message.s1.b1") as hints, other.subscribe("") as everything:
        for topic in ("message.s2.b1", "order.s1", "message.s1", "message.s1.b1.m1"):
            bus.publish(topic, {})
        assert await _take(hints, 1) == [Hint("message.s1.b1.m1")]
        assert len(await _take(everything, 4)) == 4


async def test_hints_keep_their_order(make_bus: MakeBus) -> None:
    bus, other = make_bus(), make_bus()
    async with other.subscribe("n.") as hints:
        for number in range(500):
            bus.publish("n.x", {"n": number})
        assert [hint.payload["n"] for hint in await _take(hints, 500)] == list(range(500))


async def test_what_was_published_before_the_watch_is_not_heard(make_bus: MakeBus) -> None:
    bus, other = make_bus(), make_bus()
    async with bus.subscribe("a.") as first:
        bus.publish("a.early", {})
        await _take(first, 1)
    await bus.flush()
    async with other.subscribe("a.") as hints:
        bus.publish("a.late", {})
        assert await _take(hints, 1) == [Hint("a.late")]


async def test_a_watch_can_end_and_another_begin(make_bus: MakeBus) -> None:
    bus, other = make_bus(), make_bus()
    for _ in range(3):
        async with other.subscribe("a.") as hints:
            bus.publish("a.b", {})
            assert await _take(hints, 1) == [Hint("a.b")]


async def test_a_slow_reader_loses_its_oldest_hints_and_holds_nobody_back() -> None:
    bus = Bus()
    async with bus.subscribe("n.") as hints:
        for number in range(1_500):
            bus.publish("n.x", {"n": number})
        assert [hint.payload["n"] for hint in await _take(hints, 1_000)] == list(range(500, 1_500))
    await bus.close()


async def test_old_hints_leave_the_table(db: Database) -> None:
    bus = Bus(DatabaseRelay(db))
    bus.publish("a.old", {"shop": "s1"})
    await bus.flush()
    await db.write(lambda c: c.execute(update(bus_events).values(seq=bus_events.c.seq - 61_000_000)))
    later = Bus(DatabaseRelay(db))
    later.publish("a.new", {"shop": "s1"})
    await later.close()
    await bus.close()
    assert await db.read(lambda c: list(c.scalars(select(bus_events.c.topic)))) == ["a.new"]


async def test_a_hint_is_newer_than_every_one_that_its_writer_sees_whatever_the_clocks_say(db: Database) -> None:
    bus, other = Bus(DatabaseRelay(db, poll_s=0.001)), Bus(DatabaseRelay(db, poll_s=0.001))
    async with other.subscribe("a.") as hints:
        bus.publish("a.first", {})
        await _take(hints, 1)
        await db.write(lambda c: c.execute(update(bus_events).values(seq=bus_events.c.seq + 900_000_000)))
        # the row is now of a clock that goes ahead by a quarter of an hour; where rows are read once it comes anew
        if db.is_sqlite:
            await _take(hints, 1)
        bus.publish("a.second", {})
        assert await _take(hints, 1) == [Hint("a.second")]
    await bus.close()
    await other.close()


async def test_the_table_is_not_read_while_nobody_watches(db: Database) -> None:
    reads, polled = 0, asyncio.Event()

    class CountingDatabase(Database):
        async def read(self, query: Any) -> Any:
            nonlocal reads
            reads += 1
            if reads == 4:
                polled.set()
            return await super().read(query)

    counting = CountingDatabase(db.url)
    bus = Bus(DatabaseRelay(counting, poll_s=0.001))
    async with bus.subscribe("a."):
        await asyncio.wait_for(polled.wait(), timeout=5)
    seen = reads
    for number in range(20):
        bus.publish("a.b", {"n": number})
        await bus.flush()
    assert reads == seen
    await bus.close()
    await counting.close()


async def test_a_relay_that_fails_loses_hints_between_processes_only() -> None:
    bus = Bus(RedisRelay("redis://127.0.0.1:1", retry_s=0.01))
    async with bus.subscribe("a.") as hints:
        bus.publish("a.b", {})
        assert await _take(hints, 1) == [Hint("a.b")]
        await bus.flush()
    await bus.close()


@pytest.mark.server
async def test_a_dropped_redis_connection_is_taken_up_again(redis_url: str) -> None:
    channel = new_id()
    bus, other = Bus(RedisRelay(redis_url, channel)), Bus(RedisRelay(redis_url, channel, retry_s=0.01))
    async with other.subscribe("a.") as hints:
        async with Redis.from_url(redis_url) as administrator:
            ours = [client for client in await administrator.client_list("pubsub") if client["name"] == channel]
            for client in ours:
                await administrator.client_kill_filter(_id=client["id"])
        assert len(ours) == 1

        async def hear() -> Hint:
            while True:
                bus.publish("a.b", {})
                try:
                    return await asyncio.wait_for(anext(hints), timeout=0.05)
                except TimeoutError:
                    continue

        assert await asyncio.wait_for(hear(), timeout=5) == Hint("a.b")
    await bus.close()
    await other.close()
