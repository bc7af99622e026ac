"""Rows of knowledge entries, versions and variables. `shop` first, always."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    String,
    bindparam,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from xiaoer.infra.statement import Statement
from xiaoer.kernel.errors import Conflict
from xiaoer.kernel.ids import EntryId, ShopId
from xiaoer.slices.knowledge.tables import entries, entry_versions, pendings, revisions, variables
from xiaoer.slices.knowledge.types import Action, Entry, EntryDraft, EntryFilter, EntryVersion

_FIELDS = (*EntryDraft.__struct_fields__, "id", "version", "hash", "updated_at", "updated_by")
_WHOLE = [entries.c[name] for name in _FIELDS]


def _entry(row: Any) -> Entry:
    """An entry from the columns of `_WHOLE`."""
    (
        question, answer, similar, product_id, category, channel, audience, order_state, valid_from, valid_to, status,
        attachments, product_category, channel_answers, source, id_, version, hash_, at, by,
    ) = row  # fmt: skip
    draft = EntryDraft(
        question, answer, tuple(similar), product_id, category, channel, audience, order_state, valid_from, valid_to,
        status, tuple(attachments), product_category, channel_answers, source,
    )  # fmt: skip
    return Entry(id_, draft, version, hash_, at, by)


def _page_by_id(*where: ColumnElement[bool]) -> Statement:
    after = entries.c.id > bindparam("after")
    chosen = select(*_WHOLE).where(entries.c.shop == bindparam("shop"), after, *where)
    return Statement(chosen.order_by(entries.c.id).limit(bindparam("limit")))


_PUBLISHED = _page_by_id(entries.c.status == "published")
_EVERY = _page_by_id(entries.c.status != "archived")


def _values(entry: Entry, revision: int) -> dict[str, Any]:
    values = msgspec.structs.asdict(entry.draft)
    return {
        **values,
        "version": entry.version,
        "hash": entry.hash,
        "revision": revision,
        "updated_at": entry.updated_at,
        "updated_by": entry.updated_by,
    }


def revision_of(connection: Connection, shop: ShopId) -> int:
    """The shop's change counter; 0 when nothing was ever kept."""
    return connection.scalar(select(revisions.c.revision).where(revisions.c.shop == shop)) or 0


def next_revision(connection: Connection, shop: ShopId) -> int:
    """Count one change. The row stays locked until the commit, so revisions commit in order."""
    changed = connection.execute(
        update(revisions).where(revisions.c.shop == shop).values(revision=revisions.c.revision + 1)
    )
    if changed.rowcount == 0:
        connection.execute(insert(revisions).values(shop=shop, revision=1))
    return revision_of(connection, shop)


def get(connection: Connection, shop: ShopId, entry_id: str) -> Entry | None:
    row = connection.execute(select(*_WHOLE).where(entries.c.shop == shop, entries.c.id == entry_id)).one_or_none()
    return _entry(row) if row else None


def get_many(connection: Connection, shop: ShopId, ids: Sequence[str]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for at in range(0, len(ids), 500):
        rows = connection.execute(
            select(*_WHOLE).where(entries.c.shop == shop, entries.c.id.in_(list(ids[at : at + 500])))
        )
        found.update((row.id, _entry(row)) for row in rows)
    return found


def add(connection: Connection, shop: ShopId, rows: Sequence[Entry], action: Action, revision: int) -> None:
    """Insert new entries with the first line of their history."""
    if rows:
        connection.execute(
            insert(entries), [{"shop": shop, "id": entry.id, **_values(entry, revision)} for entry in rows]
        )
        _remember(connection, shop, rows, action)


def change(connection: Connection, shop: ShopId, entry: Entry, action: Action, revision: int) -> None:
    """Store `entry`, whose version is one above the stored one.

    Raises:
        Conflict: somebody changed it in the meantime.
    """
    changed = connection.execute(
        update(entries)
        .where(entries.c.shop == shop, entries.c.id == entry.id, entries.c.version == entry.version - 1)
        .values(**_values(entry, revision))
    )
    if changed.rowcount != 1:
        raise Conflict(f"Entry {entry.id} was changed by somebody else. Load it again, then repeat the change.")
    _remember(connection, shop, [entry], action)


def _remember(connection: Connection, shop: ShopId, rows: Sequence[Entry], action: Action) -> None:
    connection.execute(
        insert(entry_versions),
        [
            {
                "shop": shop,
                "entry_id": entry.id,
                "version": entry.version,
                "action": action,
                "draft": entry.draft,
                "at": entry.updated_at,
                "by": entry.updated_by,
            }
            for entry in rows
        ],
    )


def history(connection: Connection, shop: ShopId, entry_id: str) -> list[EntryVersion]:
    """All versions of an entry, newest first."""
    rows = connection.execute(
        select(entry_versions)
        .where(entry_versions.c.shop == shop, entry_versions.c.entry_id == entry_id)
        .order_by(entry_versions.c.version.desc())
    )
    return [_version(row) for row in rows]


def get_version(connection: Connection, shop: ShopId, entry_id: str, version: int) -> EntryVersion | None:
    row = connection.execute(
        select(entry_versions).where(
            entry_versions.c.shop == shop, entry_versions.c.entry_id == entry_id, entry_versions.c.version == version
        )
    ).one_or_none()
    return _version(row) if row else None


def _version(row: Row[Any]) -> EntryVersion:
    draft = msgspec.convert(row.draft, EntryDraft)
    return EntryVersion(EntryId(row.entry_id), row.version, row.action, draft, row.at, row.by)


def page(connection: Connection, shop: ShopId, wanted: EntryFilter, offset: int, limit: int) -> tuple[list[Entry], int]:
    """Entries that match, newest change first, and how many there are."""
    where = [entries.c.shop == shop]
    if wanted.status == "review":
        waiting = select(pendings.c.entry_id).where(pendings.c.shop == shop)
        where.append(or_(entries.c.status == "review", entries.c.id.in_(waiting)))
    elif wanted.status:
        where.append(entries.c.status == wanted.status)
    for name in ("category", "product_id", "channel"):
        if getattr(wanted, name):
            where.append(entries.c[name] == getattr(wanted, name))
    if not wanted.status:
        where.append(entries.c.status != "archived")
    if wanted.text:
        pattern = "%" + wanted.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        columns = (entries.c.question, entries.c.answer, cast(entries.c.similar, String), entries.c.id)
        where.append(or_(*(column.ilike(pattern, escape="\\") for column in columns)))
    rows = connection.execute(
        select(*_WHOLE).where(*where).order_by(entries.c.updated_at.desc(), entries.c.id).offset(offset).limit(limit)
    )
    total = connection.scalar(select(func.count()).select_from(entries).where(*where)) or 0
    return [_entry(row) for row in rows], total


def categories(connection: Connection, shop: ShopId) -> dict[str, int]:
    """How many entries that are not archived each category has."""
    rows = connection.execute(
        select(entries.c.category, func.count())
        .where(entries.c.shop == shop, entries.c.status != "archived")
        .group_by(entries.c.category)
    )
    return {row[0]: row[1] for row in rows}


def published(connection: Connection, shop: ShopId, after_id: str, limit: int) -> list[Entry]:
    """Published entries in the order of their ids, from after `after_id`."""
    return [_entry(row) for row in _PUBLISHED.all(connection, {"shop": shop, "after": after_id, "limit": limit})]


def every(connection: Connection, shop: ShopId, after_id: str, limit: int) -> list[Entry]:
    """Entries of any status but archived, in the order of their ids, from after `after_id` (for exports)."""
    return [_entry(row) for row in _EVERY.all(connection, {"shop": shop, "after": after_id, "limit": limit})]


def changed_since(connection: Connection, shop: ShopId, revision: int, limit: int) -> list[Entry]:
    """Entries of any status that changed after `revision`, at most `limit`."""
    chosen = select(*_WHOLE).where(entries.c.shop == shop, entries.c.revision > revision)
    rows = connection.execute(chosen.limit(limit))
    return [_entry(row) for row in rows]


def hashes(connection: Connection, shop: ShopId, ids: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for at in range(0, len(ids), 500):
        rows = connection.execute(
            select(entries.c.id, entries.c.hash).where(
                entries.c.shop == shop, entries.c.id.in_(list(ids[at : at + 500]))
            )
        )
        found.update((row.id, row.hash) for row in rows)
    return found


def variables_of(connection: Connection, shop: ShopId) -> dict[str, str]:
    """The shop's own variables."""
    rows = connection.execute(select(variables).where(variables.c.shop == shop).order_by(variables.c.name))
    return {row.name: row.value for row in rows}


def save_variable(connection: Connection, shop: ShopId, name: str, value: str) -> None:
    changed = connection.execute(
        update(variables).where(variables.c.shop == shop, variables.c.name == name).values(value=value)
    )
    if changed.rowcount == 0:
        connection.execute(insert(variables).values(shop=shop, name=name, value=value))


def touch_variables(connection: Connection, shop: ShopId) -> None:
    """Count a change, so that every worker takes over the shop's variables."""
    next_revision(connection, shop)


def drop_variable(connection: Connection, shop: ShopId, name: str) -> bool:
    dropped = connection.execute(delete(variables).where(variables.c.shop == shop, variables.c.name == name))
    return dropped.rowcount == 1


def uses_variable(connection: Connection, shop: ShopId, name: str) -> list[str]:
    """Ids of up to 20 entries whose answer names the variable."""
    signs = ("{" + name + "}", "｛" + name + "｝")
    columns = (entries.c.answer, cast(entries.c.channel_answers, String))
    return list(
        connection.scalars(
            select(entries.c.id)
            .where(
                entries.c.shop == shop,
                entries.c.status != "archived",
                or_(*(column.contains(sign, autoescape=True) for sign in signs for column in columns)),
            )
            .limit(20)
        )
    )
