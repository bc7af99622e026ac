"""Reviews of talks by people (人工复核): a sample, its score sheet, objections and rulings."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from sqlalchemy import Connection
from starlette.responses import Response

from xiaoer.app.entrypoints.agents import BODY, member
from xiaoer.app.entrypoints.caller import caller, wiring
from xiaoer.app.entrypoints.insights import reader
from xiaoer.app.http import describe, read_body, reply
from xiaoer.infra import audit
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights import reviews
from xiaoer.slices.insights.reviews import Review
from xiaoer.slices.insights.rules.days import day_of, micros
from xiaoer.slices.insights.rules.quality import SHEET
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.store import list_staff
from xiaoer.slices.shops.types import Role

router = APIRouter(prefix="/api/v1/insights")
_ERRORS = (401, 403, 404, 409, 422)
_MOST = 200
_SEED_DAYS = 400
Text = Annotated[str, Meta(max_length=1000)]
_STATE = {"name": "state", "in": "query", "required": False, "schema": {"type": "string"}}


class SheetItem(Struct, frozen=True):
    name: str
    title: str
    points: int


_SHEET = tuple(SheetItem(*item) for item in SHEET)


class Reviews(Struct, frozen=True):
    items: tuple[Review, ...]
    sheet: tuple[SheetItem, ...]
    agreement: reviews.Agreement
    names: dict[str, str]


def _shown(connection: Connection, shop: ShopId, found: Sequence[Review]) -> Reviews:
    names = {str(member.id): member.name for member in list_staff(connection, shop)}
    mine = {review.agent: names.get(review.agent, review.agent) for review in found}
    return Reviews(tuple(found), _SHEET, reviews.agreement(connection, shop), mine)


class PickIn(Struct, frozen=True):
    """How many talks of each agent, from the last days; half the lowest scores, half by chance."""

    per_agent: Annotated[int, Meta(ge=1, le=50)] = 4
    days: Annotated[int, Meta(ge=1, le=92)] = 7


class JudgeIn(Struct, frozen=True):
    sheet: Annotated[dict[str, int], Meta(max_length=20)]
    remark: Text = ""


class AppealIn(Struct, frozen=True):
    text: Annotated[str, Meta(min_length=1, max_length=1000)]


class RulingIn(Struct, frozen=True):
    """A `sheet`, or `score` alone, replaces the points; without both they stay."""

    text: Annotated[str, Meta(min_length=1, max_length=1000)]
    score: Annotated[int, Meta(ge=0, le=100)] | None = None
    sheet: Annotated[dict[str, int], Meta(max_length=20)] | None = None


_REVIEWS = describe("Reviews of talks", response=Reviews, errors=(401, 403))
_REVIEWS["openapi_extra"]["parameters"] = [_STATE]


@router.get("/reviews", **_REVIEWS)
async def list_reviews(request: Request, state: str = "") -> Response:
    """Supervisors see all, agents their own finished ones."""
    who, product = await caller(request), wiring(request)
    mine = who.staff_id if who.role is Role.AGENT else ""

    def query(connection: Connection) -> Reviews:
        found = reviews.listed(connection, who.shop, state[:12], mine, _MOST)
        if mine:
            found = [review for review in found if review.state != "waiting"]
        return _shown(connection, who.shop, found)

    return reply(await product.db.read(query))


@router.post(
    "/reviews",
    **describe("Pick a sample", request=PickIn, response=Reviews, example={"per_agent": 4, "days": 7}, errors=_ERRORS),
)
async def pick_reviews(request: Request) -> Response:
    """Talks that people served and nobody has reviewed."""
    who, product = await reader(request), wiring(request)
    body = await read_body(request, PickIn, BODY)
    now = product.clock.now()
    today = day_of(micros(now))
    await product.insights.fresh(who.shop)
    days = (today - body.days + 1, today)
    found = await product.db.write(
        lambda c: reviews.pick(c, who.shop, days, body.per_agent, now, today * _SEED_DAYS + body.per_agent)
    )
    return reply(await product.db.read(lambda c: _shown(c, who.shop, found)))


@router.put(
    "/reviews/{id}",
    **describe("Score a talk", request=JudgeIn, response=Review, errors=_ERRORS,
               example={"sheet": {item.name: item.points for item in SHEET}, "remark": "答得清楚"}),
)  # fmt: skip
async def judge(request: Request, id: str) -> Response:
    """Points for every item of the sheet."""
    who, product = await reader(request), wiring(request)
    body = await read_body(request, JudgeIn, BODY)
    now, by = product.clock.now(), who.name or who.key_id

    def change(connection: Connection) -> Review:
        found = reviews.judge(connection, who.shop, id, body.sheet, body.remark, by, now)
        audit.record(connection, who.shop, by, "insight.review", id, now, score=found.score)
        return found

    return reply(await product.db.write(change))


@router.post(
    "/reviews/{id}/appeal",
    **describe("Object to a review", request=AppealIn, response=Review, example={"text": "买家当时在等快递回复"},
               errors=_ERRORS),
)  # fmt: skip
async def appeal(request: Request, id: str) -> Response:
    """The agent who served the talk, once."""
    who, product = await member(request), wiring(request)
    body = await read_body(request, AppealIn, BODY)
    now = product.clock.now()

    def change(connection: Connection) -> Review:
        found = reviews.appeal(connection, who.shop, id, who.staff_id, body.text)
        audit.record(connection, who.shop, who.name or who.staff_id, "insight.review_appeal", id, now)
        return found

    return reply(await product.db.write(change))


@router.post(
    "/reviews/{id}/ruling",
    **describe("Decide about an objection", request=RulingIn, response=Review, example={"text": "同意", "score": 92},
               errors=_ERRORS),
)  # fmt: skip
async def ruling(request: Request, id: str) -> Response:
    """A supervisor keeps or changes the points."""
    who, product = await caller(request), wiring(request)
    require_role(who, Role.SUPERVISOR)
    body = await read_body(request, RulingIn, BODY)
    by, now = who.name or who.key_id, product.clock.now()

    def change(connection: Connection) -> Review:
        found = reviews.rule(connection, who.shop, id, body.score, body.text, by, body.sheet)
        audit.record(connection, who.shop, by, "insight.review_ruling", id, now, score=found.score)
        return found

    return reply(await product.db.write(change))
