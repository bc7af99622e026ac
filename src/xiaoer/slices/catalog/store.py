"""Rows of products and variants. `shop` first, always."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import BindParameter, Connection, Row, bindparam, func, insert, or_, select, update

from xiaoer.infra.statement import Statement
from xiaoer.infra.upsert import existing_hashes, upsert
from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money
from xiaoer.slices.catalog import alerts, news
from xiaoer.slices.catalog.tables import catalog_revisions, products, variants

_CHUNK = 500  # ids a statement, below SQLite's parameter limit
_SHOP: BindParameter[str] = bindparam("shop")
_GET_PRODUCT = Statement(select(products).where(products.c.shop == _SHOP, products.c.id == bindparam("id")))
_GET_VARIANT = Statement(select(variants).where(variants.c.shop == _SHOP, variants.c.id == bindparam("id")))
_VARIANTS_OF = Statement(
    select(variants)
    .where(variants.c.shop == _SHOP, variants.c.product_id == bindparam("product"))
    .order_by(variants.c.id)
)
_REVISION = Statement(select(catalog_revisions.c.revision).where(catalog_revisions.c.shop == _SHOP))


def _product(row: Row[Any]) -> Product:
    return Product(
        row.id,
        row.title,
        row.category,
        row.url,
        row.image,
        row.attributes,
        tuple(row.tags),
        tuple(row.size_chart),
        tuple(row.related),
    )


def _variant(row: Row[Any]) -> Variant:
    return Variant(row.id, row.product_id, row.price, row.spec, row.stock, row.restock_at)


def get_product(connection: Connection, shop: ShopId, product_id: str) -> Product | None:
    row = _GET_PRODUCT.one(connection, {"shop": shop, "id": product_id})
    return _product(row) if row else None


def get_products(connection: Connection, shop: ShopId, product_ids: Sequence[str]) -> tuple[Product, ...]:
    """The known ones among `product_ids`, in that order."""
    if not product_ids:
        return ()
    rows = connection.execute(select(products).where(products.c.shop == shop, products.c.id.in_(product_ids)))
    found = {row.id: _product(row) for row in rows}
    return tuple(found[product_id] for product_id in product_ids if product_id in found)


def page_products(
    connection: Connection, shop: ShopId, words: str, offset: int, limit: int
) -> tuple[list[Product], int]:
    """One page of the catalogue, by id, and the number of all; `words`: a part of the title, or a whole id."""
    where = [products.c.shop == shop]
    if words:
        named = select(variants.c.product_id).where(variants.c.shop == shop, variants.c.id == words)
        title = products.c.title.icontains(words, autoescape=True)
        where.append(or_(title, products.c.id == words, products.c.id.in_(named)))
    rows = connection.execute(select(products).where(*where).order_by(products.c.id).offset(offset).limit(limit))
    total = connection.scalar(select(func.count()).select_from(products).where(*where)) or 0
    return [_product(row) for row in rows], total


def search_texts(connection: Connection, shop: ShopId) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Return (id, title, category, tags) of every product."""
    columns = (products.c.id, products.c.title, products.c.category, products.c.tags)
    rows = connection.execute(select(*columns).where(products.c.shop == shop).order_by(products.c.id))
    return [(row.id, row.title, row.category, tuple(row.tags)) for row in rows]


def get_variant(connection: Connection, shop: ShopId, variant_id: str) -> Variant | None:
    row = _GET_VARIANT.one(connection, {"shop": shop, "id": variant_id})
    return _variant(row) if row else None


def variants_of(connection: Connection, shop: ShopId, product_id: str) -> tuple[Variant, ...]:
    """All variants of a product, by id."""
    return tuple(_variant(row) for row in _VARIANTS_OF.all(connection, {"shop": shop, "product": product_id}))


def all_variants(connection: Connection, shop: ShopId, limit: int | None = None) -> list[Variant]:
    """Every variant of the shop, or the first `limit`."""
    rows = connection.execute(select(variants).where(variants.c.shop == shop).limit(limit))
    return [_variant(row) for row in rows]


def revision(connection: Connection, shop: ShopId) -> int:
    """Grows whenever products change; 0 before the first."""
    return _REVISION.scalar(connection, {"shop": shop}) or 0


def _bump(connection: Connection, shop: ShopId) -> None:
    changed = connection.execute(
        update(catalog_revisions)
        .where(catalog_revisions.c.shop == shop)
        .values(revision=catalog_revisions.c.revision + 1)
    )
    if changed.rowcount == 0:
        connection.execute(insert(catalog_revisions).values(shop=shop, revision=1))


class ProductSink:
    """Takes imported products."""

    def existing_hashes(self, connection: Connection, shop: ShopId, ids: Sequence[str]) -> dict[str, str]:
        return existing_hashes(connection, products, shop, ids)

    def upsert(
        self,
        connection: Connection,
        shop: ShopId,
        rows: Sequence[tuple[Product, str]],
        now: datetime,
        keep: Collection[str] = (),
    ) -> None:
        extra = {"shop": shop, "updated_at": now}
        upsert(connection, products, [asdict(row) | extra | {"hash": hashed} for row, hashed in rows], keep)
        _bump(connection, shop)


class VariantSink:
    """Takes imported variants."""

    def existing_hashes(self, connection: Connection, shop: ShopId, ids: Sequence[str]) -> dict[str, str]:
        return existing_hashes(connection, variants, shop, ids)

    def upsert(
        self,
        connection: Connection,
        shop: ShopId,
        rows: Sequence[tuple[Variant, str]],
        now: datetime,
        keep: Collection[str] = (),
    ) -> None:
        extra = {"shop": shop, "updated_at": now}
        before = _before(connection, shop, [row.id for row, _ in rows])
        upsert(connection, variants, [asdict(row) | extra | {"hash": hashed} for row, hashed in rows], keep)
        news.variants_changed(connection, shop, before, [row for row, _ in rows], keep, now)
        if "stock" not in keep:
            alerts.stock_changed(connection, shop, [row.id for row, _ in rows if row.stock > 0], now)
        _bump(connection, shop)


def _before(connection: Connection, shop: ShopId, ids: Sequence[str]) -> dict[str, tuple[Money, int]]:
    """Price and pieces of the variants that are known."""
    found = {}
    for start in range(0, len(ids), _CHUNK):
        where = (variants.c.shop == shop, variants.c.id.in_(ids[start : start + _CHUNK]))
        for row in connection.execute(select(variants.c.id, variants.c.price, variants.c.stock).where(*where)):
            found[row.id] = (row.price, row.stock)
    return found


def all_products(connection: Connection, shop: ShopId) -> list[tuple[Product, datetime]]:
    """Every product, and when it was changed last."""
    rows = connection.execute(select(products).where(products.c.shop == shop))
    return [(_product(row), row.updated_at) for row in rows]
