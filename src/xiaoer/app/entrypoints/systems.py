"""The shop's own systems over HTTP (渠道 > 店铺系统): what can be connected, what is, and what they push."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import caller, wiring
from xiaoer.app.http import describe, read_body, read_raw, reply
from xiaoer.connectors.push import Push
from xiaoer.connectors.registry import CONNECTORS
from xiaoer.connectors.spec import Port, Setting
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Role
from xiaoer.slices.systems.types import System

router = APIRouter(prefix="/api/v1")
_BODY = 65_536
_Value = Annotated[str, Meta(max_length=4000)]
_Name = Annotated[str, Meta(min_length=1, max_length=64)]


class ConnectorView(Struct, frozen=True):
    """What can be connected. `verified` says how far it was proved, `evidence` against what."""

    name: str
    title: str
    kind: str
    ports: tuple[str, ...]
    settings: tuple[Setting, ...]
    verified: str
    evidence: str
    lacks: tuple[str, ...]
    takes_pushes: bool
    prices_carts: bool


class SystemView(Struct, frozen=True):
    """A connected system; secrets are shown as dots. `push_path` is where its pushes go, empty when it has none.

    `token_ends_at` is known once the access token was renewed; `token_refused` is the platform's code when the shop
    must authorise anew.
    """

    id: str
    connector: str
    title: str
    ports: tuple[str, ...]
    settings: dict[str, str]
    enabled: bool
    push_path: str = ""
    token_ends_at: datetime | None = None
    token_refused: str = ""


class SystemsOut(Struct, frozen=True):
    connectors: tuple[ConnectorView, ...]
    items: tuple[SystemView, ...]


class SystemIn(Struct, frozen=True):
    """A system as it is connected or changed; a secret that comes back as dots stays as it is."""

    connector: _Name
    ports: Annotated[tuple[Port, ...], Meta(max_length=6)]
    settings: Annotated[dict[_Name, _Value], Meta(max_length=30)]
    title: Annotated[str, Meta(max_length=100)] = ""
    enabled: bool = True


class Tested(Struct, frozen=True):
    """Per port "ok", or what went wrong."""

    ports: dict[str, str]


_EXAMPLE = {
    "connector": "generic",
    "title": "我们的 ERP",
    "ports": ["orders", "parcels"],
    "settings": {"base_url": "https://erp.example.cn/xiaoer", "secret": "…"},
}


def _view(shop: ShopId, system: System) -> SystemView:
    pushes = CONNECTORS[system.connector].read_push is not None
    path = f"/api/v1/push/{shop}/{system.id}" if pushes else ""
    return SystemView(
        system.id, system.connector, system.title, system.ports, system.settings, system.enabled, path,
        system.token_ends_at, system.token_refused,
    )  # fmt: skip


@router.get("/systems", **describe("The shop's own systems", response=SystemsOut, errors=(401, 403)))
async def list_systems(request: Request) -> Response:
    """What can be connected, and what is."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR)
    known = tuple(
        ConnectorView(
            spec.name, spec.title, spec.kind, spec.ports, spec.settings, spec.verified, spec.evidence,
            tuple(sorted(spec.lacks)), spec.read_push is not None, bool(spec.prices),
        )
        for spec in CONNECTORS.values()
    )  # fmt: skip
    found = await product.systems.listed(principal.shop)
    return reply(SystemsOut(known, tuple(_view(principal.shop, system) for system in found)))


@router.post(
    "/systems",
    **describe("Connect a system", request=SystemIn, response=SystemView, example=_EXAMPLE, status=201,
               errors=(401, 403, 404, 413, 422)),
)  # fmt: skip
async def connect(request: Request) -> Response:
    """Keep a system's settings; its answers hold within two seconds."""
    return reply(await _save(request, ""), 201)


@router.put(
    "/systems/{id}",
    **describe("Change a system", request=SystemIn, response=SystemView, example=_EXAMPLE,
               errors=(401, 403, 404, 413, 422)),
)  # fmt: skip
async def change(request: Request, id: str) -> Response:
    return reply(await _save(request, id))


async def _save(request: Request, id_: str) -> SystemView:
    principal, product = await caller(request), wiring(request)
    require_role(principal)
    body = await read_body(request, SystemIn, _BODY)
    saved = await product.systems.save(
        principal.shop,
        principal.name or principal.staff_id,
        id_=id_,
        connector=body.connector,
        title=body.title.strip(),
        ports=tuple(dict.fromkeys(body.ports)),
        settings=body.settings,
        enabled=body.enabled,
    )
    return _view(principal.shop, saved)


@router.delete("/systems/{id}", **describe("Disconnect a system", status=204, errors=(401, 403, 404)))
async def disconnect(request: Request, id: str) -> Response:
    principal, product = await caller(request), wiring(request)
    require_role(principal)
    await product.systems.remove(principal.shop, principal.name or principal.staff_id, id)
    return Response(status_code=204)


@router.post("/systems/{id}/test", **describe("Try a system", response=Tested, errors=(401, 403, 404)))
async def test(request: Request, id: str) -> Response:
    """Ask each port for a thing that does not exist: a good connection says so."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR)
    return reply(Tested(await product.systems.test(principal.shop, id)))


@router.post(
    "/push/{shop}/{id}",
    **describe("What a platform pushes", media="text/plain", errors=(401, 404, 413, 422)),
)
async def push(request: Request, shop: str, id: str) -> Response:
    """Take a platform's push; its own signature is checked, a second delivery changes nothing."""
    product = wiring(request)
    body = await read_raw(request, product.settings.max_body_bytes)
    headers = {name.lower(): value for name, value in request.headers.items()}
    given = Push(ShopId(shop), body, product.clock.now(), headers, dict(request.query_params))
    pushed = await product.pushes(given, id)
    return Response(pushed.reply, media_type=pushed.reply_type)


@router.get("/push/{shop}/{id}", **describe("A platform's address check", media="text/plain", errors=(401, 404)))
async def answer_check(request: Request, shop: str, id: str) -> Response:
    """Give back what a platform sends to see whether the address is the shop's (微信 echostr)."""
    told = await wiring(request).systems.answer_check(ShopId(shop), id, dict(request.query_params))
    return Response(told, media_type="text/plain")
