"""Tables of tickets, their log and their files."""

from sqlalchemy import Column, Index, Integer, String, Table, Text, UniqueConstraint

from xiaoer.infra.db import Instant, Json, metadata

tickets = Table(
    "tickets",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("no", String(20), nullable=False),
    Column("type", String(40), nullable=False),
    Column("title", String(200), nullable=False),
    Column("state", String(16), nullable=False),
    Column("priority", String(10), nullable=False),
    Column("group", String(40), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("assignee", String(64), nullable=False),
    Column("assignee_name", String(100), nullable=False),
    Column("buyer_id", String(128), nullable=False),
    Column("conversation_id", String(64), nullable=False),
    Column("order_id", String(128), nullable=False),
    Column("fields", Json, nullable=False),
    Column("due_at", Instant),
    Column("paused_at", Instant),
    Column("closed_at", Instant),
    Column("watchers", Json, nullable=False),
    Column("promise", Text, nullable=False),
    Column("merged_into", String(64), nullable=False),
    UniqueConstraint("shop", "no"),
    Index("ix_tickets_state", "shop", "state", "created_at"),
    Index("ix_tickets_buyer", "shop", "buyer_id"),
    Index("ix_tickets_conversation", "shop", "conversation_id"),
)

ticket_log = Table(
    "ticket_log",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("ticket_id", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", String(64), nullable=False),
    Column("by_name", String(100), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("text", Text, nullable=False),
    Index("ix_ticket_log_ticket", "shop", "ticket_id", "id"),
)

ticket_files = Table(
    "ticket_files",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("ticket_id", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("size", Integer, nullable=False),
    Column("stored", String(80), nullable=False),
    Column("by_name", String(100), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_ticket_files_ticket", "shop", "ticket_id", "id"),
)
