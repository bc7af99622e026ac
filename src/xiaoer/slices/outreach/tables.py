"""Tables of journeys and comparisons: runs, messages sent, who was assigned to what, interest, consents."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table

from xiaoer.infra.db import Instant, Json, metadata

runs = Table(
    "outreach_runs",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("journey_id", String(64), nullable=False),
    Column("trigger", String(32), nullable=False),
    Column("buyer_id", String(128), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("state", String(10), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("sent", Integer, nullable=False),
    Column("values", Json, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("started_at", Instant, nullable=False),
    Index("ix_outreach_runs_subject", "shop", "subject", "state"),
    Index("ix_outreach_runs_buyer", "shop", "buyer_id", "state"),
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

# A buyer's place in the comparison of one automation (`journey:ID`, `scene:ID`, `bargain`), from the first moment.
trials = Table(
    "outreach_trials",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("automation", String(80), primary_key=True),
    Column("buyer_id", String(128), primary_key=True),
    Column("arm", String(10), nullable=False),
    Column("variant", Integer, nullable=False),
    Column("entered_at", Instant, nullable=False),
    Index("ix_outreach_trials_entered", "shop", "automation", "entered_at"),
)

# What a buyer did about a product before he bought anything: the intent score and who is told of a new price.
interests = Table(
    "outreach_interests",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("buyer_id", String(128), primary_key=True),
    Column("product_id", String(128), primary_key=True),
    Column("questions", Integer, nullable=False),
    Column("price_talk", Integer, nullable=False),
    Column("stock_talk", Integer, nullable=False),
    Column("views", Integer, nullable=False),
    Column("dwell_s", Integer, nullable=False),
    Column("carts", Integer, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_outreach_interests_product", "shop", "product_id", "at"),
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
