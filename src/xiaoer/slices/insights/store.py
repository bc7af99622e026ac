"""Units, cells and what keeps them right. A change of units changes exactly the cells that they give to."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, func, select, union_all
from sqlalchemy import Row as DbRow

from xiaoer.infra.upsert import insert_of, upsert
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights.rules.measures import DAILY, gifts_of
from xiaoer.slices.insights.tables import cells, cursors, dirty, events, settings, units, wordings
from xiaoer.slices.insights.types import BuyerDay, Formula, Key, ModelCall, RefundFacts, Row, Talk

_CHUNK = 400  # ids per look-up, below SQLite's parameter limit
_FACTS: Mapping[str, Any] = {"talk": Talk, "refund": RefundFacts, "day": BuyerDay, "call": ModelCall}
Sum = tuple[Any, ...]
BLOCK = 10  # days of a block
IN_BLOCK = "#"  # ends the family of a block's cells
BLOCKED = frozenset(
    ("ask.d", "ask.t", "clock", "q", "q.d", "gap", "flag", "kpi", "wait", "page", "finding", "score", "blocker")
) | frozenset(("funnel", "sold", "trigger", "course"))
SAID = "said"  # kind of the talks whose agents' words wait to be checked against the knowledge


def chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))


def facts_of(connection: Connection, shop: ShopId, conversation_ids: Sequence[str]) -> list[Event]:
    """Every event fact of these conversations."""
    found: list[Event] = []
    for part in chunks(conversation_ids):
        rows = connection.execute(select(events).where(events.c.shop == shop, events.c.conversation_id.in_(part)))
        found += [Event(shop, r.id, r.type, r.at, r.conversation_id, r.buyer_id, r.data) for r in rows]
    return found


def facts_of_buyers(
    connection: Connection, shop: ShopId, buyer_ids: Sequence[str], types: Sequence[str]
) -> list[Event]:
    """Shop facts of these buyers of some types."""
    found: list[Event] = []
    for part in chunks(buyer_ids):
        where = (events.c.shop == shop, events.c.type.in_(types), events.c.buyer_id.in_(part))
        rows = connection.execute(select(events).where(*where))
        found += [Event(shop, r.id, r.type, r.at, r.conversation_id, r.buyer_id, r.data) for r in rows]
    return found


def facts_by_id(connection: Connection, shop: ShopId, ids: Sequence[str]) -> list[Event]:
    found: list[Event] = []
    for part in chunks(ids):
        rows = connection.execute(select(events).where(events.c.shop == shop, events.c.id.in_(part)))
        found += [Event(shop, r.id, r.type, r.at, r.conversation_id, r.buyer_id, r.data) for r in rows]
    return found


def changed_since(
    connection: Connection, shop: ShopId, after_id: str, before_id: str, limit: int
) -> list[tuple[str, str, str, str]]:
    """(id, type, conversation, buyer) of our own facts with ids in the open interval, oldest first."""
    rows = connection.execute(
        select(events.c.id, events.c.type, events.c.conversation_id, events.c.buyer_id)
        .where(events.c.shop == shop, events.c.id > after_id, events.c.id < before_id)
        .order_by(events.c.id)
        .limit(limit)
    )
    return [tuple(row) for row in rows]


def mark_dirty(connection: Connection, shop: ShopId, kind: str, ids: Iterable[str]) -> None:
    """Have these talks or buyers counted again."""
    make = insert_of(connection.dialect)
    rows = [{"shop": shop, "kind": kind, "id": id_} for id_ in dict.fromkeys(ids) if id_]
    if rows:
        connection.execute(make(dirty).on_conflict_do_nothing(), rows)


def read_dirty(connection: Connection, shop: ShopId, kind: str, limit: int) -> list[str]:
    query = select(dirty.c.id).where(dirty.c.shop == shop, dirty.c.kind == kind).order_by(dirty.c.id).limit(limit)
    return list(connection.scalars(query))


def read_unchecked(connection: Connection, shop: ShopId, limit: int, after: str = "") -> list[str]:
    """Talks whose agents' words wait to be checked, by id after one; those not counted are not understood yet."""
    counted = select(dirty.c.id).where(dirty.c.shop == shop, dirty.c.kind == "talk")
    query = select(dirty.c.id).where(dirty.c.shop == shop, dirty.c.kind == SAID, dirty.c.id.not_in(counted))
    return list(connection.scalars(query.where(dirty.c.id > after).order_by(dirty.c.id).limit(limit)))


def clear_dirty(connection: Connection, shop: ShopId, kind: str, ids: Sequence[str]) -> None:
    for part in chunks(ids):
        connection.execute(delete(dirty).where(dirty.c.shop == shop, dirty.c.kind == kind, dirty.c.id.in_(part)))


def cursor(connection: Connection, shop: ShopId, name: str) -> str:
    where = (cursors.c.shop == shop, cursors.c.name == name)
    return connection.scalar(select(cursors.c.value).where(*where)) or ""


def set_cursor(connection: Connection, shop: ShopId, name: str, value: str) -> None:
    upsert(connection, cursors, [{"shop": shop, "name": name, "value": value}])


def setting(connection: Connection, shop: ShopId, name: str) -> Any:
    return connection.scalar(select(settings.c.value).where(settings.c.shop == shop, settings.c.name == name))


def settings_like(connection: Connection, shop: ShopId, start: str) -> dict[str, Any]:
    where = (settings.c.shop == shop, settings.c.name.startswith(start, autoescape=True))
    return {row.name: row.value for row in connection.execute(select(settings).where(*where).order_by(settings.c.name))}


def save_setting(connection: Connection, shop: ShopId, name: str, value: Any) -> None:
    upsert(connection, settings, [{"shop": shop, "name": name, "value": value}])


def drop_setting(connection: Connection, shop: ShopId, name: str) -> None:
    connection.execute(delete(settings).where(settings.c.shop == shop, settings.c.name == name))


def get_units(connection: Connection, shop: ShopId, kind: str, ids: Sequence[str]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for part in chunks(ids):
        rows = connection.execute(select(units).where(units.c.shop == shop, units.c.kind == kind, units.c.id.in_(part)))
        found |= {row.id: unit_of(row) for row in rows}
    return found


def ids_of_buyers(connection: Connection, shop: ShopId, kind: str, buyer_ids: Sequence[str]) -> list[str]:
    found: list[str] = []
    for part in chunks(buyer_ids):
        where = (units.c.shop == shop, units.c.kind == kind, units.c.buyer_id.in_(part))
        found += connection.scalars(select(units.c.id).where(*where))
    return found


def put_units(
    connection: Connection, shop: ShopId, rows: Sequence[Row], formulas: Sequence[Formula], gone: Sequence[str] = ()
) -> set[tuple[str, int]]:
    """Keep units of one kind and correct the cells by the difference to what was kept before.

    Return (family, day) of what changed.
    """
    if not rows and not gone:
        return set()
    kind = rows[0].kind if rows else "talk"
    before = get_units(connection, shop, kind, [*(row.id for row in rows), *gone])
    fresh = [row for row in rows if before.get(row.id) != row]
    change: dict[Key, list[int]] = {}
    for row in fresh:
        _add(change, row, formulas, 1)
    replaced = {row.id for row in fresh} | set(gone)
    for id_, row in before.items():
        if id_ in replaced:
            _add(change, row, formulas, -1)
    moved = {key: value for key, value in change.items() if value[0] or value[1]}
    _shift(connection, shop, moved)
    upsert(connection, units, [_stored(shop, row) for row in fresh])
    for part in chunks(list(gone)):
        connection.execute(delete(units).where(units.c.shop == shop, units.c.kind == kind, units.c.id.in_(part)))
    return {(key.family, key.day) for key in with_blocks(moved)}


def _add(change: dict[Key, list[int]], row: Row, formulas: Sequence[Formula], sign: int) -> None:
    for key, n, v in gifts_of(row, formulas):
        value = change.setdefault(key, [0, 0])
        value[0] += sign * n
        value[1] += sign * v


def with_blocks(moved: Mapping[Key, Sequence[int]]) -> dict[Key, list[int]]:
    """The same changes, and with them those of the blocks of days that long periods are summed from."""
    found = {key: list(value) for key, value in moved.items()}
    for key, (n, v) in moved.items():
        if key.hour == DAILY and key.family in BLOCKED:
            block = found.setdefault(
                key._replace(family=f"{key.family}{IN_BLOCK}", day=key.day // BLOCK * BLOCK), [0, 0]
            )
            block[0] += n
            block[1] += v
    return found


def _shift(connection: Connection, shop: ShopId, changes: Mapping[Key, Sequence[int]]) -> None:
    moved = {key: value for key, value in with_blocks(changes).items() if value[0] or value[1]}
    if not moved:
        return
    statement = insert_of(connection.dialect)(cells)
    grown = {"n": cells.c.n + statement.excluded.n, "v": cells.c.v + statement.excluded.v}
    statement = statement.on_conflict_do_update(index_elements=list(cells.primary_key.columns), set_=grown)
    rows = [{"shop": shop, **key._asdict(), "n": value[0], "v": value[1]} for key, value in sorted(moved.items())]
    connection.execute(statement, rows)
    if any(value[0] < 0 for value in moved.values()):
        families = {(key.family, key.day) for key, value in moved.items() if value[0] < 0}
        for family, day in families:
            where = (cells.c.shop == shop, cells.c.family == family, cells.c.day == day)
            connection.execute(delete(cells).where(*where, cells.c.n == 0, cells.c.v == 0))


def clear(connection: Connection, shop: ShopId) -> None:
    """Forget all units and cells, for a rebuild; what waits to be checked goes on waiting."""
    for table in (cells, units, cursors):
        connection.execute(delete(table).where(table.c.shop == shop))
    connection.execute(delete(dirty).where(dirty.c.shop == shop, dirty.c.kind != SAID))


def sums(
    connection: Connection,
    shop: ShopId,
    family: str,
    days: tuple[int, int],
    by: Sequence[str],
    *,
    channel: str = "",
    a: Sequence[str] | str = (),
    b: str = "",
    starts: str = "",
    limit: int = 0,
) -> list[Sum]:
    """Rows of (…by, n, v) summed over the days, both included; `a` and `b` narrow, `starts` is a beginning of `b`."""
    narrowed: list[ColumnElement[bool]] = []
    narrowed += [cells.c.channel == channel] if channel else []
    narrowed += [cells.c.a == a] if isinstance(a, str) and a else []
    narrowed += [cells.c.a.in_(list(a))] if not isinstance(a, str) and a else []
    narrowed += [cells.c.b == b] if b else []
    narrowed += [cells.c.b.startswith(starts, autoescape=True)] if starts else []
    columns = [cells.c[name] for name in by]
    parts = [
        select(*columns, cells.c.n, cells.c.v).where(
            cells.c.shop == shop, cells.c.family == name, cells.c.day.between(*span), *narrowed
        )
        for name, span in _spans(family, days, by)
    ]
    found = (union_all(*parts) if len(parts) > 1 else parts[0]).subquery()
    names = [found.c[name] for name in by]
    count = func.sum(found.c.n)
    query = select(*names, count, func.sum(found.c.v)).group_by(*names)
    query = query.order_by(count.desc(), *names) if limit else query.order_by(*names)
    rows = connection.execute(query.limit(limit) if limit else query)
    return [(*row[: len(names)], int(row[-2] or 0), int(row[-1] or 0)) for row in rows if row[-2] is not None]


def _spans(family: str, days: tuple[int, int], by: Sequence[str]) -> list[tuple[str, tuple[int, int]]]:
    """(family, days) to read: sums over many days take whole blocks where they can."""
    first, last = -(-days[0] // BLOCK) * BLOCK, (days[1] + 1) // BLOCK * BLOCK
    if family not in BLOCKED or "day" in by or "hour" in by or last <= first:
        return [(family, days)]
    spans = [(f"{family}{IN_BLOCK}", (first, last - BLOCK))]
    spans += [(family, (days[0], first - 1))] if days[0] < first else []
    spans += [(family, (last, days[1]))] if last <= days[1] else []
    return spans


def all_cells(connection: Connection, shop: ShopId) -> Counter[tuple[Any, ...]]:
    """Every cell, for comparing a rebuild with what was kept."""
    rows = connection.execute(select(cells).where(cells.c.shop == shop))
    return Counter({(r.family, r.day, r.hour, r.channel, r.a, r.b, r.n, r.v): 1 for r in rows})


def questions_of(connection: Connection, shop: ShopId, keys: Sequence[str]) -> dict[str, str]:
    """The question of every wording that is known."""
    found: dict[str, str] = {}
    for part in chunks(keys):
        where = (wordings.c.shop == shop, wordings.c.key.in_(part))
        found |= {row.key: row.question for row in connection.execute(select(wordings).where(*where))}
    return found


def founders(connection: Connection, shop: ShopId, intents: Sequence[str]) -> list[DbRow[Any]]:
    """The founding wordings of these intents' questions."""
    where = (wordings.c.shop == shop, wordings.c.intent.in_(intents), wordings.c.question == wordings.c.key)
    return list(connection.execute(select(wordings).where(*where).order_by(wordings.c.key)))


def add_wordings(connection: Connection, shop: ShopId, rows: Sequence[tuple[str, str, str, str]]) -> None:
    """Keep (key, intent, question, text) of new wordings."""
    make = insert_of(connection.dialect)
    names = ("key", "intent", "question", "text")
    values = [{"shop": shop, "seen": 1, **dict(zip(names, row, strict=True))} for row in rows]
    if values:
        connection.execute(make(wordings).on_conflict_do_nothing(), values)


def texts_of(connection: Connection, shop: ShopId, questions: Sequence[str]) -> dict[str, tuple[str, str]]:
    """(intent, text) of questions by id."""
    found: dict[str, tuple[str, str]] = {}
    for part in chunks(questions):
        where = (wordings.c.shop == shop, wordings.c.key.in_(part))
        found |= {row.key: (row.intent, row.text) for row in connection.execute(select(wordings).where(*where))}
    return found


def wordings_of(connection: Connection, shop: ShopId, question: str, limit: int) -> list[str]:
    where = (wordings.c.shop == shop, wordings.c.question == question)
    return list(connection.scalars(select(wordings.c.text).where(*where).limit(limit)))


def _stored(shop: ShopId, row: Row) -> dict[str, Any]:
    return {"shop": shop, **msgspec.structs.asdict(row)}


def unit_of(row: DbRow[Any]) -> Row:
    values = {name: getattr(row, name) for name in Row.__struct_fields__}
    values["facts"] = msgspec.convert(row.facts, _FACTS[row.kind])
    return Row(**values)
