"""Modes follow the evidence: proposed upwards, at once downwards, and every change is in the audit."""

from typing import Any

import pytest

from xiaoer.app.mode_evidence import ModeEvidence
from xiaoer.infra import audit
from xiaoer.infra.job_runner import Jobs
from xiaoer.kernel.errors import Conflict
from xiaoer.slices.assist import api as assist
from xiaoer.slices.assist.rules.agreement import Terms
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.types import Modes


@pytest.fixture
async def evidence(world: Any) -> ModeEvidence:
    return ModeEvidence(world.db, world.clock, {"ship.when": "什么时候发货"}, Jobs(world.db, world.clock))


async def answered(world: Any, agreed: int, differed: int, intent: str = "ship.when") -> None:
    def change(connection: Any) -> None:
        for number in range(agreed + differed):
            is_same = number < agreed
            assist.count(connection, world.shop, [intent], world.clock.now(), agreed=is_same, unchanged=False)

    await world.db.write(change)


async def mode(world: Any) -> Modes:
    return (await world.db.read(lambda c: desk.get_settings(c, world.shop))).modes


async def test_a_promotion_is_proposed_and_waits_for_a_person(world: Any, evidence: ModeEvidence) -> None:
    await world.settings(modes=Modes("shadow"))
    await answered(world, 28, 2)
    (item,) = (await evidence.show(world.shop)).items
    assert item.proposal is not None
    assert (item.title, item.mode, item.proposal.to, item.agreed_ratio) == ("什么时候发货", "shadow", "assist", 0.9333)
    assert await evidence.demote(world.shop) == []
    assert (await mode(world)).intents == {}
    boss = world.person("boss", "supervisor")
    changed = await evidence.approve(boss, "ship.when", "assist")
    assert changed.intents == {"ship.when": "assist"}
    with pytest.raises(Conflict):
        await evidence.approve(boss, "ship.when", "auto")
    (line,) = await world.db.read(lambda c: audit.page(c, world.shop, action="modes."))
    assert (line.thing, line.detail["to"], line.detail["was"]) == ("ship.when", "assist", "shadow")


async def test_a_demotion_holds_at_once_and_once(world: Any, evidence: ModeEvidence) -> None:
    await answered(world, 10, 15)
    assert await evidence.demote(world.shop) == ["ship.when"]
    assert (await mode(world)).intents == {"ship.when": "assist"}
    assert await evidence.demote(world.shop) == []  # judged by what comes from now on
    assert len(await world.facts("mode.changed")) == 1


async def test_the_shops_own_thresholds_count(world: Any, evidence: ModeEvidence) -> None:
    chief = world.person("chen", "supervisor")
    assert (await evidence.show(world.shop)).terms == Terms()
    kept = await evidence.change_terms(chief, Terms(to_assist_cases=2, to_assist_ratio=0.75, demote_ratio=0.5))
    await world.settings(modes=Modes("shadow"))
    await answered(world, 3, 1)
    found = await evidence.show(world.shop)
    assert found.terms == kept
    (item,) = found.items
    assert item.proposal is not None and item.proposal.to == "assist"
    await evidence.change_terms(chief, Terms(to_assist_cases=5))
    assert (await evidence.show(world.shop)).items[0].proposal is None
    lines = await world.db.read(lambda c: audit.page(c, world.shop, action="modes.terms"))
    assert [line.who for line in lines] == ["chen chen"] * 2
