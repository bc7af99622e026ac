"""People come and go, talks end: what happens to the talks they hold, to drafts, ratings and recalled words."""

from datetime import timedelta
from typing import Any

import pytest

from xiaoer.flows.rate_talk import RateTalk, Rating
from xiaoer.kernel.errors import Conflict, NotFound
from xiaoer.kernel.ids import BuyerId
from xiaoer.slices.conversations import api as conversations


async def test_going_offline_gives_talks_back(world: Any) -> None:
    lin = await world.comes("lin")
    talks = [await world.asks_for_a_person(f"b{number}") for number in range(2)]
    await world.hand_off.all_waiting(world.shop)
    await world.agents.change(lin, {"status": "offline"})
    assert [await world.owner(talk) for talk in talks] == ["queued", "queued"]
    await world.comes("mei")
    await world.hand_off.all_waiting(world.shop)
    assert [await world.owner(talk) for talk in talks] == ["mei", "mei"]


async def test_pausing_keeps_talks_and_takes_no_new_ones(world: Any) -> None:
    lin = await world.comes("lin")
    first = await world.asks_for_a_person("b1")
    await world.hand_off(world.shop, first)
    await world.agents.change(lin, {"status": "paused"})
    second = await world.asks_for_a_person("b2")
    await world.hand_off(world.shop, second)
    assert (await world.owner(first), await world.owner(second)) == ("lin", "queued")


async def test_an_agent_who_is_lost_loses_his_talks(world: Any) -> None:
    await world.comes("lin")
    talk = await world.asks_for_a_person()
    await world.hand_off(world.shop, talk)
    world.clock.advance(timedelta(seconds=80))
    assert await world.agents.rebalance(world.shop) == []
    world.clock.advance(timedelta(seconds=20))
    assert await world.agents.rebalance(world.shop) == [talk]
    assert await world.owner(talk) == "queued"
    assert [fact["by"] for fact in await world.facts("agent.state")] == ["self", "lost"]


async def test_a_silent_agent_loses_the_talk_to_a_colleague_who_then_keeps_it(world: Any) -> None:
    lin = await world.comes("lin")
    talk = await world.asks_for_a_person()
    await world.hand_off(world.shop, talk)
    world.clock.advance(timedelta(seconds=130))
    await world.agents.appear(lin)
    mei = await world.comes("mei")
    assert await world.agents.rebalance(world.shop) == [talk]
    await world.hand_off(world.shop, talk)
    assert await world.owner(talk) == "mei"
    await world.reply.send(mei, talk, world.text("您好"))
    world.clock.advance(timedelta(seconds=130))
    await world.agents.appear(lin)
    await world.agents.appear(mei)
    assert await world.agents.rebalance(world.shop) == []


async def test_the_last_agent_of_a_buyer_serves_again(world: Any) -> None:
    await world.comes("lin")
    mei = await world.comes("mei")
    talk = str((await world.buyer("在吗")).conversation.id)
    await world.take.take(mei, talk)
    await world.reply.send(mei, talk, world.text("在的"))
    await world.closing.close(mei, talk, "solved", "", invite=False)
    again = await world.asks_for_a_person()
    await world.hand_off(world.shop, again)
    assert again != talk
    assert await world.owner(again) == "mei"


async def test_closing_asks_for_a_rating_once_a_day(world: Any) -> None:
    lin = await world.comes("lin")
    asked = []
    for hours in (0, 2, 23):
        world.clock.advance(timedelta(hours=hours))
        talk = str((await world.buyer("在吗")).conversation.id)
        await world.take.take(lin, talk)
        await world.reply.send(lin, talk, world.text("在的", f"c{hours}"))
        await world.closing.close(lin, talk, "solved", "", invite=True)
        asked.append("满意吗" in (await world.texts(talk))[-1])
    assert asked == [True, False, True]
    assert len(await world.facts("csat.invited")) == 2


async def test_a_rating_belongs_to_the_talk_that_asked_for_it(world: Any) -> None:
    lin, rate = await world.comes("lin"), RateTalk(world.db, world.clock)
    first = str((await world.buyer("在吗")).conversation.id)
    await world.take.take(lin, first)
    await world.reply.send(lin, first, world.text("在的"))
    await world.closing.close(lin, first, "solved", "", invite=True)
    later = (await world.buyer("还有一件事")).conversation
    _, said = await world.db.read(lambda c: conversations.transcript(c, world.shop, first))
    rating = Rating(2, "一直没人理", ("等太久",), said[-1].id)
    assert (await rate(world.shop, "web", later.buyer_id, rating)).id == first
    rated = await world.state(first)
    assert (rated.csat["score"], rated.csat["reasons"], rated.csat["comment"]) == (2, ["等太久"], "一直没人理")
    assert (await world.state(later.id)).csat is None
    _, said = await world.db.read(lambda c: conversations.transcript(c, world.shop, first))
    assert said[-1].meta["rated"] == 2
    assert await world.facts("conversation.rated") == [{"score": 2, "reasons": ["等太久"], "agent_id": "lin"}]


async def test_nobody_rates_the_talk_of_another(world: Any) -> None:
    lin, rate = await world.comes("lin"), RateTalk(world.db, world.clock)
    talk = str((await world.buyer("在吗")).conversation.id)
    await world.take.take(lin, talk)
    await world.reply.send(lin, talk, world.text("在的"))
    await world.closing.close(lin, talk, "solved", "", invite=True)
    _, said = await world.db.read(lambda c: conversations.transcript(c, world.shop, talk))
    with pytest.raises(NotFound):
        await rate(world.shop, "web", BuyerId("stranger"), Rating(1, "", (), said[-1].id))
    assert (await world.state(talk)).csat is None


@pytest.mark.parametrize("wrap_up", ["not_solved", "spam", "buyer_left"])
async def test_an_unsolved_talk_is_not_rated(world: Any, wrap_up: str) -> None:
    lin = await world.comes("lin")
    talk = str((await world.buyer("在吗")).conversation.id)
    await world.take.take(lin, talk)
    await world.reply.send(lin, talk, world.text("在的"))
    await world.closing.close(lin, talk, wrap_up, "", invite=True)
    assert await world.facts("csat.invited") == []


async def test_a_closed_talk_stays_closed(world: Any) -> None:
    lin = await world.comes("lin")
    talk = await world.asks_for_a_person()
    await world.take.take(lin, talk)
    await world.closing.close(lin, talk, "solved", "", invite=False)
    for attempt in (
        world.take.take(lin, talk),
        world.closing.close(lin, talk, "solved", "", invite=False),
        world.closing.give_to_bot(lin, talk),
        world.take.transfer(lin, talk, None, "vip", ""),
        world.reply.send(lin, talk, world.text("还有一句", "c9")),
    ):
        with pytest.raises(Conflict):
            await attempt
    assert str((await world.buyer("又来了")).conversation.id) != talk


async def test_silence_after_the_agents_word_closes(world: Any) -> None:
    lin = await world.comes("lin")
    answered, waiting = (
        str((await world.buyer("在吗", "b1")).conversation.id),
        str((await world.buyer("在吗", "b2")).conversation.id),
    )
    for talk in (answered, waiting):
        await world.take.take(lin, talk)
        await world.reply.send(lin, talk, world.text("在的", talk))
    await world.buyer("那好", "b2")
    world.clock.advance(timedelta(minutes=31))
    assert await world.closing.idle(world.shop) == [answered]
    assert (await world.owner(answered), await world.owner(waiting)) == ("closed", "lin")


async def test_recall_within_two_minutes_and_only_ones_own(world: Any) -> None:
    lin, mei = await world.comes("lin"), await world.comes("mei")
    talk = await world.asks_for_a_person()
    await world.take.take(lin, talk)
    first = await world.reply.send(lin, talk, world.text("说错了"))
    with pytest.raises(Conflict):
        await world.reply.recall(mei, talk, first.id)
    changed = await world.reply.recall(lin, talk, first.id)
    assert "说错了" not in changed.text
    late = await world.reply.send(lin, talk, world.text("另一句", "c2"))
    world.clock.advance(timedelta(seconds=121))
    with pytest.raises(Conflict):
        await world.reply.recall(lin, talk, late.id)


async def test_a_note_is_never_among_the_buyers_messages(world: Any) -> None:
    lin = await world.comes("lin")
    talk = await world.asks_for_a_person()
    await world.reply.note(lin, talk, "这位很急")
    assert not [text for text in await world.texts(talk) if "这位很急" in text]
