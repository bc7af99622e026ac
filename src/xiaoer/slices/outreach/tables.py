"""Tables of journeys: runs with their arm and outcome, messages sent, and consents with their text version."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table

from xiaoer.infra.db import Fen, Instant, Json, metadata

runs = Table(
    "outreach_runs",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("journey_id", String(64), nullable=False),
    Column("trigger", String(32), nullable=False),
    Column("buyer_id", String(128), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("arm", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("sent", Integer, nullable=False),
    Column("values", Json, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("converted_at", Instant),
    Column("revenue", Fen, nullable=False),
    Index("ix_outreach_runs_subject", "shop", "subject", "state"),
    Index("ix_outreach_runs_journey", "shop", "journey_id", "started_at"),
)

sends = Table(
    "outreach_sends",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("run_id", String(200), nullable=False),
    Column("buyer_id", String(128), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_outreach_sends_buyer", "shop", "buyer_id", "at"),
)

consents = Table(
    "consents",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("buyer_id", String(128), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("granted", Boolean, nullable=False),
    Column("text_version", String(32), nullable=False),
    Column("at", Instant, nullable=False),
)
