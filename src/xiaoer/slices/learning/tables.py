"""Tables of learning: questions that went wrong, their gaps, golden questions, replays and their differences."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from xiaoer.infra.db import Instant, Json, metadata

asks = Table(
    "learning_asks",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(80), primary_key=True),
    Column("gap_id", String(32), nullable=False, server_default=""),
    Column("at", Instant, nullable=False),
    Column("conversation_id", String(64), nullable=False),
    Column("buyer_id", String(128), nullable=False, server_default=""),
    Column("channel", String(32), nullable=False, server_default=""),
    Column("product_id", String(128), nullable=False, server_default=""),
    Column("text", Text, nullable=False),
    Column("intent", String(40), nullable=False),
    Column("reasons", Json, nullable=False),
    Column("correction", Text, nullable=False, server_default=""),
    Index("ix_learning_asks_gap", "shop", "gap_id", "at"),
    Index("ix_learning_asks_at", "shop", "at"),
    Index("ix_learning_asks_buyer", "shop", "buyer_id"),
)

gaps = Table(
    "learning_gaps",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("intent", String(40), nullable=False),
    Column("question", Text, nullable=False),
    Column("wordings", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("product_id", String(128), nullable=False, server_default=""),
    Column("status", String(12), nullable=False),
    Column("answers", Json, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("decided_at", Instant),
    Column("decided_by", String(100), nullable=False, server_default=""),
    Column("entry_id", String(128), nullable=False, server_default=""),
    Index("ix_learning_gaps_status", "shop", "status"),
)

golden = Table(
    "learning_golden",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("question", Text, nullable=False),
    Column("entry_id", String(128), nullable=False, server_default=""),
    Column("answer", Text, nullable=False, server_default=""),
    Column("must_contain", Json, nullable=False),
    Column("must_not_contain", Json, nullable=False),
    Column("intent", String(40), nullable=False, server_default=""),
    Column("handoff", Boolean),
    Column("product_id", String(128), nullable=False, server_default=""),
    Column("channel", String(32), nullable=False, server_default=""),
    Column("enabled", Boolean, nullable=False),
    Column("origin", String(12), nullable=False),
    Column("created_at", Instant),
    Column("created_by", String(100), nullable=False, server_default=""),
    Column("checked_at", Instant),
    Column("passed", Boolean),
    Column("failure", Text, nullable=False, server_default=""),
)

replays = Table(
    "learning_replays",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("title", String(200), nullable=False),
    Column("proposal", Json, nullable=False),
    Column("baseline", String(8), nullable=False),
    Column("days", Integer, nullable=False),
    Column("status", String(12), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("messages", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("counts", Json, nullable=False),
    Column("cpu_ms", Integer, nullable=False),
    Column("ended_at", Instant),
    Column("decided_at", Instant),
    Column("decided_by", String(100), nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    Index("ix_learning_replays_at", "shop", "created_at"),
)

differences = Table(
    "learning_differences",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("replay_id", String(64), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("turn_id", String(64), nullable=False),
    Column("conversation_id", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("asked", Text, nullable=False),
    Column("marks", String(100), nullable=False),
    Column("before", Json, nullable=False),
    Column("after", Json, nullable=False),
)

settings = Table(
    "learning_settings",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("value", Json, nullable=False),
)
