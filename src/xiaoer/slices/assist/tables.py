"""Tables of assistance: how often the bot would have said the same, and what agents promised."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from xiaoer.infra.db import Instant, metadata

# One row a day and intent; `day` counts days since 1970 in the shop's zone.
evidence = Table(
    "assist_evidence",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("intent", String(64), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("cases", Integer, nullable=False),
    Column("agreed", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
)

promises = Table(
    "assist_promises",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("conversation_id", String(64), nullable=False),
    Column("buyer_id", String(128), nullable=False),
    Column("staff_id", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("done_by", String(64), nullable=False, server_default=""),
    Index("ix_assist_promises_open", "shop", "done_at", "due_at"),
    Index("ix_assist_promises_talk", "shop", "conversation_id"),
)
