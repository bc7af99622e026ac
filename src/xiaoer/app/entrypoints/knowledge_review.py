"""Review of changes over HTTP (复核): whether a shop wants it, and what a second person says."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import caller, note_override, wiring
from xiaoer.app.entrypoints.knowledge_views import EntryOut, view, who
from xiaoer.app.http import describe, read_body, reply
from xiaoer.slices.knowledge import pending
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Role

router = APIRouter(prefix="/api/v1/knowledge", dependencies=[Depends(note_override)])


class ReviewOut(Struct, frozen=True):
    """Whether changes of live entries wait for a second person, and how many wait."""

    on: bool
    waiting: int


class ReviewIn(Struct, frozen=True):
    on: bool


class SentBackIn(Struct, frozen=True):
    note: Annotated[str, Meta(max_length=200)] = ""


@router.get("/review", **describe("Review of changes", response=ReviewOut, errors=(401,)))
async def review(request: Request) -> Response:
    """Whether changes of live entries wait for a second person."""
    principal, product = await caller(request), wiring(request)
    waiting = await product.db.read(lambda c: pending.count(c, principal.shop))
    return reply(ReviewOut(await product.entries.review_is_on(principal.shop), waiting))


@router.put(
    "/review",
    **describe("Switch review on or off", request=ReviewIn, response=ReviewOut, example={"on": True},
               errors=(401, 403, 413, 422)),
)  # fmt: skip
async def switch_review(request: Request) -> Response:
    """From now on changes of live entries wait, or hold at once; what waits already keeps waiting."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.SUPERVISOR)
    body = await read_body(request, ReviewIn, 1024)
    await product.entries.switch_review(principal.shop, body.on, who(principal))
    return await review(request)


@router.post(
    "/{id:path}/approve",
    **describe("Approve a change", response=EntryOut, errors=(401, 403, 404, 409)),
)
async def approve(request: Request, id: str) -> Response:
    """Publish the change that waits, or an entry in review; not by its author, unless he owns the shop."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR)
    entry = await product.entries.approve(principal.shop, id, who(principal), principal.role is Role.OWNER)
    await product.knowledge.refresh(principal.shop)
    return reply(view(entry))


@router.post(
    "/{id:path}/send-back",
    **describe("Send a change back", request=SentBackIn, response=EntryOut, example={"note": "运费谁出没写清"},
               errors=(401, 403, 404, 409, 413, 422)),
)  # fmt: skip
async def send_back(request: Request, id: str) -> Response:
    """Drop the change that waits, or make an entry in review a draft again."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR)
    body = await read_body(request, SentBackIn, 4096)
    return reply(view(await product.entries.send_back(principal.shop, id, who(principal), body.note)))
