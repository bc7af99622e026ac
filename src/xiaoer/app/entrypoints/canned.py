"""Canned replies (话术) over HTTP: search by words, code or pinyin; keep, fill in, count."""

import asyncio
import contextlib
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from sqlalchemy import Connection
from starlette.responses import Response

from xiaoer.app.entrypoints.agents import BODY, member
from xiaoer.app.entrypoints.caller import wiring
from xiaoer.app.entrypoints.messages import Id
from xiaoer.app.http import FILE_BODY, describe, read_body, read_upload, reply
from xiaoer.app.sheets_out import spreadsheet
from xiaoer.app.wiring import Wiring
from xiaoer.infra import audit
from xiaoer.infra.sheets import read_sheet
from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.commerce import Buyer, Order, Product
from xiaoer.kernel.errors import InvalidBody, SourceUnavailable
from xiaoer.slices.canned import api as canned
from xiaoer.slices.canned import sheet
from xiaoer.slices.canned.rules import MOST_IMAGES, fill, is_picture, search
from xiaoer.slices.canned.types import Canned, Filled, Reader, Taken
from xiaoer.slices.desk import api as desk
from xiaoer.slices.shops.types import Principal, Role

router = APIRouter(prefix="/api/v1/desk")


class CannedIn(Struct, frozen=True):
    """One canned reply as it is written. `team` names the group of a reply with scope team, else it is the writer's."""

    title: Annotated[str, Meta(min_length=1, max_length=100)]
    text: Annotated[str, Meta(max_length=2000)] = ""
    scope: Literal["own", "team", "shop"] = "own"
    folder: Annotated[str, Meta(max_length=200)] = ""
    code: Annotated[str, Meta(max_length=40)] = ""
    position: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    team: Annotated[str, Meta(max_length=40)] = ""
    images: Annotated[tuple[Annotated[str, Meta(max_length=500)], ...], Meta(max_length=MOST_IMAGES)] = ()


_MOST_FILE = 5_242_880
_EXAMPLE = {"title": "发货时间", "text": "{买家昵称}，您的订单 48 小时内发出。", "code": "fh"}


class CannedPage(Struct, frozen=True):
    items: tuple[Canned, ...]
    folders: tuple[str, ...]


class UseIn(Struct, frozen=True):
    conversation_id: Id


@router.get("/canned", **describe("Canned replies", response=CannedPage, errors=(401, 403)))
async def list_canned(request: Request, q: str = "", folder: str = "", scope: str = "") -> Response:
    """Mine, my group's and the shop's, best match first."""
    who, product = await member(request), wiring(request)
    reader = await _reader(product, who)
    seen = await product.db.read(lambda c: canned.visible(c, who.shop, reader))
    shown = [item for item in seen if (not scope or item.scope == scope) and item.folder.startswith(folder)]
    folders = tuple(dict.fromkeys(item.folder for item in seen if item.folder))
    return reply(
        CannedPage(tuple(search(shown, q[:100], lambda title: product.understanding.forms(title).pinyin)), folders)
    )


_EXPORT = describe("Canned replies as a spreadsheet", errors=(401, 403, 422))
_EXPORT["openapi_extra"]["parameters"] = [
    {"name": "format", "in": "query", "required": False, "schema": {"type": "string", "enum": ["csv", "xlsx"]}}
]
_IMPORT = describe("Canned replies from a spreadsheet (multipart field `file`)", response=Taken,
                   errors=(401, 403, 413, 422))  # fmt: skip
_IMPORT["openapi_extra"]["requestBody"] = FILE_BODY


@router.get("/canned/export", **_EXPORT)
async def export(request: Request) -> Response:
    """All that the caller sees, with columns 范围, 小组, 文件夹, 标题, 内容, 短码, 顺序, 图片."""
    who, product = await member(request), wiring(request)
    reader = await _reader(product, who)
    seen = await product.db.read(lambda c: canned.visible(c, who.shop, reader))
    return await spreadsheet(sheet.COLUMNS, sheet.write(seen), request.query_params.get("format", "xlsx"), "canned")


@router.post("/canned/import", **_IMPORT)
async def take_file(request: Request) -> Response:
    """CSV or XLSX with the columns of the export; 标题 and 内容 are enough. The same file twice changes nothing."""
    who, product = await member(request), wiring(request)
    reader = await _reader(product, who)
    file = await read_upload(request, _MOST_FILE)
    found = await asyncio.to_thread(read_sheet, await file.read(), file.filename or "")
    now = product.clock.now()

    def work(connection: Connection) -> Taken:
        taken = canned.take_file(connection, who.shop, reader, found)
        counts = {"added": taken.added, "changed": taken.changed, "refused": len(taken.problems)}
        audit.record(connection, who.shop, f"{who.name} {who.staff_id}", "canned.import", "canned", now, **counts)
        return taken

    return reply(await product.db.write(work))


@router.post(
    "/canned",
    **describe(
        "Keep a canned reply",
        request=CannedIn,
        example=_EXAMPLE,
        response=Canned,
        errors=(401, 403, 422),
    ),
)
async def create(request: Request) -> Response:
    who, product = await member(request), wiring(request)
    body = await read_body(request, CannedIn, BODY)
    reader = await _reader(product, who)
    value = _value(body, who, reader, "")
    canned.check_may_change(value, reader)
    return reply(await product.db.write(lambda c: canned.create(c, who.shop, value)))


async def _reader(product: Wiring, who: Principal) -> Reader:
    seat = await product.db.read(lambda c: desk.get_agent(c, who.shop, who.staff_id))
    return Reader(who.staff_id, seat.team if seat else "", who.role is not Role.AGENT)


def _value(body: CannedIn, who: Principal, reader: Reader, id_: str) -> Canned:
    if not body.text.strip() and not body.images:
        raise InvalidBody("A canned reply needs `text`, a picture in `images`, or both.")
    strange = next((image for image in body.images if not is_picture(image, who.shop)), None)
    if strange is not None:
        raise InvalidBody(f"{strange[:80]} is no picture of this shop. Upload it with POST /api/v1/desk/uploads first.")
    owner = {"own": reader.staff_id, "team": body.team or reader.team, "shop": ""}[body.scope]
    if body.scope == "team" and not owner:
        raise InvalidBody("A reply of a group needs `team`: you belong to none.")
    return Canned(
        id_, body.scope, owner, body.folder, body.title, body.text, body.code, 0, body.position or 0, body.images
    )


@router.put("/canned/{id}", **describe("Change a canned reply",
             request=CannedIn, example=_EXAMPLE,
             response=Canned,
            errors=(401, 403, 404, 422)))  # fmt: skip
async def change(request: Request, id: str) -> Response:
    who, product = await member(request), wiring(request)
    body = await read_body(request, CannedIn, BODY)
    reader = await _reader(product, who)
    before = await _existing(product, who, reader, id)
    value = msgspec.structs.replace(_value(body, who, reader, id), uses=before.uses)
    if body.position is None:  # who changes the words leaves it where it was
        value = msgspec.structs.replace(value, position=before.position)
    canned.check_may_change(value, reader)
    await product.db.write(lambda c: canned.save(c, who.shop, value))
    return reply(value)


async def _existing(product: Wiring, who: Principal, reader: Reader, id_: str) -> Canned:
    before = await product.db.read(lambda c: canned.existing(c, who.shop, reader, id_))
    canned.check_may_change(before, reader)
    return before


@router.delete("/canned/{id}", **describe("Remove a canned reply", status=204, errors=(401, 403, 404)))
async def remove(request: Request, id: str) -> Response:
    who, product = await member(request), wiring(request)
    await _existing(product, who, await _reader(product, who), id)
    await product.db.write(lambda c: canned.remove(c, who.shop, id))
    return Response(status_code=204)


@router.post("/canned/{id}/use", **describe("Fill it in for a talk",
             request=UseIn, example={"conversation_id": "…"}, response=Filled,
             errors=(401, 403, 404, 422)))  # fmt: skip
async def use(request: Request, id: str) -> Response:
    """The text with its variables filled from the talk, and what could not be filled."""
    who, product = await member(request), wiring(request)
    body = await read_body(request, UseIn, BODY)
    reader = await _reader(product, who)
    item = await product.db.read(lambda c: canned.existing(c, who.shop, reader, id))
    values = await _values(product, who, body.conversation_id)
    await product.db.write(lambda c: canned.count_use(c, who.shop, id))
    return reply(msgspec.structs.replace(fill(item.text, values), images=item.images))


async def _values(product: Wiring, who: Principal, conversation_id: str) -> dict[str, str]:
    conversation = await product.desk.existing(who.shop, conversation_id)
    buyer: Buyer | None = None
    item: Product | None = None
    orders: tuple[Order, ...] = ()
    with contextlib.suppress(SourceUnavailable):  # what cannot be asked stays in braces
        buyer = await product.buyers.buyer(who.shop, conversation.buyer_id)
        orders = await product.orders.orders_of(who.shop, conversation.buyer_id, 10)
        product_id = conversation.memory.product_in_focus(conversation.context.product_id)
        if product_id:
            item = await product.catalog.product(who.shop, product_id)
    about = conversation.memory.order_in_focus(conversation.context.order_id)
    order = next((o for o in orders if o.id == about), orders[0] if orders else None)
    values = {"客服": who.name, "店铺": (await product.shops.shop(who.shop)).name}
    values["买家昵称"] = buyer.nick if buyer else ""
    values["商品"] = item.title if item else (order.items[0].title if order and order.items else "")
    if order is not None:
        values["订单号"] = order.id
        values["运单号"] = order.shipments[0].waybill_no if order.shipments else ""
        promised = order.shipped_at or order.promise_ship_at
        values["发货时间"] = f"{promised.astimezone(SHOP_ZONE):%m月%d日 %H:%M}" if promised else ""
    return values
