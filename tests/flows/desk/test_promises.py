"""A promise whose time has passed with nothing said is told by the clock: an alert, and a fact for the review."""

from datetime import timedelta
from typing import Any

import pytest

from xiaoer.flows.agent_reply import Outgoing
from xiaoer.flows.watch_promises import WatchPromises
from xiaoer.infra.idgen import new_id
from xiaoer.kernel.turn import TextContent
from xiaoer.slices.assist import api as assist
from xiaoer.slices.insights import api as insights
from xiaoer.slices.insights.rules.quality import review
from xiaoer.slices.insights.rules.talks import derive_talk


@pytest.fixture
def watch(world: Any) -> WatchPromises:
    return WatchPromises(world.db, world.clock, world.jobs)


async def _say(world: Any, who: Any, talk: str, text: str) -> None:
    await world.reply.send(who, talk, Outgoing(new_id(), TextContent(text)))


async def _promised(world: Any) -> tuple[Any, str]:
    who = await world.comes("li")
    talk = await world.asks_for_a_person()
    await world.take.take(who, talk)
    await _say(world, who, talk, "我帮您问一下仓库，1小时内回复您。")
    world.clock.advance(timedelta(seconds=20))
    await _say(world, who, talk, "您先忙哈")
    return who, talk


async def test_what_is_due_and_unsaid_is_told_once_and_counts_in_the_review(world: Any, watch: WatchPromises) -> None:
    _, talk = await _promised(world)
    world.clock.advance(timedelta(minutes=65))
    assert await watch.look(world.shop) == []  # ten minutes late is in time
    world.clock.advance(timedelta(minutes=6))
    (alert,) = await watch.look(world.shop)
    assert (alert.kind, alert.conversation_id, alert.facts["agent_id"]) == ("promise", talk, "li")
    assert "1小时内回复您" in alert.title
    assert await watch.look(world.shop) == []
    facts = await world.db.read(lambda c: insights.facts_of(c, world.shop, [talk]))
    derived = derive_talk(facts)
    assert derived is not None
    assert "promise" in review(derived).findings


@pytest.mark.parametrize("how", ["said", "ticked"])
async def test_who_spoke_again_or_ticked_it_off_kept_it(world: Any, watch: WatchPromises, how: str) -> None:
    who, talk = await _promised(world)
    world.clock.advance(timedelta(minutes=30))
    if how == "said":
        await _say(world, who, talk, "仓库说今天发出")
    else:
        (open_,) = await world.db.read(lambda c: assist.open_promises(c, world.shop))
        await world.db.write(lambda c: assist.finish_promise(c, world.shop, open_.id, "li", world.clock.now()))
    world.clock.advance(timedelta(hours=2))
    assert await watch.look(world.shop) == []
