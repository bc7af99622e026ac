"""`/api/v1/terms` and `/api/v1/actions`: the shop's own rules, and what the bot did in the shop's system."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from msgspec import Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import caller, wiring
from xiaoer.app.http import describe, read_body, reply
from xiaoer.kernel.terms import Terms
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Role

router = APIRouter(prefix="/api/v1")
_MOST = 200


class ActionView(Struct, frozen=True):
    """One action of the bot; contact data in `data` are masked."""

    id: str
    kind: str
    order_id: str
    buyer_id: str
    conversation_id: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    data: dict[str, Any]


class ActionsOut(Struct, frozen=True):
    actions: tuple[ActionView, ...]


@router.get("/terms", **describe("The shop's own rules", response=Terms, errors=(401,)))
async def get_terms(request: Request) -> Response:
    """Promises beyond the law (return days, price protection, late shipping) and what the bot may do by itself."""
    principal, product = await caller(request), wiring(request)
    return reply(await product.answering.terms.of(principal.shop))


@router.put(
    "/terms",
    **describe(
        "Change the shop's own rules",
        request=Terms,
        response=Terms,
        example={"return_days": 7, "price_protect_days": 15, "auto": {"cancel": True, "refund_limit": "500.00"}},
        errors=(401, 403, 413, 422),
    ),
)
async def put_terms(request: Request) -> Response:
    """Put rules in force, all at once; what is left out has its default. The law's minimum holds in any case."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR)
    body = await read_body(request, Terms, product.settings.max_body_bytes)
    return reply(await product.answering.terms.save(principal.shop, body, principal.name or principal.key_id))


@router.get("/actions", **describe("What the bot did", response=ActionsOut, errors=(401, 403)))
async def get_actions(request: Request, order_id: str = "", limit: int = 50) -> Response:
    """The newest actions, of one order when it is named."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR, Role.AGENT)
    rows = await product.answering.actions(principal.shop, min(max(limit, 1), _MOST), order_id[:128])
    names = ActionView.__struct_fields__
    return reply(ActionsOut(tuple(ActionView(**{name: getattr(row, name) for name in names}) for row in rows)))
