"""The table of a shop's own words, and its revision."""

from sqlalchemy import JSON, Column, Integer, String, Table, Text

from xiaoer.infra.db import metadata

wordings = Table(
    "wordings",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("text", String(100), nullable=False),
    Column("means", Text, nullable=False),
    Column("intent", String(64), nullable=False),
    Column("examples", JSON, nullable=False),
)

# Counts changes, so that every process notices one; a row per shop.
wording_revisions = Table(
    "wording_revisions",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("revision", Integer, nullable=False),
)
