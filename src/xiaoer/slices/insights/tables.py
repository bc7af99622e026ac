"""The table of event facts: append-only, the ground of every figure that the product shows."""

from sqlalchemy import Column, Index, String, Table

from xiaoer.infra.db import Instant, Json, metadata

events = Table(
    "events",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(128), primary_key=True),
    Column("type", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    Column("conversation_id", String(64), nullable=False, server_default=""),
    Column("buyer_id", String(128), nullable=False, server_default=""),
    Column("data", Json, nullable=False),
    Index("ix_events_type_at", "shop", "type", "at"),
    Index("ix_events_conversation", "shop", "conversation_id"),
)
