"""`POST /api/v1/quotes`: what a cart costs."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import caller, wiring
from xiaoer.app.entrypoints.messages import Id
from xiaoer.app.http import describe, read_body, reply
from xiaoer.kernel.errors import NotFound
from xiaoer.kernel.money import ZERO

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


class LineOut(Struct, frozen=True):
    variant_id: str
    quantity: int
    base: str
    paid: str


class QuoteOut(Struct, frozen=True):
    """Money is a decimal string in yuan."""

    payable: str
    freight: str
    lines: tuple[LineOut, ...]
    applied: tuple[dict[str, Any], ...]
    not_applied: tuple[dict[str, Any], ...]
    next_steps: tuple[dict[str, Any], ...]
    valid_until: datetime | None
    source: str
    explanation: str


@router.post(
    "/quotes",
    **describe("What a cart costs", request=QuoteIn, response=QuoteOut,
               example={"buyer_id": None, "channel": "api", "items": [{"variant_id": "V1001-1", "quantity": 2}]},
               errors=(401, 404, 413, 422)),
)  # fmt: skip
async def post_quote(request: Request) -> Response:
    """Price a cart from the catalogue."""
    principal, product = await caller(request), wiring(request)
    body = await read_body(request, QuoteIn, product.settings.max_body_bytes)
    lines, total, words = [], ZERO, []
    for item in body.items:
        variant = await product.catalog.variant(principal.shop, item.variant_id)
        if variant is None:
            raise NotFound("Variant", item.variant_id)
        amount = variant.price * item.quantity
        total += amount
        lines.append(LineOut(item.variant_id, item.quantity, variant.price.yuan, amount.yuan))
        words.append(f"{variant.price.spoken} 元 × {item.quantity} = {amount.spoken} 元")
    explanation = "；".join(words) + f"；合计 {total.spoken} 元"
    return reply(QuoteOut(total.yuan, ZERO.yuan, tuple(lines), (), (), (), None, "engine", explanation))
