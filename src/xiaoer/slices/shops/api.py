"""Staff accounts (账号) and business hours, on the caller's connection; log-in and tokens are in `service`."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from xiaoer.infra.idgen import new_id
from xiaoer.kernel.errors import Conflict, NotFound
from xiaoer.kernel.ids import ShopId, StaffId
from xiaoer.kernel.worktime import BusinessHours
from xiaoer.slices.shops import store
from xiaoer.slices.shops.types import Role, Staff


def add(
    connection: Connection, shop: ShopId, username: str, name: str, role: Role, password_hash: str, now: datetime
) -> Staff:
    """Create an account.

    Raises:
        Conflict: the username is taken.
    """
    if store.find_staff(connection, shop, username):
        raise Conflict(f"Username {username} is taken in this shop. Choose another.")
    member = Staff(StaffId(new_id()), shop, username, name, role)
    store.save_staff(connection, shop, member, password_hash, now)
    return member


def change(
    connection: Connection,
    shop: ShopId,
    staff_id: str,
    now: datetime,
    *,
    name: str | None = None,
    role: Role | None = None,
    active: bool | None = None,
    password_hash: str = "",
) -> Staff:
    """Change an account. A new role or password, and switching it off, end its sessions.

    Raises:
        NotFound: no such account. Conflict: the shop would be left without an owner who can log in.
    """
    before = store.get_staff(connection, shop, staff_id)
    if before is None:
        raise NotFound("Staff account", staff_id)
    after = msgspec.structs.replace(
        before,
        name=before.name if name is None else name,
        role=before.role if role is None else role,
        active=before.active if active is None else active,
    )
    others = (member for member in members(connection, shop) if member.id != before.id)
    if _leads(before) and not _leads(after) and not any(map(_leads, others)):
        raise Conflict(f"{before.name} is the shop's only owner. Make somebody else an owner first.")
    store.save_staff(connection, shop, after, password_hash, now)
    if after.role != before.role or not after.active or password_hash:
        store.revoke_sessions(connection, shop, now, staff_id=staff_id)
    return after


def set_hours(connection: Connection, shop: ShopId, hours: BusinessHours, now: datetime) -> None:
    """Keep the shop's business hours.

    Raises:
        NotFound: no such shop.
    """
    known = store.find_shop(connection, shop)
    if known is None:
        raise NotFound("Shop", shop)
    store.save_shop(connection, shop, msgspec.structs.replace(known, hours=hours), now)


def _leads(member: Staff) -> bool:
    return member.active and member.role is Role.OWNER


members = store.list_staff
