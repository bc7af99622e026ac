"""Tables of knowledge entries, their history, waiting changes, candidates, the shop's variables and its counter."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from xiaoer.infra.db import Instant, Json, metadata

entries = Table(
    "knowledge_entries",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(128), primary_key=True),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("similar", Json, nullable=False),
    Column("product_id", String(128), nullable=False),
    Column("category", String(100), nullable=False),
    Column("channel", String(100), nullable=False),
    Column("audience", String(100), nullable=False),
    Column("order_state", String(100), nullable=False),
    Column("valid_from", Instant),
    Column("valid_to", Instant),
    Column("status", String(16), nullable=False),
    Column("attachments", Json, nullable=False),
    Column("product_category", String(100), nullable=False, server_default=""),
    Column("channel_answers", Json, nullable=False, server_default="{}"),
    Column("source", Json, nullable=False, server_default="{}"),
    Column("version", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("updated_by", String(100), nullable=False),
    Index("ix_knowledge_entries_revision", "shop", "revision"),
    Index("ix_knowledge_entries_list", "shop", "status", "updated_at"),
)

entry_versions = Table(
    "knowledge_entry_versions",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("entry_id", String(128), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("action", String(16), nullable=False),
    Column("draft", Json, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", String(100), nullable=False),
)

revisions = Table(
    "knowledge_revisions",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("review", Boolean, nullable=False, default=False),
)

pendings = Table(
    "knowledge_pendings",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("entry_id", String(128), primary_key=True),
    Column("draft", Json, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", String(100), nullable=False),
)

variables = Table(
    "knowledge_variables",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

candidates = Table(
    "knowledge_candidates",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("origin", String(16), nullable=False),
    Column("batch", String(64), nullable=False, server_default=""),
    Column("status", String(16), nullable=False),
    Column("question", Text, nullable=False),
    Column("draft", Json, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("conversations", Integer, nullable=False, server_default="0"),
    Column("buyers", Integer, nullable=False, server_default="0"),
    Column("near", Json),
    Column("position", Integer, nullable=False, server_default="0"),
    Column("target_id", String(128), nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(100), nullable=False, server_default=""),
    Column("decided_at", Instant),
    Column("decided_by", String(100), nullable=False, server_default=""),
    Column("entry_id", String(128), nullable=False, server_default=""),
    Index("ix_knowledge_candidates_rank", "shop", "status", "conversations"),
)

usage = Table(
    "knowledge_usage",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("entry_id", String(128), primary_key=True),
    Column("uses", Integer, nullable=False),
    Column("handoffs", Integer, nullable=False),
    Column("rated", Integer, nullable=False),
    Column("satisfied", Integer, nullable=False),
    Column("last_used_at", Instant),
    Column("counted_at", Instant, nullable=False),
)

checks = Table(
    "knowledge_checks",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("told_at", Instant, nullable=False),
)

findings = Table(
    "knowledge_findings",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("entry_id", String(128), nullable=False, server_default=""),
    Column("other_id", String(128), nullable=False, server_default=""),
    Column("product_id", String(128), nullable=False, server_default=""),
    Column("says", Text, nullable=False),
    Column("detail", Json, nullable=False),
    Column("weight", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("found_at", Instant, nullable=False),
    Column("decided_by", String(100), nullable=False, server_default=""),
    Index("ix_knowledge_findings_list", "shop", "state", "weight"),
)
