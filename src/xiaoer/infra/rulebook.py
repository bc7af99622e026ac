"""The rulebook (规则本): small documents that a shop's people edit (greetings, scenes, journeys, bargaining terms).

A document is a struct of its slice, kept as JSON under (shop, kind, id). Editors write with the version they
read, so nobody overwrites a colleague. The message path reads snapshots: a counter per shop and kind tells
when a snapshot is old, and is looked at a few times a second, so a change counts in every worker at once.
"""

import time
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Integer,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from xiaoer.infra import audit
from xiaoer.infra.db import Database, Instant, Json, metadata
from xiaoer.infra.statement import Statement
from xiaoer.kernel.errors import Conflict, NotFound
from xiaoer.kernel.ids import ShopId

D = TypeVar("D", bound=Struct)
_CHECK_S = 0.2  # how often the counter is read
_MOST = 500  # documents of one kind in one shop

rulebook = Table(
    "rulebook",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("data", Json, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("updated_by", String(100), nullable=False, server_default=""),
)
rulebook_revisions = Table(
    "rulebook_revisions",
    metadata,
    Column("shop", String(64), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("revision", Integer, nullable=False),
)
_REVISION = Statement(
    select(rulebook_revisions.c.revision).where(
        rulebook_revisions.c.shop == bindparam("shop"), rulebook_revisions.c.kind == bindparam("kind")
    )
)


class Document(Struct, Generic[D], frozen=True):
    """One document with what is known about its keeping."""

    id: str
    value: D
    enabled: bool
    version: int
    updated_at: datetime
    updated_by: str = ""


class TooMany(Conflict):
    """The shop holds as many documents of the kind as it may."""

    code = "too_many_rules"

    def __init__(self, kind: str) -> None:
        super().__init__(f"A shop keeps at most {_MOST} documents of kind {kind}. Delete some that are not used.")


class Rulebook(Generic[D]):
    """Documents of one kind."""

    def __init__(self, db: Database, kind: str, type_: type[D]) -> None:
        self._db = db
        self.kind = kind
        self._type = type_
        self._seen: dict[ShopId, tuple[float, int, tuple[Document[D], ...]]] = {}

    async def live(self, shop: ShopId) -> tuple[Document[D], ...]:
        """The documents in use, by id; at most a fifth of a second old."""
        now = time.monotonic()
        seen = self._seen.get(shop)
        if seen is not None and now - seen[0] < _CHECK_S:
            return seen[2]
        revision = await self._db.read(lambda c: self._revision(c, shop))
        if seen is None or seen[1] != revision:
            loaded = await self.all(shop)
            seen = (now, revision, tuple(document for document in loaded if document.enabled))
        self._seen[shop] = (now, seen[1], seen[2])
        return seen[2]

    async def values(self, shop: ShopId) -> tuple[D, ...]:
        """The contents of the documents in use."""
        return tuple(document.value for document in await self.live(shop))

    async def all(self, shop: ShopId) -> tuple[Document[D], ...]:
        """Every document, by id, switched off or not."""
        return await self._db.read(lambda c: self.read(c, shop))

    async def get(self, shop: ShopId, id_: str) -> Document[D]:
        """Read one.

        Raises:
            NotFound: no such document.
        """
        found = next((document for document in await self.all(shop) if document.id == id_), None)
        if found is None:
            raise NotFound("Rule", id_)
        return found

    async def save(
        self,
        shop: ShopId,
        id_: str,
        value: D,
        now: datetime,
        *,
        enabled: bool = True,
        by: str = "",
        version: int = 0,
        audited: str = "",
    ) -> Document[D]:
        """Insert (`version` 0) or replace the version that was read; `audited` names who did it in the audit, where
        nothing of the content is kept.

        Raises:
            Conflict: somebody changed it meanwhile, or there are too many.
        """

        def change(connection: Connection) -> Document[D]:
            if audited:
                detail = {"kind": self.kind, "enabled": enabled, "new": not version}
                audit.record(connection, shop, audited, "selling.keep", id_, now, **detail)
            return self.write(connection, shop, id_, value, now, enabled, by, version)

        saved = await self._db.write(change)
        self._seen.pop(shop, None)
        return saved

    async def remove(self, shop: ShopId, id_: str, now: datetime, audited: str) -> None:
        """Delete one; `audited` names who did it.

        Raises:
            NotFound: no such document.
        """

        def change(connection: Connection) -> int:
            gone = connection.execute(delete(rulebook).where(*self._mine(shop), rulebook.c.id == id_))
            self._bump(connection, shop)
            if gone.rowcount:
                audit.record(connection, shop, audited, "selling.remove", id_, now, kind=self.kind)
            return gone.rowcount

        if not await self._db.write(change):
            raise NotFound("Rule", id_)
        self._seen.pop(shop, None)

    def read(self, connection: Connection, shop: ShopId) -> tuple[Document[D], ...]:
        """As `all`, within a transaction."""
        rows = connection.execute(select(rulebook).where(*self._mine(shop)).order_by(rulebook.c.id))
        return tuple(
            Document(
                row.id,
                msgspec.convert(row.data, self._type),
                row.enabled,
                row.version,
                row.updated_at,
                row.updated_by,
            )
            for row in rows
        )

    def write(
        self,
        connection: Connection,
        shop: ShopId,
        id_: str,
        value: D,
        now: datetime,
        enabled: bool = True,
        by: str = "",
        version: int = 0,
    ) -> Document[D]:
        """As `save`, within a transaction."""
        values: dict[str, Any] = {
            "data": msgspec.to_builtins(value),
            "enabled": enabled,
            "version": version + 1,
            "updated_at": now,
            "updated_by": by,
        }
        if version:
            where = (*self._mine(shop), rulebook.c.id == id_, rulebook.c.version == version)
            if connection.execute(update(rulebook).where(*where).values(**values)).rowcount == 0:
                raise Conflict(f"Rule {id_} was changed or deleted meanwhile. Load it again.")
        else:
            known = connection.scalar(select(rulebook.c.id).where(*self._mine(shop), rulebook.c.id == id_))
            if known is not None:
                raise Conflict(f"Rule {id_} exists already. Send the version that you read to change it.")
            if (connection.scalar(select(func.count()).where(*self._mine(shop))) or 0) >= _MOST:
                raise TooMany(self.kind)
            connection.execute(insert(rulebook).values(shop=shop, kind=self.kind, id=id_, **values))
        self._bump(connection, shop)
        return Document(id_, value, enabled, version + 1, now, by)

    def _mine(self, shop: ShopId) -> tuple[Any, ...]:
        return (rulebook.c.shop == shop, rulebook.c.kind == self.kind)

    def _revision(self, connection: Connection, shop: ShopId) -> int:
        return _REVISION.scalar(connection, {"shop": shop, "kind": self.kind}) or 0

    def _bump(self, connection: Connection, shop: ShopId) -> None:
        table = rulebook_revisions
        mine = (table.c.shop == shop, table.c.kind == self.kind)
        grown = connection.execute(update(table).where(*mine).values(revision=table.c.revision + 1))
        if grown.rowcount == 0:
            connection.execute(insert(table).values(shop=shop, kind=self.kind, revision=1))
