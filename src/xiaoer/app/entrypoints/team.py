"""The team over HTTP (团队): members with role, skills, room and group. Shapes: docs/desk-api.md."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.agents import BODY, member
from xiaoer.app.entrypoints.caller import wiring
from xiaoer.app.http import describe, read_body, reply
from xiaoer.app.wiring import Wiring
from xiaoer.flows.manage_team import Account, Member
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.desk.types import Skill
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Principal, Role

router = APIRouter(prefix="/api/v1/team")
_Name = Annotated[str, Meta(min_length=1, max_length=40)]
_Password = Annotated[str, Meta(min_length=8, max_length=200)]
_Words = Annotated[tuple[_Name, ...], Meta(max_length=50)]
_ROLES = Literal["owner", "operator", "supervisor", "agent"]


class SeatIn(Struct, frozen=True, kw_only=True):
    """What somebody takes at the desk; what is not named stays. No `skills` means all of them."""

    capacity: Annotated[int, Meta(ge=1, le=50)] | None = None
    skills: Annotated[tuple[Skill, ...], Meta(max_length=10)] | None = None
    categories: _Words | None = None
    languages: _Words | None = None
    team: Annotated[str, Meta(max_length=40)] | None = None


class MemberIn(SeatIn, frozen=True, kw_only=True):
    """Somebody who is taken on."""

    username: Annotated[str, Meta(min_length=2, max_length=40, pattern=r"^[A-Za-z0-9._@-]+$")]
    password: _Password
    name: _Name
    role: _ROLES = "agent"


class ChangeIn(SeatIn, frozen=True, kw_only=True):
    """What changes. Name, role, password and `active` are the owner's to change."""

    name: _Name | None = None
    role: _ROLES | None = None
    active: bool | None = None
    password: _Password | None = None


class Team(Struct, frozen=True):
    """`teams` are the groups (小组) in use."""

    items: tuple[Member, ...]
    teams: tuple[str, ...]


@router.get("", **describe("Everybody with an account", response=Team, errors=(401, 403)))
async def team(request: Request) -> Response:
    """For those who lead; the active ones first."""
    who, product = await _leader(request)
    found = await product.desk.team.members(who.shop)
    return reply(Team(found, tuple(sorted({one.team for one in found if one.team}))))


@router.post("", **describe("Take somebody on", request=MemberIn, response=Member, status=201,
             example={"username": "xiaomei", "password": "at-least-8", "name": "小美", "skills": ["after_sales"]},
             errors=(401, 403, 409, 422)))  # fmt: skip
async def add(request: Request) -> Response:
    """The owner only; the password is told to the person and can be changed."""
    who, product = await _leader(request)
    require_role(who)
    body = await read_body(request, MemberIn, BODY)
    account = Account(body.name, Role(body.role), True, body.password)
    return reply(await product.desk.team.add(who, body.username, account, _seat(body)), 201)


@router.patch("/{id}", **describe("Change a member", request=ChangeIn, response=Member,
              example={"capacity": 12, "skills": ["logistics"], "team": "晚班"},
              errors=(401, 403, 404, 409, 422)))  # fmt: skip
async def change(request: Request, id: str) -> Response:
    """Switching somebody off ends the sessions and gives the talks back to the queue."""
    who, product = await _leader(request)
    body = await read_body(request, ChangeIn, BODY)
    account = Account(body.name, Role(body.role) if body.role else None, body.active, body.password)
    if account != Account():
        require_role(who)
    changed = await product.desk.team.change(who, id[:64], account, _seat(body))
    if body.active is False:
        await _leaves(product, who.shop, changed)
    product.desk.feed.ring(who.shop)
    return reply(changed)


async def _leader(request: Request) -> tuple[Principal, Wiring]:
    who = await member(request)
    require_role(who, Role.SUPERVISOR)
    return who, wiring(request)


async def _leaves(product: Wiring, shop: ShopId, left: Member) -> None:
    await product.desk.agents.change(Principal(shop, left.role, left.id, left.name), {"status": "offline"})
    await product.desk.hand_off.all_waiting(shop)


def _seat(body: SeatIn) -> dict[str, Any]:
    values = {name: getattr(body, name) for name in SeatIn.__struct_fields__}
    return {name: value for name, value in values.items() if value is not None}
