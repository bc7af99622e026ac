"""`POST /api/v1/quotes`: what a cart costs."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import caller, wiring
from xiaoer.app.entrypoints.messages import Id
from xiaoer.app.http import describe, read_body, reply
from xiaoer.kernel.clock import to_utc
from xiaoer.slices.promotions.views import QuoteView, view_quote

router = APIRouter(prefix="/api/v1")


class ItemIn(Struct, frozen=True):
    variant_id: Id
    quantity: Annotated[int, Meta(ge=1, le=9999)] = 1


class QuoteIn(Struct, frozen=True):
    """A cart. `mode` null is the channel's; `coupons` null takes the best that the buyer holds."""

    items: Annotated[tuple[ItemIn, ...], Meta(min_length=1, max_length=200)]
    buyer_id: Id | None = None
    channel: Annotated[str, Meta(min_length=1, max_length=32)] = "api"
    at: datetime | None = None
    mode: Literal["parallel", "sequential"] | None = None
    coupons: Annotated[tuple[Id, ...], Meta(max_length=50)] | None = None


@router.post(
    "/quotes",
    **describe("What a cart costs", request=QuoteIn, response=QuoteView,
               example={"buyer_id": None, "channel": "api", "items": [{"variant_id": "V1001-1", "quantity": 2}]},
               errors=(401, 404, 413, 422)),
)  # fmt: skip
async def post_quote(request: Request) -> Response:
    """Price a cart with every promotion that runs, line by line, and say how the sum came about."""
    principal, product = await caller(request), wiring(request)
    body = await read_body(request, QuoteIn, product.settings.max_body_bytes)
    quote = await product.quote(
        principal.shop,
        [(item.variant_id, item.quantity) for item in body.items],
        buyer_id=body.buyer_id,
        channel=body.channel,
        coupons=body.coupons,
        mode=body.mode,
        at=to_utc(body.at) if body.at else None,
    )
    return reply(view_quote(quote))
