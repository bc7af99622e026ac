"""Rows of questions that went wrong and of their gaps. `shop` first, always."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from xiaoer.kernel.ids import ShopId
from xiaoer.slices.learning.tables import asks, gaps
from xiaoer.slices.learning.types import Ask, Gap, GapAnswer, GapCount

_CHUNK = 500  # ids per look-up, below SQLite's parameter limit


def _ask(row: Row[Any]) -> Ask:
    return Ask(
        row.id, row.at, row.conversation_id, row.text, row.intent, tuple(row.reasons), row.buyer_id, row.channel,
        row.product_id, row.correction, row.gap_id,
    )  # fmt: skip


def _gap(row: Row[Any]) -> Gap:
    return Gap(
        row.id, row.intent, row.question, tuple(row.wordings), row.created_at, row.updated_at, row.product_id,
        row.status, msgspec.convert(row.answers, tuple[GapAnswer, ...]), row.note, row.decided_at, row.decided_by,
        row.entry_id,
    )  # fmt: skip


def keep_asks(connection: Connection, shop: ShopId, found: Sequence[Ask]) -> int:
    """Keep questions; one that is here already takes over new reasons and keeps its gap. Return how many are new."""
    unique = {ask.id: ask for ask in found}
    known: dict[str, Any] = {}
    ids = list(unique)
    for at in range(0, len(ids), _CHUNK):
        rows = connection.execute(
            select(asks.c.id, asks.c.reasons, asks.c.correction).where(
                asks.c.shop == shop, asks.c.id.in_(ids[at : at + _CHUNK])
            )
        )
        for row in rows:
            known[row.id] = row
    fresh = [ask for ask in unique.values() if ask.id not in known]
    if fresh:
        connection.execute(insert(asks), [{**msgspec.structs.asdict(ask), "shop": shop} for ask in fresh])
    for id_, row in known.items():
        ask = unique[id_]
        if list(ask.reasons) != list(row.reasons) or ask.correction != row.correction:
            connection.execute(
                update(asks)
                .where(asks.c.shop == shop, asks.c.id == id_)
                .values(reasons=ask.reasons, correction=ask.correction)
            )
    return len(fresh)


def forget_others(connection: Connection, shop: ShopId, conversations: Sequence[str], found: Sequence[Ask]) -> None:
    """Drop questions of these conversations that are not found any more: what was asked back was answered after all."""
    kept = {ask.id for ask in found}
    rows = connection.execute(
        select(asks.c.id).where(asks.c.shop == shop, asks.c.conversation_id.in_(list(conversations)))
    )
    gone = [row.id for row in rows if row.id not in kept]
    if gone:
        connection.execute(delete(asks).where(asks.c.shop == shop, asks.c.id.in_(gone)))


def loose_asks(connection: Connection, shop: ShopId, limit: int) -> list[Ask]:
    """Questions that belong to no gap yet, oldest first."""
    rows = connection.execute(
        select(asks).where(asks.c.shop == shop, asks.c.gap_id == "").order_by(asks.c.at, asks.c.id).limit(limit)
    )
    return [_ask(row) for row in rows]


def place_asks(connection: Connection, shop: ShopId, places: Mapping[str, str]) -> None:
    """Say to which gap each question belongs."""
    by_gap: dict[str, list[str]] = {}
    for id_, gap_id in places.items():
        by_gap.setdefault(gap_id, []).append(id_)
    for gap_id, ids in by_gap.items():
        for at in range(0, len(ids), _CHUNK):
            where = (asks.c.shop == shop, asks.c.id.in_(ids[at : at + _CHUNK]))
            connection.execute(update(asks).where(*where).values(gap_id=gap_id))


def asks_of(
    connection: Connection, shop: ShopId, gap_id: str, since: datetime, until: datetime, limit: int
) -> list[Ask]:
    """Questions of a gap in the half-open window, newest first."""
    rows = connection.execute(
        select(asks)
        .where(asks.c.shop == shop, asks.c.gap_id == gap_id, asks.c.at >= since, asks.c.at < until)
        .order_by(asks.c.at.desc(), asks.c.id)
        .limit(limit)
    )
    return [_ask(row) for row in rows]


def counts(
    connection: Connection, shop: ShopId, since: datetime, until: datetime, gap_ids: Sequence[str] = ()
) -> dict[str, GapCount]:
    """How often each gap was asked in the half-open window; all gaps when none are named."""
    where = [asks.c.shop == shop, asks.c.at >= since, asks.c.at < until, asks.c.gap_id != ""]
    if gap_ids:
        where.append(asks.c.gap_id.in_(list(gap_ids)))
    rows = connection.execute(
        select(
            asks.c.gap_id,
            func.count(),
            func.count(asks.c.conversation_id.distinct()),
            func.count(asks.c.buyer_id.distinct()),
            func.max(asks.c.at, type_=asks.c.at.type),
        )
        .where(*where)
        .group_by(asks.c.gap_id)
    )
    return {row[0]: GapCount(row[1], row[2], row[3], row[4]) for row in rows}


def moments(
    connection: Connection, shop: ShopId, gap_ids: Sequence[str], since: datetime
) -> list[tuple[str, datetime]]:
    """(gap, time) of every question of these gaps since then, for the trend."""
    found: list[tuple[str, datetime]] = []
    for at in range(0, len(gap_ids), _CHUNK):
        rows = connection.execute(
            select(asks.c.gap_id, asks.c.at).where(
                asks.c.shop == shop, asks.c.gap_id.in_(list(gap_ids[at : at + _CHUNK])), asks.c.at >= since
            )
        )
        found += [(row[0], row[1]) for row in rows]
    return found


def all_gaps(connection: Connection, shop: ShopId, status: str = "") -> list[Gap]:
    """Every gap, or those of one status."""
    where = [gaps.c.shop == shop] + ([gaps.c.status == status] if status else [])
    return [_gap(row) for row in connection.execute(select(gaps).where(*where).order_by(gaps.c.id))]


def get_gap(connection: Connection, shop: ShopId, gap_id: str) -> Gap | None:
    row = connection.execute(select(gaps).where(gaps.c.shop == shop, gaps.c.id == gap_id)).one_or_none()
    return _gap(row) if row else None


def add_gaps(connection: Connection, shop: ShopId, found: Iterable[Gap]) -> None:
    """Keep new gaps; one that another process founded meanwhile stays as it is."""
    rows = {gap.id: gap for gap in found}
    ids = list(rows)
    for at in range(0, len(ids), _CHUNK):
        part = ids[at : at + _CHUNK]
        known = set(connection.scalars(select(gaps.c.id).where(gaps.c.shop == shop, gaps.c.id.in_(part))))
        fresh = [{**msgspec.structs.asdict(rows[id_]), "shop": shop} for id_ in part if id_ not in known]
        if fresh:
            connection.execute(insert(gaps), fresh)


def change_gap(connection: Connection, shop: ShopId, gap_id: str, **values: Any) -> None:
    connection.execute(update(gaps).where(gaps.c.shop == shop, gaps.c.id == gap_id).values(**values))
