"""Keeping the shop's knowledge (知识库): entries, their history, publishing and variables.

An editor's change names the version that it was made on; when somebody was faster it is refused, never merged
in silence. Nothing is ever deleted: an archived entry keeps its history and can be rolled back.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from xiaoer.infra import audit
from xiaoer.kernel.errors import Conflict, NotFound
from xiaoer.kernel.ids import EntryId, ShopId
from xiaoer.slices.knowledge import rules, store
from xiaoer.slices.knowledge.keeping import change, keep_new
from xiaoer.slices.knowledge.own_variables import OwnVariables
from xiaoer.slices.knowledge.types import (
    Action,
    Entry,
    EntryDraft,
    EntryFilter,
    EntryPage,
    EntryVersion,
    FieldChange,
    Outcome,
    Status,
)

_CHUNK = 500
_READ = 2_000
_MAX_PAGE = 200
_ACTIONS: dict[Status, Action] = {
    "published": "publish",
    "review": "review",
    "archived": "archive",
    "draft": "update",
}


class EntryService(OwnVariables):
    """Entries of all shops, for the console, the API and jobs."""

    async def page(self, shop: ShopId, wanted: EntryFilter, offset: int = 0, limit: int = 50) -> EntryPage:
        rows, total = await self._db.read(
            lambda c: store.page(c, shop, wanted, max(0, offset), max(1, min(limit, _MAX_PAGE)))
        )
        return EntryPage(tuple(rows), total)

    async def categories(self, shop: ShopId) -> dict[str, int]:
        return await self._db.read(lambda c: store.categories(c, shop))

    async def get(self, shop: ShopId, entry_id: str) -> Entry:
        """
        Raises:
            NotFound: no such entry.
        """
        return _known(await self._db.read(lambda c: store.get(c, shop, entry_id)), entry_id)

    async def get_many(self, shop: ShopId, ids: Sequence[str]) -> dict[str, Entry]:
        """Those of these entries that exist, by id."""
        return await self._db.read(lambda c: store.get_many(c, shop, ids))

    async def create(self, shop: ShopId, draft: EntryDraft, by: str, entry_id: str = "") -> Entry:
        """Keep a new entry.

        Raises:
            InvalidEntry, UnknownVariable: see `rules.check_entry`. Conflict: the id is taken.
        """
        now = self._clock.now()

        return await self._db.write(lambda c: keep_new(c, shop, draft, now, by, entry_id))

    async def update(
        self, shop: ShopId, entry_id: str, draft: EntryDraft, version: int, by: str, action: Action = "update"
    ) -> Entry:
        """Replace the content of an entry that is at `version`.

        Raises:
            NotFound: no such entry. Conflict: it is not at `version` any more. InvalidEntry, UnknownVariable.
        """
        now = self._clock.now()

        def keep(connection: Connection) -> Entry:
            stored = _known(store.get(connection, shop, entry_id), entry_id)
            if stored.version != version:
                raise Conflict(
                    f"Entry {entry_id} is at version {stored.version}, not {version}. Load it again, then repeat."
                )
            fit = rules.check_entry(draft, store.variables_of(connection, shop))
            if fit == stored.draft:
                return stored
            return change(connection, shop, stored, fit, now, by, action, store.next_revision(connection, shop))

        return await self._db.write(keep)

    async def archive(self, shop: ShopId, entry_id: str, by: str) -> Entry:
        """Take an entry out of use; its history stays, and `rollback` brings it back.

        Raises:
            NotFound: no such entry.
        """
        outcome = await self.set_status(shop, [entry_id], "archived", by)
        if outcome.refused:
            raise NotFound("Entry", entry_id)
        return await self.get(shop, entry_id)

    async def set_status(self, shop: ShopId, ids: Sequence[str], status: Status, by: str) -> Outcome:
        """Publish, send to review or archive many entries at once; see `change_many`."""
        return await self.change_many(shop, ids, {"status": status}, by)

    async def change_many(self, shop: ShopId, ids: Sequence[str], changes: Mapping[str, Any], by: str) -> Outcome:
        """Set fields of many entries; unknown ids and unfit results are refused one by one with the reason."""
        now = self._clock.now()
        action = _ACTIONS[changes["status"]] if "status" in changes else "update"
        changed: list[str] = []
        refused: dict[str, str] = {}
        wanted = list(dict.fromkeys(ids))
        for at in range(0, len(wanted), _CHUNK):
            part = wanted[at : at + _CHUNK]

            def keep(connection: Connection, part: Sequence[str] = part) -> tuple[list[str], dict[str, str]]:
                found = store.get_many(connection, shop, part)
                revision = store.next_revision(connection, shop)
                own = store.variables_of(connection, shop)
                done: list[str] = []
                unfit = {id_: "This shop has no such entry." for id_ in part if id_ not in found}
                for entry in found.values():
                    draft = msgspec.structs.replace(entry.draft, **changes)
                    try:
                        if draft.status == "published" or "status" not in changes:
                            draft = rules.check_entry(draft, own)
                    except rules.InvalidEntry as error:
                        unfit[str(entry.id)] = error.detail
                        continue
                    if draft != entry.draft:
                        change(connection, shop, entry, draft, now, by, action, revision)
                    done.append(str(entry.id))
                audit.record(
                    connection, shop, by, f"knowledge.{action}", f"{len(done)} entries", now, ids=done[:50],
                    fields=sorted(changes),
                )  # fmt: skip
                return done, unfit

            done, unfit = await self._db.write(keep)
            changed += done
            refused |= unfit
        return Outcome(tuple(changed), refused)

    async def put_many(self, shop: ShopId, drafts: Mapping[str, EntryDraft], by: str, action: Action) -> list[str]:
        """Add or replace entries by id, all of them or none; return the ids of those that changed.

        Raises:
            InvalidEntry, UnknownVariable: one of them is not fit.
        """
        now = self._clock.now()

        def keep(connection: Connection) -> list[str]:
            found, own = store.get_many(connection, shop, list(drafts)), store.variables_of(connection, shop)
            revision, done = store.next_revision(connection, shop), list[str]()
            for id_, draft in drafts.items():
                stored, fit = found.get(id_), rules.check_entry(draft, own)
                if stored is None:
                    new = Entry(EntryId(id_), fit, 1, rules.content_hash(fit), now, by)
                    store.add(connection, shop, [new], "create", revision)
                elif fit != stored.draft:
                    change(connection, shop, stored, fit, now, by, action, revision)
                else:
                    continue
                done.append(id_)
            return done

        return await self._db.write(keep)

    async def every(self, shop: ShopId) -> AsyncIterator[Entry]:
        """All entries that are not archived, by id; read in steps."""
        after = ""
        while True:
            chunk = await self._db.read(lambda c, after=after: store.every(c, shop, after, _READ))  # type: ignore[misc]
            for entry in chunk:
                yield entry
            if len(chunk) < _READ:
                return
            after = chunk[-1].id

    # History

    async def history(self, shop: ShopId, entry_id: str) -> list[EntryVersion]:
        """All versions, newest first.

        Raises:
            NotFound: no such entry.
        """
        found = await self._db.read(lambda c: store.history(c, shop, entry_id))
        if not found:
            raise NotFound("Entry", entry_id)
        return found

    async def diff(self, shop: ShopId, entry_id: str, before: int, after: int) -> tuple[FieldChange, ...]:
        """What differs between two versions of an entry.

        Raises:
            NotFound: no such entry or version.
        """
        old, new = [await self._version(shop, entry_id, number) for number in (before, after)]
        return rules.diff_drafts(old.draft, new.draft)

    async def rollback(self, shop: ShopId, entry_id: str, to_version: int, by: str) -> Entry:
        """Make the content of an older version the newest one.

        Raises:
            NotFound: no such entry or version. InvalidEntry, UnknownVariable: it would not be accepted today.
        """
        old = await self._version(shop, entry_id, to_version)
        stored = await self.get(shop, entry_id)
        return await self.update(shop, entry_id, old.draft, stored.version, by, "rollback")

    async def _version(self, shop: ShopId, entry_id: str, version: int) -> EntryVersion:
        found = await self._db.read(lambda c: store.get_version(c, shop, entry_id, version))
        if found is None:
            raise NotFound("Version", f"{entry_id}/{version}")
        return found


def _known(entry: Entry | None, entry_id: str) -> Entry:
    if entry is None:
        raise NotFound("Entry", entry_id)
    return entry
