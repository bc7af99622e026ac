"""At any time exactly one of bot, queue and agent owns a conversation, whatever happens in whatever order."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xiaoer.infra.clock import ManualClock
from xiaoer.infra.db import Database
from xiaoer.kernel.errors import XiaoerError
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.conversations.tables import conversations, messages
from xiaoer.slices.desk.tables import cases
from xiaoer.slices.desk.types import Modes
from xiaoer.slices.tickets.types import Draft

AGENTS = ("lin", "mei", "wu")
BUYERS = ("b1", "b2", "b3")
ACTIONS = (
    *("buyer", "person", "bot", "stale_bot", "route", "route_all", "take", "force", "reply", "transfer", "skill"),
    *("close", "return", "offline", "online", "pause", "rebalance", "idle", "wait", "night", "asks", "drafts"),
    *("invite", "barge", "note", "ticket", "promise"),
)
steps = st.lists(
    st.lists(
        st.tuples(st.sampled_from(ACTIONS), st.sampled_from(AGENTS), st.sampled_from(BUYERS)), min_size=1, max_size=4
    ),
    min_size=5,
    max_size=25,
)


async def act(world: Any, seen: dict[str, Any], action: str, agent: str, buyer: str) -> None:
    """One thing that somebody does; being refused is fine."""
    who, talk = world.person(agent), seen.get(buyer)
    match action:
        case "buyer":
            seen[buyer] = (await world.buyer("在吗", buyer)).conversation
        case "person":
            received = await world.buyer("转人工", buyer)
            seen[buyer] = received.conversation
            if received.conversation.state == "bot":
                handoff = {"reason": "requested", "rule_id": "r", "skill": "general"}
                await world.bot_turn(received.conversation, "转", state="queued", handoff=handoff)
        case "online" | "offline" | "pause":
            await world.agents.change(who, {"status": "paused" if action == "pause" else action, "capacity": 2})
        case "route_all":
            await world.hand_off.all_waiting(world.shop)
        case "rebalance":
            await world.agents.rebalance(world.shop)
        case "idle":
            await world.closing.idle(world.shop)
        case "drafts":
            await world.jobs.run_due()
        case "asks":
            received = await world.buyer("什么时候发货", buyer)
            seen[buyer] = received.conversation
            if received.conversation.state != "closed":
                await world.draft(received.conversation, received.message.id, 60)
        case "wait":
            world.clock.advance(timedelta(seconds=70))
        case "night":
            world.clock.advance(timedelta(hours=7))
        case _ if talk is not None:
            await act_on(world, who, talk, action, agent)


async def act_on(world: Any, who: Any, talk: Any, action: str, agent: str) -> None:
    """One thing that somebody does with a conversation that he saw some time ago."""
    id_ = str(talk.id)
    match action:
        case "bot":
            await world.bot_turn(await world.state(id_), "答") if (await world.state(id_)).state == "bot" else None
        case "stale_bot":
            await world.bot_turn(talk, "答")
        case "route":
            await world.hand_off(world.shop, id_)
        case "take":
            await world.take.take(who, id_)
        case "force":
            await world.take.take(world.person("boss", "supervisor"), id_, force=True)
        case "reply":
            await world.reply.send(who, id_, world.text("好", f"{agent}{world.clock.now()}"))
        case "transfer":
            await world.take.transfer(who, id_, AGENTS[(AGENTS.index(agent) + 1) % 3], None, "")
        case "skill":
            await world.take.transfer(who, id_, None, "after_sales", "")
        case "invite":
            await world.take.invite(who, id_, AGENTS[(AGENTS.index(agent) + 1) % 3], "")
        case "barge":
            boss = world.person("boss", "supervisor")
            await world.agents.appear(boss)
            await world.take.invite(boss, id_, "boss", "")
            await world.reply.send(boss, id_, world.text("我来看", f"boss{world.clock.now()}"))
        case "note":
            await world.reply.note(who, id_, "悄悄话")
        case "ticket":
            await world.tickets.open(who, Draft("return", "", id_))
        case "promise":
            await world.reply.send(who, id_, world.text("明天上午给您回复", f"p{agent}{world.clock.now()}"))
        case "close":
            await world.closing.close(who, id_, "solved", "", invite=True)
        case "return":
            await world.closing.give_to_bot(who, id_)


def check(connection: Any) -> None:
    """The property itself, on the rows."""
    open_talks: set[tuple[str, str]] = set()
    for row in connection.execute(conversations.select()):
        assert row.state in ("bot", "queued", "agent", "closed")
        if row.state != "closed":
            assert (row.state == "agent") == bool(row.assigned_to), (row.state, row.assigned_to)
            assert bool(row.assigned_to) == bool(row.assigned_name)
            assert (row.channel, row.buyer_id) not in open_talks
            open_talks.add((row.channel, row.buyer_id))
        assert (row.state == "closed") == (row.closed_at is not None)
        assert row.answered_seq <= row.last_seq
        said = [m.external_id for m in connection.execute(messages.select().where(messages.c.author == "bot"))]
        assert len({id_ for id_ in said if id_}) == len([id_ for id_ in said if id_]), said
        case = connection.execute(cases.select().where(cases.c.conversation_id == row.id)).one_or_none()
        assert row.state == "agent" or case is None or not case.helpers, (row.state, case.helpers)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(steps)
def test_exactly_one_owner_under_random_interleavings(
    fresh_database: Callable[[], AbstractContextManager[str]],
    world_class: Any,
    rounds: list[list[tuple[str, str, str]]],
) -> None:
    async def run(url: str) -> None:
        db = Database(url)
        world = world_class(db, ManualClock(datetime(2026, 6, 18, 2, tzinfo=UTC)), ShopId("s1"))
        await world.settings(modes=Modes("assist", auto_send_s=60))
        seen: dict[str, Any] = {}
        for together in rounds:
            outcomes = await asyncio.gather(*(act(world, seen, *step) for step in together), return_exceptions=True)
            for outcome in outcomes:
                if isinstance(outcome, BaseException) and not isinstance(outcome, XiaoerError):
                    raise outcome
            await db.read(check)
        await db.close()

    with fresh_database() as url:
        asyncio.run(run(url))
