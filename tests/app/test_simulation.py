"""The simulation: the same seed gives the same run, buyers talk in many voices, and a planted effect is found."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from xiaoer.app.simulation.personas import PERSONAS, Words
from xiaoer.app.simulation.planted import PAYS, PAYS_REACHED, run_planted
from xiaoer.app.simulation.run import Outcome, Plan, simulate
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.errors import Conflict

UNTIL = datetime(2026, 6, 18, 12, tzinfo=UTC)


def opened(home: Path) -> Settings:
    home.mkdir(exist_ok=True)
    settings = Settings(home=home, database_url="")
    upgrade(settings.url)
    return settings


async def run(home: Path, seed: int) -> Outcome:
    settings = opened(home)
    return await simulate(settings, Plan(8, 1, seed, UNTIL), lambda share: None)


async def test_the_same_seed_gives_the_same_run_and_another_one_another(tmp_path: Path) -> None:
    first, again = await run(tmp_path / "a", 3), await run(tmp_path / "b", 3)
    assert (first.digest, first.counts, first.revenue) == (again.digest, again.counts, again.revenue)
    assert (
        first.counts["page.viewed"] == 8 and first.counts["messages"] == first.counts["answered"] + first.counts["held"]
    )
    other = await run(tmp_path / "c", 4)
    assert other.digest != first.digest
    with pytest.raises(Conflict):
        await run(tmp_path / "a", 3)


async def test_a_planted_effect_is_found_through_the_real_tables(tmp_path: Path) -> None:
    start = datetime(2026, 3, 2, 2, tzinfo=UTC)
    report = await run_planted(tmp_path, 300, start, seed=11, span=timedelta(hours=1))
    assert report.treated.buyers + report.held_out.buyers == 300
    assert report.conversion is not None
    assert report.conversion.low <= PAYS_REACHED - PAYS <= report.conversion.high
    assert sum(fen == 0 for fen in report.treated.fens) > 300 // 2 - report.held_out.buyers // 2, "most pay nothing"


def test_personas_are_a_whole_and_their_chances_are_chances() -> None:
    assert sum(persona.share for persona in PERSONAS) == pytest.approx(1)
    for persona in PERSONAS:
        chances = (persona.haggles, persona.buys, persona.carts, persona.leaves_unpaid, persona.agrees)
        assert all(0 <= chance <= 1 for chance in (*chances, persona.returns, persona.complains))


def test_buyers_talk_in_many_voices_and_leave_no_gap() -> None:
    words, dice = Words(), Random(1)
    said = {words.ask(dice, dice.choice(words.voices), "服装/裤装", "高腰直筒休闲裤") for _ in range(400)}
    assert len(said) > 250
    assert not any("{" in line for line in said)
