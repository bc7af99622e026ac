"""An agent's state changes (在线/挂起/离线), or he is lost; what he had goes back to the queue, nothing is dropped."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.reply import ReplyPart
from xiaoer.kernel.turn import TextContent
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.conversations.glances import glances
from xiaoer.slices.conversations.types import Conversation
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.rules import routing, words
from xiaoer.slices.desk.types import Agent, Case
from xiaoer.slices.insights import api as insights
from xiaoer.slices.shops.types import Principal


class ChangeAgent:
    """Keeps agents' states, and moves talks away from those who are not there."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def appear(self, who: Principal) -> Agent:
        """The caller's row; a sign of life. Writes only when something is to be written."""
        now = self._clock.now()

        def query(connection: Connection) -> tuple[Agent | None, int]:
            return (
                desk.get_agent(connection, who.shop, who.staff_id),
                owners.loads(connection, who.shop).get(who.staff_id, 0),
            )

        known, load = await self._db.read(query)
        if known is None or desk.needs_touch(known, now) or known.name != who.name:
            known = await self._db.write(
                lambda c: desk.appear(c, who.shop, who.staff_id, who.name, who.role.value, now)
            )
        return msgspec.structs.replace(known, load=load)

    async def change(self, who: Principal, changes: Mapping[str, Any]) -> Agent:
        """Keep a new status, capacity or skills; going offline puts the agent's talks back into the queue."""
        now = self._clock.now()

        def change(connection: Connection) -> Agent:
            before = desk.appear(connection, who.shop, who.staff_id, who.name, who.role.value, now)
            after = desk.change_agent(connection, who.shop, before, changes)
            if after.status != before.status:
                self._tell_state(connection, who.shop, after, "self", now)
            if after.status == "offline":
                self._give_back(connection, who.shop, after.id, now)
            load = owners.loads(connection, who.shop).get(who.staff_id, 0)
            return msgspec.structs.replace(after, load=load)

        return await self._db.write(change)

    async def rebalance(self, shop: ShopId) -> list[str]:
        """Requeue talks of agents who are lost or do not answer; return their ids."""
        now = self._clock.now()

        def query(connection: Connection) -> bool:
            """Whether anything may be wrong; so that the idle case writes nothing."""
            return any(agent.status != "offline" for agent in desk.agents(connection, shop, {})) or bool(
                owners.of_state(connection, shop, "agent", 1)
            )

        def change(connection: Connection) -> list[str]:
            settings = desk.get_settings(connection, shop)
            moved: list[str] = []
            agents = desk.agents(connection, shop, owners.loads(connection, shop))
            for agent in agents:
                lost = not routing.is_reachable(agent, now, settings.lost_after_s)
                if agent.status != "offline" and lost:
                    desk.touch_agent(connection, shop, agent.id, status="offline")
                    self._tell_state(connection, shop, msgspec.structs.replace(agent, status="offline"), "lost", now)
                    moved += self._give_back(connection, shop, agent.id, now)
            agents = desk.agents(connection, shop, owners.loads(connection, shop))
            moved += self._slow(connection, shop, agents, now)
            return moved

        return await self._db.write(change) if await self._db.read(query) else []

    def _slow(self, connection: Connection, shop: ShopId, agents: list[Agent], now: datetime) -> list[str]:
        """Talks whose agent has not said a word since he got them, while a colleague has room."""
        settings = desk.get_settings(connection, shop)
        held = owners.of_state(connection, shop, "agent", 5_000)
        cases = desk.get_cases(connection, shop, [c.id for c in held])
        overdue = [
            c
            for c in held
            if (case := cases.get(c.id)) is not None
            and case.assigned_at is not None
            and (now - case.assigned_at).total_seconds() >= settings.reroute_s
        ]
        seen = glances(connection, shop, [c.id for c in overdue])
        moved = []
        for conversation in overdue:
            case, glance = cases[conversation.id], seen.get(conversation.id)
            if glance is None or glance.last_seq != conversation.last_seq:
                continue  # somebody is writing in this very moment
            assert case.assigned_at is not None  # filtered above
            answered = glance.agent_seq > case.from_seq or not glance.open_asks
            asked_at = min((at for _, at in glance.open_asks), default=now)  # nobody waits before he asks
            waiting_s = (now - max(case.assigned_at, asked_at)).total_seconds()
            if routing.must_reroute(case, answered, waiting_s, agents, settings, now, conversation.assigned_to):
                self._requeue(connection, conversation, case, "no_reply", now)
                moved.append(str(conversation.id))
        return moved

    def _give_back(self, connection: Connection, shop: ShopId, staff_id: str, now: datetime) -> list[str]:
        moved = []
        for conversation in owners.of_state(connection, shop, "agent", 5_000, assigned_to=staff_id):
            case = desk.get_case(connection, shop, conversation.id) or Case(shop, conversation.id, "taken")
            self._requeue(connection, conversation, case, "agent_gone", now)
            moved.append(str(conversation.id))
        return moved

    @staticmethod
    def _requeue(connection: Connection, conversation: Conversation, case: Case, why: str, now: datetime) -> None:
        shop, text = conversation.shop, words.requeued()
        conversations.say(connection, shop, conversation.id, "event", "", [ReplyPart(TextContent(text), text)], now)
        owners.enqueue(connection, shop, conversation.id, now)
        tried = (*case.tried, conversation.assigned_to) if why == "no_reply" else case.tried
        waiting = msgspec.structs.replace(
            case,
            queued_at=now,
            assigned_at=None,
            tried=tried,
            told_position=0,
            wanted_agent="",
            helpers=(),
            previous_agent="" if case.previous_agent == conversation.assigned_to else case.previous_agent,
        )
        desk.save_case(connection, shop, waiting)
        data = {"from": conversation.assigned_to, "to": "", "skill": case.skill, "by": why}
        fact = desk.fact(shop, "conversation.transferred", now, conversation.id, conversation.buyer_id, **data)
        insights.append(connection, shop, [fact])

    @staticmethod
    def _tell_state(connection: Connection, shop: ShopId, agent: Agent, by: str, now: datetime) -> None:
        data = {"agent_id": agent.id, "status": agent.status, "capacity": agent.capacity, "by": by}
        insights.append(connection, shop, [desk.fact(shop, "agent.state", now, "", "", **data)])
