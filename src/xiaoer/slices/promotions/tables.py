"""Tables of promotions, coupons and the revision that tells every worker to reload."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, text

from xiaoer.infra.db import Fen, Instant, Json, metadata

promotions = Table(
    "promotions",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("level", String(20), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("data", Json, nullable=False),
    # Budget and number of coupons as the shop set them; what is spent or made of them grows beside, never here.
    Column("budget", Fen),
    Column("total", Integer),
    Column("reserved", Fen, nullable=False),
    Column("issued", Integer, nullable=False),
    Column("hash", String(40), nullable=False),
    Column("updated_at", Instant, nullable=False),
)

coupons = Table(
    "coupons",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("promotion_id", String(64), nullable=False),
    Column("buyer_id", String(128), nullable=False),
    Column("code", String(64), nullable=False),
    Column("state", String(10), nullable=False),
    Column("amount", Fen),
    Column("cost", Fen, nullable=False),
    Column("valid_from", Instant),
    Column("valid_to", Instant, nullable=False),
    Column("order_id", String(64), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("used_at", Instant),
    Index("ix_coupons_buyer", "shop", "buyer_id", "state"),
    Index("ix_coupons_promotion", "shop", "promotion_id", "buyer_id"),
    Index(
        "uq_coupons_code",
        "shop",
        "code",
        unique=True,
        sqlite_where=text("code <> ''"),
        postgresql_where=text("code <> ''"),
    ),
    Index("ix_coupons_end", "shop", "state", "valid_to"),
)

promotion_revisions = Table(
    "promotion_revisions",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("revision", Integer, nullable=False),
)
