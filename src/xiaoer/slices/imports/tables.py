"""Table of import runs."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from xiaoer.infra.db import Instant, Json, metadata

imports = Table(
    "imports",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("file_name", String(255), nullable=False),
    Column("status", String(16), nullable=False),
    Column("strict", Boolean, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("added", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("refusals", Json, nullable=False),
    Column("warnings", Json, nullable=False),
    Column("error", Text, nullable=False),
    Column("error_code", String(64), nullable=False),
    Column("by", String(100), nullable=False),
    Column("at", Instant, nullable=False),
    Column("finished_at", Instant),
    Index("ix_imports_at", "shop", "at"),
)
