"""Tables of products and variants."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from xiaoer.infra.db import Fen, Instant, Json, metadata

products = Table(
    "products",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(128), primary_key=True),
    Column("title", Text, nullable=False),
    Column("category", String(200), nullable=False),
    Column("url", Text, nullable=False),
    Column("image", Text, nullable=False),
    Column("attributes", Json, nullable=False),
    Column("tags", Json, nullable=False),
    Column("size_chart", Json, nullable=False),
    Column("related", Json, nullable=False),
    Column("hash", String(40), nullable=False),
    Column("updated_at", Instant, nullable=False),
)

variants = Table(
    "variants",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(128), primary_key=True),
    Column("product_id", String(128), nullable=False),
    Column("spec", Json, nullable=False),
    Column("price", Fen, nullable=False),
    Column("stock", Integer, nullable=False),
    Column("restock_at", Instant),
    Column("hash", String(40), nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index("ix_variants_product", "shop", "product_id", "id"),
)

catalog_revisions = Table(
    "catalog_revisions",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("revision", Integer, nullable=False),
)
