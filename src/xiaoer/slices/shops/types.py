"""Shops, the people who work in them, and their keys."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from xiaoer.kernel.ids import BuyerId, ShopId, StaffId
from xiaoer.kernel.turn import TurnContext
from xiaoer.kernel.worktime import BusinessHours


class Role(StrEnum):
    """Who may do what (角色): owner 店主, operator 运营, supervisor 主管, agent 坐席."""

    OWNER = "owner"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    AGENT = "agent"


class Shop(Struct, frozen=True):
    """店铺: the tenant. `tone` and names feed the persona; `hours` say when people are on duty."""

    id: ShopId
    name: str
    logo: str = ""
    hours: BusinessHours = BusinessHours()
    switches: dict[str, bool] = field(default_factory=dict)


class Staff(Struct, frozen=True):
    """One account of a person who works in the shop."""

    id: StaffId
    shop: ShopId
    username: str
    name: str
    role: Role
    active: bool = True


class Principal(Struct, frozen=True):
    """Who is calling: a staff member in a log-in session, or a program with an API key."""

    shop: ShopId
    role: Role
    staff_id: str = ""
    name: str = ""
    session_id: str = ""
    key_id: str = ""


class ApiKey(Struct, frozen=True):
    id: str
    name: str
    created_at: datetime
    revoked_at: datetime | None = None


class TokenPair(Struct, frozen=True):
    access_token: str
    refresh_token: str
    expires_in: int
    staff: Staff


class Visitor(Struct, frozen=True):
    """One visit of a buyer in the widget; `verified` when the shop's own log-in vouches for the buyer."""

    shop: ShopId
    buyer_id: BuyerId
    verified: bool
    context: TurnContext
