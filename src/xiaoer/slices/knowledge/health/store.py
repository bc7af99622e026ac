"""Rows of findings and usage. `shop` first, always."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from xiaoer.kernel.ids import ShopId
from xiaoer.slices.knowledge.health.types import Far, Finding, Found, Usage
from xiaoer.slices.knowledge.tables import checks, findings, usage


def id_of(found: Found) -> str:
    """The fingerprint of a finding: its kind and what it is about."""
    about = "\n".join((found.kind, *sorted((found.entry_id, found.other_id)), found.product_id))
    return blake2b(about.encode(), digest_size=12).hexdigest()


def replace(connection: Connection, shop: ShopId, found: Sequence[Found], now: datetime) -> None:
    """Keep what was found now; what is gone goes, what a person dismissed stays dismissed."""
    dismissed = set(
        connection.scalars(select(findings.c.id).where(findings.c.shop == shop, findings.c.state == "dismissed"))
    )
    connection.execute(delete(findings).where(findings.c.shop == shop, findings.c.state != "dismissed"))
    rows = {id_of(one): one for one in found}
    values = [
        {
            "shop": shop, "id": id_, "kind": one.kind, "entry_id": one.entry_id, "other_id": one.other_id,
            "product_id": one.product_id, "says": one.says, "detail": one.detail, "weight": one.weight,
            "state": "open", "found_at": now,
        }
        for id_, one in rows.items()
        if id_ not in dismissed
    ]  # fmt: skip
    for at in range(0, len(values), 500):
        connection.execute(insert(findings), values[at : at + 500])


def _finding(row: Row[Any]) -> Finding:
    found = Found(row.kind, row.says, row.entry_id, row.other_id, row.product_id, row.weight, row.detail)
    return Finding(row.id, found, row.state, row.found_at, row.decided_by)


def page(
    connection: Connection, shop: ShopId, kind: str, state: str, offset: int, limit: int
) -> tuple[list[Finding], dict[str, int]]:
    """Findings, the weightiest first, and how many open ones there are of each kind."""
    where = [findings.c.shop == shop, findings.c.state == state]
    if kind:
        where.append(findings.c.kind == kind)
    rows = connection.execute(
        select(findings)
        .where(*where, findings.c.shop == shop)
        .order_by(findings.c.weight.desc(), findings.c.id)
        .offset(offset)
        .limit(limit)
    )
    found = [_finding(row) for row in rows]
    counts = connection.execute(
        select(findings.c.kind, func.count())
        .where(findings.c.shop == shop, findings.c.state == state)
        .group_by(findings.c.kind)
    )
    return found, {row[0]: row[1] for row in counts}


def get(connection: Connection, shop: ShopId, id_: str) -> Finding | None:
    row = connection.execute(select(findings).where(findings.c.shop == shop, findings.c.id == id_)).one_or_none()
    return _finding(row) if row else None


def settle(connection: Connection, shop: ShopId, id_: str, state: str, by: str) -> None:
    connection.execute(
        update(findings).where(findings.c.shop == shop, findings.c.id == id_).values(state=state, decided_by=by)
    )


def keep_usage(connection: Connection, shop: ShopId, counted: Mapping[str, Usage], now: datetime) -> None:
    """Replace the shop's usage figures."""
    connection.execute(delete(usage).where(usage.c.shop == shop))
    rows = [
        {
            "shop": shop, "entry_id": entry_id, "uses": one.uses, "handoffs": one.handoffs, "rated": one.rated,
            "satisfied": one.satisfied, "last_used_at": one.last_used_at, "counted_at": now,
        }
        for entry_id, one in counted.items()
    ]  # fmt: skip
    for at in range(0, len(rows), 500):
        connection.execute(insert(usage), rows[at : at + 500])


def usage_of(connection: Connection, shop: ShopId, ids: Sequence[str]) -> dict[str, Usage]:
    """Usage of these entries; one that was never said is missing."""
    rows = connection.execute(select(usage).where(usage.c.shop == shop, usage.c.entry_id.in_(list(ids))))
    return {row.entry_id: Usage(row.uses, row.handoffs, row.rated, row.satisfied, row.last_used_at) for row in rows}


def tell_far(connection: Connection, shop: ShopId, far: Far, now: datetime) -> None:
    """Say how far the check of a shop is, to every process."""
    end_check(connection, shop)
    connection.execute(insert(checks).values(shop=shop, done=far.done, total=far.total, told_at=now))


def end_check(connection: Connection, shop: ShopId) -> None:
    """No check of the shop is under way."""
    connection.execute(delete(checks).where(checks.c.shop == shop))


def far_of(connection: Connection, shop: ShopId, since: datetime) -> Far | None:
    """How far the check is that was heard of `since`; None when none was: its process may have died."""
    row = connection.execute(select(checks).where(checks.c.shop == shop, checks.c.told_at >= since)).one_or_none()
    return Far(row.done, row.total) if row else None


def counted_at(connection: Connection, shop: ShopId) -> datetime | None:
    """When the findings were last made; None when never."""
    found: datetime | None = connection.scalar(select(func.max(findings.c.found_at)).where(findings.c.shop == shop))
    return found
