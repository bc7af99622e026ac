"""`GET /api/v1/insights/…`: the pages of insight, their exports, and what is behind a figure."""

import asyncio
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from msgspec import Struct
from sqlalchemy import Connection
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import caller, wiring
from xiaoer.app.http import describe, reply
from xiaoer.app.insights import Choice
from xiaoer.app.sheets_out import csv_of, spreadsheet, xlsx_of
from xiaoer.flows.show_insights.adhoc import GROUPS, Counted, ask
from xiaoer.flows.show_insights.drill import FILE_COLUMNS, Behind, all_behind, list_behind
from xiaoer.flows.show_insights.options import Options, options_of
from xiaoer.flows.show_insights.overview import Overview, show_overview
from xiaoer.flows.show_insights.page import Page, notes_of
from xiaoer.flows.show_insights.pages import PAGES
from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.errors import InvalidBody, NotFound
from xiaoer.slices.insights import store
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Principal, Role

router = APIRouter(prefix="/api/v1/insights")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ERRORS = (401, 403, 404, 422)
_KINDS = ("talk", "refund", "day", "call")
_AT_ONCE = 50
_LONGEST = 1_200  # letters of the names of a drill
_FILTERS = {
    "from": "First day, 2026-06-12 (of a moment its day in the shop); without it the last seven days",
    "to": "Last day, included",
    "channel": "One channel",
    "product": "One product id",
    "agent": "One staff id",
    "compare": "before (the same length before), week, year",
}


def filtered(described: dict[str, Any], **more: str) -> dict[str, Any]:
    """A description with the filters that every page has."""
    described["openapi_extra"]["parameters"] = [
        {"name": name, "in": "query", "required": False, "description": text, "schema": {"type": "string"}}
        for name, text in (_FILTERS | more).items()
    ]
    return described


def choice_of(request: Request) -> Choice:
    """The filters of a request."""
    query = request.query_params
    return Choice(
        query.get("from", "").strip()[:40],
        query.get("to", "").strip()[:40],
        query.get("channel", "")[:32],
        query.get("product", "")[:128],
        query.get("agent", "")[:64],
        query.get("compare", "") or "before",
    )


async def reader(request: Request) -> Principal:
    """Who may look at the shop's figures.

    Raises:
        Unauthorised, Forbidden: nobody, or an agent.
    """
    who = await caller(request)
    require_role(who, Role.OPERATOR, Role.SUPERVISOR)
    return who


@router.get("/options", **filtered(describe("What the filters offer", response=Options, errors=_ERRORS)))
async def options(request: Request) -> Response:
    """Channels, products and agents that have figures in the period."""
    who, product = await reader(request), wiring(request)
    return reply(await product.insights.look(who.shop, choice_of(request), options_of))


@router.get("/today", **describe("Now: the day so far, alerts, what waits", response=Overview, errors=_ERRORS))
async def today(request: Request) -> Response:
    """For a phone and for the big screen; the day of the shop, compared with the same hours of yesterday."""
    who, product = await reader(request), wiring(request)
    now = product.clock.now()
    return reply(await product.insights.look(who.shop, Choice(), lambda view: show_overview(view, now)))


_OF_DRILL = {
    "family": "Family of the figure, as in its `drill`",
    "a": "First name of the cell, or several joined by |; empty: all of the family",
    "b": "Second name; with `some` several joined by |",
    "some": "1: `b` is several names",
    "kind": "talk, refund, or call of a language model",
}


def _written(key: str, item: dict[str, Any]) -> str:
    """One cell of the file: the words where the list has them, the shop's time."""
    value = (item.get("said") or item.get("asks")) if key == "said" else item.get(key)
    if isinstance(value, datetime):
        return value.astimezone(SHOP_ZONE).strftime("%Y-%m-%d %H:%M")
    return "" if value is None else str(value)


class _Drilled(Struct, frozen=True):
    """What a drill asks for."""

    kind: str
    family: str
    a: str
    b: str
    some: bool


def _drilled(request: Request) -> _Drilled:
    query = request.query_params
    family, a, kind = query.get("family", ""), query.get("a", ""), query.get("kind", "talk")
    family, a = (family, a) if family else ("flag", a or "talks")
    if kind not in _KINDS:
        raise InvalidBody(f"kind is one of {', '.join(_KINDS)}.")
    some = query.get("some", "") in ("1", "true")
    return _Drilled(kind, family[:24], a[:_LONGEST], query.get("b", "")[:_LONGEST], some)


@router.get(
    "/drill",
    **filtered(
        describe("What is behind a figure", response=Behind, errors=_ERRORS),
        **_OF_DRILL,
        after="`next` of the page before",
    ),
)
async def drill(request: Request) -> Response:
    """The conversations or refunds that gave to a cell, newest first, fifty at a time; without a family all talks."""
    who, product, asked = await reader(request), wiring(request), _drilled(request)
    after = request.query_params.get("after", "0")
    start = min(int(after), 1_000_000) if after.isascii() and after.isdigit() and len(after) < 9 else 0
    found = await product.insights.look(
        who.shop,
        choice_of(request),
        lambda view: list_behind(view, asked.kind, asked.family, asked.a, asked.b, start, _AT_ONCE, some=asked.some),
    )
    return reply(found)


@router.get(
    "/drill/export",
    **filtered(
        describe("What is behind a figure, as a file", errors=_ERRORS, media="text/csv"),
        **_OF_DRILL,
        format="csv or xlsx",
    ),
)
async def export_drill(request: Request, format: str = "csv") -> Response:
    """The newest 2,000 of them, with what the list shows."""
    who, product, asked = await reader(request), wiring(request), _drilled(request)
    items = await product.insights.look(
        who.shop,
        choice_of(request),
        lambda view: all_behind(view, asked.kind, asked.family, asked.a, asked.b, some=asked.some),
    )
    shown = {key: title for key, title in FILE_COLUMNS.items() if any(_written(key, item) for item in items)}
    rows = [{title: _written(key, item) for key, title in shown.items()} for item in items]
    return await spreadsheet(tuple(shown.values()), rows, format, "behind")


@router.get(
    "/ask",
    **filtered(
        describe("Count by anything", response=Counted, errors=_ERRORS),
        by="Comma-separated: day, channel, agent, product, handled, stage, mark",
        kind="talk or refund",
        handled="bot, people, both, none",
        stage="Furthest stage of a talk; reason of a refund",
        mark="Last blocker of a talk; sub-reason of a refund",
        mood="below or above: left unhappy, left happy",
    ),
)
async def adhoc(request: Request, by: str = "day", kind: str = "talk") -> Response:
    """Free combinations of filters over the units themselves: counts, mean score, value."""
    who, product = await reader(request), wiring(request)
    wanted = tuple(dict.fromkeys(part.strip() for part in by.split(",") if part.strip()))
    if not wanted or any(part not in GROUPS for part in wanted) or kind not in _KINDS:
        raise InvalidBody(f"`by` is a list of {', '.join(GROUPS)}; `kind` is one of {', '.join(_KINDS)}.")
    query = request.query_params
    narrowed = {name: query.get(name, "")[:128] for name in ("handled", "stage", "mark", "mood")}
    found = await product.insights.look(who.shop, choice_of(request), lambda view: ask(view, kind, wanted, narrowed))
    return reply(found)


class Metric(Struct, frozen=True):
    """A formula as it stands."""

    name: str
    title: str
    platform: str
    how: str
    window: tuple[int, int]
    limit_s: int
    show: str


class Metrics(Struct, frozen=True):
    items: tuple[Metric, ...]


@router.get("/metrics", **describe("All formulas with their versions", response=Metrics, errors=(401, 403)))
async def metrics(request: Request) -> Response:
    """Named, versioned formulas and the platform profile that each belongs to."""
    await reader(request)
    found = wiring(request).insights.formulas
    return reply(Metrics(tuple(Metric(f.name, f.title, f.platform, f.how, f.window, f.limit_s, f.show) for f in found)))


class Question(Struct, frozen=True):
    """A question with its wordings."""

    id: str
    intent: str
    text: str
    wordings: tuple[str, ...]


@router.get("/questions/{id}", **describe("The wordings of a question", response=Question, errors=_ERRORS))
async def question(request: Request, id: str) -> Response:
    """How buyers put it, personal data masked."""
    who, product = await reader(request), wiring(request)

    def query(connection: Connection) -> Question:
        known = store.texts_of(connection, who.shop, [id])
        if id not in known:
            raise NotFound("Question", id)
        return Question(id, *known[id], tuple(store.wordings_of(connection, who.shop, id, 60)))

    return reply(await product.db.read(query))


@router.get(
    "/{name}/export",
    **filtered(
        describe("A page as a file", errors=_ERRORS, media="text/csv"), format="csv or xlsx", table="Table id, for csv"
    ),
)
async def export(request: Request, name: str, format: str = "xlsx", table: str = "") -> Response:
    """XLSX holds every table, the charts' numbers and the formulas; CSV holds one table."""
    who, product = await reader(request), wiring(request)
    page = await _page(product, who, name, choice_of(request))
    file = f"{name}-{page.period.first}-{page.period.last}"
    if format == "csv":
        chosen = next((t for t in page.tables if t.id == table), page.tables[0] if not table else None)
        if chosen is None:
            raise NotFound("Table", table, f"This page has {', '.join(t.id for t in page.tables)}.")
        headers = {"Content-Disposition": f'attachment; filename="{file}-{chosen.id}.csv"'}
        return Response(csv_of(chosen, notes_of(page)), media_type="text/csv; charset=utf-8", headers=headers)
    if format != "xlsx":
        raise InvalidBody("`format` is csv or xlsx.")
    headers = {"Content-Disposition": f'attachment; filename="{file}.xlsx"'}
    return Response(await asyncio.to_thread(xlsx_of, page), media_type=_XLSX, headers=headers)


@router.get("/{name}", **filtered(describe("A page of insight", response=Page, errors=_ERRORS)))
async def page(request: Request, name: str) -> Response:
    """hot-questions, after-sales, funnel, sentiment, service, quality, gaps or value."""
    who, product = await reader(request), wiring(request)
    return reply(await _page(product, who, name, choice_of(request)))


async def _page(product: Any, who: Principal, name: str, choice: Choice) -> Page:
    if name not in PAGES:
        raise NotFound("Page", name, f"There are {', '.join(PAGES)}.")
    found: Page = await product.insights.page(who.shop, name, choice)
    return found
