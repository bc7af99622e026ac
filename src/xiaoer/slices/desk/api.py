"""The desk as flows use it (坐席): agents, cases, marks, notes and settings, on the caller's connection."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection

from xiaoer.infra import jobs
from xiaoer.infra.idgen import new_id
from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.desk import store
from xiaoer.slices.desk.types import Agent, AgentStatus, DeskSettings, Note

DRAFT_JOB = "draft.send"
_MOST_STARS = 100  # 飞鸽's limit; the oldest is replaced
_COLORS = frozenset({"red", "orange", "green", "blue"})
_TOUCH_EVERY = timedelta(seconds=15)  # how exact `seen_at` is; far below `lost_after_s`


def appear(connection: Connection, shop: ShopId, staff_id: str, name: str, role: str, now: datetime) -> Agent:
    """The agent's row, made at first sight; a sign of life is kept."""
    known = store.get_agent(connection, shop, staff_id)
    if known is None:
        known = Agent(staff_id, name, role, seen_at=now)
        store.save_agent(connection, shop, known)
    elif known.seen_at is None or now - known.seen_at >= _TOUCH_EVERY or known.name != name:
        store.touch_agent(connection, shop, staff_id, seen_at=now, name=name, role=role)
    return msgspec.structs.replace(known, seen_at=now, name=name, role=role)


def needs_touch(agent: Agent | None, now: datetime) -> bool:
    """Whether `appear` would write anything."""
    return agent is None or agent.seen_at is None or now - agent.seen_at >= _TOUCH_EVERY


def change_agent(connection: Connection, shop: ShopId, agent: Agent, changes: Mapping[str, Any]) -> Agent:
    """Keep a changed status, capacity or skills."""
    changed = msgspec.structs.replace(agent, **changes)
    store.save_agent(connection, shop, changed)
    return changed


def set_status(connection: Connection, shop: ShopId, staff_id: str, status: AgentStatus) -> None:
    store.touch_agent(connection, shop, staff_id, status=status)


def star(connection: Connection, shop: ShopId, staff_id: str, conversation_id: str, color: str | None) -> None:
    """Star a conversation in a colour, or take the star away.

    Raises:
        InvalidBody: a colour that the desk does not have.
    """
    if color is not None and color not in _COLORS:
        raise InvalidBody(f"A star is one of {', '.join(sorted(_COLORS))}, or null to take it away.")
    store.save_mark(connection, shop, staff_id, conversation_id, star=color)
    if color is not None:
        store.drop_old_stars(connection, shop, staff_id, _MOST_STARS)


def keep_buyer_read(connection: Connection, shop: ShopId, conversation_id: str, seq: int) -> None:
    """The buyer has read this far: a mark without a staff id."""
    if seq > buyer_read_seq(connection, shop, conversation_id):
        store.save_mark(connection, shop, "", conversation_id, read_seq=seq)


def buyer_read_seq(connection: Connection, shop: ShopId, conversation_id: str) -> int:
    """How far the buyer has read, as far as the channel tells."""
    mark = store.my_marks(connection, shop, "", [conversation_id]).get(conversation_id)
    return mark.read_seq if mark else 0


def note(
    connection: Connection, shop: ShopId, conversation_id: str, seq: int, by: tuple[str, str], text: str, now: datetime
) -> Note:
    """Keep a private remark after message `seq`; `by` is (staff id, name)."""
    value = Note(new_id(), conversation_id, seq, by[0], by[1], text, now)
    store.add_note(connection, shop, value)
    return value


def noted(value: Note, shop: ShopId, buyer_id: str) -> Event:
    """The fact of a remark, by which the workbenches that look at the talk show it."""
    data = {"agent_id": value.staff_id, "note_id": value.id}
    return fact(shop, "conversation.noted", value.at, value.conversation_id, buyer_id, **data)


def change_settings(connection: Connection, shop: ShopId, changes: Mapping[str, Any]) -> DeskSettings:
    """Keep changed settings and return all of them."""
    value = msgspec.structs.replace(store.get_settings(connection, shop), **changes)
    store.save_settings(connection, shop, value)
    return value


def order_draft(connection: Connection, shop: ShopId, conversation_id: str, turn_id: str, at: datetime) -> None:
    """Order the look at a draft that may go out by itself at `at`; the same order twice changes nothing."""
    payload = {"conversation_id": conversation_id, "turn_id": turn_id}
    id_ = f"{DRAFT_JOB}:{turn_id}:{at.timestamp():.3f}"
    jobs.enqueue(connection, shop, DRAFT_JOB, payload, at=at, id_=id_, subject=f"talk:{conversation_id}")


def typed_at(connection: Connection, shop: ShopId, conversation_id: str) -> datetime | None:
    """When an agent last wrote at an answer of this talk, whoever he is."""
    marks = store.all_marks(connection, shop, [conversation_id]).values()
    return max((mark.typed_at for mark in marks if mark.typed_at), default=None)


def fact(shop: ShopId, type_: str, now: datetime, conversation_id: str, buyer_id: str, **data: Any) -> Event:
    """An event fact of the desk with a fresh id."""
    return Event(shop, new_id(), type_, now, conversation_id, buyer_id, data)


agents = store.list_agents
everybody = store.everybody
all_marks = store.all_marks
get_agent = store.get_agent
get_case = store.get_case
get_cases = store.get_cases
get_note = store.get_note
get_settings = store.get_settings
last_invited_at = store.last_invited_at
list_notes = store.list_notes
my_marks = store.my_marks
save_case = store.save_case
save_mark = store.save_mark
starred = store.starred
touch_agent = store.touch_agent
waiting = store.waiting
