"""What people do with insight: alerts, saved views, costs, and the clock of every waiting buyer."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from sqlalchemy import Connection
from starlette.responses import Response

from xiaoer.app.entrypoints.agents import BODY
from xiaoer.app.entrypoints.caller import caller, wiring
from xiaoer.app.entrypoints.insights import reader
from xiaoer.app.http import describe, read_body, reply
from xiaoer.flows.show_insights.value import SETTING, Costs
from xiaoer.infra import audit
from xiaoer.kernel.errors import InvalidBody, NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.conversations import owners
from xiaoer.slices.conversations.glances import glances
from xiaoer.slices.insights import alerts, store
from xiaoer.slices.insights.types import Alert
from xiaoer.slices.shops.types import Principal

router = APIRouter(prefix="/api/v1/insights")
_ERRORS = (401, 403, 404, 409, 422)
_MOST = 200
_VIEWS = 50
Name = Annotated[str, Meta(min_length=1, max_length=40)]


class AlertView(Struct, frozen=True):
    """An alert; `effect` tells whether the change worked, once there are days after it."""

    alert: Alert
    effect: dict[str, Any] | None = None


class Alerts(Struct, frozen=True):
    items: tuple[AlertView, ...]
    open: int


class AlertIn(Struct, frozen=True):
    """What changes. `fixed` means the page or the knowledge was changed: from then on its effect is measured."""

    state: Literal["open", "taken", "fixed", "done", "ignored"] | None = None
    owner: Annotated[str, Meta(max_length=100)] | None = None
    due: Annotated[str, Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$")] | None = None


_STATE = {"name": "state", "in": "query", "required": False, "schema": {"type": "string"}}
_LIST = describe("Alerts, newest first", response=Alerts, errors=(401, 403, 422))
_LIST["openapi_extra"]["parameters"] = [_STATE, _STATE | {"name": "kind"}]


@router.get("/alerts", **_LIST)
async def list_alerts(request: Request, state: str = "", kind: str = "") -> Response:
    """`state` may list several, comma-separated; without it all."""
    who, product = await reader(request), wiring(request)
    now = product.clock.now()
    states = [part for part in state.split(",") if part]

    def query(connection: Connection) -> Alerts:
        found = alerts.listed(connection, who.shop, states, kind[:20], _MOST)
        watch = product.insights.watch
        items = tuple(AlertView(alert, watch.effect(connection, who.shop, alert, now)) for alert in found)
        return Alerts(items, alerts.count_open(connection, who.shop))

    await product.insights.fresh(who.shop)
    return reply(await product.db.read_long(query))


@router.post("/alerts/watch", **describe("Look for spikes now", response=Alerts, errors=(401, 403)))
async def watch_now(request: Request) -> Response:
    """What the hourly watch does, at once; the answer holds the alerts that are new."""
    who, product = await reader(request), wiring(request)
    await product.insights.fresh(who.shop, 5.0)
    found = await product.insights.look_for_spikes(who.shop)

    def query(connection: Connection) -> Alerts:
        items = tuple(AlertView(alerts.get(connection, who.shop, id_)) for id_ in found)
        return Alerts(items, alerts.count_open(connection, who.shop))

    return reply(await product.db.read(query))


@router.patch(
    "/alerts/{id}",
    **describe("Deal with an alert", request=AlertIn, response=AlertView, example={"state": "fixed"}, errors=_ERRORS),
)
async def change_alert(request: Request, id: str) -> Response:
    """Take it, give it an owner and a date, say that the page was changed, or close it."""
    who, product = await reader(request), wiring(request)
    body = await read_body(request, AlertIn, BODY)
    values = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not None}
    now = product.clock.now()

    def change(connection: Connection) -> AlertView:
        found = alerts.change(connection, who.shop, id, now, **values)
        audit.record(connection, who.shop, _by(who), "alert.change", id, now, **values)
        return AlertView(found, product.insights.watch.effect(connection, who.shop, found, now))

    return reply(await product.db.write(change))


def _by(who: Principal) -> str:
    return f"{who.name} {who.staff_id}" if who.staff_id else f"key {who.key_id}"


class Waiting(Struct, frozen=True):
    """A buyer who waits for a person. `seconds_left` until this channel counts him as late; negative after."""

    conversation_id: str
    channel: str
    state: str
    agent_id: str
    agent_name: str
    since: datetime
    waited_s: int
    limit_s: int
    seconds_left: int
    metric: str


class Live(Struct, frozen=True):
    """The most urgent first."""

    at: datetime
    items: tuple[Waiting, ...]


@router.get("/live", **describe("Seconds until a reply counts as late", response=Live, errors=(401,)))
async def live(request: Request) -> Response:
    """Every round that people have to answer now, with the rule of its platform; for workbench and big screen."""
    who, product = await caller(request), wiring(request)
    now = product.clock.now()
    limits = {f.platform: (f.limit_s, f.name) for f in product.insights.formulas if f.id.endswith("reply_3min")}
    limits["pdd"] = next((f.limit_s, f.name) for f in product.insights.formulas if f.id == "pdd.reply")

    def query(connection: Connection) -> list[Waiting]:
        held = [
            *owners.of_state(connection, who.shop, "queued", 1_000),
            *owners.of_state(connection, who.shop, "agent", 1_000),
        ]
        seen = glances(connection, who.shop, [c.id for c in held]) if held else {}
        found = []
        for talk in held:
            open_asks = seen[talk.id].open_asks if talk.id in seen else ()
            if not open_asks:
                continue
            since = open_asks[0][1]
            limit, metric = limits.get(talk.channel, limits["taobao"])
            waited = round((now - since).total_seconds())
            found.append(
                Waiting(
                    talk.id,
                    talk.channel,
                    talk.state,
                    talk.assigned_to,
                    talk.assigned_name,
                    since,
                    waited,
                    limit,
                    limit - waited,
                    metric,
                )
            )
        return sorted(found, key=lambda waiting: waiting.seconds_left)

    return reply(Live(now, tuple(await product.db.read(query))))


class SavedView(Struct, frozen=True):
    """A page with its filters under a name."""

    name: Name
    page: Annotated[str, Meta(max_length=40)]
    query: Annotated[dict[str, Annotated[str, Meta(max_length=128)]], Meta(max_length=12)] = {}


class SavedViews(Struct, frozen=True):
    items: tuple[SavedView, ...]


def _views(connection: Connection, shop: ShopId) -> tuple[SavedView, ...]:
    kept = store.settings_like(connection, shop, "view:")
    return tuple(msgspec.convert(value, SavedView) for value in kept.values())


@router.get("/views", **describe("Saved views", response=SavedViews, errors=(401, 403)))
async def views(request: Request) -> Response:
    who, product = await reader(request), wiring(request)
    return reply(SavedViews(await product.db.read(lambda c: _views(c, who.shop))))


@router.put(
    "/views",
    **describe("Save a view", request=SavedView, response=SavedViews, errors=_ERRORS,
               example={"name": "连衣裙退货", "page": "after-sales", "query": {"product": "P1002"}}),
)  # fmt: skip
async def save_view(request: Request) -> Response:
    """The same name again replaces it."""
    who, product = await reader(request), wiring(request)
    body = await read_body(request, SavedView, BODY)

    def change(connection: Connection) -> tuple[SavedView, ...]:
        before = _views(connection, who.shop)
        if len(before) >= _VIEWS and all(view.name != body.name for view in before):
            raise InvalidBody(f"At most {_VIEWS} views are kept. Delete one first.")
        store.save_setting(connection, who.shop, f"view:{body.name}", msgspec.to_builtins(body))
        return _views(connection, who.shop)

    return reply(SavedViews(await product.db.write(change)))


@router.delete("/views/{name}", **describe("Forget a view", status=204, errors=_ERRORS))
async def drop_view(request: Request, name: str) -> Response:
    who, product = await reader(request), wiring(request)

    def change(connection: Connection) -> None:
        if all(view.name != name for view in _views(connection, who.shop)):
            raise NotFound("View", name)
        store.drop_setting(connection, who.shop, f"view:{name}")

    await product.db.write(change)
    return Response(status_code=204)


class CostsIn(Struct, frozen=True):
    """Yuan an hour of an agent, minutes a talk takes where nobody measured it, yuan a month that is always spent, yuan
    for a million tokens that a language model reads and writes."""

    hourly_yuan: Annotated[float, Meta(ge=0, le=10_000)] = 28.0
    minutes_per_talk: Annotated[float, Meta(ge=0, le=240)] = 6.0
    monthly_yuan: Annotated[float, Meta(ge=0, le=10_000_000)] = 0.0
    model_in_yuan: Annotated[float, Meta(ge=0, le=100_000)] = 0.0
    model_out_yuan: Annotated[float, Meta(ge=0, le=100_000)] = 0.0


@router.put(
    "/costs",
    **describe("Say what things cost", request=CostsIn, response=Costs, example={"hourly_yuan": 30}, errors=_ERRORS),
)
async def costs(request: Request) -> Response:
    """What 成本与价值 is computed with."""
    who, product = await reader(request), wiring(request)
    body = await read_body(request, CostsIn, BODY)
    value = msgspec.to_builtins(body)

    def change(connection: Connection) -> None:
        store.save_setting(connection, who.shop, SETTING, value)
        audit.record(connection, who.shop, _by(who), "insight.costs", SETTING, product.clock.now(), **value)

    await product.db.write(change)
    return reply(Costs(**value))
