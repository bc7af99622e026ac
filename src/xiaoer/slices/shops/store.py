"""Rows of shops, staff, sessions and keys. `shop` first, always."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from xiaoer.kernel.ids import ShopId, StaffId
from xiaoer.kernel.worktime import BusinessHours
from xiaoer.slices.shops.tables import api_keys, sessions, shops, staff
from xiaoer.slices.shops.types import ApiKey, Role, Shop, Staff


def _shop(row: Row[Any]) -> Shop:
    return Shop(
        ShopId(row.shop), row.name, row.logo, msgspec.convert(row.hours, BusinessHours, strict=False), row.switches
    )


def _staff(row: Row[Any]) -> Staff:
    return Staff(StaffId(row.id), ShopId(row.shop), row.username, row.name, Role(row.role), row.active)


def find_shop(connection: Connection, shop: ShopId) -> Shop | None:
    row = connection.execute(select(shops).where(shops.c.shop == shop)).one_or_none()
    return _shop(row) if row else None


def shop_ids(connection: Connection) -> list[ShopId]:
    """All tenants; the one query that is not about a single shop."""
    return [ShopId(row) for row in connection.scalars(select(shops.c.shop).order_by(shops.c.shop))]


def save_shop(connection: Connection, shop: ShopId, value: Shop, now: datetime) -> None:
    values = {"name": value.name, "logo": value.logo, "hours": value.hours, "switches": value.switches}
    changed = connection.execute(update(shops).where(shops.c.shop == shop).values(**values))
    if changed.rowcount == 0:
        connection.execute(insert(shops).values(shop=shop, created_at=now, **values))


def find_staff(connection: Connection, shop: ShopId, username: str) -> tuple[Staff, str] | None:
    """Return the account and its password hash."""
    row = connection.execute(select(staff).where(staff.c.shop == shop, staff.c.username == username)).one_or_none()
    return (_staff(row), row.password_hash) if row else None


def get_staff(connection: Connection, shop: ShopId, staff_id: str) -> Staff | None:
    row = connection.execute(select(staff).where(staff.c.shop == shop, staff.c.id == staff_id)).one_or_none()
    return _staff(row) if row else None


def list_staff(connection: Connection, shop: ShopId) -> list[Staff]:
    return [
        _staff(row) for row in connection.execute(select(staff).where(staff.c.shop == shop).order_by(staff.c.username))
    ]


def save_staff(connection: Connection, shop: ShopId, member: Staff, password_hash: str, now: datetime) -> None:
    values: dict[str, Any] = {"name": member.name, "role": member.role.value, "active": member.active}
    if password_hash:
        values["password_hash"] = password_hash
    changed = connection.execute(update(staff).where(staff.c.shop == shop, staff.c.id == member.id).values(**values))
    if changed.rowcount == 0:
        connection.execute(
            insert(staff).values(shop=shop, id=member.id, username=member.username, created_at=now, **values)
        )


def add_session(
    connection: Connection, shop: ShopId, session_id: str, staff_id: str, refresh_hash: str, expires_at: datetime
) -> None:
    connection.execute(
        insert(sessions).values(
            shop=shop, id=session_id, staff_id=staff_id, refresh_hash=refresh_hash, expires_at=expires_at
        )
    )


def live_session(connection: Connection, shop: ShopId, session_id: str, now: datetime) -> tuple[str, str] | None:
    """Return (staff id, refresh hash) of a session that is neither revoked nor expired."""
    row = connection.execute(
        select(sessions.c.staff_id, sessions.c.refresh_hash).where(
            sessions.c.shop == shop,
            sessions.c.id == session_id,
            sessions.c.revoked_at.is_(None),
            sessions.c.expires_at > now,
        )
    ).one_or_none()
    return (row.staff_id, row.refresh_hash) if row else None


def rotate_session(connection: Connection, shop: ShopId, session_id: str, old_hash: str, new_hash: str) -> bool:
    """Swap the refresh hash; False when the old one is not in force any more (it was used before)."""
    changed = connection.execute(
        update(sessions)
        .where(sessions.c.shop == shop, sessions.c.id == session_id, sessions.c.refresh_hash == old_hash)
        .values(refresh_hash=new_hash)
    )
    return changed.rowcount == 1


def revoke_sessions(
    connection: Connection, shop: ShopId, now: datetime, *, session_id: str | None = None, staff_id: str | None = None
) -> None:
    query = update(sessions).where(sessions.c.shop == shop, sessions.c.revoked_at.is_(None))
    if session_id is not None:
        query = query.where(sessions.c.id == session_id)
    if staff_id is not None:
        query = query.where(sessions.c.staff_id == staff_id)
    connection.execute(query.values(revoked_at=now))


def add_key(connection: Connection, shop: ShopId, key_id: str, name: str, hashed: str, now: datetime) -> None:
    connection.execute(insert(api_keys).values(shop=shop, id=key_id, name=name, hash=hashed, created_at=now))


def find_key(connection: Connection, shop: ShopId, hashed: str) -> ApiKey | None:
    row = connection.execute(
        select(api_keys).where(api_keys.c.shop == shop, api_keys.c.hash == hashed, api_keys.c.revoked_at.is_(None))
    ).one_or_none()
    return ApiKey(row.id, row.name, row.created_at, row.revoked_at) if row else None


def list_keys(connection: Connection, shop: ShopId) -> list[ApiKey]:
    rows = connection.execute(select(api_keys).where(api_keys.c.shop == shop).order_by(api_keys.c.created_at))
    return [ApiKey(row.id, row.name, row.created_at, row.revoked_at) for row in rows]


def revoke_key(connection: Connection, shop: ShopId, key_id: str, now: datetime) -> bool:
    changed = connection.execute(
        update(api_keys)
        .where(api_keys.c.shop == shop, api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return changed.rowcount == 1
