"""A buyer's rights over HTTP: a copy of everything that is kept, and deletion with a receipt. For the owner."""

from typing import Any

from fastapi import APIRouter, Request
from msgspec import Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import caller, wiring
from xiaoer.app.entrypoints.knowledge_views import who
from xiaoer.app.http import describe, reply
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Role

router = APIRouter(prefix="/api/v1/privacy")


class CopyOut(Struct, frozen=True):
    """`tables`: by name, the purpose and the rows."""

    buyer_id: str
    tables: dict[str, Any]


class ForgottenOut(Struct, frozen=True):
    """The receipt: rows deleted or unlinked, by table."""

    buyer_id: str
    rows: dict[str, int]


@router.get("/buyers/{id:path}", **describe("Everything kept about a buyer", response=CopyOut, errors=(401, 403)))
async def copy(request: Request, id: str) -> Response:
    """A copy for the buyer; empty when nothing is kept. Audited."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OWNER)
    return reply(CopyOut(id, await product.buyer_data.export(principal.shop, id, who(principal))))


@router.delete("/buyers/{id:path}", **describe("Delete a buyer's data", response=ForgottenOut, errors=(401, 403)))
async def forget(request: Request, id: str) -> Response:
    """Delete words and traces, unlink figures; records of trade, disputes and consents stay. Audited."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OWNER)
    return reply(ForgottenOut(id, await product.buyer_data.forget(principal.shop, id, who(principal))))
