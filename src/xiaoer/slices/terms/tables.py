"""Table of the shops' own rules, and of who changed them."""

from sqlalchemy import Column, String, Table

from xiaoer.infra.db import Instant, Json, metadata

shop_terms = Table(
    "shop_terms",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("data", Json, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("updated_by", String(100), nullable=False),
)
