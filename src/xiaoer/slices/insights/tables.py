"""Tables of insight (洞察). Only `events` is written by the trade itself; all others can be made again from it.

A unit is one thing that is counted (a conversation, a refund, a buyer's day); a cell is the sum of what all
units give to one figure. Pages read cells; a figure is drilled down by asking which units gave to it.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from xiaoer.infra.db import Instant, Json, metadata

events = Table(
    "events",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(128), primary_key=True),
    Column("type", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    Column("conversation_id", String(64), nullable=False, server_default=""),
    Column("buyer_id", String(128), nullable=False, server_default=""),
    Column("data", Json, nullable=False),
    Index("ix_events_type_at", "shop", "type", "at"),
    Index("ix_events_conversation", "shop", "conversation_id"),
)

units = Table(
    "insight_units",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("kind", String(12), primary_key=True),
    Column("id", String(128), primary_key=True),
    Column("day", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("buyer_id", String(128), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("agent", String(64), nullable=False),
    Column("product", String(128), nullable=False),
    Column("handled", String(24), nullable=False),
    Column("stage", String(24), nullable=False),
    Column("mark", String(64), nullable=False),
    Column("mood", Integer, nullable=False),
    Column("score", Integer, nullable=False),
    Column("value_fen", BigInteger, nullable=False),
    Column("facts", Json, nullable=False),
    # Everything that ad-hoc questions filter and group by, so that they never touch the facts.
    Index(
        "ix_insight_units_ask",
        *("shop", "kind", "day", "channel", "agent", "product", "handled", "stage", "mark", "mood", "score"),
        *("value_fen", "at"),
    ),
    Index("ix_insight_units_buyer", "shop", "kind", "buyer_id"),
)
# The worst of a period, newest first, without sorting the period.
Index("ix_insight_units_mood", units.c.shop, units.c.kind, units.c.mood, units.c.at.desc())
Index("ix_insight_units_score", units.c.shop, units.c.kind, units.c.agent, units.c.score, units.c.at.desc())

cells = Table(
    "insight_cells",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("family", String(24), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("hour", Integer, primary_key=True, autoincrement=False),
    Column("channel", String(32), primary_key=True),
    Column("a", String(160), primary_key=True),
    Column("b", String(160), primary_key=True),
    Column("n", BigInteger, nullable=False),
    Column("v", BigInteger, nullable=False),
    Index("ix_insight_cells_a", "shop", "family", "a", "day"),  # the course of a few names over many days
    sqlite_with_rowid=False,
)

dirty = Table(
    "insight_dirty",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("kind", String(12), primary_key=True),
    Column("id", String(128), primary_key=True),
)

cursors = Table(
    "insight_cursors",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

wordings = Table(
    "insight_wordings",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("key", String(16), primary_key=True),
    Column("intent", String(40), nullable=False),
    Column("question", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("seen", Integer, nullable=False),
    Index("ix_insight_wordings_question", "shop", "question"),
)

alerts = Table(
    "insight_alerts",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("topic", String(330), nullable=False),
    Column("level", String(8), nullable=False),
    Column("state", String(12), nullable=False),
    Column("at", Instant, nullable=False),
    Column("changed_at", Instant),
    Column("conversation_id", String(64), nullable=False),
    Column("owner", String(100), nullable=False),
    Column("due", String(10), nullable=False),
    Column("title", Text, nullable=False),
    Column("advice", Text, nullable=False),
    Column("facts", Json, nullable=False),
    Index("ix_insight_alerts_list", "shop", "state", "at"),
    Index("ix_insight_alerts_topic", "shop", "topic", "at"),
)

reviews = Table(
    "insight_reviews",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("conversation_id", String(64), primary_key=True),
    Column("agent", String(64), nullable=False),
    Column("picked_at", Instant, nullable=False),
    Column("picked_for", String(20), nullable=False),
    Column("state", String(12), nullable=False),
    Column("auto_score", Integer, nullable=False),
    Column("score", Integer),
    Column("sheet", Json, nullable=False),
    Column("reviewer", String(100), nullable=False),
    Column("reviewed_at", Instant),
    Column("remark", Text, nullable=False),
    Column("appeal", Text, nullable=False),
    Column("ruling", Text, nullable=False),
    Index("ix_insight_reviews_state", "shop", "state", "picked_at"),
)

settings = Table(
    "insight_settings",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("name", String(80), primary_key=True),
    Column("value", Json, nullable=False),
)
