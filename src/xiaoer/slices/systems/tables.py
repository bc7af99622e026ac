"""The table of connected systems."""

from sqlalchemy import Boolean, Column, String, Table

from xiaoer.infra.db import Instant, Json, metadata

systems = Table(
    "systems",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("connector", String(64), nullable=False),
    Column("title", String(100), nullable=False),
    Column("ports", Json, nullable=False),
    Column("settings", Json, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("token_ends_at", Instant),
    Column("token_refused", String(200), nullable=False, server_default=""),
)
