"""Tables of selling: what was learned about products, and what a buyer does not want."""

from sqlalchemy import Column, String, Table

from xiaoer.infra.db import Instant, Json, metadata

product_facts = Table(
    "selling_product_facts",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("product_id", String(128), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("data", Json, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

refusals = Table(
    "selling_refusals",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("buyer_id", String(128), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("until", Instant, nullable=False),
)
