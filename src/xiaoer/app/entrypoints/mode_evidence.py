"""`/api/v1/desk/modes/evidence`: how often people said what the bot would have said, and the modes that follow."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.agents import BODY
from xiaoer.app.entrypoints.caller import caller, wiring
from xiaoer.app.http import describe, read_body, reply
from xiaoer.app.mode_evidence import Evidence
from xiaoer.slices.desk.types import Modes
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Role

router = APIRouter(prefix="/api/v1/desk/modes")


class ApproveIn(Struct, frozen=True):
    """A proposal that is taken up."""

    intent: Annotated[str, Meta(min_length=1, max_length=64)]
    to: Literal["auto", "assist", "shadow"]


@router.get("/evidence", **describe("What the modes rest on", response=Evidence, errors=(401, 403)))
async def evidence(request: Request) -> Response:
    """Every intent that people answered in the window, with the proposal when the counts speak for a change."""
    who, product = await caller(request), wiring(request)
    require_role(who, Role.OPERATOR, Role.SUPERVISOR)
    return reply(await product.modes.show(who.shop))


@router.post("/approve", **describe("Take up a proposal", request=ApproveIn, response=Modes,
             example={"intent": "ship.when", "to": "assist"}, errors=(401, 403, 409, 422)))  # fmt: skip
async def approve(request: Request) -> Response:
    """409 when the evidence does not propose it (any more)."""
    who, product = await caller(request), wiring(request)
    require_role(who, Role.OPERATOR, Role.SUPERVISOR)
    body = await read_body(request, ApproveIn, BODY)
    changed = await product.modes.approve(who, body.intent, body.to)
    await product.desk.forget_settings(who.shop)
    return reply(changed)
