"""Canned replies (话术) over HTTP: search by words, code or pinyin; keep, fill in, count."""

from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.agents import BODY, member
from xiaoer.app.entrypoints.caller import wiring
from xiaoer.app.entrypoints.messages import Id
from xiaoer.app.http import describe, read_body, reply
from xiaoer.app.wiring import Wiring
from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.slices.canned import api as canned
from xiaoer.slices.canned.rules import fill, search
from xiaoer.slices.canned.types import Canned, Filled
from xiaoer.slices.shops.types import Principal

router = APIRouter(prefix="/api/v1/desk")


class CannedIn(Struct, frozen=True):
    """One canned reply as it is written."""

    title: Annotated[str, Meta(min_length=1, max_length=100)]
    text: Annotated[str, Meta(min_length=1, max_length=2000)]
    scope: Literal["own", "shop"] = "own"
    folder: Annotated[str, Meta(max_length=200)] = ""
    code: Annotated[str, Meta(max_length=40)] = ""
    position: Annotated[int, Meta(ge=0, le=100_000)] = 0


_EXAMPLE = {"title": "发货时间", "text": "{买家昵称}，您的订单 48 小时内发出。", "code": "fh"}


class CannedPage(Struct, frozen=True):
    items: tuple[Canned, ...]
    folders: tuple[str, ...]


class UseIn(Struct, frozen=True):
    conversation_id: Id


@router.get("/canned", **describe("Canned replies", response=CannedPage, errors=(401, 403)))
async def list_canned(request: Request, q: str = "", folder: str = "", scope: str = "") -> Response:
    """Mine and the shop's, best match first."""
    who, product = await member(request), wiring(request)
    seen = await product.db.read(lambda c: canned.visible(c, who.shop, who.staff_id))
    shown = [item for item in seen if (not scope or item.scope == scope) and item.folder.startswith(folder)]
    folders = tuple(dict.fromkeys(item.folder for item in seen if item.folder))
    return reply(
        CannedPage(tuple(search(shown, q[:100], lambda title: product.understanding.forms(title).pinyin)), folders)
    )


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
    value = _value(body, who, "")
    canned.check_may_change(value, who.staff_id, who.role.value)
    return reply(await product.db.write(lambda c: canned.create(c, who.shop, value)))


def _value(body: CannedIn, who: Principal, id_: str) -> Canned:
    owner = who.staff_id if body.scope == "own" else ""
    return Canned(id_, body.scope, owner, body.folder, body.title, body.text, body.code, 0, body.position)


@router.put("/canned/{id}", **describe("Change a canned reply",
             request=CannedIn, example=_EXAMPLE,
             response=Canned,
            errors=(401, 403, 404, 422)))  # fmt: skip
async def change(request: Request, id: str) -> Response:
    who, product = await member(request), wiring(request)
    body = await read_body(request, CannedIn, BODY)
    before = await _existing(product, who, id)
    value = msgspec.structs.replace(_value(body, who, id), uses=before.uses)
    canned.check_may_change(value, who.staff_id, who.role.value)
    await product.db.write(lambda c: canned.save(c, who.shop, value))
    return reply(value)


async def _existing(product: Wiring, who: Principal, id_: str) -> Canned:
    before = await product.db.read(lambda c: canned.existing(c, who.shop, who.staff_id, id_))
    canned.check_may_change(before, who.staff_id, who.role.value)
    return before


@router.delete("/canned/{id}", **describe("Remove a canned reply", status=204, errors=(401, 403, 404)))
async def remove(request: Request, id: str) -> Response:
    who, product = await member(request), wiring(request)
    await _existing(product, who, id)
    await product.db.write(lambda c: canned.remove(c, who.shop, id))
    return Response(status_code=204)


@router.post("/canned/{id}/use", **describe("Fill it in for a talk",
             request=UseIn, example={"conversation_id": "…"}, response=Filled,
             errors=(401, 403, 404, 422)))  # fmt: skip
async def use(request: Request, id: str) -> Response:
    """The text with its variables filled from the talk, and what could not be filled."""
    who, product = await member(request), wiring(request)
    body = await read_body(request, UseIn, BODY)
    item = await product.db.read(lambda c: canned.existing(c, who.shop, who.staff_id, id))
    values = await _values(product, who, body.conversation_id)
    await product.db.write(lambda c: canned.count_use(c, who.shop, id))
    return reply(fill(item.text, values))


async def _values(product: Wiring, who: Principal, conversation_id: str) -> dict[str, str]:
    conversation = await product.desk.existing(who.shop, conversation_id)
    buyer = await product.buyers.buyer(who.shop, conversation.buyer_id)
    orders = await product.orders.orders_of(who.shop, conversation.buyer_id, 10)
    order = next((o for o in orders if o.id == conversation.context.order_id), orders[0] if orders else None)
    product_id = conversation.context.product_id
    item = await product.catalog.product(who.shop, product_id) if product_id else None
    values = {"客服": who.name, "店铺": (await product.shops.shop(who.shop)).name}
    values["买家昵称"] = buyer.nick if buyer else ""
    values["商品"] = item.title if item else (order.items[0].title if order and order.items else "")
    if order is not None:
        values["订单号"] = order.id
        values["运单号"] = order.shipments[0].waybill_no if order.shipments else ""
        promised = order.shipped_at or order.promise_ship_at
        values["发货时间"] = f"{promised.astimezone(SHOP_ZONE):%m月%d日 %H:%M}" if promised else ""
    return values
