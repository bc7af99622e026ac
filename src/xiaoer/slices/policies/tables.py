"""The table of what a shop decided about hand-over: one row a shop."""

from sqlalchemy import Column, String, Table

from xiaoer.infra.db import Instant, Json, metadata

rule_books = Table(
    "rule_books",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("book", Json, nullable=False),
    Column("updated_at", Instant, nullable=False),
)
