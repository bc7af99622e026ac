"""Goods to choose from in rules (选商品): found by a part of the name, by pinyin or its initials, or by id."""

import asyncio

from fastapi import APIRouter, Request
from msgspec import Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import wiring
from xiaoer.app.entrypoints.rule_routes import editor
from xiaoer.app.http import describe, reply
from xiaoer.app.wiring import Wiring
from xiaoer.kernel.commerce import Product
from xiaoer.kernel.ids import ShopId

router = APIRouter(prefix="/api/v1/selling")
_MOST = 20  # goods offered for a query
_NAMED = 200  # ids that are given their names at once


class Good(Struct, frozen=True):
    """One product to choose. `price` is its cheapest variant in yuan, `stock` all pieces."""

    id: str
    title: str
    category: str
    price: str
    stock: int


class GoodsPage(Struct, frozen=True):
    """Best first. `total` counts all that match."""

    items: tuple[Good, ...]
    total: int


@router.get("/goods", **describe("Goods to choose from", response=GoodsPage, errors=(401, 403)))
async def goods(request: Request, q: str = "", ids: str = "") -> Response:
    """`q`: a part of the name, its pinyin or initials (bwb finds 保温杯), or an id. `ids` (comma-separated): just
    these, in this order; what is not sold any more is left out."""
    who, product = await editor(request, read=True), wiring(request)
    if ids:
        wanted = tuple(dict.fromkeys(one.strip() for one in ids.split(",") if one.strip()))[:_NAMED]
        total = len(wanted)
    else:
        found = await _search(product, who.shop, q.strip()[:100])
        wanted, total = tuple(found[:_MOST]), len(found)
    items = [await _good(product, who.shop, one) for one in await product.catalog.products(who.shop, wanted)]
    return reply(GoodsPage(tuple(items), total))


async def _search(product: Wiring, shop: ShopId, words: str) -> list[str]:
    names = await product.catalog.names(shop)
    if not words:
        return [id_ for id_, _ in names]
    return await asyncio.to_thread(_ranked, product, names, words.casefold())


def _ranked(product: Wiring, names: list[tuple[str, str]], words: str) -> list[str]:
    """By id, then by name, then by sound; the earlier in the name, the better."""
    bare, by_sound = words.replace(" ", ""), words.isascii() and any(letter.isalpha() for letter in words)
    found = []
    for id_, title in names:
        place = title.casefold().find(words)
        if id_.casefold() == bare:
            found.append((0, 0, id_))
        elif place >= 0 or id_.casefold().startswith(bare):
            found.append((1, max(place, 0), id_))
        elif by_sound and (heard := _heard_at(product.understanding.forms(title).pinyin.split(), bare)) is not None:
            found.append((2, heard, id_))
    return [id_ for _, _, id_ in sorted(found)]


def _heard_at(syllables: list[str], letters: str) -> int | None:
    """Where in the name the letters begin: as initials of syllables, or as whole ones up to the last."""
    at = "".join(one[0] for one in syllables).find(letters)
    if at >= 0:
        return at
    return next(
        (n for n in range(len(syllables)) if "".join(syllables[n : n + len(letters)]).startswith(letters)), None
    )


async def _good(product: Wiring, shop: ShopId, one: Product) -> Good:
    variants = await product.catalog.variants(shop, one.id)
    price = min((v.price for v in variants), default=None)
    return Good(one.id, one.title, one.category, price.spoken if price else "", sum(max(v.stock, 0) for v in variants))
