"""Rows of the desk. `shop` first, always."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import BindParameter, Connection, Row, bindparam, delete, insert, select, update

from xiaoer.infra.statement import ListStatement, Statement
from xiaoer.infra.upsert import upsert
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.desk.tables import agents, cases, marks, notes, settings
from xiaoer.slices.desk.types import Agent, Case, DeskSettings, Mark, Note

_AGENTS = Statement(select(agents).where(agents.c.shop == bindparam("shop"), agents.c.active).order_by(agents.c.id))
_GET_CASE = Statement(
    select(cases).where(cases.c.shop == bindparam("shop"), cases.c.conversation_id == bindparam("conversation"))
)
_WAITING = Statement(select(cases).where(cases.c.shop == bindparam("shop"), cases.c.queued_at.is_not(None)))
_GET_CASES = ListStatement(
    lambda ids: select(cases).where(cases.c.shop == bindparam("shop"), cases.c.conversation_id.in_(ids))
)
_MARKS = ListStatement(
    lambda ids: select(marks).where(marks.c.shop == bindparam("shop"), marks.c.conversation_id.in_(ids))
)
_MY_MARKS = ListStatement(
    lambda ids: select(marks).where(
        marks.c.shop == bindparam("shop"), marks.c.staff_id == bindparam("staff"), marks.c.conversation_id.in_(ids)
    )
)
_SETTINGS = Statement(select(settings.c.value).where(settings.c.shop == bindparam("shop")))


@lru_cache(maxsize=16)
def _touch(names: tuple[str, ...]) -> Statement:
    shop: BindParameter[str] = bindparam("of_shop")
    return Statement(
        update(agents)
        .where(agents.c.shop == shop, agents.c.id == bindparam("of_id"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )


def agent_of(row: Row[Any], load: int) -> Agent:
    return Agent(
        row.id,
        row.name,
        row.role,
        row.status,
        row.capacity,
        load,
        tuple(row.skills),
        tuple(row.categories),
        tuple(row.languages),
        row.seen_at,
        row.assigned_at,
        row.team,
        row.active,
    )


def case_of(row: Row[Any]) -> Case:
    values = row._asdict()
    return Case(**values | {"tried": tuple(row.tried), "intents": tuple(row.intents), "helpers": tuple(row.helpers)})


def list_agents(connection: Connection, shop: ShopId, loads: Mapping[str, int]) -> list[Agent]:
    return [agent_of(row, loads.get(row.id, 0)) for row in _AGENTS.all(connection, {"shop": shop})]


def everybody(connection: Connection, shop: ShopId, loads: Mapping[str, int]) -> list[Agent]:
    """Also those who left."""
    rows = connection.execute(select(agents).where(agents.c.shop == shop))
    return [agent_of(row, loads.get(row.id, 0)) for row in rows]


def get_agent(connection: Connection, shop: ShopId, staff_id: str, load: int = 0) -> Agent | None:
    row = connection.execute(select(agents).where(agents.c.shop == shop, agents.c.id == staff_id)).one_or_none()
    return agent_of(row, load) if row else None


def save_agent(connection: Connection, shop: ShopId, value: Agent) -> None:
    row = msgspec.structs.asdict(value) | {"shop": shop}
    del row["load"]
    upsert(connection, agents, [row])


def touch_agent(connection: Connection, shop: ShopId, staff_id: str, **values: Any) -> None:
    new = {f"new_{name}": value for name, value in values.items()}
    _touch(tuple(values)).run(connection, {"of_shop": shop, "of_id": staff_id, **new})


def get_case(connection: Connection, shop: ShopId, conversation_id: str) -> Case | None:
    row = _GET_CASE.one(connection, {"shop": shop, "conversation": conversation_id})
    return case_of(row) if row else None


def get_cases(connection: Connection, shop: ShopId, conversation_ids: Sequence[str]) -> dict[str, Case]:
    rows = _GET_CASES.all(connection, {"shop": shop}, conversation_ids)
    return {row.conversation_id: case_of(row) for row in rows}


def waiting(connection: Connection, shop: ShopId) -> list[Case]:
    """Cases that wait for a person."""
    return [case_of(row) for row in _WAITING.all(connection, {"shop": shop})]


def save_case(connection: Connection, shop: ShopId, value: Case) -> None:
    upsert(connection, cases, [msgspec.structs.asdict(value) | {"shop": shop}])


def last_invited_at(connection: Connection, shop: ShopId, conversation_ids: Sequence[str]) -> datetime | None:
    """The newest invitation to rate among these conversations."""
    rows = connection.scalars(
        select(cases.c.invited_at).where(
            cases.c.shop == shop, cases.c.conversation_id.in_(conversation_ids), cases.c.invited_at.is_not(None)
        )
    ).all()
    return max((at for at in rows if at is not None), default=None)


def my_marks(connection: Connection, shop: ShopId, staff_id: str, conversation_ids: Sequence[str]) -> dict[str, Mark]:
    rows = _MY_MARKS.all(connection, {"shop": shop, "staff": staff_id}, conversation_ids)
    return {row.conversation_id: _mark(row) for row in rows}


def all_marks(connection: Connection, shop: ShopId, conversation_ids: Sequence[str]) -> dict[tuple[str, str], Mark]:
    """Every agent's marks of these conversations, by (staff id, conversation id)."""
    rows = _MARKS.all(connection, {"shop": shop}, conversation_ids)
    return {(row.staff_id, row.conversation_id): _mark(row) for row in rows}


def _mark(row: Row[Any]) -> Mark:
    return Mark(row.conversation_id, row.read_seq, row.star, row.typed_at)


def get_note(connection: Connection, shop: ShopId, note_id: str) -> Note | None:
    row = connection.execute(select(notes).where(notes.c.shop == shop, notes.c.id == note_id)).one_or_none()
    return Note(row.id, row.conversation_id, row.seq, row.staff_id, row.staff_name, row.text, row.at) if row else None


def starred(connection: Connection, shop: ShopId, staff_id: str, limit: int) -> list[str]:
    rows = connection.scalars(
        select(marks.c.conversation_id)
        .where(marks.c.shop == shop, marks.c.staff_id == staff_id, marks.c.star.is_not(None))
        .order_by(marks.c.conversation_id.desc())
        .limit(limit)
    )
    return list(rows)


def save_mark(connection: Connection, shop: ShopId, staff_id: str, conversation_id: str, **values: Any) -> None:
    where = (marks.c.shop == shop, marks.c.staff_id == staff_id, marks.c.conversation_id == conversation_id)
    if connection.execute(update(marks).where(*where).values(**values)).rowcount == 0:
        base = {
            "shop": shop,
            "staff_id": staff_id,
            "conversation_id": conversation_id,
            "read_seq": 0,
            "star": None,
            "typed_at": None,
        }
        connection.execute(insert(marks).values(**{**base, **values}))


def drop_old_stars(connection: Connection, shop: ShopId, staff_id: str, most: int) -> None:
    """Keep the newest `most` stars."""
    extra = starred(connection, shop, staff_id, 10_000)[most:]
    if extra:
        connection.execute(
            delete(marks).where(marks.c.shop == shop, marks.c.staff_id == staff_id, marks.c.conversation_id.in_(extra))
        )


def add_note(connection: Connection, shop: ShopId, value: Note) -> None:
    connection.execute(insert(notes).values(shop=shop, **msgspec.structs.asdict(value)))


def list_notes(connection: Connection, shop: ShopId, conversation_id: str) -> list[Note]:
    rows = connection.execute(
        select(notes).where(notes.c.shop == shop, notes.c.conversation_id == conversation_id).order_by(notes.c.at)
    )
    return [Note(row.id, row.conversation_id, row.seq, row.staff_id, row.staff_name, row.text, row.at) for row in rows]


def get_settings(connection: Connection, shop: ShopId) -> DeskSettings:
    value = _SETTINGS.scalar(connection, {"shop": shop})
    return msgspec.convert(value, DeskSettings, strict=False) if value else DeskSettings()


def save_settings(connection: Connection, shop: ShopId, value: DeskSettings) -> None:
    upsert(connection, settings, [{"shop": shop, "value": value}])
