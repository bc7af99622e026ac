"""Tables of conversations, messages and turns."""

from sqlalchemy import Column, Index, Integer, String, Table, Text, UniqueConstraint, text

from xiaoer.infra.db import Instant, Json, metadata

conversations = Table(
    "conversations",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("buyer_id", String(128), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("answered_seq", Integer, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("context", Json, nullable=False),
    Column("unsatisfied", Integer, nullable=False, server_default="0"),
    Column("unsure", Integer, nullable=False, server_default="0"),
    Column("assigned_to", String(64), nullable=False, server_default=""),
    Column("assigned_name", String(100), nullable=False, server_default=""),
    Column("handoff", Json),
    Column("memory", Json),
    Column("csat", Json),
    Column("closed_at", Instant),
    Index(
        "uq_conversations_open",
        "shop",
        "channel",
        "buyer_id",
        unique=True,
        sqlite_where=text("state <> 'closed'"),
        postgresql_where=text("state <> 'closed'"),
    ),
    Index("ix_conversations_state_last_at", "shop", "state", "last_at"),
    Index("ix_conversations_buyer", "shop", "buyer_id", "last_seq"),
)

messages = Table(
    "messages",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("conversation_id", String(64), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("id", String(64), nullable=False),
    Column("author", String(8), nullable=False),
    Column("author_name", String(100), nullable=False, server_default=""),
    Column("content", Json, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("external_id", String(400)),
    Column("turn_id", String(64)),
    Column("meta", Json),
    UniqueConstraint("shop", "id"),
    UniqueConstraint("shop", "external_id"),
)

turns = Table(
    "turns",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("conversation_id", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("message_ids", Json, nullable=False),
    Column("response", Text, nullable=False),
    Column("trace", Json, nullable=False),
    Column("elapsed_us", Integer, nullable=False),
    Index("ix_turns_conversation", "shop", "conversation_id", "at"),
)
