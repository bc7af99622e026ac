"""Tables of the desk: agents, cases, marks, private notes, settings. Who owns a conversation is not kept here."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, String, Table, Text

from xiaoer.infra.db import Instant, Json, metadata

agents = Table(
    "desk_agents",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("role", String(20), nullable=False),
    Column("status", String(10), nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("skills", Json, nullable=False),
    Column("categories", Json, nullable=False),
    Column("languages", Json, nullable=False),
    Column("seen_at", Instant),
    Column("assigned_at", Instant),
    Column("team", String(40), nullable=False),
    Column("active", Boolean, nullable=False),
)

cases = Table(
    "desk_cases",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("conversation_id", String(64), primary_key=True),
    Column("reason", String(40), nullable=False),
    Column("rule_id", String(128), nullable=False),
    Column("skill", String(40), nullable=False),
    Column("category", String(100), nullable=False),
    Column("language", String(40), nullable=False),
    Column("urgency", String(10), nullable=False),
    Column("anger", Float, nullable=False),
    Column("value_fen", BigInteger, nullable=False),
    Column("vip", Boolean, nullable=False),
    Column("queued_at", Instant),
    Column("from_seq", Integer, nullable=False),
    Column("previous_agent", String(64), nullable=False),
    Column("wanted_agent", String(64), nullable=False),
    Column("tried", Json, nullable=False),
    Column("told_position", Integer, nullable=False),
    Column("assigned_at", Instant),
    Column("intents", Json, nullable=False),
    Column("wrap_up", String(40), nullable=False),
    Column("invited_at", Instant),
    Column("helpers", Json, nullable=False),
    Index("ix_desk_cases_queued", "shop", "queued_at"),
)

marks = Table(
    "desk_marks",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("conversation_id", String(64), primary_key=True),
    Column("staff_id", String(64), primary_key=True),
    Column("read_seq", Integer, nullable=False),
    Column("star", String(10)),
    Column("typed_at", Instant),
    Index("ix_desk_marks_star", "shop", "staff_id", "star"),
)

notes = Table(
    "desk_notes",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("conversation_id", String(64), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("staff_id", String(64), nullable=False),
    Column("staff_name", String(100), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_desk_notes_conversation", "shop", "conversation_id", "at"),
)

settings = Table(
    "desk_settings",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("value", Json, nullable=False),
)
