"""Figures are counted beside the server: the same figures, and next to nothing of the server's own time."""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from benchmarks.facts import talk_facts

from xiaoer.app.beside import BesideFailed
from xiaoer.app.insights import Choice
from xiaoer.app.wiring import Wiring
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.slices.insights import api as insights
from xiaoer.slices.insights import store

TALKS = 120


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[Wiring]:
    settings = Settings(home=tmp_path, figures_beside=True)
    upgrade(settings.url)
    product = Wiring(settings)
    await product.shops.ensure_shop(DEFAULT_SHOP, "测试店")
    dice = Random(3)
    at = datetime.now(UTC) - timedelta(days=2)
    for number in range(TALKS):
        facts = talk_facts(dice, number, at + timedelta(minutes=number))
        await product.db.write(lambda c, facts=facts: insights.append_new(c, DEFAULT_SHOP, facts))
    yield product
    await product.stop()


async def cells(product: Wiring) -> Counter[tuple[Any, ...]]:
    return await product.db.read(lambda c: store.all_cells(c, DEFAULT_SHOP))


class Loop:
    """The processor time of the longest step of the event loop while something is awaited."""

    def __init__(self) -> None:
        self.longest_s = 0.0

    async def __aenter__(self) -> "Loop":
        self._ticking = asyncio.create_task(self._tick())
        return self

    async def _tick(self) -> None:
        last = time.thread_time()
        while True:
            await asyncio.sleep(0.001)
            now = time.thread_time()
            self.longest_s, last = max(self.longest_s, now - last), now

    async def __aexit__(self, *_: object) -> None:
        self._ticking.cancel()


async def test_counting_beside_the_server_leaves_its_loop_free_and_gives_the_same_figures(product: Wiring) -> None:
    async with Loop() as beside:
        await product.insights.fresh(DEFAULT_SHOP, 60.0)
    counted = await cells(product)
    async with Loop() as inside:
        assert await product.insights.roll_up.rebuild(DEFAULT_SHOP) >= TALKS
    assert counted
    assert counted == await cells(product)
    assert beside.longest_s < inside.longest_s / 2


async def test_a_process_that_is_killed_loses_nothing(product: Wiring) -> None:
    beside = product.insights._beside
    assert beside is not None
    await beside.ask("roll_up", DEFAULT_SHOP, 0.0)  # stops after its first step
    assert beside._process is not None
    under_way = asyncio.create_task(beside.ask("roll_up", DEFAULT_SHOP))
    await asyncio.sleep(0)
    os.kill(beside._process.pid, signal.SIGKILL)
    with pytest.raises(BesideFailed):
        await under_way
    await beside.ask("roll_up", DEFAULT_SHOP)
    counted = await cells(product)
    await product.insights.roll_up.rebuild(DEFAULT_SHOP)
    assert counted == await cells(product)


async def test_a_page_shows_what_there_is_while_figures_are_made(product: Wiring) -> None:
    page = await product.insights.page(DEFAULT_SHOP, "hot-questions", Choice())
    assert page.id == "hot-questions"
    assert await product.insights.look_for_spikes(DEFAULT_SHOP) == []
