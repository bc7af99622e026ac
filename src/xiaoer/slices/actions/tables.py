"""Table of the actions that the bot took in shops' systems."""

from sqlalchemy import Column, Index, String, Table

from xiaoer.infra.db import Instant, Json, metadata

shop_actions = Table(
    "shop_actions",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("order_id", String(128), nullable=False),
    Column("buyer_id", String(128), nullable=False),
    Column("conversation_id", String(64), nullable=False),
    Column("state", String(12), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("data", Json, nullable=False),
    Column("outcome", Json),
    Index("ix_shop_actions_order", "shop", "order_id"),
    Index("ix_shop_actions_started", "shop", "started_at"),
)
