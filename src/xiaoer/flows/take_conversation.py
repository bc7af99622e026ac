"""A person takes a conversation, or passes it on (接管与转接): exactly one owner before, exactly one after."""

from typing import Any

import msgspec
from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import Conflict, InvalidBody, NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.reply import ReplyPart
from xiaoer.kernel.turn import TextContent
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.conversations.types import Conversation
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.rules import ownership, routing, words
from xiaoer.slices.desk.types import Case
from xiaoer.slices.insights import api as insights
from xiaoer.slices.shops.types import Principal

_SKILLS = frozenset(words.SKILL_LABEL)


class TakeConversation:
    """Take over and transfer."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def take(self, who: Principal, conversation_id: str, *, force: bool = False) -> Conversation:
        """Give the conversation to the caller; taking what is his already changes nothing.

        Raises:
            NotFound: no such conversation. Conflict: closed, or a colleague has it. Forbidden: force without the role.
        """
        now = self._clock.now()

        def change(connection: Connection) -> Conversation:
            shop = who.shop
            current = _existing(connection, shop, conversation_id)
            ownership.check_take(
                current.id, current.state, current.assigned_to, who.staff_id, who.role.value, force=force
            )
            if current.state == "agent" and current.assigned_to == who.staff_id:
                return current
            case = desk.get_case(connection, shop, current.id) or Case(shop, current.id, "taken")
            _say(connection, current, words.taken_over(who.name), now)
            taken = owners.assign(connection, shop, current.id, who.staff_id, who.name, now)
            waited = round((now - case.queued_at).total_seconds()) if case.queued_at else 0
            from_seq = current.last_seq if case.queued_at is None else case.from_seq
            kept = msgspec.structs.replace(
                case, queued_at=None, assigned_at=now, told_position=0, from_seq=from_seq, wrap_up="", helpers=()
            )
            desk.save_case(connection, shop, kept)
            desk.touch_agent(connection, shop, who.staff_id, assigned_at=now)
            data: dict[str, Any] = {
                "agent_id": who.staff_id,
                "why": "forced" if current.state == "agent" else "taken",
                "from": current.assigned_to or current.state,
                "skill": case.skill,
                "waited_s": waited,
            }
            _append(connection, taken, "conversation.assigned", now, data)
            return taken

        return await self._db.write(change)

    async def transfer(
        self, who: Principal, conversation_id: str, to: str | None, skill: str | None, reason: str
    ) -> Conversation:
        """Pass the conversation to a colleague at once, or to a skill through the queue.

        Raises:
            NotFound: no such conversation or colleague. Conflict: not the caller's, or the colleague is offline.
            InvalidBody: neither or both of `to` and `skill`.
        """
        if bool(to) == bool(skill):
            raise InvalidBody("Name either a colleague (`to`) or a skill, not both.")
        if skill and skill not in _SKILLS:
            raise InvalidBody(f"A skill is one of {', '.join(sorted(_SKILLS))}.")
        now = self._clock.now()

        def change(connection: Connection) -> Conversation:
            shop = who.shop
            current = _existing(connection, shop, conversation_id)
            ownership.check_pass_on(current.id, current.state, current.assigned_to, who.staff_id, who.role.value)
            case, name = desk.get_case(connection, shop, current.id) or Case(shop, current.id, "taken"), ""
            if to:
                moved, name = self._to_colleague(connection, current, case, to, now)
            else:
                assert skill is not None  # checked above
                moved = owners.enqueue(connection, shop, current.id, now)
                waiting = msgspec.structs.replace(
                    case,
                    skill=skill,
                    queued_at=now,
                    assigned_at=None,
                    from_seq=current.last_seq,
                    tried=(who.staff_id,),
                    told_position=0,
                    wanted_agent="",
                    previous_agent="",
                    helpers=(),
                )
                desk.save_case(connection, shop, waiting)
            if reason or name:
                _note(connection, moved, who, words.passed_on(name, reason), now)
            data = {"from": current.assigned_to or current.state, "to": to or "", "skill": skill or case.skill}
            _append(connection, moved, "conversation.transferred", now, {**data, "by": who.staff_id})
            return moved

        return await self._db.write(change)

    async def invite(self, who: Principal, conversation_id: str, to: str, reason: str) -> Conversation:
        """Ask a colleague in: he may speak too, the talk stays where it is. A supervisor may ask himself in (插话).

        Raises:
            NotFound: no such conversation or colleague. Conflict: nobody has the talk, it is a colleague's,
            or the one who is asked is offline.
        """
        now = self._clock.now()

        def change(connection: Connection) -> Conversation:
            shop = who.shop
            current = _existing(connection, shop, conversation_id)
            if current.state != "agent":
                raise Conflict(f"Nobody has conversation {current.id} now. Take it over instead.")
            ownership.check_pass_on(current.id, current.state, current.assigned_to, who.staff_id, who.role.value)
            agent = desk.get_agent(connection, shop, to)
            if agent is None:
                raise NotFound("Agent", to, "Only people who have opened the workbench can be asked in.")
            if agent.status == "offline" and to != who.staff_id:
                raise Conflict(f"{agent.name} is offline. Choose a colleague who is there.")
            case = desk.get_case(connection, shop, current.id) or Case(shop, current.id, "taken")
            if to == current.assigned_to or to in case.helpers:
                return current
            _say(connection, current, words.joined(agent.name), now)
            desk.save_case(connection, shop, msgspec.structs.replace(case, helpers=(*case.helpers, to)))
            if reason or to != who.staff_id:
                _note(connection, current, who, words.asked_in(agent.name, reason), now)
            _append(connection, current, "conversation.joined", now, {"agent_id": to, "by": who.staff_id})
            return _existing(connection, shop, conversation_id)

        return await self._db.write(change)

    @staticmethod
    def _to_colleague(
        connection: Connection, current: Conversation, case: Case, to: str, now: Any
    ) -> tuple[Conversation, str]:
        """Give it to a colleague; return the conversation and his name, "" when he had it already."""
        shop = current.shop
        agent = desk.get_agent(connection, shop, to)
        if agent is None:
            raise NotFound("Agent", to, "Only people who have opened the workbench can take talks.")
        if agent.status == "offline":
            raise Conflict(f"{agent.name} is offline. Choose a colleague who is there, or a skill.")
        if current.state == "agent" and current.assigned_to == to:
            return current, ""
        skill = routing.role_of(agent, case.skill)
        _say(connection, current, words.transferred(skill, agent.name), now)
        moved = owners.assign(connection, shop, current.id, agent.id, agent.name, now)
        kept = msgspec.structs.replace(
            case,
            queued_at=None,
            assigned_at=now,
            told_position=0,
            from_seq=current.last_seq,
            tried=(),
            wanted_agent="",
            helpers=(),
        )
        desk.save_case(connection, shop, kept)
        desk.touch_agent(connection, shop, agent.id, assigned_at=now)
        data = {"agent_id": agent.id, "why": "transferred", "from": current.assigned_to or current.state}
        _append(connection, moved, "conversation.assigned", now, {**data, "skill": case.skill, "waited_s": 0})
        return moved, agent.name


def _existing(connection: Connection, shop: ShopId, conversation_id: str) -> Conversation:
    found = conversations.get(connection, shop, conversation_id)
    if found is None:
        raise NotFound("Conversation", conversation_id)
    return found


def _say(connection: Connection, conversation: Conversation, text: str, now: Any) -> None:
    part = ReplyPart(TextContent(text), text)
    conversations.say(connection, conversation.shop, conversation.id, "event", "", [part], now)


def _note(connection: Connection, conversation: Conversation, who: Principal, text: str, now: Any) -> None:
    by = (who.staff_id, who.name)
    kept = desk.note(connection, conversation.shop, conversation.id, conversation.last_seq, by, text, now)
    insights.append(connection, conversation.shop, [desk.noted(kept, conversation.shop, conversation.buyer_id)])


def _append(connection: Connection, conversation: Conversation, type_: str, now: Any, data: dict[str, Any]) -> None:
    fact = desk.fact(conversation.shop, type_, now, conversation.id, conversation.buyer_id, **data)
    insights.append(connection, conversation.shop, [fact])
