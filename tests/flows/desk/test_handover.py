"""Handing over, taking, passing on, returning: who owns the talk, what the buyer hears, which facts are left."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from xiaoer.kernel.errors import Conflict, Forbidden, InvalidBody, NotFound
from xiaoer.slices.assist.api import ComplianceRefused


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


async def test_a_buyer_who_writes_cantonese_gets_the_colleague_who_speaks_it(world: Any) -> None:
    await world.comes("lin")
    await world.comes("mei", languages=("粤语",))
    received = await world.buyer("唔该，我嘅嘢点解仲未到", "b1")
    handoff = {"reason": "requested", "rule_id": "r", "skill": "general", "summary": ""}
    await world.bot_turn(received.conversation, "马上转", state="queued", handoff=handoff)
    await world.hand_off(world.shop, str(received.conversation.id))
    assert await world.owner(str(received.conversation.id)) == "mei"


async def test_in_a_long_queue_the_pressing_one_hears_his_own_place(world: Any) -> None:
    await world.comes("lin", capacity=1)
    for number in range(14):
        await world.hand_off(world.shop, await world.asks_for_a_person(f"b{number}"))
    last = await world.asks_for_a_person("b-late")
    await world.hand_off(world.shop, last)
    hurt = await world.asks_for_a_person("b-hurt", reason="sensitive")
    await world.hand_off(world.shop, hurt)
    assert any("您前面还有 13 位" in text for text in await world.texts(last))
    assert any("您排在第一位" in text for text in await world.texts(hurt))
