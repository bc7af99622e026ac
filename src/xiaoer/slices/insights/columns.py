"""Facts, units and cells on ClickHouse (列存): the same names and columns, so that the same SQL runs on both.

A row is replaced by a newer row of the same key (ReplacingMergeTree), so sending a batch twice changes nothing. Cells
are no table of their own: a unit carries what it gives, and the cells are the sum of what all units give. What has to
be sent is marked in `insight_dirty` in the transaction that changed it: `out.…` waits, `now.…` is on its way.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, literal, select, update

from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights.rules.days import micros
from xiaoer.slices.insights.rules.measures import gifts_of
from xiaoer.slices.insights.store import mark_dirty, with_blocks
from xiaoer.slices.insights.tables import dirty, events, units
from xiaoer.slices.insights.types import Formula, Key, Row

KINDS = ("talk", "refund", "day")
FACTS, SEEN = "facts", "seen"  # all facts of a talk; all facts of a buyer that belong to no talk
TABLES = frozenset(("events", "insight_units", "insight_cells"))
BEGUN = "out.begun"  # the cursor that tells that everything has been marked once
_GIVEN = ("family", "day", "hour", "a", "b", "n", "v")

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS events (shop LowCardinality(String), id String, type LowCardinality(String), at Int64,
    conversation_id String, buyer_id String, data String CODEC(ZSTD(3)), version UInt64)
    ENGINE = ReplacingMergeTree(version) ORDER BY (shop, conversation_id, id)""",
    """CREATE TABLE IF NOT EXISTS insight_units (shop LowCardinality(String), kind LowCardinality(String), id String,
    day Int32, at Int64, buyer_id String, channel LowCardinality(String), agent LowCardinality(String),
    product LowCardinality(String), handled LowCardinality(String), stage LowCardinality(String),
    mark LowCardinality(String), mood Int32, score Int32, value_fen Int64, facts String CODEC(ZSTD(3)),
    g_family Array(LowCardinality(String)), g_day Array(Int32), g_hour Array(Int8), g_a Array(LowCardinality(String)),
    g_b Array(String), g_n Array(Int64), g_v Array(Int64), version UInt64, gone UInt8)
    ENGINE = ReplacingMergeTree(version, gone) ORDER BY (shop, kind, id)""",
    """CREATE VIEW IF NOT EXISTS insight_cells AS
    SELECT shop, family, day, hour, channel, a, b, sum(n) AS n, sum(v) AS v
    FROM (SELECT shop, channel, f AS family, d AS day, h AS hour, x AS a, y AS b, gn AS n, gv AS v
          FROM insight_units FINAL
          ARRAY JOIN g_family AS f, g_day AS d, g_hour AS h, g_a AS x, g_b AS y, g_n AS gn, g_v AS gv)
    GROUP BY shop, family, day, hour, channel, a, b""",
)  # fmt: skip


def mark(connection: Connection, shop: ShopId, kind: str, ids: Sequence[str]) -> None:
    """Have these units, or the facts of these talks or buyers, sent."""
    mark_dirty(connection, shop, f"out.{kind}", ids)


def mark_all(connection: Connection, shop: ShopId) -> None:
    """Have everything sent that is here: the first time, and before a rebuild."""
    connection.execute(delete(dirty).where(dirty.c.shop == shop, dirty.c.kind.startswith("out.")))
    names = ["shop", "kind", "id"]
    for kind in KINDS:
        chosen = select(units.c.shop, literal(f"out.{kind}"), units.c.id).where(units.c.shop == shop)
        connection.execute(insert(dirty).from_select(names, chosen.where(units.c.kind == kind)))
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
    for kind in (*KINDS, FACTS, SEEN):
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


def row_of_unit(shop: ShopId, row: Row, formulas: Sequence[Formula], version: int) -> dict[str, Any]:
    """A unit with what it gives, of whole days also what it gives to their block of days."""
    given: dict[Key, list[int]] = {}
    for key, n, v in gifts_of(row, formulas):
        value = given.setdefault(key, [0, 0])
        value[0] += n
        value[1] += v
    whole: Mapping[Key, Sequence[int]] = with_blocks(given)
    lists: dict[str, list[Any]] = {f"g_{name}": [] for name in _GIVEN}
    for key, (n, v) in whole.items():
        for name in _GIVEN[:5]:
            lists[f"g_{name}"].append(getattr(key, name))
        lists["g_n"].append(n)
        lists["g_v"].append(v)
    facts = msgspec.json.encode(row.facts).decode()
    values = msgspec.structs.asdict(row) | {"at": micros(row.at), "facts": facts}
    return {"shop": shop, **values, **lists, "version": version, "gone": 0}


def row_of_gone(shop: ShopId, kind: str, id_: str, version: int) -> dict[str, Any]:
    """A unit that is no more."""
    return {"shop": shop, "kind": kind, "id": id_, "version": version, "gone": 1}
