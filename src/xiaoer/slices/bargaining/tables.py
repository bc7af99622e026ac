"""Tables of bargaining: where each talk stands, what was given, and how much of each budget is taken."""

from sqlalchemy import Column, Index, Integer, String, Table

from xiaoer.infra.db import Fen, Instant, Json, metadata

talks = Table(
    "bargain_talks",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("person", String(128), primary_key=True),
    Column("product_id", String(128), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("pushes", Integer, nullable=False),
    Column("stage", String(10), nullable=False),
    Column("base", Fen, nullable=False),
    Column("offer", Fen),
    Column("offer_until", Instant),
    Column("held", Fen, nullable=False),
    Column("gifts", Json, nullable=False),
    Column("coupon_id", String(64), nullable=False),
    Column("ends_at", Instant),
    Column("terms_id", String(64), nullable=False),
    Column("updated_at", Instant, nullable=False),
)

# Every amount that a budget gave: held for an offer, spent on what was accepted, or released when the offer lapsed.
grants = Table(
    "bargain_grants",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("terms_id", String(64), nullable=False),
    Column("person", String(128), nullable=False),
    Column("buyer_id", String(128), nullable=False),
    Column("product_id", String(128), nullable=False),
    Column("serial", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("title", String(200), nullable=False),
    Column("amount", Fen, nullable=False),
    Column("day", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("coupon_id", String(64), nullable=False),
    Column("conversation_id", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("lapses_at", Instant, nullable=False),
    Index("ix_bargain_grants_person", "shop", "person", "terms_id", "at"),
    Index("ix_bargain_grants_talk", "shop", "person", "product_id", "serial"),
    Index("ix_bargain_grants_state", "shop", "state", "lapses_at"),
    Index("ix_bargain_grants_at", "shop", "at"),
)

# One row per terms and day, and one per terms and person; the latter is what two accounts of one person meet at.
budgets = Table(
    "bargain_budgets",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("terms_id", String(64), primary_key=True),
    Column("subject", String(140), primary_key=True),
    Column("taken", Fen, nullable=False),
)
