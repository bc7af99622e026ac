"""What an agent does beside writing: orders changed, the buyer's card kept, products looked up, pictures sent."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app import stored_files
from xiaoer.app.entrypoints.agents import BODY, Short, member
from xiaoer.app.entrypoints.caller import wiring
from xiaoer.app.entrypoints.messages import Id
from xiaoer.app.entrypoints.widget import Uploaded
from xiaoer.app.http import FILE_BODY, describe, read_body, reply
from xiaoer.flows.act_on_order import Acted, Offered
from xiaoer.flows.show_desk.side import product_view
from xiaoer.infra import audit
from xiaoer.kernel.errors import NotFound
from xiaoer.slices.buyers import card as cards
from xiaoer.slices.buyers.card import Card
from xiaoer.slices.conversations import owners

router = APIRouter(prefix="/api/v1/desk")
_ORDER = "/conversations/{id}/orders/{order_id}/actions"
_MOST_PRODUCTS = 50


class ActIn(Struct, frozen=True):
    """One deed. `data` by kind: address, receiver, phone · note · kind, reason, amount (yuan)."""

    client_id: Id
    kind: Short
    data: Annotated[dict[Short, Annotated[str, Meta(max_length=500)]], Meta(max_length=8)] = {}


class CardIn(Struct, frozen=True):
    """Tags and the note of a buyer, as they shall be."""

    tags: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=20)], ...], Meta(max_length=20)] = ()
    note: Annotated[str, Meta(max_length=500)] = ""


class ProductPage(Struct, frozen=True):
    items: tuple[dict[str, Any], ...]
    total: int


@router.get(_ORDER, **describe("What can be done with an order", response=Offered, errors=(401, 403, 404, 503)))
async def offered(request: Request, id: str, order_id: str) -> Response:
    """Kinds that its state and the shop's system allow, and what was done before, newest first."""
    who, product = await member(request), wiring(request)
    return reply(await product.answering.act_on_order.offered(who.shop, id, order_id))


@router.post(_ORDER, **describe("Change an order", request=ActIn, response=Acted,
             example={"client_id": "a-1", "kind": "change_note", "data": {"note": "送货前电话"}},
             errors=(401, 403, 404, 409, 422, 503)))  # fmt: skip
async def act(request: Request, id: str, order_id: str) -> Response:
    """Done once per `client_id`; the outcome is read back from the shop's system and kept in the audit."""
    who, product = await member(request), wiring(request)
    body = await read_body(request, ActIn, BODY)
    acted = await product.answering.act_on_order(who, id, order_id, body.kind, body.data, body.client_id)
    product.desk.feed.ring(who.shop)
    return reply(acted)


@router.put("/buyers/{id}/card", **describe("Tags and note of a buyer", request=CardIn, response=Card,
            example={"tags": ["爱比价"], "note": "上次说了要粉色"}, errors=(401, 403, 404, 422)))  # fmt: skip
async def save_card(request: Request, id: str) -> Response:
    """Seen by every colleague, never by the buyer."""
    who, product = await member(request), wiring(request)
    body = await read_body(request, CardIn, BODY)
    known = await product.buyers.buyer(who.shop, id)
    now: datetime = product.clock.now()

    def change(connection: Any) -> Card:
        if known is None and not owners.of_buyer(connection, who.shop, id, 1):
            raise NotFound("Buyer", id)
        name = f"{who.name} ({who.staff_id})"
        audit.record(connection, who.shop, name, "buyer.card", id, now, tags=len(body.tags), note=len(body.note))
        return cards.save_card(connection, who.shop, id, body.tags, body.note, who.name, now)

    return reply(await product.db.write(change))


@router.get("/products", **describe("Products, to look up and to send", response=ProductPage, errors=(401, 403)))
async def products(request: Request, q: str = "", page: int = 1, page_size: int = 20) -> Response:
    """`q` is a part of the title, or the number of a product or of a specification."""
    who, product = await member(request), wiring(request)
    size = max(1, min(page_size, _MOST_PRODUCTS))
    offset = (max(1, min(page, 10_000)) - 1) * size
    found, total = await product.catalog.page(who.shop, q.strip()[:100], offset, size)
    items = [product_view(one, await product.catalog.variants(who.shop, one.id)) for one in found]
    return reply(ProductPage(tuple(items), total))


_UPLOAD = describe("Upload a picture (multipart field `file`)", response=Uploaded, errors=(401, 403, 413, 422))
_UPLOAD["openapi_extra"]["requestBody"] = FILE_BODY


@router.post("/uploads", **_UPLOAD)
async def upload(request: Request) -> Response:
    """A picture for the buyer, at most 5 MB; the kind is told by its content."""
    who, product = await member(request), wiring(request)
    picture = await stored_files.receive(request, stored_files.PICTURES, product.settings.max_upload_bytes)
    name = await stored_files.keep(product.settings.uploads / who.shop, picture)
    return reply(Uploaded(f"/uploads/{who.shop}/{name}"))
