"""Tables of buyers and of what colleagues keep about them."""

from sqlalchemy import Column, Index, String, Table

from xiaoer.infra.db import Instant, Json, metadata

buyers = Table(
    "buyers",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(128), primary_key=True),
    Column("nick", String(200), nullable=False),
    Column("level", String(100), nullable=False),
    Column("tags", Json, nullable=False),
    Column("phone", String(64), nullable=False),
    Column("phone_ending", String(4), nullable=False),
    Column("created_at", Instant),
    Column("hash", String(40), nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index("ix_buyers_phone_ending", "shop", "phone_ending"),
)

buyer_cards = Table(
    "buyer_cards",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("buyer_id", String(128), primary_key=True),
    Column("tags", Json, nullable=False),
    Column("note", String(500), nullable=False),
    Column("by_name", String(100), nullable=False),
    Column("at", Instant, nullable=False),
)
