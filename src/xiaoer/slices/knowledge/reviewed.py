"""Entries of shops where a second person looks before anything live changes (复核); see `pending`."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from xiaoer.infra import audit
from xiaoer.kernel.errors import Conflict, NotFound, XiaoerError
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.knowledge import pending, rules, store
from xiaoer.slices.knowledge.guarded import GuardedEntries
from xiaoer.slices.knowledge.keeping import keep_waiting
from xiaoer.slices.knowledge.pending import Pending
from xiaoer.slices.knowledge.types import Action, Entry, EntryDraft, Outcome

_OWN = "Whoever wrote a change does not approve it."


class ReviewedEntries(GuardedEntries):
    """The guarded service, with review where a shop switched it on."""

    async def review_is_on(self, shop: ShopId) -> bool:
        """Whether changes of live entries wait for review."""
        return await self._db.read(lambda c: pending.is_on(c, shop))

    async def switch_review(self, shop: ShopId, on: bool, by: str) -> None:
        """Let changes wait from now on, or no longer."""
        now = self._clock.now()
        await self._db.write(lambda c: pending.switch(c, shop, on, by, now))

    async def waiting(self, shop: ShopId, ids: Sequence[str]) -> dict[str, Pending]:
        """The changes that wait for these entries."""
        return await self._db.read(lambda c: pending.of(c, shop, ids))

    async def create(self, shop: ShopId, draft: EntryDraft, by: str, entry_id: str = "") -> Entry:
        """As `EntryService.create`; under review a published entry waits as `review`."""
        if draft.status == "published" and await self.review_is_on(shop):
            draft = msgspec.structs.replace(draft, status="review")
        return await super().create(shop, draft, by, entry_id)

    async def update(
        self, shop: ShopId, entry_id: str, draft: EntryDraft, version: int, by: str, action: Action = "update"
    ) -> Entry:
        """As `EntryService.update`; under review any change of a live entry waits, and the live one is returned."""
        if not await self.review_is_on(shop):
            return await super().update(shop, entry_id, draft, version, by, action)
        stored = await self.get(shop, entry_id)
        if stored.draft.status == "published":
            return await self._let_wait(shop, stored, draft, version, by)
        if draft.status != "published":
            return await super().update(shop, entry_id, draft, version, by, action)
        waits = msgspec.structs.replace(draft, status="review")
        return await super().update(shop, entry_id, waits, version, by, "review")

    async def change_many(
        self, shop: ShopId, ids: Sequence[str], changes: Mapping[str, Any], by: str, alone: bool = True
    ) -> Outcome:
        """As `EntryService.change_many`; under review publishing approves, and other changes of live entries wait."""
        if not await self.review_is_on(shop):
            return await super().change_many(shop, ids, changes, by)
        stored = await self.get_many(shop, ids)
        if changes.get("status") == "published":
            return await self._approve_many(shop, ids, stored, by, alone)
        live = {id_: entry for id_, entry in stored.items() if entry.draft.status == "published"}
        outcome = await super().change_many(shop, [id_ for id_ in ids if id_ not in live], changes, by)
        refused = dict(outcome.refused)
        for id_, entry in live.items():
            try:
                draft = msgspec.structs.replace(entry.draft, **changes)
                await self._let_wait(shop, entry, draft, entry.version, by)
            except XiaoerError as error:
                refused[id_] = error.detail
        waiting = tuple(id_ for id_ in live if id_ not in refused)
        return Outcome((*outcome.changed, *waiting), refused, waiting)

    async def put_many(self, shop: ShopId, drafts: Mapping[str, EntryDraft], by: str, action: Action) -> list[str]:
        """As `EntryService.put_many`; under review new entries wait as `review`, changes of live ones beside them."""
        if not await self.review_is_on(shop):
            return await super().put_many(shop, drafts, by, action)
        stored = await self.get_many(shop, list(drafts))
        live = [id_ for id_, entry in stored.items() if entry.draft.status == "published"]
        others = {
            id_: msgspec.structs.replace(draft, status="review") if draft.status == "published" else draft
            for id_, draft in drafts.items()
            if id_ not in live
        }
        changed = await super().put_many(shop, others, by, action) if others else []
        for id_ in live:
            await self._let_wait(shop, stored[id_], drafts[id_], stored[id_].version, by)
        return [*changed, *live]

    async def _approve_many(
        self, shop: ShopId, ids: Sequence[str], stored: Mapping[str, Entry], by: str, alone: bool
    ) -> Outcome:
        """Publish what is not live yet, and what waits beside live entries; nobody approves his own."""
        own = [id_ for id_, one in stored.items() if one.updated_by == by and one.draft.status != "published"]
        refused = {} if alone else dict.fromkeys(own, _OWN)
        waiting = await self.waiting(shop, list(stored))
        rest = [id_ for id_ in ids if id_ not in refused and id_ not in waiting]
        outcome = await super().change_many(shop, rest, {"status": "published"}, by)
        refused |= outcome.refused
        for id_ in waiting:
            try:
                await self.approve(shop, id_, by, alone)
            except XiaoerError as error:
                refused[id_] = error.detail
        return Outcome((*outcome.changed, *(id_ for id_ in waiting if id_ not in refused)), refused)

    async def approve(self, shop: ShopId, entry_id: str, by: str, alone: bool) -> Entry:
        """Publish the change that waits, or an entry in review. `alone`: the author himself may.

        What was changed in the live entry meanwhile stays, where the waiting change leaves it alone.

        Raises:
            NotFound: no such entry. Conflict: nothing waits, the same field was changed meanwhile, or golden
                questions break. Forbidden: it is his own change. InvalidEntry, UnknownVariable.
        """
        stored = await self.get(shop, entry_id)
        change = (await self.waiting(shop, [entry_id])).get(entry_id)
        if change is None and stored.draft.status != "review":
            raise Conflict(f"No change of entry {entry_id} waits for review.")
        author = change.by if change else stored.updated_by
        pending.check_second_eyes(author, by, alone)
        draft = msgspec.structs.replace(stored.draft, status="published")
        if change is not None:
            draft = await self._joined(shop, stored, change)
        action: Action = "archive" if draft.status == "archived" else "publish"
        entry = await super().update(shop, entry_id, draft, stored.version, author, action)
        await self._settle(shop, entry_id, by, "approved", author)
        return entry

    async def send_back(self, shop: ShopId, entry_id: str, by: str, note: str = "") -> Entry:
        """Drop the change that waits, or make an entry in review a draft again; the reason is audited.

        Raises:
            NotFound: no such entry. Conflict: nothing waits.
        """
        stored = await self.get(shop, entry_id)
        change = (await self.waiting(shop, [entry_id])).get(entry_id)
        if change is None and stored.draft.status != "review":
            raise Conflict(f"No change of entry {entry_id} waits for review.")
        if change is None:
            draft = msgspec.structs.replace(stored.draft, status="draft")
            stored = await super().update(shop, entry_id, draft, stored.version, stored.updated_by)
        await self._settle(shop, entry_id, by, "sent_back", change.by if change else stored.updated_by, note)
        return stored

    async def _let_wait(self, shop: ShopId, stored: Entry, draft: EntryDraft, version: int, by: str) -> Entry:
        now = self._clock.now()

        def keep(connection: Connection) -> Entry:
            live = store.get(connection, shop, str(stored.id))
            if live is None:
                raise NotFound("Entry", str(stored.id))
            if live.version != version:
                raise Conflict(f"Entry {live.id} is at version {live.version}, not {version}. Load it again.")
            keep_waiting(connection, shop, live, draft, by, now)
            return live

        return await self._db.write(keep)

    async def _joined(self, shop: ShopId, live: Entry, change: Pending) -> EntryDraft:
        """The live entry with the fields that the change changes."""
        base = (await self._version(shop, str(live.id), change.version)).draft
        mine = {one.field: getattr(change.draft, one.field) for one in rules.diff_drafts(base, change.draft)}
        theirs = {one.field for one in rules.diff_drafts(base, live.draft)}
        if both := sorted(theirs & set(mine)):
            raise Conflict(
                f"Entry {live.id} was changed meanwhile in {', '.join(both)}. Open it, write the change anew."
            )
        return msgspec.structs.replace(live.draft, **mine)

    async def _settle(self, shop: ShopId, entry_id: str, by: str, how: str, author: str, note: str = "") -> None:
        now = self._clock.now()

        def settle(connection: Connection) -> None:
            pending.drop(connection, shop, entry_id)
            audit.record(
                connection, shop, by, f"knowledge.review_{how}", entry_id, now, author=author, note=note[:200]
            )  # fmt: skip

        await self._db.write(settle)
