"""Entries whose publishing is guarded (发布把关): before what is live changes, a guard looks at it and may refuse.

The guard is the regression set (`flows/publish_knowledge`). Whoever publishes against it says why, for the length of
his request (`overriding`); the reason reaches the guard from there, so no call in between has to carry it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from msgspec import structs

from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.heard import TextAnalyser
from xiaoer.kernel.ids import EntryId, ShopId
from xiaoer.slices.knowledge import rules, store
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.knowledge.candidates import store as rows
from xiaoer.slices.knowledge.candidates.service import Candidates
from xiaoer.slices.knowledge.candidates.types import Decided, Verdict
from xiaoer.slices.knowledge.service import EntryService
from xiaoer.slices.knowledge.types import Action, Entry, EntryDraft, Outcome

_REASON: ContextVar[str] = ContextVar("override_reason", default="")


class GuardsPublishing(Protocol):
    """Raises a `Conflict` when a change of what is live must not be published, unless `override` names a reason."""

    async def __call__(self, shop: ShopId, changed: Sequence[Entry], by: str, override: str = "") -> None: ...


class TakesAccepted(Protocol):
    """Hears of the entries that accepted candidates became, joined or changed."""

    async def __call__(self, shop: ShopId, entries: Sequence[str], by: str) -> None: ...


def set_override(reason: str) -> None:
    """Name the reason for publishing against the guard, for the rest of this task."""
    _REASON.set(reason.strip()[:500])


def override_reason() -> str:
    """The reason for publishing against the guard, if there is one."""
    return _REASON.get()


@contextmanager
def overriding(reason: str) -> Iterator[None]:
    """Publish against the guard inside this block, because of `reason`."""
    token = _REASON.set(reason.strip()[:500])
    try:
        yield
    finally:
        _REASON.reset(token)


class GuardedEntries(EntryService):
    """The entry service with a guard; without one it is the plain service."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock)
        self.guard: GuardsPublishing | None = None

    async def check(self, shop: ShopId, changed: Sequence[Entry], by: str) -> None:
        """Ask the guard about entries as they would be.

        Raises:
            Conflict: they must not be published. InvalidEntry, UnknownVariable: see `rules.check_entry`.
        """
        if self.guard is None or not changed:
            return
        own = await self.variables(shop)
        fit = [
            structs.replace(entry, draft=rules.check_entry(entry.draft, own))
            if entry.draft.status == "published"
            else entry
            for entry in changed
        ]
        await self.guard(shop, fit, by, _REASON.get())

    async def create(self, shop: ShopId, draft: EntryDraft, by: str, entry_id: str = "") -> Entry:
        if draft.status == "published":
            await self.check(shop, [self.as_new(draft, by, entry_id)], by)
        return await super().create(shop, draft, by, entry_id)

    async def update(
        self, shop: ShopId, entry_id: str, draft: EntryDraft, version: int, by: str, action: Action = "update"
    ) -> Entry:
        stored = await self.get(shop, entry_id)
        if stored.version == version and "published" in (draft.status, stored.draft.status):
            await self.check(shop, [structs.replace(stored, draft=draft)], by)
        return await super().update(shop, entry_id, draft, version, by, action)

    async def change_many(self, shop: ShopId, ids: Sequence[str], changes: Mapping[str, Any], by: str) -> Outcome:
        if self.guard is not None:
            stored = await self._db.read(lambda c: store.get_many(c, shop, list(dict.fromkeys(ids))))
            touched = [e for e in stored.values() if "published" in (e.draft.status, changes.get("status", ""))]
            after = [structs.replace(e, draft=structs.replace(e.draft, **changes)) for e in touched]
            await self.guard(shop, after, by, _REASON.get())
        return await super().change_many(shop, ids, changes, by)

    async def put_many(self, shop: ShopId, drafts: Mapping[str, EntryDraft], by: str, action: Action) -> list[str]:
        if self.guard is not None:
            known = await self.get_many(shop, list(drafts))
            after = [
                structs.replace(known[id_], draft=draft) if id_ in known else self.as_new(draft, by, id_)
                for id_, draft in drafts.items()
            ]
            await self.check(shop, after, by)
        return await super().put_many(shop, drafts, by, action)

    def as_new(self, draft: EntryDraft, by: str, entry_id: str = "") -> Entry:
        """A draft as the entry that it would become."""
        return Entry(EntryId(entry_id or "new"), draft, 1, "", self._clock.now(), by)


class GuardedCandidates(Candidates):
    """Candidates whose acceptance is guarded like any other publishing."""

    def __init__(
        self, db: Database, clock: Clock, knowledge: Knowledge, analyser: TextAnalyser, entries: GuardedEntries
    ) -> None:
        super().__init__(db, clock, knowledge, analyser)
        self._entries = entries
        self.accepted: TakesAccepted | None = None

    async def decide(self, shop: ShopId, verdicts: Sequence[Verdict], by: str, *, publish: bool) -> Decided:
        """See `Candidates.decide`.

        Raises:
            Conflict: golden questions would break; nothing was decided.
        """
        if self._entries.guard is not None:
            await self._entries.guard(shop, await self._after(shop, verdicts, by, publish), by, _REASON.get())
        done = await super().decide(shop, verdicts, by, publish=publish)
        if self.accepted is not None and done.entries:
            await self.accepted(shop, list(dict.fromkeys(done.entries.values())), by)
        return done

    async def _after(self, shop: ShopId, verdicts: Sequence[Verdict], by: str, publish: bool) -> list[Entry]:
        """The live entries that the verdicts would make or change; what is not there is left to the deciding."""
        wanted = [verdict.id for verdict in verdicts]
        candidates = await self._db.read(lambda c: rows.get_many(c, shop, wanted))
        found: dict[str, Entry] = {}
        for verdict in verdicts:
            if verdict.decision == "reject":
                continue
            known = candidates.get(verdict.id)
            if known is None or known.status != "open":
                continue
            draft = verdict.draft or known.draft
            target = verdict.target_id or known.target_id
            if verdict.decision == "merge" and not target and known.near:
                target = known.near.id
            if not target:
                if publish:
                    entry = self._entries.as_new(structs.replace(draft, status="published"), by, f"new-{verdict.id}")
                    found[str(entry.id)] = entry
                continue
            stored = found.get(target) or await self._db.read(lambda c, t=target: store.get(c, shop, t))  # type: ignore[misc]
            if stored is None or stored.draft.status != "published":
                continue
            if verdict.decision == "merge":
                draft = structs.replace(stored.draft, similar=(*stored.draft.similar, draft.question, *draft.similar))
            found[target] = structs.replace(stored, draft=structs.replace(draft, status="published"))
        return list(found.values())
