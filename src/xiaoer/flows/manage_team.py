"""The people of a shop (团队): their accounts and what they take at the desk, changed together."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from xiaoer.infra import audit
from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.conversations import owners
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.types import Agent
from xiaoer.slices.insights import api as insights
from xiaoer.slices.shops import api as accounts
from xiaoer.slices.shops.service import Shops
from xiaoer.slices.shops.types import Principal, Role, Staff


class Member(Struct, frozen=True):
    """One person: the account, and the seat at the desk."""

    id: str
    username: str
    name: str
    role: Role
    active: bool
    status: str
    capacity: int
    load: int
    skills: tuple[str, ...]
    categories: tuple[str, ...]
    languages: tuple[str, ...]
    team: str
    seen_at: datetime | None


class Account(Struct, frozen=True):
    """What a changed account gets; None stays as it is."""

    name: str | None = None
    role: Role | None = None
    active: bool | None = None
    password: str | None = None


class ManageTeam:
    """Shows the team, takes people on, changes them."""

    def __init__(self, db: Database, clock: Clock, shops: Shops) -> None:
        self._db = db
        self._clock = clock
        self._shops = shops

    async def members(self, shop: ShopId) -> tuple[Member, ...]:
        """Everybody with an account, those in force first."""

        def query(connection: Connection) -> list[Member]:
            seats = {seat.id: seat for seat in desk.everybody(connection, shop, owners.loads(connection, shop))}
            return [_member(staff, seats.get(staff.id)) for staff in accounts.members(connection, shop)]

        return tuple(sorted(await self._db.read(query), key=lambda one: not one.active))

    async def add(self, who: Principal, username: str, account: Account, seat: Mapping[str, Any]) -> Member:
        """Take somebody on.

        Raises:
            Conflict: the username is taken. InvalidBody: the password is too short.
        """
        hashed, now = await self._shops.hashed(account.password or ""), self._clock.now()
        name, role = account.name or username, account.role or Role.AGENT

        def change(connection: Connection) -> Member:
            staff = accounts.add(connection, who.shop, username, name, role, hashed, now)
            kept = _seat(connection, staff, seat)
            self._told(connection, who, "team.add", staff, now, username=username, role=role.value)
            return _member(staff, kept)

        return await self._db.write(change)

    async def change(self, who: Principal, staff_id: str, account: Account, seat: Mapping[str, Any]) -> Member:
        """Change the account, the seat, or both.

        Raises:
            NotFound: no such account. Conflict: it is the only owner's. InvalidBody: the password is too short.
        """
        hashed = await self._shops.hashed(account.password) if account.password is not None else ""
        now = self._clock.now()

        def change(connection: Connection) -> Member:
            staff = accounts.change(
                connection, who.shop, staff_id, now,
                name=account.name, role=account.role, active=account.active, password_hash=hashed,
            )  # fmt: skip
            kept = _seat(connection, staff, seat)
            changed = {name: str(value) for name, value in msgspec.structs.asdict(account).items() if value is not None}
            changed |= {**seat} | ({"password": "***"} if hashed else {})
            self._told(connection, who, "team.change", staff, now, **changed)
            load = owners.loads(connection, who.shop).get(staff_id, 0)
            return _member(staff, msgspec.structs.replace(kept, load=load))

        member = await self._db.write(change)
        self._shops.forget_sessions()
        return member

    @staticmethod
    def _told(connection: Connection, who: Principal, action: str, staff: Staff, now: datetime, **detail: Any) -> None:
        audit.record(connection, who.shop, f"{who.name} {who.staff_id}", action, staff.id, now, **detail)
        fact = desk.fact(who.shop, "agent.changed", now, "", "", agent_id=staff.id, active=staff.active)
        insights.append(connection, who.shop, [fact])


def _seat(connection: Connection, staff: Staff, changes: Mapping[str, Any]) -> Agent:
    """The seat at the desk with these changes and what the account says; made when there was none."""
    known = desk.get_agent(connection, staff.shop, staff.id) or Agent(staff.id, staff.name)
    said = {"name": staff.name, "role": staff.role.value, "active": staff.active}
    return desk.change_agent(connection, staff.shop, known, {**changes, **said})


def _member(staff: Staff, seat: Agent | None) -> Member:
    seat = seat or Agent(staff.id, staff.name)
    return Member(
        staff.id,
        staff.username,
        staff.name,
        staff.role,
        staff.active,
        seat.status if staff.active else "offline",
        seat.capacity,
        seat.load,
        seat.skills,
        seat.categories,
        seat.languages,
        seat.team,
        seat.seen_at,
    )
