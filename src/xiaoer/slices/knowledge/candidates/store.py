"""Rows of candidates. `shop` first, always."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, insert, select, update

from xiaoer.kernel.ids import ShopId
from xiaoer.slices.knowledge.candidates.types import Candidate, CandidateFilter, Evidence, Near
from xiaoer.slices.knowledge.tables import candidates
from xiaoer.slices.knowledge.types import EntryDraft


def _candidate(row: Row[Any]) -> Candidate:
    return Candidate(
        row.id,
        row.origin,
        row.batch,
        row.status,
        msgspec.convert(row.draft, EntryDraft),
        msgspec.convert(row.evidence, tuple[Evidence, ...]),
        row.conversations,
        row.buyers,
        row.created_at,
        row.created_by,
        msgspec.convert(row.near, Near) if row.near else None,
        row.target_id,
        row.note,
        row.decided_at,
        row.decided_by,
        row.entry_id,
        row.position,
    )


def _where(shop: ShopId, wanted: CandidateFilter, *, status: bool = True) -> list[Any]:
    where = [candidates.c.shop == shop]
    for name in ("origin", "batch", *(("status",) if status else ())):
        if getattr(wanted, name):
            where.append(candidates.c[name] == getattr(wanted, name))
    if wanted.text:
        where.append(candidates.c.question.icontains(wanted.text, autoescape=True))
    return where


def page(
    connection: Connection, shop: ShopId, wanted: CandidateFilter, offset: int, limit: int
) -> tuple[list[Candidate], int]:
    """Candidates, those asked in most conversations first, and how many there are."""
    where = _where(shop, wanted)
    rows = connection.execute(
        select(candidates)
        .where(*where)
        .order_by(candidates.c.conversations.desc(), candidates.c.buyers.desc(), candidates.c.position, candidates.c.id)
        .offset(offset)
        .limit(limit)
    )
    found = [_candidate(row) for row in rows]
    total = connection.scalar(select(func.count()).select_from(candidates).where(*where, candidates.c.shop == shop))
    return found, total or 0


def counts(connection: Connection, shop: ShopId, wanted: CandidateFilter) -> dict[str, int]:
    rows = connection.execute(
        select(candidates.c.status, func.count())
        .where(*_where(shop, wanted, status=False))
        .group_by(candidates.c.status)
    )
    return {row[0]: row[1] for row in rows}


def get_many(connection: Connection, shop: ShopId, ids: Sequence[str]) -> dict[str, Candidate]:
    found: dict[str, Candidate] = {}
    for at in range(0, len(ids), 500):
        rows = connection.execute(
            select(candidates).where(candidates.c.shop == shop, candidates.c.id.in_(list(ids[at : at + 500])))
        )
        found.update((row.id, _candidate(row)) for row in rows)
    return found


def add(connection: Connection, shop: ShopId, rows: Sequence[Candidate]) -> None:
    if rows:
        connection.execute(
            insert(candidates),
            [{**msgspec.structs.asdict(row), "shop": shop, "question": row.draft.question} for row in rows],
        )


def change(connection: Connection, shop: ShopId, id_: str, values: Mapping[str, Any]) -> bool:
    """Set columns of a candidate that is still open; False when it is decided already."""
    changed = connection.execute(
        update(candidates)
        .where(candidates.c.shop == shop, candidates.c.id == id_, candidates.c.status == "open")
        .values(**values)
    )
    return changed.rowcount == 1
