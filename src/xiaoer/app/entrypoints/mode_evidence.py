"""`/api/v1/desk/modes/evidence`: how often people said what the bot would have said, and the modes that follow."""

from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.agents import BODY
from xiaoer.app.entrypoints.caller import caller, wiring
from xiaoer.app.http import describe, read_body, reply
from xiaoer.app.mode_evidence import Evidence
from xiaoer.kernel.errors import InvalidBody
from xiaoer.slices.assist.rules.agreement import Terms
from xiaoer.slices.desk.types import Modes
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Role

router = APIRouter(prefix="/api/v1/desk/modes")


_Share = Annotated[float, Meta(ge=0.0, le=1.0)]
_Cases = Annotated[int, Meta(ge=1, le=100_000)]


class TermsIn(Struct, frozen=True):
    """From which evidence a mode changes: shares from 0 to 1, and how many cases must be behind them."""

    window_days: Annotated[int, Meta(ge=1, le=365)] = 30
    to_assist_ratio: _Share = 0.8
    to_assist_cases: _Cases = 30
    to_auto_ratio: _Share = 0.9
    to_auto_cases: _Cases = 50
    demote_ratio: _Share = 0.7
    demote_cases: _Cases = 20


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


@router.put("/terms", **describe("Thresholds for changing modes", request=TermsIn, response=Terms,
            example={"to_auto_ratio": 0.95, "to_auto_cases": 100}, errors=(401, 403, 422)))  # fmt: skip
async def change_terms(request: Request) -> Response:
    """A demotion must lie below the promotions, else a mode would swing."""
    who, product = await caller(request), wiring(request)
    require_role(who, Role.OPERATOR, Role.SUPERVISOR)
    body = await read_body(request, TermsIn, BODY)
    if body.demote_ratio >= min(body.to_assist_ratio, body.to_auto_ratio):
        raise InvalidBody("demote_ratio must be below to_assist_ratio and to_auto_ratio.")
    return reply(await product.modes.change_terms(who, Terms(**msgspec.structs.asdict(body))))
