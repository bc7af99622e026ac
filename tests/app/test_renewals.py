"""Access tokens are renewed before they end, once; a refusal is told in the console, never in the buyer's talk."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import select
from tests.connectors.fakes import douyin, jd, jushuitan, pinduoduo, taobao
from tests.connectors.fakes.wire import Pair, Platform
from tests.connectors.subjects import fresh_world, no_pause
from tests.connectors.world import NOW, SHOP

from xiaoer.app.renewals import LOOK, Renewals
from xiaoer.app.systems import Systems
from xiaoer.infra.clock import ManualClock
from xiaoer.infra.db import Database
from xiaoer.infra.job_runner import Jobs
from xiaoer.infra.vault import Vault
from xiaoer.infra.web import Web
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.migrations.tables import load_tables
from xiaoer.slices.catalog.service import EmbeddedCatalog
from xiaoer.slices.orders.service import EmbeddedOrders
from xiaoer.slices.systems.tables import systems as table

_FAKES = {"taobao": taobao, "jd": jd, "pinduoduo": pinduoduo, "douyin": douyin, "jushuitan": jushuitan}
_ORDER = "5003"


@dataclass
class Worker:
    """One process of the product: its own systems and runner over the shared database."""

    systems: Systems
    runner: Jobs

    async def round(self) -> None:
        await self.runner.order_regular([SHOP], (LOOK,))
        await self.runner.run_due()
        await self.runner.run_due()

    async def asks(self) -> bool:
        (one,) = await self.systems.serving(SHOP, "orders")
        return await one.source.order(SHOP, _ORDER) is not None


@dataclass
class Street:
    """A platform, a shop that is connected to it, and processes."""

    db: Database
    clock: ManualClock
    platform: Platform
    tokens: Pair
    name: str

    def worker(self) -> Worker:
        web = Web(self.clock, transport=httpx2.ASGITransport(self.platform.app), pause=no_pause, jitter=lambda: 0.5)
        rows = (EmbeddedCatalog(self.db), EmbeddedOrders(self.db))
        systems, runner = Systems(self.db, self.clock, Vault("secret"), *rows, web), Jobs(self.db, self.clock)
        Renewals(self.db, self.clock, systems, runner)
        return Worker(systems, runner)

    async def connect(self, worker: Worker, **changed: str) -> None:
        given = {**self.platform.settings, **changed}
        await worker.systems.save(
            SHOP, "店主", id_="", connector=self.name, title="", ports=("orders",), settings=given, enabled=True
        )


@pytest.fixture(params=_FAKES)
async def street(request: pytest.FixtureRequest) -> AsyncIterator[Street]:
    db = Database("sqlite://")
    with db.transaction() as connection:
        load_tables().create_all(connection)
    platform = _FAKES[request.param].platform(fresh_world())
    assert platform.tokens is not None
    yield Street(db, ManualClock(NOW), platform, platform.tokens, request.param)
    await db.close()


async def test_a_token_is_renewed_before_it_ends_and_kept_sealed(street: Street) -> None:
    worker = street.worker()
    await street.connect(worker)
    await worker.round()
    assert (street.tokens.given, await worker.asks()) == (1, True), "its end was not known, so it was asked for"
    (shown,) = await worker.systems.listed(SHOP)
    assert shown.token_ends_at == NOW + timedelta(seconds=street.tokens.lives)
    kept = await street.db.read(lambda c: str(c.execute(select(table.c.settings)).scalar_one()))
    assert street.tokens.access not in kept
    assert street.tokens.refresh not in kept
    await worker.round()
    assert street.tokens.given == 1, "as long as it holds nothing is asked"


async def test_two_processes_renew_once(street: Street) -> None:
    one, other = street.worker(), street.worker()
    await street.connect(one)
    await asyncio.gather(one.round(), other.round())
    assert street.tokens.given == 1
    assert await one.asks()
    assert await other.asks(), "the other one takes the new token over"


async def test_a_look_up_that_hears_of_an_ended_token_has_it_renewed(street: Street) -> None:
    worker = street.worker()
    await street.connect(worker)
    street.tokens.access = "given-elsewhere"
    for _ in range(2):
        with pytest.raises(SourceUnavailable):
            await worker.asks()
    await worker.runner.run_due()
    assert (street.tokens.given, await worker.asks()) == (1, True)


async def test_a_refusal_is_told_in_the_console_and_ends_with_new_tokens(street: Street) -> None:
    worker = street.worker()
    await street.connect(worker)
    street.tokens.ends = True
    await worker.round()
    (shown,) = await worker.systems.listed(SHOP)
    assert shown.token_refused
    assert await worker.asks(), "the token that is there may still hold"
    street.tokens.ends, street.tokens.access, street.tokens.refresh = False, "new", "new-refresh"
    given = {**street.platform.settings, _secret(street.name): "new", "refresh_token": "new-refresh"}
    await worker.systems.save(
        SHOP, "店主", id_=shown.id, connector=street.name, title="", ports=("orders",), settings=given, enabled=True
    )
    (shown,) = await worker.systems.listed(SHOP)
    assert (shown.token_refused, await worker.asks()) == ("", True)


async def test_without_a_refresh_token_the_shop_is_told_when_the_token_ends(street: Street) -> None:
    worker = street.worker()
    await street.connect(worker, refresh_token="")
    await worker.round()
    (shown,) = await worker.systems.listed(SHOP)
    assert shown.token_refused == ""
    street.tokens.access = "given-elsewhere"
    with pytest.raises(SourceUnavailable):
        await worker.asks()
    await worker.runner.run_due()
    (shown,) = await worker.systems.listed(SHOP)
    assert (shown.token_refused, street.tokens.given) == ("令牌已到期", 0)


def _secret(name: str) -> str:
    return "session" if name == "taobao" else "access_token"
