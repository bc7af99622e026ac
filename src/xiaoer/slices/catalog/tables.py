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

# Buyers who asked to be told when a variant is back (到货提醒), with the consent that this takes.
stock_alerts = Table(
    "stock_alerts",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("buyer_id", String(128), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("conversation_id", String(64), nullable=False),
    Column("product_id", String(128), nullable=False),
    Column("variant_id", String(128), nullable=False),
    Column("title", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("consented_at", Instant, nullable=False),
    Column("consent", Text, nullable=False),
    Column("told_at", Instant),
    Index("ix_stock_alerts_variant", "shop", "variant_id", "state"),
    Index("ix_stock_alerts_buyer", "shop", "buyer_id", "state"),
)
