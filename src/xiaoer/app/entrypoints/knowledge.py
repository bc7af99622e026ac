"""Knowledge over HTTP: search, and keeping entries (知识库)."""

import time
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import caller, wiring
from xiaoer.app.http import describe, read_body, reply
from xiaoer.kernel.clock import to_utc
from xiaoer.slices.knowledge.types import Entry, EntryDraft, EntryFilter
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Role

router = APIRouter(prefix="/api/v1/knowledge")
_SLICE_S = 0.01  # let other requests run after this much searching
_MAX_BODY = 2_097_152


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


class EntryIn(Struct, frozen=True):
    """An entry as an editor writes it; `version` is the one that was edited (updates only)."""

    question: Annotated[str, Meta(max_length=2_000)]
    answer: Annotated[str, Meta(max_length=1_100_000)]
    similar: Annotated[tuple[Annotated[str, Meta(max_length=2_000)], ...], Meta(max_length=1000)] = ()
    product_id: Annotated[str, Meta(max_length=128)] | None = None
    category: Annotated[str, Meta(max_length=200)] | None = None
    channel: Annotated[str, Meta(max_length=32)] | None = None
    audience: Annotated[str, Meta(max_length=64)] | None = None
    order_state: Annotated[str, Meta(max_length=32)] | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    status: Annotated[str, Meta(pattern="^(draft|review|published|archived)$")] = "published"
    version: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0


class EntryOut(Struct, frozen=True):
    id: str
    question: str
    answer: str
    similar: tuple[str, ...]
    product_id: str
    category: str
    channel: str
    audience: str
    order_state: str
    valid_from: datetime | None
    valid_to: datetime | None
    status: str
    version: int
    updated_at: datetime
    updated_by: str


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


class HistoryOut(Struct, frozen=True):
    versions: tuple[VersionOut, ...]


class RollbackIn(Struct, frozen=True):
    to_version: Annotated[int, Meta(ge=1, le=2**31 - 1)]


def _view(entry: Entry) -> EntryOut:
    draft = msgspec.structs.asdict(entry.draft)
    draft.pop("attachments")
    return EntryOut(
        id=entry.id, version=entry.version, updated_at=entry.updated_at, updated_by=entry.updated_by, **draft
    )


def _draft(body: EntryIn) -> EntryDraft:
    values = msgspec.structs.asdict(body)
    values.pop("version")
    values = {name: "" if value is None and not name.startswith("valid_") else value for name, value in values.items()}
    for name in ("valid_from", "valid_to"):
        values[name] = to_utc(values[name]) if values[name] is not None else None
    return EntryDraft(**values)


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
        hits = tuple(HitView(hit.id, hit.question, hit.answer, round(hit.score, 4)) for hit in found.hits)
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
    return reply(EntryPageOut(tuple(map(_view, found.entries)), found.total, categories))


@router.post(
    "",
    **describe("Add an entry", request=EntryIn, response=EntryOut, status=201,
               example={"question": "多久发货", "answer": "48 小时内发出。", "similar": ["什么时候发货"]},
               errors=(401, 403, 409, 413, 422)),
)  # fmt: skip
async def create_entry(request: Request) -> Response:
    """Keep a new entry; it answers within a second."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR)
    body = await read_body(request, EntryIn, _MAX_BODY)
    entry = await product.entries.create(principal.shop, _draft(body), principal.name or principal.staff_id)
    await product.knowledge.refresh(principal.shop)
    return reply(_view(entry), 201)


@router.get("/{id}", **describe("One entry", response=EntryOut, errors=(401, 404)))
async def get_entry(request: Request, id: str) -> Response:
    """The entry as it is now."""
    principal, product = await caller(request), wiring(request)
    return reply(_view(await product.entries.get(principal.shop, id)))


@router.put(
    "/{id}",
    **describe(
        "Change an entry",
        request=EntryIn,
        example={"question": "多久发货", "answer": "24 小时内发出。", "version": 1},
        response=EntryOut,
        errors=(401, 403, 404, 409, 413, 422),
    ),
)
async def update_entry(request: Request, id: str) -> Response:
    """Change an entry; 409 when somebody changed it since `version`."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR)
    body = await read_body(request, EntryIn, _MAX_BODY)
    by = principal.name or principal.staff_id
    entry = await product.entries.update(principal.shop, id, _draft(body), body.version, by)
    await product.knowledge.refresh(principal.shop)
    return reply(_view(entry))


@router.delete("/{id}", **describe("Archive an entry", status=204, errors=(401, 403, 404)))
async def delete_entry(request: Request, id: str) -> Response:
    """Take an entry out of use; its history stays and it can be rolled back."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR)
    await product.entries.archive(principal.shop, id, principal.name or principal.staff_id)
    await product.knowledge.refresh(principal.shop)
    return Response(status_code=204)


@router.get("/{id}/history", **describe("The history of an entry", response=HistoryOut, errors=(401, 404)))
async def history(request: Request, id: str) -> Response:
    """Every version with author and time, newest first."""
    principal, product = await caller(request), wiring(request)
    versions = await product.entries.history(principal.shop, id)
    return reply(
        HistoryOut(tuple(VersionOut(v.version, v.action, v.at, v.by, msgspec.to_builtins(v.draft)) for v in versions))
    )


@router.post(
    "/{id}/rollback",
    **describe("Go back to an earlier version", request=RollbackIn, response=EntryOut, example={"to_version": 1},
               errors=(401, 403, 404, 413, 422)),
)  # fmt: skip
async def rollback(request: Request, id: str) -> Response:
    """Make an earlier version the present one; that is a new version too."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR)
    body = await read_body(request, RollbackIn, 8192)
    by = principal.name or principal.staff_id
    entry = await product.entries.rollback(principal.shop, id, body.to_version, by)
    await product.knowledge.refresh(principal.shop)
    return reply(_view(entry))
