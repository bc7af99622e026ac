"""Journeys over HTTP (旅程): editing, results against the hold-out, and consents."""

from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import wiring
from xiaoer.app.entrypoints.messages import Id
from xiaoer.app.entrypoints.rule_routes import BODY, Kind, add_routes, editor
from xiaoer.app.http import describe, read_body, reply
from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.outreach.types import Caps, Journey, Step
from xiaoer.slices.outreach.uplift import measure_uplift

router = APIRouter(prefix="/api/v1/selling")
Minutes = Annotated[int, Meta(ge=0, le=1_440)]


class StepIn(Struct, frozen=True):
    """One message, minutes after the start. Variables: {昵称} {商品} {订单尾号}."""

    after_min: Annotated[int, Meta(ge=1, le=129_600)]
    say: Annotated[str, Meta(min_length=1, max_length=500)]


class JourneyIn(Struct, frozen=True):
    """A journey; `hold_out` in basis points of buyers, `useful_min` how late a step may still be sent."""

    title: Annotated[str, Meta(min_length=1, max_length=100)]
    trigger: Literal["order_unpaid", "cart_abandoned", "delivered", "viewed"]
    steps: Annotated[tuple[StepIn, ...], Meta(min_length=1, max_length=6)]
    hold_out: Annotated[int, Meta(ge=0, le=5_000)] = 1_000
    useful_min: Annotated[int, Meta(ge=5, le=43_200)] = 1_440


class CapsIn(Struct, frozen=True):
    """Quiet hours in minutes of the shop's day; how many proactive messages per buyer within days."""

    quiet_from_min: Minutes = 1_320
    quiet_to_min: Minutes = 540
    most: Annotated[int, Meta(ge=0, le=50)] = 3
    days: Annotated[int, Meta(ge=1, le=90)] = 7


def _journey(body: JourneyIn, _shop: ShopId) -> Journey:
    times = [step.after_min for step in body.steps]
    if times != sorted(set(times)):
        raise InvalidBody("Every step must come later than the one before it.")
    steps = tuple(Step(step.after_min, step.say) for step in body.steps)
    return Journey(body.title, body.trigger, steps, body.hold_out, body.useful_min)


_EXAMPLE = {
    "title": "催付",
    "trigger": "order_unpaid",
    "steps": [{"after_min": 15, "say": "您的订单（尾号{订单尾号}）还没付款，库存给您留着，有疑问随时问我。"}],
}
add_routes(
    router,
    Kind("journeys", "Journeys", _EXAMPLE, JourneyIn, lambda p: p.selling.remind.journeys, _journey,
         lambda v, _who: msgspec.convert(msgspec.to_builtins(v), JourneyIn)),
)  # fmt: skip
add_routes(
    router,
    Kind("caps", "Quiet hours and caps", {"most": 3, "days": 7}, CapsIn, lambda p: p.selling.remind.caps,
         lambda body, _shop: Caps(**msgspec.structs.asdict(body)), lambda v, _who: CapsIn(**msgspec.structs.asdict(v))),
)  # fmt: skip


class Arm(Struct, frozen=True):
    buyers: int
    converted: int
    revenue: str


class Result(Struct, frozen=True):
    """Conversion of reached against held-out buyers, shares 0 to 1 with the 95 % interval; revenue is net of
    refunds, in yuan. Without figures in both arms there is no uplift. `needed` more buyers per arm tell it."""

    treated: Arm
    held_out: Arm
    uplift: float | None
    low: float | None
    high: float | None
    is_certain: bool
    needed: int | None
    revenue_per_buyer: str | None
    days: int


@router.get("/journeys/{id}/result", **describe("What a journey brought", response=Result, errors=(401, 403, 404, 422)))
async def result(request: Request, id: str, days: Annotated[int, Meta(ge=1, le=365)] = 30) -> Response:
    """The uplift of a journey over its randomised hold-out; "influenced" is not counted."""
    who, product = await editor(request, read=True), wiring(request)
    await product.selling.remind.journeys.get(who.shop, id)
    days = max(1, min(days, 365))
    counts = await product.selling.remind.arms(who.shop, id, product.clock.now() - timedelta(days=days))
    arms = {count.arm: count for count in counts}
    treated, held = arms["treated"], arms["held_out"]
    found = measure_uplift(treated.runs, treated.converted, held.runs, held.converted)
    extra = None
    if treated.runs and held.runs:
        extra = f"{(treated.revenue.fen / treated.runs - held.revenue.fen / held.runs) / 100:.2f}"
    return reply(
        Result(
            Arm(treated.runs, treated.converted, treated.revenue.yuan),
            Arm(held.runs, held.converted, held.revenue.yuan),
            round(found.difference, 5) if found else None,
            round(found.low, 5) if found else None,
            round(found.high, 5) if found else None,
            bool(found and found.is_certain),
            found.needed if found else None,
            extra,
            days,
        )
    )


class ConsentIn(Struct, frozen=True):
    """The buyer's own choice about marketing messages, with the version of the text that was shown."""

    buyer_id: Id
    granted: bool
    text_version: Annotated[str, Meta(min_length=1, max_length=32)]


@router.post(
    "/consents",
    **describe("Keep a consent to marketing", request=ConsentIn, status=204, errors=(401, 403, 422),
               example={"buyer_id": "b-1", "granted": True, "text_version": "2026-06"}),
)  # fmt: skip
async def consent(request: Request) -> Response:
    """Granting allows marketing journeys; withdrawing ends everything that waits at once."""
    who, product = await editor(request), wiring(request)
    body = await read_body(request, ConsentIn, BODY)
    await product.selling.remind.consent(who.shop, body.buyer_id, body.granted, body.text_version)
    return Response(status_code=204)
