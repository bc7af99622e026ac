"""Tables of shops, staff, log-in sessions and API keys."""

from sqlalchemy import Boolean, Column, String, Table, UniqueConstraint

from xiaoer.infra.db import Instant, Json, metadata

shops = Table(
    "shops",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("logo", String(500), nullable=False, server_default=""),
    Column("hours", Json, nullable=False),
    Column("switches", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
)

staff = Table(
    "staff",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("username", String(100), nullable=False),
    Column("name", String(100), nullable=False),
    Column("role", String(20), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("shop", "username"),
)

sessions = Table(
    "staff_sessions",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("staff_id", String(64), nullable=False, index=True),
    Column("refresh_hash", String(64), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("hash", String(64), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)
