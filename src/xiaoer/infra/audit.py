"""The audit (操作记录): who did what to which thing, when and why. Append-only; kept at least 180 days.

Written in the change that does the thing, so neither exists without the other. `detail` holds ids and
settings, never a phone number, an address, a secret or what a buyer said.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct, field
from sqlalchemy import Column, Connection, Index, String, Table, insert, select

from xiaoer.infra.db import Instant, Json, metadata
from xiaoer.infra.idgen import new_id
from xiaoer.kernel.ids import ShopId

audit = Table(
    "audit",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("who", String(128), nullable=False),
    Column("action", String(64), nullable=False),
    Column("thing", String(200), nullable=False),
    Column("detail", Json, nullable=False),
    Index("ix_audit_at", "shop", "at"),
    Index("ix_audit_thing", "shop", "thing"),
)


class Entry(Struct, frozen=True):
    """One line: `who` is a staff name with its id, a key or `bot`; `action` is dotted, such as `coupon.issue`."""

    id: str
    at: datetime
    who: str
    action: str
    thing: str
    detail: dict[str, Any] = field(default_factory=dict)


def record(
    connection: Connection, shop: ShopId, who: str, action: str, thing: str, at: datetime, **detail: Any
) -> None:
    """Append one line in the running change."""
    row = {"shop": shop, "id": new_id(), "at": at, "who": who[:128], "action": action, "thing": thing[:200]}
    connection.execute(insert(audit).values(**row, detail=detail))


def page(
    connection: Connection, shop: ShopId, *, before: str = "", action: str = "", thing: str = "", limit: int = 50
) -> list[Entry]:
    """Lines, newest first; `before` is the last id seen, `action` a beginning such as `coupon.`."""
    query = select(audit).where(audit.c.shop == shop)
    query = query.where(audit.c.id < before) if before else query
    query = query.where(audit.c.action.startswith(action, autoescape=True)) if action else query
    query = query.where(audit.c.thing == thing) if thing else query
    rows = connection.execute(query.order_by(audit.c.id.desc()).limit(limit))
    return [Entry(row.id, row.at, row.who, row.action, row.thing, row.detail) for row in rows]
