"""Knowledge over HTTP: search, and keeping entries (知识库)."""

import time
from datetime import datetime
from itertools import accumulate
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import caller, note_override, wiring
from xiaoer.app.entrypoints.knowledge_scopes import fit_scopes
from xiaoer.app.entrypoints.knowledge_views import (
    EXAMPLE,
    MAX_BODY,
    EntryChange,
    EntryIn,
    EntryOut,
    changed,
    check_may_write,
    draft_of,
    view,
    who,
)
from xiaoer.app.http import describe, read_body, reply
from xiaoer.app.wiring import Wiring
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.knowledge.rules import diff_drafts
from xiaoer.slices.knowledge.types import Entry, EntryFilter, FieldChange
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Role

router = APIRouter(prefix="/api/v1/knowledge", dependencies=[Depends(note_override)])
_SLICE_S = 0.01  # let other requests run after this much searching


class SearchIn(Struct, frozen=True):
    """A batch of questions, at most 1,000."""

    queries: Annotated[tuple[Annotated[str, Meta(max_length=10_000)], ...], Meta(max_length=1000)]
    top_k: Annotated[int, Meta(ge=1, le=50)] = 5
    product_id: Annotated[str, Meta(max_length=128)] | None = None
    channel: Annotated[str, Meta(max_length=32)] | None = None


class HitView(Struct, frozen=True):
    id: str
    question: str
    answer: str
    score: float


class ResultView(Struct, frozen=True):
    """Hits best first, score 0..1; not `answerable`: the knowledge base holds no answer."""

    answerable: bool
    hits: tuple[HitView, ...]


class SearchOut(Struct, frozen=True):
    results: tuple[ResultView, ...]


class EntryPageOut(Struct, frozen=True):
    items: tuple[EntryOut, ...]
    total: int
    categories: dict[str, int]


class VersionOut(Struct, frozen=True):
    version: int
    action: str
    at: datetime
    by: str
    entry: dict[str, Any]
    changes: tuple[FieldChange, ...] = ()


class HistoryOut(Struct, frozen=True):
    versions: tuple[VersionOut, ...]


class RollbackIn(Struct, frozen=True):
    to_version: Annotated[int, Meta(ge=1, le=2**31 - 1)]


@router.post(
    "/search",
    **describe("Retrieval alone, up to 1,000 queries", request=SearchIn, response=SearchOut,
               example={"queries": ["多久能发货"], "top_k": 5}, errors=(401, 413, 422)),
)  # fmt: skip
async def search(request: Request) -> Response:
    """The live entries nearest to each query, best first."""
    principal, product = await caller(request), wiring(request)
    body = await read_body(request, SearchIn, 16 * product.settings.max_body_bytes, cleans=("queries",))
    await product.knowledge.ensure_loaded(principal.shop)
    now, results, started = product.clock.now(), [], time.perf_counter()
    for query in body.queries:
        found = product.knowledge.search(
            principal.shop,
            query,
            now=now,
            product_id=body.product_id or "",
            channel=body.channel or "",
            top_k=body.top_k,
        )
        # The order is by nearness, the score by certainty: none is shown surer than the one before it.
        scores = accumulate((round(hit.score, 4) for hit in found.hits), min)
        hits = tuple(HitView(h.id, h.question, h.answer, s) for h, s in zip(found.hits, scores, strict=True))
        results.append(ResultView(found.answerable, hits))
        if time.perf_counter() - started > _SLICE_S:
            await product.breathe()
            started = time.perf_counter()
    return reply(SearchOut(tuple(results)))


@router.get("", **describe("Entries, newest first", response=EntryPageOut, errors=(401, 422)))
async def list_entries(
    request: Request,
    q: str = "",
    status: str = "",
    category: str = "",
    product_id: str = "",
    channel: str = "",
    page: int = 1,
    page_size: int = 20,
) -> Response:
    """One page of entries; empty filters do not filter."""
    principal, product = await caller(request), wiring(request)
    wanted = EntryFilter(q[:500], status, category, product_id, channel)
    size = max(1, min(page_size, 100))
    found = await product.entries.page(principal.shop, wanted, (max(1, min(page, 100_000)) - 1) * size, size)
    categories = await product.entries.categories(principal.shop)
    waiting = await product.entries.waiting(principal.shop, [entry.id for entry in found.entries])
    items = tuple(view(entry, waiting.get(entry.id)) for entry in found.entries)
    return reply(EntryPageOut(items, found.total, categories))


@router.post(
    "",
    **describe("Add an entry", request=EntryIn, response=EntryOut, status=201, example=EXAMPLE,
               errors=(401, 403, 409, 413, 422)),
)  # fmt: skip
async def create_entry(request: Request) -> Response:
    """Keep a new entry; it answers within a second. Agents write drafts; under review it waits as `review`."""
    principal, product = await caller(request), wiring(request)
    body = await read_body(request, EntryIn, MAX_BODY)
    check_may_write(principal, body.status, None, await product.entries.review_is_on(principal.shop))
    draft = draft_of(body, product.clock.now())
    draft = await fit_scopes(product, principal.shop, draft)
    entry = await product.entries.create(principal.shop, draft, who(principal))
    await product.knowledge.refresh(principal.shop)
    return reply(view(entry), 201)


# Ids of imported entries may hold slashes, so the longer addresses come first.


@router.get("/{id:path}/history", **describe("The history of an entry", response=HistoryOut, errors=(401, 404)))
async def history(request: Request, id: str) -> Response:
    """Every version with author and time and what changed since the one before, newest first."""
    principal, product = await caller(request), wiring(request)
    versions = await product.entries.history(principal.shop, id)
    told = []
    for version, before in zip(versions, (*versions[1:], None), strict=True):
        changes = diff_drafts(before.draft, version.draft) if before else ()
        told.append(
            VersionOut(
                version.version, version.action, version.at, version.by, msgspec.to_builtins(version.draft), changes
            )
        )
    return reply(HistoryOut(tuple(told)))


@router.post(
    "/{id:path}/rollback",
    **describe("Go back to an earlier version", request=RollbackIn, response=EntryOut, example={"to_version": 1},
               errors=(401, 403, 404, 413, 422)),
)  # fmt: skip
async def rollback(request: Request, id: str) -> Response:
    """Make an earlier version the present one; that is a new version too."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR)
    body = await read_body(request, RollbackIn, 8192)
    entry = await product.entries.rollback(principal.shop, id, body.to_version, who(principal))
    return await _shown(product, principal.shop, entry)


async def _shown(product: Wiring, shop: ShopId, entry: Entry) -> Response:
    """The entry with the change that waits; what is live holds here from now on."""
    await product.knowledge.refresh(shop)
    return reply(view(entry, (await product.entries.waiting(shop, [entry.id])).get(entry.id)))


@router.get("/{id:path}", **describe("One entry", response=EntryOut, errors=(401, 404)))
async def get_entry(request: Request, id: str) -> Response:
    """The entry as it is now."""
    principal, product = await caller(request), wiring(request)
    return await _shown(product, principal.shop, await product.entries.get(principal.shop, id))


@router.put(
    "/{id:path}",
    **describe("Change an entry", request=EntryIn, response=EntryOut, example={**EXAMPLE, "version": 1},
               errors=(401, 403, 404, 409, 413, 422)),
)  # fmt: skip
async def update_entry(request: Request, id: str) -> Response:
    """Replace an entry; 409 when somebody changed it since `version`. Under review a live one waits, see `waiting`."""
    principal, product = await caller(request), wiring(request)
    body = await read_body(request, EntryIn, MAX_BODY)
    stored = await product.entries.get(principal.shop, id)
    check_may_write(principal, body.status, stored, await product.entries.review_is_on(principal.shop))
    draft = draft_of(body, product.clock.now())
    if not draft.source:
        draft = msgspec.structs.replace(draft, source=stored.draft.source)
    draft = await fit_scopes(product, principal.shop, draft, stored.draft)
    entry = await product.entries.update(principal.shop, id, draft, body.version, who(principal))
    return await _shown(product, principal.shop, entry)


@router.patch(
    "/{id:path}",
    **describe("Change some fields of an entry", request=EntryChange, response=EntryOut,
               example={"version": 1, "answer": "24 小时内发出。"}, errors=(401, 403, 404, 409, 413, 422)),
)  # fmt: skip
async def change_entry(request: Request, id: str) -> Response:
    """Change the fields that are named; 409 when somebody changed the entry since `version`."""
    principal, product = await caller(request), wiring(request)
    body = await read_body(request, EntryChange, MAX_BODY)
    stored = await product.entries.get(principal.shop, id)
    draft = changed(stored.draft, body, product.clock.now())
    check_may_write(principal, draft.status, stored, await product.entries.review_is_on(principal.shop))
    draft = await fit_scopes(product, principal.shop, draft, stored.draft)
    entry = await product.entries.update(principal.shop, id, draft, body.version, who(principal))
    return await _shown(product, principal.shop, entry)


@router.delete(
    "/{id:path}", **describe("Archive an entry", status=204, also={202: EntryOut}, errors=(401, 403, 404, 409))
)
async def delete_entry(request: Request, id: str) -> Response:
    """Take an entry out of use; its history stays and it can be rolled back. Under review a live one waits: 202."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR)
    entry = await product.entries.archive(principal.shop, id, who(principal))
    await product.knowledge.refresh(principal.shop)
    if entry.draft.status != "archived":
        waiting = await product.entries.waiting(principal.shop, [id])
        return reply(view(entry, waiting.get(id)), 202)
    return Response(status_code=204)
