"""Tickets as files, and files of tickets: export to a spreadsheet, attachments that only staff may open."""

import asyncio
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from msgspec import Struct
from starlette.responses import FileResponse, Response

from xiaoer.app import stored_files
from xiaoer.app.entrypoints.agents import member
from xiaoer.app.entrypoints.caller import caller, wiring
from xiaoer.app.entrypoints.tickets import FILTERS, view_of, wanted_of
from xiaoer.app.http import FILE_BODY, describe, reply
from xiaoer.app.sheets_out import spreadsheet
from xiaoer.flows.show_desk.views import TicketView
from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.errors import NotFound
from xiaoer.slices.tickets import api as tickets
from xiaoer.slices.tickets import files
from xiaoer.slices.tickets.files import TicketFile
from xiaoer.slices.tickets.types import Form

router = APIRouter(prefix="/api/v1/tickets")
_EXPORTED = 10_000
_MOST_BYTES = 10_485_760
_PRIORITY = {"low": "低", "normal": "普通", "high": "高", "urgent": "紧急"}


class Files(Struct, frozen=True):
    items: tuple[TicketFile, ...]


_EXPORT = describe("Tickets as CSV or XLSX", errors=(401, 422), media="text/csv")
_EXPORT["openapi_extra"]["parameters"] = [
    {"name": name, "in": "query", "required": False, "schema": {"type": "string"}}
    for name in (*FILTERS, "overdue", "format")
]
_ATTACH = describe("Add a file (multipart field `file`)", response=TicketFile, errors=(401, 403, 404, 409, 413, 422))
_ATTACH["openapi_extra"]["requestBody"] = FILE_BODY


@router.get("/export", **_EXPORT)
async def export(request: Request) -> Response:
    """The list with the same filters, for a spreadsheet; `format` is csv (UTF-8 with BOM) or xlsx."""
    who, product = await caller(request), wiring(request)
    wanted = wanted_of(request, product)
    found, _, _ = await product.db.read(lambda c: tickets.page(c, who.shop, wanted, 0, _EXPORTED))
    rows = [_row(view_of(product, ticket), product.desk.forms.get(ticket.type)) for ticket in found]
    return await spreadsheet(list(_row(None, None)), rows, request.query_params.get("format", "csv"), "tickets")


def _row(view: TicketView | None, form: Form | None) -> dict[str, str]:
    """One ticket by column title; of no ticket the titles alone."""

    def moment(name: str) -> str:
        at = getattr(view, name, None)
        return f"{at.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M}" if at else ""

    def text(name: str) -> str:
        return str(getattr(view, name, ""))

    labels = {field.name: field.label for field in form.fields} if form else {}
    filled = view.fields.items() if view else ()
    return {
        "工单号": text("no"),
        "类型": text("type_label"),
        "标题": text("title"),
        "状态": text("state_label"),
        "优先级": _PRIORITY.get(text("priority"), ""),
        "处理人": text("assignee_name"),
        "买家": text("buyer_id"),
        "订单号": text("order_id"),
        "资料": "；".join(f"{labels.get(name, name)}：{value}" for name, value in filled if value),
        "答应买家": text("promise"),
        "创建时间": moment("created_at"),
        "时限": moment("due_at"),
        "是否超时": "是" if view and view.overdue else "否",
        "更新时间": moment("updated_at"),
        "完成时间": moment("closed_at"),
    }


@router.get("/{id}/attachments", **describe("Files of a ticket", response=Files, errors=(401, 404)))
async def list_files(request: Request, id: str) -> Response:
    who, product = await caller(request), wiring(request)

    def query(connection: Any) -> list[TicketFile]:
        tickets.existing(connection, who.shop, id)
        return files.files_of(connection, who.shop, id)

    return reply(Files(tuple(await product.db.read(query))))


@router.post("/{id}/attachments", **_ATTACH)
async def attach(request: Request, id: str) -> Response:
    """Pictures, PDF, XLSX, DOCX or MP4 of at most 10 MB, told by their content; 20 a ticket."""
    who, product = await member(request), wiring(request)
    await product.db.read(lambda c: tickets.existing(c, who.shop, id))
    received = await stored_files.receive(request, stored_files.FILES, _MOST_BYTES)
    folder = product.settings.attachments / who.shop
    stored = await stored_files.keep(folder, received)
    file, by = (received.name, received.kind, len(received.data), stored), (who.staff_id, who.name)
    try:
        kept = await product.db.write(lambda c: files.attach(c, who.shop, id, file, product.clock.now(), by))
    except Exception:
        await asyncio.to_thread((folder / stored).unlink, missing_ok=True)
        raise
    return reply(kept)


@router.get("/{id}/attachments/{file_id}", **describe("One file", errors=(401, 404), media="application/octet-stream"))
async def download(request: Request, id: str, file_id: str) -> Response:
    """As it was sent, never shown as a page of ours."""
    who, product = await caller(request), wiring(request)
    file = await product.db.read(lambda c: files.existing(c, who.shop, id, file_id))
    path = product.settings.attachments / who.shop / file.stored
    if not path.is_file():
        raise NotFound("File", file_id, "It is no longer on the disk.")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return FileResponse(path, media_type=stored_files.FILES[file.kind], headers=headers)
