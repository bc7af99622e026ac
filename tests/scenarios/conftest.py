"""The sample shop at 2026-06-18 20:00 in the shop's zone, opened once for all scenarios."""

import threading
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn
from tests.connectors.fakes import generic
from tests.connectors.subjects import fresh_world
from tests.connectors.world import World
from tests.scenarios.remote import Wire

from xiaoer.app.demo.generate import generate, write_folder
from xiaoer.app.wiring import Wiring
from xiaoer.infra.clock import ManualClock
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.kernel.worktime import BusinessHours
from xiaoer.slices.shops.types import Shop

NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home folder with tables in it."""
    # nothing here is about speed: a loaded machine must not make a look-up late
    settings = Settings(home=tmp_path_factory.mktemp("scenarios"), api_key="k", demo=True, gather_timeout_ms=20_000)
    upgrade(settings.url)
    return settings


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def product(sample_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Wiring]:
    """The product on the sample shop as it stands at `NOW`; no background work runs."""
    wiring = Wiring(sample_home, ManualClock(NOW))
    folder: Path = tmp_path_factory.mktemp("sample")
    write_folder(generate(NOW), folder)
    await wiring.shops.save_shop(DEFAULT_SHOP, Shop(DEFAULT_SHOP, "小满生活馆", hours=BusinessHours(540, 1320)))
    runs = await wiring.importer.import_folder(DEFAULT_SHOP, folder, by="scenario")
    assert all(run.status == "done" for run in runs)
    yield wiring
    await wiring.stop()


@pytest.fixture
def served(wire: Wire) -> Iterator[tuple[str, World]]:
    """A shop of its own behind a loopback port, checking signatures."""
    world = fresh_world()
    wire.app = generic.platform(world).app
    server = uvicorn.Server(uvicorn.Config(wire, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 10
    while not server.started and time.monotonic() < until:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/shop", world
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def wire() -> Wire:
    return Wire()
