"""Tables of orders, their lines, parcels and refunds."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from xiaoer.infra.db import Fen, Instant, Json, metadata

orders = Table(
    "orders",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(128), primary_key=True),
    Column("buyer_id", String(128), nullable=False),
    Column("status", String(16), nullable=False),
    Column("raw_status", String(100), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("paid_at", Instant),
    Column("shipped_at", Instant),
    Column("delivered_at", Instant),
    Column("promise_ship_at", Instant),
    Column("address", Text, nullable=False),
    Column("receiver", String(200), nullable=False),
    Column("phone", String(64), nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("pay_amount", Fen, nullable=False),
    Column("currency", String(8), nullable=False, server_default=""),
    # Instant of the newest shop event that counted: an older one that comes later changes nothing.
    Column("event_at", Instant),
    Column("hash", String(40), nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index("ix_orders_buyer", "shop", "buyer_id", "created_at", "id"),
    Index("ix_orders_updated", "shop", "updated_at"),
)

order_items = Table(
    "order_items",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(300), primary_key=True),
    Column("order_id", String(128), nullable=False),
    Column("variant_id", String(128), nullable=False),
    Column("title", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("price", Fen, nullable=False),
    Column("pay_amount", Fen, nullable=False),
    Column("hash", String(40), nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index("ix_order_items_order", "shop", "order_id", "id"),
)

shipments = Table(
    "shipments",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(300), primary_key=True),
    Column("waybill_no", String(128), nullable=False),
    Column("order_id", String(128), nullable=False),
    Column("carrier", String(100), nullable=False),
    Column("status", String(100), nullable=False),
    Column("traces", Json, nullable=False),
    Column("hash", String(40), nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index("ix_shipments_order", "shop", "order_id", "id"),
    Index("ix_shipments_waybill", "shop", "waybill_no", "id"),
)

refunds = Table(
    "refunds",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(128), primary_key=True),
    Column("order_id", String(128), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("status", String(100), nullable=False),
    Column("reason", Text, nullable=False),
    Column("amount", Fen, nullable=False),
    Column("created_at", Instant),
    Column("hash", String(40), nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index("ix_refunds_order", "shop", "order_id", "id"),
    Index("ix_refunds_updated", "shop", "updated_at"),
)

# Tries to prove an order by the end of its phone number (身份核验), kept to count them.
order_proofs = Table(
    "order_proofs",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("visitor", String(200), nullable=False),
    Column("order_id", String(128), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_order_proofs_visitor", "shop", "visitor", "at"),
    Index("ix_order_proofs_order", "shop", "order_id", "at"),
)
