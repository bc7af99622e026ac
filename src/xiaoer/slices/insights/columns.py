"""Facts, units and cells on ClickHouse (列存): the same names and columns, so that the same SQL runs on both.

A row is replaced by a newer row of the same key (ReplacingMergeTree), so sending a batch twice changes nothing. Of the
cells a family and day is compared as a whole with what is there, and the difference is sent. What has to be sent is
marked in `insight_dirty` in the transaction that changed it: `out.…` waits, `now.…` is on its way.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, delete, insert, literal, select, update

from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights.rules.days import micros
from xiaoer.slices.insights.store import mark_dirty
from xiaoer.slices.insights.tables import cells, dirty, events, units
from xiaoer.slices.insights.types import Row

KINDS = ("talk", "refund", "day", "call")
FACTS, SEEN = "facts", "seen"  # all facts of a talk; all facts of a buyer that belong to no talk
CELLS = "cells"  # all cells of a family and day
TABLES = frozenset(("events", "insight_units", "insight_cells"))
BEGUN = "out.begun"  # the cursor that tells that everything has been marked once
_PLACE = ("hour", "channel", "a", "b")

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS events (shop LowCardinality(String), id String, type LowCardinality(String), at Int64,
    conversation_id String, buyer_id String, data String CODEC(ZSTD(3)), version UInt64)
    ENGINE = ReplacingMergeTree(version) ORDER BY (shop, conversation_id, id)""",
    """CREATE TABLE IF NOT EXISTS insight_units (shop LowCardinality(String), kind LowCardinality(String), id String,
    day Int32, at Int64, buyer_id String, channel LowCardinality(String), agent LowCardinality(String),
    product LowCardinality(String), handled LowCardinality(String), stage LowCardinality(String),
    mark LowCardinality(String), mood Int32, score Int32, value_fen Int64, facts String CODEC(ZSTD(3)),
    version UInt64, gone UInt8)
    ENGINE = ReplacingMergeTree(version, gone) ORDER BY (shop, kind, id)""",
    """CREATE TABLE IF NOT EXISTS insight_cells (shop LowCardinality(String), family LowCardinality(String), day Int32,
    hour Int8, channel LowCardinality(String), a String, b String, n Int64, v Int64, version UInt64, gone UInt8)
    ENGINE = ReplacingMergeTree(version, gone) ORDER BY (shop, family, day, channel, a, b, hour)""",
)  # fmt: skip


def mark(connection: Connection, shop: ShopId, kind: str, ids: Sequence[str]) -> None:
    """Have these units, or the facts of these talks or buyers, sent."""
    mark_dirty(connection, shop, f"out.{kind}", ids)


def mark_cells(connection: Connection, shop: ShopId, places: Iterable[tuple[str, int]]) -> None:
    """Have the cells of these families and days sent."""
    mark(connection, shop, CELLS, [f"{family}|{day}" for family, day in sorted(set(places))])


def places_of_cells(connection: Connection, shop: ShopId) -> list[tuple[str, int]]:
    """Every family and day that has cells."""
    rows = connection.execute(select(cells.c.family, cells.c.day).where(cells.c.shop == shop).distinct())
    return [(row.family, row.day) for row in rows]


def mark_all(connection: Connection, shop: ShopId) -> None:
    """Have everything sent that is here: the first time, and before a rebuild."""
    connection.execute(delete(dirty).where(dirty.c.shop == shop, dirty.c.kind.startswith("out.")))
    names = ["shop", "kind", "id"]
    for kind in KINDS:
        chosen = select(units.c.shop, literal(f"out.{kind}"), units.c.id).where(units.c.shop == shop)
        connection.execute(insert(dirty).from_select(names, chosen.where(units.c.kind == kind)))
    mark_cells(connection, shop, places_of_cells(connection, shop))
    for kind, column, rest in (
        (FACTS, events.c.conversation_id, events.c.conversation_id != ""),
        (SEEN, events.c.buyer_id, (events.c.buyer_id != "") & (events.c.conversation_id == "")),
    ):
        chosen = select(events.c.shop, literal(f"out.{kind}"), column).where(events.c.shop == shop, rest).distinct()
        connection.execute(insert(dirty).from_select(names, chosen))


def ids_of_units(connection: Connection, shop: ShopId) -> dict[str, list[str]]:
    """The ids of all units by kind."""
    chosen = {kind: select(units.c.id).where(units.c.shop == shop, units.c.kind == kind) for kind in KINDS}
    return {kind: list(connection.scalars(query)) for kind, query in chosen.items()}


def take(connection: Connection, shop: ShopId, limit: int) -> dict[str, list[str]]:
    """What is to be sent next, at most `limit` of one kind: what was on its way when a process ended comes first."""
    for kind in (*KINDS, FACTS, SEEN, CELLS):
        where = (dirty.c.shop == shop, dirty.c.kind == f"now.{kind}")
        if ids := list(connection.scalars(select(dirty.c.id).where(*where))):
            return {kind: ids}
        waits = select(dirty.c.id).where(dirty.c.shop == shop, dirty.c.kind == f"out.{kind}")
        ids = list(connection.scalars(waits.order_by(dirty.c.id).limit(limit)))
        if ids:
            last = (dirty.c.shop == shop, dirty.c.kind == f"out.{kind}", dirty.c.id <= ids[-1])
            connection.execute(update(dirty).where(*last).values(kind=f"now.{kind}"))
            return {kind: ids}
    return {}


def sent(connection: Connection, shop: ShopId, kind: str) -> None:
    """Forget what was on its way; what changed meanwhile is marked anew and stays."""
    connection.execute(delete(dirty).where(dirty.c.shop == shop, dirty.c.kind == f"now.{kind}"))


def row_of_fact(fact: Event, version: int) -> dict[str, Any]:
    data = msgspec.json.encode(fact.data).decode()
    return {**msgspec.structs.asdict(fact), "at": micros(fact.at), "data": data, "version": version}


def row_of_unit(shop: ShopId, row: Row, version: int) -> dict[str, Any]:
    facts = msgspec.json.encode(row.facts).decode()
    values = msgspec.structs.asdict(row) | {"at": micros(row.at), "facts": facts}
    return {"shop": shop, **values, "version": version, "gone": 0}


def row_of_gone(shop: ShopId, kind: str, id_: str, version: int) -> dict[str, Any]:
    """A unit that is no more."""
    return {"shop": shop, "kind": kind, "id": id_, "version": version, "gone": 1}


def cells_at(family: str, day: int, shop: ShopId) -> Select[Any]:
    """The cells of a family and day, for either database."""
    names = (*_PLACE, "n", "v")
    where = (cells.c.shop == shop, cells.c.family == family, cells.c.day == day)
    return select(*(cells.c[name] for name in names)).where(*where)


def rows_of_cells(
    shop: ShopId, place: tuple[str, int], here: Iterable[Any], there: Iterable[Any], version: int
) -> list[dict[str, Any]]:
    """What has to be sent so that the cells there are those here."""
    old = {tuple(row[:4]): (row[4], row[5]) for row in there}
    new = {tuple(row[:4]): (row[4], row[5]) for row in here}
    base = {"shop": shop, "family": place[0], "day": place[1], "version": version}
    changed = [(key, value, 0) for key, value in new.items() if old.get(key) != value]
    changed += [(key, value, 1) for key, value in old.items() if key not in new]
    return [
        {**base, **dict(zip(_PLACE, key, strict=True)), "n": n, "v": v, "gone": gone} for key, (n, v), gone in changed
    ]
