"""The desk's scenarios: `scenarios/*.yaml`, sentences that `script.py` plays on the whole product."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.flows.desk import expectations, workers
from tests.flows.desk.script import Play

from xiaoer.app.wiring import Wiring
from xiaoer.infra.clock import ManualClock
from xiaoer.infra.settings import Settings
from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.errors import XiaoerError
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.conversations.tables import conversations

assert expectations.__doc__  # importing them teaches the script its other halves
assert workers.__doc__
FOLDER = Path(__file__).parent / "scenarios"
AT = "2026-06-18T15:00"  # a Thursday afternoon in the shop's zone, hours 9:00-23:00


def _read(path: Path) -> Iterator[Any]:
    """The scenarios of a file; one with `cases` is played once a case, each word in capitals replaced."""
    for scenario in yaml.safe_load(path.read_text(encoding="utf-8")):
        for case in scenario.get("cases", ({},)):
            play, name = scenario["play"], scenario["name"]
            for word, value in case.items():
                play = play.replace(word, str(value))
            if case:
                name += f" ({next(iter(case.values()))})"
            yield pytest.param(scenario | {"play": play}, id=f"{path.stem}: {name}")


SCENARIOS = [scenario for path in sorted(FOLDER.glob("*.yaml")) for scenario in _read(path)]


class Stage:
    """The product that every scenario plays on, each in its own shop."""

    def __init__(self, url: str, home: Path) -> None:
        self.clock = ManualClock(datetime(2026, 6, 18, 7, tzinfo=UTC))
        self.loop = asyncio.Runner()
        self.product = Wiring(
            Settings(home=home, database_url=url, secret="s" * 32, gather_timeout_ms=10_000), self.clock
        )
        self.shops = 0

    def play(self, scenario: dict[str, Any]) -> None:
        self.shops += 1
        shop = ShopId(f"desk{self.shops}")
        self.clock.advance(datetime.fromisoformat(scenario.get("at", AT)).replace(tzinfo=SHOP_ZONE) - self.clock.now())
        self.loop.run(self._play(Play(self.product, self.clock, shop), scenario))

    async def _play(self, play: Play, scenario: dict[str, Any]) -> None:
        await self.product.shops.ensure_shop(play.shop, "测试店")
        for number, line in enumerate(scenario["play"].strip().splitlines(), start=1):
            try:
                await play.run(line)
            except (AssertionError, XiaoerError) as error:
                raise AssertionError(f"{scenario['name']}: step {number}, {line}: {error}") from None
            await self.product.db.read(_one_owner)


def _one_owner(connection: Any) -> None:
    for row in connection.execute(conversations.select()):
        assert row.state in ("bot", "queued", "agent", "closed")
        assert row.state == "closed" or (row.state == "agent") == bool(row.assigned_to)


@pytest.fixture(scope="module")
def stage(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One product for the whole file; PostgreSQL runs it as well."""
    home = tmp_path_factory.mktemp("stage")
    url = template
    if template.startswith("sqlite:///"):
        path = home / "x.db"
        path.write_bytes(Path(template.removeprefix("sqlite:///")).read_bytes())
        url = f"sqlite:///{path}"
    made = Stage(url, home)
    yield made
    made.loop.run(made.product.stop())
    made.loop.close()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_desk_plays_out_as_written(stage: Stage, scenario: dict[str, Any]) -> None:
    stage.play(scenario)


def test_there_are_enough_of_them() -> None:
    assert len(SCENARIOS) >= 120
