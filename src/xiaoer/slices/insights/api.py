"""Event facts (事件): written once, in the transaction of what they tell about, and never changed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, insert, or_, select

from xiaoer.infra import db, jobs
from xiaoer.infra.statement import Statement
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights import store
from xiaoer.slices.insights.rules import days, endings, feelings, questions
from xiaoer.slices.insights.tables import events

_ADD = Statement(insert(events))
SENT, DENIED, LEFT_OUT = "message.sent", "answer.denied", "answer.left_out"
END_OF_TIME = "02"  # our ids begin with 01 until the year 3084
_CHUNK = 500  # ids per look-up, below SQLite's parameter limit
_OF_TICKETS = ("opened", "appended", "state", "assigned", "merged")
# What the desk shows at once though it belongs to no conversation.
_WITHOUT_TALK = ("agent.state", "agent.changed", *(f"ticket.{what}" for what in _OF_TICKETS))
_SINCE = Statement(
    select(events.c.id, events.c.type, events.c.conversation_id)
    .where(
        events.c.shop == bindparam("shop"),
        events.c.id > bindparam("after"),
        events.c.id < END_OF_TIME,
        or_(events.c.conversation_id != "", *(events.c.type == type_ for type_ in _WITHOUT_TALK)),
    )
    .order_by(events.c.id)
    .limit(bindparam("most"))
)


def append(connection: Connection, shop: ShopId, facts: Sequence[Event]) -> None:
    """Append facts with fresh ids."""
    if facts:
        db.append(connection, _ADD, [{**msgspec.structs.asdict(fact), "shop": shop} for fact in facts])
        by_people = (fact.conversation_id for fact in facts if is_said(fact))
        store.mark_dirty(connection, shop, store.SAID, by_people)


def append_new(connection: Connection, shop: ShopId, facts: Sequence[Event]) -> int:
    """Append facts that came from outside, skipping ids that are here already; return how many were new."""
    unique = {fact.id: fact for fact in reversed(facts)}
    ids = list(unique)
    known: set[str] = set()
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        known |= set(connection.scalars(select(events.c.id).where(events.c.shop == shop, events.c.id.in_(chunk))))
    fresh = [fact for fact in unique.values() if fact.id not in known]
    append(connection, shop, fresh)
    # Facts from outside may be of any time, so what they change is counted again by name.
    store.mark_dirty(connection, shop, "talk", (fact.conversation_id for fact in fresh))
    store.mark_dirty(connection, shop, "buyer", (fact.buyer_id for fact in fresh if not fact.conversation_id))
    return len(fresh)


def warn_at_once(connection: Connection, shop: ShopId, facts: Sequence[Event]) -> None:
    """Order a warning to the supervisors, in the same transaction, when a turn puts a bad review at risk."""
    for fact in facts:
        if fact.type != "turn.decided":
            continue
        complaint = "service.complaint" in (fact.data.get("intents") or ())
        anger = float(fact.data.get("anger") or 0.0)
        if complaint or anger >= feelings.RISKY:
            what = {"conversation_id": fact.conversation_id, "anger": anger, "complaint": complaint}
            id_ = f"insight.alarm:{fact.conversation_id}"
            jobs.enqueue(connection, shop, "insight.alarm", what, at=fact.at, id_=id_, subject=fact.conversation_id)


def count_by_type(
    connection: Connection, shop: ShopId, since: datetime, until: datetime, types: Iterable[str]
) -> dict[str, int]:
    """How many facts of each type fell into the half-open window."""
    rows = connection.execute(
        select(events.c.type, func.count())
        .where(events.c.shop == shop, events.c.type.in_(list(types)), events.c.at >= since, events.c.at < until)
        .group_by(events.c.type)
    )
    return {row[0]: row[1] for row in rows}


def of_type(connection: Connection, shop: ShopId, type_: str, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """The data of every fact of one type in the half-open window, with when, in which talk, of whom; oldest first."""
    rows = connection.execute(
        select(events.c.at, events.c.conversation_id, events.c.buyer_id, events.c.data)
        .where(events.c.shop == shop, events.c.type == type_, events.c.at >= since, events.c.at < until)
        .order_by(events.c.at)
    )
    return [
        {"buyer_id": row.buyer_id, **row.data, "at": row.at, "conversation_id": row.conversation_id} for row in rows
    ]


def facts_of_type(connection: Connection, shop: ShopId, type_: str, since: datetime, until: datetime) -> list[Event]:
    """Every fact of one type in the half-open window, oldest first."""
    chosen = (events.c.shop == shop, events.c.type == type_, events.c.at >= since, events.c.at < until)
    rows = connection.execute(select(events).where(*chosen).order_by(events.c.at))
    return [Event(shop, r.id, r.type, r.at, r.conversation_id, r.buyer_id, r.data) for r in rows]


def of_conversations(
    connection: Connection, shop: ShopId, type_: str, conversation_ids: Sequence[str]
) -> list[dict[str, Any]]:
    """The data of every fact of one type about these conversations (at most 500), oldest first."""
    rows = connection.execute(
        select(events.c.at, events.c.conversation_id, events.c.data)
        .where(events.c.shop == shop, events.c.conversation_id.in_(list(conversation_ids)), events.c.type == type_)
        .order_by(events.c.at, events.c.id)
    )
    return [{**row.data, "at": row.at, "conversation_id": row.conversation_id} for row in rows]


def since(connection: Connection, shop: ShopId, after_id: str, limit: int) -> list[tuple[str, str, str]]:
    """(id, type, conversation) of our own facts about conversations and agents after an id, oldest first.

    Our ids sort by time; ids from outside are left out because their facts name no conversation.
    """
    rows = _SINCE.all(connection, {"shop": shop, "after": after_id, "most": limit})
    return [(row.id, row.type, row.conversation_id) for row in rows]


def data_of(connection: Connection, shop: ShopId, event_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The data of these facts by id."""
    rows = connection.execute(
        select(events.c.id, events.c.data).where(events.c.shop == shop, events.c.id.in_(event_ids))
    )
    return {row.id: row.data for row in rows}


def conversation_ids(connection: Connection, shop: ShopId) -> list[str]:
    """Every conversation that a fact tells about."""
    where = (events.c.shop == shop, events.c.conversation_id != "")
    return list(connection.scalars(select(events.c.conversation_id).where(*where).distinct()))


def ids_of_type(connection: Connection, shop: ShopId, type_: str) -> list[str]:
    """The id of every fact of a type."""
    return list(connection.scalars(select(events.c.id).where(events.c.shop == shop, events.c.type == type_)))


def buyer_ids(connection: Connection, shop: ShopId) -> list[str]:
    """Every buyer that a fact tells about."""
    where = (events.c.shop == shop, events.c.buyer_id != "")
    return list(connection.scalars(select(events.c.buyer_id).where(*where).distinct()))


def set_checked(connection: Connection, shop: ShopId, spoken: Mapping[str, int]) -> None:
    """These talks are checked, but for those in which there are no longer just so many messages of agents."""
    now = Counter(f.conversation_id for f in store.facts_of(connection, shop, list(spoken)) if is_said(f))
    done = [talk for talk, count in spoken.items() if now[talk] == count]
    store.clear_dirty(connection, shop, store.SAID, done)


def is_said(fact: Event) -> bool:
    """Whether a fact tells of an agent's words."""
    return fact.type == SENT and fact.data.get("author") == "agent"


unchecked = store.read_unchecked
facts_of = store.facts_of
changed_since = store.changed_since
wording_key = questions.wording_key
leaves_of = endings.leaves_of
asks_for_nothing = endings.asks_for_nothing
offers_of = endings.offers_of


def inquiry_paid_ratio(connection: Connection, shop: ShopId, day: datetime) -> float | None:
    """询单转化率（当日）as last rolled up: who asked before buying on this day of the shop and paid on it, of all such.

    None when nobody asked.
    """
    number = days.day_of(int(day.timestamp() * 1_000_000))
    rows = store.sums(connection, shop, "flag", (number, number), ("a",), a=("inquiry_buyers", "inquiry_paid_day"))
    counts = {str(name): int(value) for name, _, value in rows}
    asked = counts.get("inquiry_buyers", 0)
    return round(counts.get("inquiry_paid_day", 0) / asked, 4) if asked else None
