"""Several requests, and several workers, deal with one conversation at the same moment."""

import asyncio
from typing import Any

from xiaoer.slices.conversations import api


async def test_two_copies_that_arrive_together_are_stored_once(talk: Any) -> None:
    copies = await asyncio.gather(*(talk.buyer_says("你好", external_id="m1") for _ in range(20)))
    assert len({copy.message.id for copy in copies}) == 1
    assert [copy.is_new for copy in copies].count(True) == 1


async def test_of_two_answers_to_one_turn_one_is_kept(talk: Any) -> None:
    first = await talk.buyer_says("多少钱")
    loaded = await talk.turn(first.conversation.id)
    kept = await asyncio.gather(*(talk.bot_answers(loaded, f"回答{n}") for n in range(5)))
    assert [answer is not None for answer in kept].count(True) == 1
    assert len(await talk.texts(first.conversation.id)) == 2


async def test_two_workers_may_take_in_one_buyer_s_messages_at_once(talk: Any, other_worker: Any) -> None:
    workers = [talk, other_worker]
    received = await asyncio.gather(
        *(workers[number % 2].buyer_says(f"第{number}句", external_id=f"m{number}") for number in range(40))
    )
    assert len({one.conversation.id for one in received}) == 1
    assert sorted(one.message.seq for one in received) == list(range(1, 41))


async def test_two_workers_that_get_the_same_message_store_it_once(talk: Any, other_worker: Any) -> None:
    workers = [talk, other_worker]
    for number in range(10):
        copies = await asyncio.gather(*(worker.buyer_says("你好", external_id=f"m{number}") for worker in workers))
        assert len({copy.message.id for copy in copies}) == 1


async def test_of_two_workers_that_answer_one_turn_one_is_kept(talk: Any, other_worker: Any) -> None:
    for number in range(10):
        first = await talk.buyer_says(f"第{number}问")
        loaded = await talk.turn(first.conversation.id)
        answers = await asyncio.gather(*(worker.bot_answers(loaded, "答") for worker in (talk, other_worker)))
        assert [answer is not None for answer in answers].count(True) == 1
    assert len(await talk.texts(first.conversation.id)) == 20


async def test_messages_moves_and_answers_of_two_workers_leave_no_gap(talk: Any, other_worker: Any) -> None:
    """A lost update would give a number out twice and block the conversation for good."""
    first = await talk.buyer_says("转人工")
    id_ = first.conversation.id
    for _ in range(10):
        await asyncio.gather(
            talk.buyer_says("人呢"),
            other_worker.moves(id_, "queued"),
            other_worker.agent_says(id_, "来了"),
            talk.moves(id_, "agent", assigned_to="a1"),
        )
        await talk.moves(id_, "bot")
    conversation = await talk.db.read(lambda c: api.get(c, talk.shop, id_))
    assert conversation.last_seq == len(await talk.texts(id_)) == 21
