"""`GET /api/v1/audit`: who did what in this shop (操作记录)."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from msgspec import Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import caller, wiring
from xiaoer.app.http import describe, reply
from xiaoer.infra import audit
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Role

router = APIRouter(prefix="/api/v1")
_Text = Annotated[str, Query(max_length=200)]


class AuditPage(Struct, frozen=True):
    """Newest first; ask again with `before` = the last id while `more`."""

    items: tuple[audit.Entry, ...]
    more: bool


@router.get("/audit", **describe("Who did what", response=AuditPage, errors=(401, 403, 422)))
async def get_audit(
    request: Request,
    before: _Text = "",
    action: _Text = "",
    thing: _Text = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Lines of the audit; owners and supervisors only."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.SUPERVISOR)
    found = await product.db.read(
        lambda c: audit.page(c, principal.shop, before=before, action=action, thing=thing, limit=limit + 1)
    )
    return reply(AuditPage(tuple(found[:limit]), len(found) > limit))
