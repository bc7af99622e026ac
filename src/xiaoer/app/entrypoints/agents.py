"""The desk's people over HTTP: me and my colleagues, today's figures, who sends, what may be written."""

from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import caller, wiring
from xiaoer.app.entrypoints.messages import Id
from xiaoer.app.http import describe, read_body, reply
from xiaoer.app.wiring import Wiring
from xiaoer.flows.show_desk.views import AgentView
from xiaoer.kernel.errors import Forbidden
from xiaoer.slices.assist.types import Finding
from xiaoer.slices.conversations import owners
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.rules import strip
from xiaoer.slices.desk.rules.closing import WRAP_UPS
from xiaoer.slices.desk.types import Agent, Mode, Modes, WrapUp
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Principal, Role

router = APIRouter(prefix="/api/v1/desk")
BODY = 65_536
Short = Annotated[str, Meta(min_length=1, max_length=64)]


class MeIn(Struct, frozen=True, omit_defaults=True):
    """What an agent changes about himself."""

    status: Literal["online", "paused", "offline"] | None = None
    capacity: Annotated[int, Meta(ge=1, le=50)] | None = None
    skills: Annotated[tuple[Short, ...], Meta(max_length=10)] | None = None
    categories: Annotated[tuple[Short, ...], Meta(max_length=50)] | None = None


class Agents(Struct, frozen=True):
    items: tuple[AgentView, ...]


class CheckIn(Struct, frozen=True):
    text: Annotated[str, Meta(max_length=10_000)]
    conversation_id: Id | None = None


class Findings(Struct, frozen=True):
    findings: tuple[Finding, ...]


class WrapUps(Struct, frozen=True):
    items: tuple[WrapUp, ...]


class ModesIn(Struct, frozen=True):
    """Who sends, by intent; `after.*` names a whole group."""

    default: Mode = "auto"
    intents: Annotated[dict[Short, Mode], Meta(max_length=200)] = {}
    auto_send_s: Annotated[int, Meta(ge=3, le=3600)] | None = None


async def member(request: Request) -> Principal:
    """The staff member who is calling; a program cannot sit at the desk.

    Raises:
        Unauthorised: no token in force. Forbidden: an API key.
    """
    who = await caller(request)
    if not who.staff_id:
        raise Forbidden("The desk is for people: log in with a staff account.")
    return who


def _agent(product: Wiring, who: Principal, agent: Agent) -> AgentView:
    return product.desk.feed.seen(who.shop, (agent,))[0]


@router.get("/me", **describe("My state at the desk", response=AgentView, errors=(401, 403)))
async def me(request: Request) -> Response:
    who, product = await member(request), wiring(request)
    return reply(_agent(product, who, await product.desk.agents.appear(who)))


@router.put("/me", **describe("Change my state, capacity or skills", request=MeIn, response=AgentView,
                              example={"status": "online", "capacity": 8}, errors=(401, 403, 413, 422)))  # fmt: skip
async def change_me(request: Request) -> Response:
    """在线, 挂起 or 离线; going offline gives my talks back to the queue."""
    who, product = await member(request), wiring(request)
    body = await read_body(request, MeIn, BODY)
    changes = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not None}
    agent = await product.desk.agents.change(who, changes)
    await product.desk.hand_off.all_waiting(who.shop)
    product.desk.feed.ring(who.shop)
    return reply(_agent(product, who, agent))


@router.get("/agents", **describe("Everybody at the desk", response=Agents, errors=(401,)))
async def agents(request: Request) -> Response:
    who, product = await caller(request), wiring(request)
    return reply(Agents(await colleagues(product, who)))


async def colleagues(product: Wiring, who: Principal) -> tuple[AgentView, ...]:
    """Everybody who ever opened the workbench, with load and state."""
    found = await product.db.read(lambda c: desk.agents(c, who.shop, owners.loads(c, who.shop)))
    return product.desk.feed.seen(who.shop, found)


@router.get("/strip", **describe("Today's figures of the desk", response=strip.Strip, errors=(401,)))
async def figures(request: Request) -> Response:
    """Today in the shop's time: received and by their orders, waiting, speed, satisfaction; and yesterday's pace."""
    who, product = await caller(request), wiring(request)
    return reply(await product.desk.strip(who.shop, who.staff_id))


@router.get("/wrap-ups", **describe("All wrap-up codes", response=WrapUps, errors=(401,)))
async def wrap_ups(request: Request) -> Response:
    await caller(request)
    return reply(WrapUps(WRAP_UPS))


@router.post(
    "/check",
    **describe(
        "May I write this?", request=CheckIn, example={"text": "加我微信聊"}, response=Findings, errors=(401, 413, 422)
    ),
)
async def check(request: Request) -> Response:
    """Words and prices that had better not be sent, with their place and what to write instead."""
    who, product = await caller(request), wiring(request)
    body = await read_body(request, CheckIn, BODY)
    return reply(Findings(await product.desk.check(who.shop, body.text, body.conversation_id)))


@router.get("/modes", **describe("Who sends, by intent", response=Modes, errors=(401,)))
async def modes(request: Request) -> Response:
    who, product = await caller(request), wiring(request)
    return reply((await product.desk.settings(who.shop)).modes)


@router.put("/modes", **describe("Change who sends", request=ModesIn, response=Modes,
            example={"default": "auto", "intents": {"after.return": "assist"}}, errors=(401, 403, 422)))  # fmt: skip
async def change_modes(request: Request) -> Response:
    """全自动, 辅助 or 影子, for the shop and for single intents."""
    who, product = await caller(request), wiring(request)
    require_role(who, Role.OPERATOR, Role.SUPERVISOR)
    body = await read_body(request, ModesIn, BODY)
    value = Modes(body.default, body.intents, body.auto_send_s)
    return reply((await product.desk.change_settings(who.shop, modes=value)).modes)
