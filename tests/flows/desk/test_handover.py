"""Handing over, taking, passing on, returning: who owns the talk, what the buyer hears, which facts are left."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from xiaoer.kernel.errors import Conflict, Forbidden, InvalidBody, NotFound
from xiaoer.slices.assist.api import ComplianceRefused
from xiaoer.slices.desk.types import Modes

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


async def test_a_free_agent_gets_it_and_the_buyer_hears_who(world: Any) -> None:
    await world.comes("lin")
    talk = await world.asks_for_a_person()
    await world.hand_off(world.shop, talk)
    assert await world.owner(talk) == "lin"
    assert "lin来接待您了" in (await world.texts(talk))[-1]
    (fact,) = await world.facts("conversation.assigned")
    assert (fact["agent_id"], fact["waited_s"]) == ("lin", 0)


async def test_nobody_is_there_then_somebody_comes(world: Any) -> None:
    talk = await world.asks_for_a_person()
    await world.hand_off(world.shop, talk)
    assert await world.owner(talk) == "queued"
    assert "同事暂时不在座位上" in (await world.texts(talk))[-1]
    await world.comes("lin")
    assert await world.hand_off.all_waiting(world.shop) == [talk]
    assert await world.owner(talk) == "lin"


async def test_the_place_is_told_once(world: Any) -> None:
    await world.comes("lin", capacity=1)
    first = await world.asks_for_a_person("b1")
    second = await world.asks_for_a_person("b2")
    for _ in range(3):
        await world.hand_off.all_waiting(world.shop)
    assert await world.owner(first) == "lin"
    assert sum("您排在第一位" in text for text in await world.texts(second)) == 1


async def test_capacity_holds_under_a_rush(world: Any) -> None:
    await world.comes("lin", capacity=2)
    talks = [await world.asks_for_a_person(f"b{number}") for number in range(5)]
    await asyncio.gather(*(world.hand_off(world.shop, talk) for talk in talks))
    owners = [await world.owner(talk) for talk in talks]
    assert sorted(owners) == ["lin", "lin", "queued", "queued", "queued"]


async def test_two_workers_route_the_same_talk_once(world: Any) -> None:
    await world.comes("lin")
    await world.comes("mei")
    talk = await world.asks_for_a_person()
    await asyncio.gather(*(world.hand_off(world.shop, talk) for _ in range(4)))
    assert len(await world.facts("conversation.assigned")) == 1


async def test_two_agents_take_the_same_talk(world: Any) -> None:
    lin, mei = await world.comes("lin", capacity=1), await world.comes("mei", capacity=1)
    talk = str((await world.buyer("在吗")).conversation.id)
    outcomes = await asyncio.gather(world.take.take(lin, talk), world.take.take(mei, talk), return_exceptions=True)
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1
    assert await world.owner(talk) in ("lin", "mei")


async def test_the_bot_is_silenced_by_a_person_who_was_faster(world: Any) -> None:
    lin = await world.comes("lin")
    loaded = (await world.buyer("什么时候发货")).conversation
    await world.take.take(lin, str(loaded.id))
    assert await world.bot_turn(loaded, "今天发") is None
    assert not [text for text in await world.texts(str(loaded.id)) if text.startswith("bot:")]


async def test_agent_and_bot_at_once(world: Any) -> None:
    lin = await world.comes("lin")
    loaded = (await world.buyer("什么时候发货")).conversation
    await asyncio.gather(world.bot_turn(loaded, "今天发"), world.take.take(lin, str(loaded.id)))
    assert await world.owner(str(loaded.id)) == "lin"
    said = [text for text in await world.texts(str(loaded.id)) if not text.startswith("buyer:")]
    assert said in (["event:lin来接待您了，前面聊的内容都能看到。"], ["bot:今天发", *said[-1:]])


async def test_the_buyer_writes_while_being_transferred(world: Any) -> None:
    lin = await world.comes("lin")
    await world.comes("mei")
    talk = await world.asks_for_a_person()
    await world.take.take(lin, talk)
    await asyncio.gather(world.take.transfer(lin, talk, "mei", None, "她懂"), world.buyer("还在吗"))
    assert await world.owner(talk) == "mei"
    assert "buyer:还在吗" in await world.texts(talk)


async def test_only_the_one_who_has_it_speaks(world: Any) -> None:
    lin, mei = await world.comes("lin"), await world.comes("mei")
    talk = await world.asks_for_a_person()
    await world.take.take(lin, talk)
    await world.reply.send(lin, talk, world.text("您好"))
    with pytest.raises(Conflict):
        await world.reply.send(mei, talk, world.text("我也在", "c2"))


async def test_the_same_message_again_is_sent_once(world: Any) -> None:
    lin = await world.comes("lin")
    talk = await world.asks_for_a_person()
    await world.take.take(lin, talk)
    first = await world.reply.send(lin, talk, world.text("您好"))
    again = await world.reply.send(lin, talk, world.text("您好"))
    assert first.id == again.id
    assert sum(text == "agent:您好" for text in await world.texts(talk)) == 1
    assert len(await world.facts("message.sent")) == 1


async def test_a_blocking_rule_holds_the_message_until_confirmed(world: Any) -> None:
    lin = await world.comes("lin")
    talk = await world.asks_for_a_person()
    await world.take.take(lin, talk)
    with pytest.raises(ComplianceRefused):
        await world.reply.send(lin, talk, world.text("加我微信 abc12345"))
    await world.reply.send(lin, talk, world.text("加我微信 abc12345", confirmed=True))
    assert (await world.texts(talk))[-1] == "agent:加我微信 abc12345"


async def test_transfer_to_a_skill_goes_through_the_queue_and_not_back(world: Any) -> None:
    lin = await world.comes("lin")
    talk = await world.asks_for_a_person()
    await world.take.take(lin, talk)
    await world.take.transfer(lin, talk, None, "after_sales", "要退货")
    await world.hand_off(world.shop, talk)
    assert await world.owner(talk) == "queued"
    await world.comes("mei", skills=("after_sales",))
    await world.hand_off(world.shop, talk)
    assert await world.owner(talk) == "mei"


@pytest.mark.parametrize(
    ("to", "skill", "error"),
    [("nobody", None, NotFound), ("off", None, Conflict), (None, None, InvalidBody), (None, "cooking", InvalidBody)],
)
async def test_a_transfer_that_cannot_be(world: Any, to: str, skill: str, error: type[Exception]) -> None:
    lin = await world.comes("lin")
    await world.comes("off", "offline")
    talk = await world.asks_for_a_person()
    await world.take.take(lin, talk)
    with pytest.raises(error):
        await world.take.transfer(lin, talk, to, skill, "")
    assert await world.owner(talk) == "lin"


async def test_a_supervisor_takes_by_force(world: Any) -> None:
    lin, mei = await world.comes("lin"), await world.comes("mei")
    boss = world.person("boss", "supervisor")
    talk = await world.asks_for_a_person()
    await world.take.take(lin, talk)
    with pytest.raises(Forbidden):
        await world.take.take(mei, talk, force=True)
    await world.take.take(boss, talk, force=True)
    assert await world.owner(talk) == "boss"


async def test_back_to_the_bot_with_a_clean_slate(world: Any) -> None:
    lin = await world.comes("lin")
    received = await world.buyer("怎么还没到")
    await world.bot_turn(received.conversation, "在查", unsatisfied=2, unsure=1)
    talk = str(received.conversation.id)
    await world.take.take(lin, talk)
    await world.closing.give_to_bot(lin, talk)
    after = await world.state(talk)
    assert (after.state, after.assigned_to, after.unsatisfied, after.unsure, after.handoff) == ("bot", "", 0, 0, None)
    assert "已转回智能客服小二" in (await world.texts(talk))[-1]
    assert await world.hand_off(world.shop, talk) is None


async def test_a_second_hand_over_waits_anew(world: Any) -> None:
    lin = await world.comes("lin", capacity=1)
    talk = await world.asks_for_a_person()
    await world.hand_off(world.shop, talk)
    await world.closing.give_to_bot(lin, talk)
    world.clock.advance(timedelta(minutes=5))
    await world.agents.appear(lin)
    assert await world.asks_for_a_person() == talk
    await world.hand_off(world.shop, talk)
    assert await world.owner(talk) == "lin"
    assert [fact["waited_s"] for fact in await world.facts("conversation.assigned")] == [0, 0]


async def test_off_hours_it_becomes_a_ticket_and_the_bot_goes_on(world: Any) -> None:
    world.clock.advance(timedelta(hours=4))  # midnight
    talk = await world.asks_for_a_person(intent="after.return")
    await world.hand_off(world.shop, talk)
    assert await world.owner(talk) == "bot"
    last = (await world.texts(talk))[-1]
    assert "今天 9:00上班" in last
    assert "T2026" in last
    (fact,) = await world.facts("ticket.opened")
    assert fact["type"] == "return"


async def test_off_hours_asking_again_adds_to_the_ticket(world: Any) -> None:
    world.clock.advance(timedelta(hours=4))
    for _ in range(3):
        talk = await world.asks_for_a_person()
        await world.hand_off(world.shop, talk)
    assert len(await world.facts("ticket.opened")) == 1
    assert len(await world.facts("ticket.appended")) == 2


async def test_a_message_nobody_looked_at_is_the_bots_after_the_ticket(world: Any) -> None:
    world.clock.advance(timedelta(hours=4))
    talk = await world.asks_for_a_person()
    await world.buyer("我的快递到哪了")
    await world.hand_off(world.shop, talk)
    after = await world.state(talk)
    assert after.state == "bot"
    assert after.answered_seq < after.last_seq


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


async def test_a_draft_goes_out_when_nobody_comes(world: Any) -> None:
    await world.settings(modes=Modes("assist", auto_send_s=20))
    received = await world.buyer("什么时候发货")
    part = {"content": {"type": "text", "text": "今天 18 点前发出"}, "text": "今天 18 点前发出"}
    draft = {"text": part["text"], "parts": [part], "sources": [], "auto": True}
    handoff = {"reason": "assist", "rule_id": "mode.assist"}
    await world.bot_turn(received.conversation, state="queued", handoff=handoff, trace={"draft": draft})
    talk = str(received.conversation.id)
    assert await world.drafts.due(world.shop) == []
    world.clock.advance(timedelta(seconds=21))
    assert await world.drafts.due(world.shop) == [talk]
    assert (await world.texts(talk))[-1] == "bot:今天 18 点前发出"
    assert await world.owner(talk) == "bot"


async def test_a_draft_stays_when_a_person_took_the_talk(world: Any) -> None:
    await world.settings(modes=Modes("assist", auto_send_s=20))
    lin = await world.comes("lin")
    received = await world.buyer("什么时候发货")
    handoff = {"reason": "assist", "rule_id": "mode.assist"}
    await world.bot_turn(received.conversation, state="queued", handoff=handoff, trace={"draft": {"parts": []}})
    await world.take.take(lin, str(received.conversation.id))
    world.clock.advance(timedelta(seconds=60))
    assert await world.drafts.due(world.shop) == []
    assert await world.owner(str(received.conversation.id)) == "lin"
