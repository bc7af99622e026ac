"""The table of canned replies."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from xiaoer.infra.db import Json, metadata

canned_replies = Table(
    "canned_replies",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("scope", String(8), nullable=False),
    Column("owner", String(64), nullable=False),
    Column("folder", String(200), nullable=False),
    Column("title", String(100), nullable=False),
    Column("text", Text, nullable=False),
    Column("images", Json, nullable=False),
    Column("code", String(40), nullable=False),
    Column("uses", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Index("ix_canned_replies_scope", "shop", "scope", "owner"),
)
