"""Reports over HTTP: the weekly and monthly report as JSON or file, and when and where they are sent."""

import asyncio
from typing import Annotated, Literal
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.agents import BODY
from xiaoer.app.entrypoints.caller import wiring
from xiaoer.app.entrypoints.insights import reader
from xiaoer.app.http import describe, read_body, reply
from xiaoer.app.reports import Schedule, Target, hidden
from xiaoer.connectors.robots.mapping import KINDS
from xiaoer.flows.show_insights.report.compose import Report
from xiaoer.infra import audit
from xiaoer.infra.mail import MailServer
from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.errors import InvalidBody
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Role

router = APIRouter(prefix="/api/v1/insights")
_PATIENCE_S = 30.0
_ERRORS = (401, 403, 404, 409, 422)
Url = Annotated[str, Meta(pattern=r"^(https?://.{3,500})?$")]
Mail = Annotated[str, Meta(pattern=r"^[^@\s,]{1,64}@[^@\s,]{1,190}$")]
_KIND = {"name": "kind", "in": "query", "required": False, "schema": {"type": "string", "enum": ["week", "month"]}}
_TO = {"name": "to", "in": "query", "required": False, "schema": {"type": "string"}, "description": "Last day"}
_FORM = {"name": "format", "in": "query", "required": False, "schema": {"type": "string"}}


class TargetIn(Struct, frozen=True):
    """A robot (`url`, `secret` for 钉钉 and 飞书), a plain webhook, or mail (`to`)."""

    kind: Literal["wecom", "dingtalk", "feishu", "webhook", "mail"]
    url: Url = ""
    secret: Annotated[str, Meta(max_length=200)] = ""
    to: Annotated[tuple[Mail, ...], Meta(max_length=20)] = ()


class MailIn(Struct, frozen=True):
    host: Annotated[str, Meta(min_length=1, max_length=200)]
    port: Annotated[int, Meta(ge=1, le=65535)] = 465
    security: Literal["tls", "starttls", "none"] = "tls"
    user: Annotated[str, Meta(max_length=200)] = ""
    password: Annotated[str, Meta(max_length=200)] = ""
    sender: Annotated[str, Meta(max_length=200)] = ""


class ScheduleIn(Struct, frozen=True):
    """When and where reports go; `••••••` keeps a secret."""

    weekly: bool = False
    monthly: bool = False
    weekday: Annotated[int, Meta(ge=0, le=6)] = 0
    hour: Annotated[int, Meta(ge=0, le=23)] = 9
    targets: Annotated[tuple[TargetIn, ...], Meta(max_length=20)] = ()
    smtp: MailIn | None = None
    link: Url = ""


class Ordered(Struct, frozen=True):
    ordered: int


_REPORT = describe("A report", response=Report, errors=_ERRORS)
_REPORT["openapi_extra"]["parameters"] = [_KIND, _TO]
_FILE = describe("A report as a file", errors=_ERRORS, media="text/html")
_FILE["openapi_extra"]["parameters"] = [_KIND, _TO, _FORM]


def _kind(text: str) -> Literal["week", "month"]:
    if text == "week":
        return "week"
    if text == "month":
        return "month"
    raise InvalidBody("`kind` is week or month.")


@router.get("/reports", **_REPORT)
async def report(request: Request, kind: str = "week", to: str = "") -> Response:
    """Seven days, or the calendar month, that end with `to`; without it the last that are over."""
    who, product = await reader(request), wiring(request)
    return reply(await product.reports.compose(who.shop, _kind(kind), to[:40], _PATIENCE_S))


@router.get("/reports/file", **_FILE)
async def report_file(request: Request, kind: str = "week", to: str = "", format: str = "html") -> Response:
    """html, pdf or xlsx."""
    who, product = await reader(request), wiring(request)
    if format not in ("html", "pdf", "xlsx"):
        raise InvalidBody("`format` is html, pdf or xlsx.")
    found = await product.reports.compose(who.shop, _kind(kind), to[:40], _PATIENCE_S)
    data, name, media = await asyncio.to_thread(product.reports.file_of, found, format)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(data, media_type=media, headers=headers)


@router.get("/reports/schedule", **describe("When reports are sent", response=Schedule, errors=(401, 403)))
async def get_schedule(request: Request) -> Response:
    """Secrets are never shown."""
    who, product = await reader(request), wiring(request)
    return reply(hidden(await product.db.read(lambda c: product.reports.schedule(c, who.shop))))


@router.put(
    "/reports/schedule",
    **describe("Say when reports are sent", request=ScheduleIn, response=Schedule, errors=_ERRORS,
               example={"weekly": True, "targets": [{"kind": "wecom", "url": "https://example.com/robot"}]}),
)  # fmt: skip
async def put_schedule(request: Request) -> Response:
    """Owners and operators only: reports leave the shop."""
    who, product = await reader(request), wiring(request)
    require_role(who, Role.OPERATOR)
    body = await read_body(request, ScheduleIn, BODY)
    for target in body.targets:
        if target.kind in KINDS and not target.url:
            raise InvalidBody(f"A {target.kind} target needs the robot's address.")
        if target.kind == "mail" and not (target.to and body.smtp):
            raise InvalidBody("Mail needs receivers (`to`) and a server (`smtp`).")
    value = Schedule(
        body.weekly,
        body.monthly,
        body.weekday,
        body.hour,
        tuple(msgspec.convert(msgspec.to_builtins(t), Target) for t in body.targets),
        msgspec.convert(msgspec.to_builtins(body.smtp), MailServer) if body.smtp else None,
        body.link,
    )
    by = who.name or f"key {who.key_id}"

    def change(connection: object) -> Schedule:
        kept = product.reports.keep_schedule(connection, who.shop, value)  # type: ignore[arg-type]
        kinds = [target.kind for target in value.targets]
        audit.record(connection, who.shop, by, "report.schedule", "schedule", product.clock.now(), targets=kinds)  # type: ignore[arg-type]
        return kept

    return reply(await product.db.write(change))


@router.post("/reports/send", **describe("Send the report now", response=Ordered, errors=_ERRORS))
async def send_now(request: Request, kind: str = "week") -> Response:
    """To every target of the schedule, as jobs that try again when a target is away."""
    who, product = await reader(request), wiring(request)
    require_role(who, Role.OPERATOR)
    wanted = _kind(kind)
    plan = await product.db.read(lambda c: product.reports.schedule(c, who.shop))
    now = product.clock.now().astimezone(SHOP_ZONE)
    return reply(Ordered(await product.reports.send_all(who.shop, wanted, plan, now, f":{now:%H%M%S}")))
