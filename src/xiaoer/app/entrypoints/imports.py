"""Import files over HTTP: upload, watch, read the report."""

import asyncio
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from fastapi import APIRouter, Depends, Request
from msgspec import Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import caller, note_override, wiring
from xiaoer.app.http import FILE_BODY, describe, read_upload, reply
from xiaoer.app.wiring import Wiring
from xiaoer.kernel.errors import NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.imports import store as runs
from xiaoer.slices.imports.types import ImportRun
from xiaoer.slices.knowledge.guarded import override_reason
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Role

router = APIRouter(prefix="/api/v1/imports", dependencies=[Depends(note_override)])
_CHUNK = 1_048_576


class Started(Struct, frozen=True):
    id: str


class RefusedRow(Struct, frozen=True):
    line: int
    reason: str
    code: str


class RunView(Struct, frozen=True):
    """One import. `status`: running, done, refused (nothing was changed) or failed."""

    id: str
    status: str
    kind: str
    filename: str
    created_at: datetime
    finished_at: datetime | None
    by: str
    done: int
    total: int
    added: int
    changed: int
    unchanged: int
    refused_count: int
    refused: tuple[RefusedRow, ...]
    warnings: tuple[str, ...]
    error: str | None
    error_code: str | None


class RunPage(Struct, frozen=True):
    items: tuple[RunView, ...]
    total: int


def _view(run: ImportRun, rows: int = 1000) -> RunView:
    return RunView(
        run.id,
        run.status,
        run.kind,
        run.file_name,
        run.at,
        run.finished_at,
        run.by,
        run.done,
        run.total,
        run.added,
        run.changed,
        run.unchanged,
        run.refused,
        tuple(RefusedRow(r.line, r.text, r.code) for r in run.refusals[:rows]),
        run.warnings,
        run.error or None,
        run.error_code or None,
    )


_UPLOAD = describe("Import a file (multipart field `file`)", response=Started, status=202, errors=(401, 403, 413, 422))
_UPLOAD["openapi_extra"]["requestBody"] = FILE_BODY


@router.post("", **_UPLOAD)
async def start_import(request: Request, kind: str = "", strict: bool = False) -> Response:
    """Take a file and import it in the background; watch it under its id."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR)
    file = await read_upload(request, product.settings.max_import_bytes)
    folder = Path(tempfile.mkdtemp(prefix="xiaoer-import-"))
    path = folder / "upload"
    with path.open("wb") as target:
        while chunk := await file.read(_CHUNK):
            target.write(chunk)
    name = Path((file.filename or "").replace("\0", "")).name[:200]
    run = await product.importer.begin(principal.shop, name, kind=kind, strict=strict, by=principal.name)
    product.spawn(_import(product, principal.shop, path, name, kind, strict, run, override_reason()))
    return reply(Started(run.id), 202)


async def _import(
    product: Wiring,
    shop: ShopId,
    path: Path,
    name: str,
    kind: str,
    strict: bool,
    run: ImportRun,
    override: str,
) -> None:
    try:
        await product.importer.import_file(
            shop, path, name=name, kind=kind, strict=strict, begun=run, override=override
        )
    finally:
        await asyncio.to_thread(shutil.rmtree, path.parent, ignore_errors=True)


@router.get("", **describe("Imports, newest first", response=RunPage, errors=(401,)))
async def list_imports(request: Request, page: int = 1, page_size: int = 20) -> Response:
    """The shop's import history."""
    principal, product = await caller(request), wiring(request)
    size = max(1, min(page_size, 100))
    offset = (max(1, min(page, 100_000)) - 1) * size
    rows, total = await product.db.read(lambda c: runs.page(c, principal.shop, offset, size))
    return reply(RunPage(tuple(_view(row, 20) for row in rows), total))


@router.get("/{id}", **describe("One import", response=RunView, errors=(401, 404)))
async def get_import(request: Request, id: str) -> Response:
    """How far the import is, and what it refused."""
    principal, product = await caller(request), wiring(request)
    run = await product.db.read(lambda c: runs.get(c, principal.shop, id))
    if run is None:
        raise NotFound("Import", id)
    return reply(_view(run))
