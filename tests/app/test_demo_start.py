"""The demo's second start: quick on the same day, and never fooled by a database that was emptied."""

import asyncio
from pathlib import Path

import pytest
from rich.console import Console

from xiaoer.app.demo.start import prepare_demo
from xiaoer.app.wiring import running
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.slices.imports import store as runs

OUT = Console(quiet=True)


async def imports_done(settings: Settings) -> int:
    async with running(settings) as product:
        return (await product.db.read(lambda c: runs.page(c, DEFAULT_SHOP)))[1]


@pytest.mark.asyncio
async def test_the_sample_is_brought_up_to_date_once_a_day(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    upgrade(settings.url)
    first = await prepare_demo(settings, OUT)
    done = await imports_done(settings)
    assert done > 0
    assert await prepare_demo(settings, OUT) == first
    assert await imports_done(settings) == done
    mark = tmp_path / "demo-sample"
    mark.write_text("2020-01-01 " + mark.read_text().split()[1])
    await prepare_demo(settings, OUT)
    assert await imports_done(settings) > done


def test_an_emptied_database_gets_its_sample_again(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    upgrade(settings.url)
    asyncio.run(prepare_demo(settings, OUT))
    for file in tmp_path.glob("xiaoer.db*"):
        file.unlink()
    upgrade(settings.url)
    asyncio.run(prepare_demo(settings, OUT))
    assert asyncio.run(imports_done(settings)) > 0
