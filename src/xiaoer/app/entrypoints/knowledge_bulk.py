"""Many knowledge entries at once: change, export, and the shop's variables."""

from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request
from msgspec import UNSET, Meta, Struct, UnsetType
from starlette.responses import Response, StreamingResponse

from xiaoer.app.entrypoints.caller import caller, note_override, wiring
from xiaoer.app.entrypoints.knowledge_scopes import fit_scopes
from xiaoer.app.entrypoints.knowledge_views import Label, Moment, value_of, who
from xiaoer.app.http import describe, read_body, reply
from xiaoer.app.wiring import Wiring
from xiaoer.infra.sheets_out import XLSX, write_workbook
from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.variables import LIVE
from xiaoer.slices.knowledge.sink import COLUMNS, row_of
from xiaoer.slices.knowledge.types import EntryDraft
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Role

router = APIRouter(prefix="/api/v1/knowledge", dependencies=[Depends(note_override)])
_ACTIONS = {"publish": "published", "review": "review", "archive": "archived", "delete": "archived", "draft": "draft"}
_MOST = 10_000


class KnowledgeBulkIn(Struct, frozen=True):
    """What to do with these entries: move them to a status, or set some fields of all of them (`action` `set`)."""

    ids: Annotated[tuple[Annotated[str, Meta(max_length=128)], ...], Meta(max_length=_MOST)]
    action: Annotated[str, Meta(pattern="^(publish|review|archive|delete|draft|set)$")]
    category: Label | UnsetType | None = UNSET
    channel: Label | UnsetType | None = UNSET
    product_category: Label | UnsetType | None = UNSET
    audience: Label | UnsetType | None = UNSET
    order_state: Label | UnsetType | None = UNSET
    valid_from: Moment | UnsetType | None = UNSET
    valid_to: Moment | UnsetType | None = UNSET


class KnowledgeBulkOut(Struct, frozen=True):
    """`changed` ids, the reason for each that was refused, and those of `changed` that wait for review."""

    changed: tuple[str, ...]
    refused: dict[str, str]
    waiting: tuple[str, ...] = ()


class AudiencesOut(Struct, frozen=True):
    """The groups of buyers that an entry may be for."""

    audiences: tuple[str, ...]


class VariableIn(Struct, frozen=True):
    value: Annotated[str, Meta(max_length=20_000)]


class VariablesOut(Struct, frozen=True):
    """`own` are the shop's, name to value; `live` are filled from facts when the answer is said."""

    own: dict[str, str]
    live: tuple[str, ...]


@router.post(
    "/bulk",
    **describe("Change many entries", request=KnowledgeBulkIn, response=KnowledgeBulkOut,
               example={"ids": ["K0001", "K0002"], "action": "publish"}, errors=(401, 403, 413, 422)),
)  # fmt: skip
async def change_many(request: Request) -> Response:
    """Publish, send to review, archive, or set fields of many entries; each is refused or changed by itself."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR)
    body = await read_body(request, KnowledgeBulkIn, 2_097_152)
    changes = {n: v for n, v in msgspec.structs.asdict(body).items() if n not in ("ids", "action") and v is not UNSET}
    changes = {name: value_of(name, value, product.clock.now()) for name, value in changes.items()}
    if body.action == "set" and not changes:
        raise InvalidBody("Name at least one field to set, such as category or valid_to.")
    scopes = {name: changes[name] for name in ("channel", "audience") if changes.get(name)}
    if scopes:
        fit = await fit_scopes(product, principal.shop, EntryDraft("", "", **scopes))
        changes |= {name: getattr(fit, name) for name in scopes}
    if body.action != "set":
        changes = {"status": _ACTIONS[body.action]}
    outcome = await product.entries.change_many(
        principal.shop, body.ids, changes, who(principal), principal.role is Role.OWNER
    )
    await product.knowledge.refresh(principal.shop)
    return reply(KnowledgeBulkOut(outcome.changed, outcome.refused, outcome.waiting))


@router.get(
    "/export",
    **describe("All entries as a file that imports back unchanged", media="application/x-ndjson", errors=(401, 422)),
)
async def export(request: Request, format: str = "jsonl") -> Response:
    """Every entry that is not archived, as `jsonl` or `xlsx`."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR)
    name = f"knowledge-{product.clock.now().astimezone(SHOP_ZONE):%Y%m%d}"
    if format == "jsonl":
        head = {"Content-Disposition": f'attachment; filename="{name}.jsonl"'}
        return StreamingResponse(_lines(product, principal.shop), media_type="application/x-ndjson", headers=head)
    if format != "xlsx":
        raise InvalidBody(f"“{format[:20]}” is not a format. Use jsonl or xlsx.")
    rows = [row_of(entry) async for entry in product.entries.every(principal.shop)]
    data = await write_workbook(COLUMNS, rows)
    return Response(data, media_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'})


async def _lines(product: Wiring, shop: ShopId) -> AsyncIterator[bytes]:
    async for entry in product.entries.every(shop):
        yield msgspec.json.encode(row_of(entry)) + b"\n"


@router.get("/audiences", **describe("Groups of buyers that an entry may be for", response=AudiencesOut, errors=(401,)))
async def audiences(request: Request) -> Response:
    """The pack's groups, then the levels and tags of the shop's buyers and promotions."""
    principal, product = await caller(request), wiring(request)
    return reply(AudiencesOut(await product.brain.audiences.of(principal.shop)))


@router.get("/variables", **describe("The variables that answers may name", response=VariablesOut, errors=(401,)))
async def variables(request: Request) -> Response:
    """The shop's own variables, and the live ones."""
    principal, product = await caller(request), wiring(request)
    return reply(VariablesOut(await product.entries.variables(principal.shop), tuple(LIVE)))


@router.put(
    "/variables/{name}",
    **describe("Set a variable", request=VariableIn, response=VariablesOut, example={"value": "杭州市余杭区 1 号仓"},
               errors=(401, 403, 413, 422)),
)  # fmt: skip
async def save_variable(request: Request, name: str) -> Response:
    """Set a variable of the shop; for a live one this is what is said when there is no fact."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR)
    body = await read_body(request, VariableIn, 65_536)
    await product.entries.save_variable(principal.shop, name, body.value, who(principal))
    await product.knowledge.refresh(principal.shop)
    return reply(VariablesOut(await product.entries.variables(principal.shop), tuple(LIVE)))


@router.delete("/variables/{name}", **describe("Remove a variable", status=204, errors=(401, 403, 404, 409)))
async def drop_variable(request: Request, name: str) -> Response:
    """Remove a variable of the shop; 409 while an answer names it."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR)
    await product.entries.drop_variable(principal.shop, name, who(principal))
    await product.knowledge.refresh(principal.shop)
    return Response(status_code=204)
