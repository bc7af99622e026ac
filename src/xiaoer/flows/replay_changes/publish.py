"""A proposal is published or discarded (发布预演过的改动): all of it in one change, or nothing.

Entries must still be at the version that was rehearsed; the regression set is asked about the whole. What an approved
entry says to past buyers was looked at, so it joins the regression set.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

import msgspec
from sqlalchemy import Connection

from xiaoer.flows.replay_changes.replay import JOB, Proposal, ProposedEntry
from xiaoer.infra import audit, jobs
from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import Conflict, InvalidBody, NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.knowledge import keeping as entries
from xiaoer.slices.knowledge import pending, rules, store
from xiaoer.slices.knowledge.guarded import override_reason
from xiaoer.slices.knowledge.types import Entry, EntryDraft
from xiaoer.slices.learning.rules.approved import approved
from xiaoer.slices.learning.store import golden, replays
from xiaoer.slices.learning.types import Replay
from xiaoer.slices.policies import store as policies
from xiaoer.slices.policies.own_red_lines import RuleBook
from xiaoer.slices.wording import api as wording
from xiaoer.slices.wording.types import Teaching, Wording

_MOST = 2_000  # entries of one proposal
_OPEN = ("waiting", "running", "done", "failed")


class GuardsPublishing(Protocol):
    """Refuses what breaks golden questions, unless `override` names a reason."""

    async def __call__(
        self,
        shop: ShopId,
        changed: list[Entry],
        by: str,
        override: str = "",
        book: RuleBook | None = None,
        teaching: Teaching | None = None,
    ) -> None: ...


class Hears(Protocol):
    """The shop's understanding, as publishing needs it."""

    @property
    def codes(self) -> tuple[str, ...]: ...

    async def use(self, shop: ShopId, version: int) -> None:
        """Put a version of the shop's model in force."""
        ...


class PublishProposals:
    """Begins, stops, publishes and discards replays."""

    def __init__(self, db: Database, clock: Clock, guard: GuardsPublishing, hears: Hears) -> None:
        self._db = db
        self._clock = clock
        self._guard = guard
        self._hears = hears

    async def begin(
        self, shop: ShopId, title: str, proposal: Proposal, baseline: Literal["now", "then"], days: int, by: str
    ) -> Replay:
        """Order a replay; a job runs it.

        Raises:
            InvalidBody: nothing is proposed and the baseline is the shop as it is, or too much is proposed.
        """
        if baseline == "now" and not _holds(proposal):
            raise InvalidBody(
                "Nothing is proposed. Name entries, rules, words or a model, or compare with what was said then."
            )
        if len(proposal.entries) > _MOST:
            raise InvalidBody(f"A proposal holds at most {_MOST} entries.")
        now, id_ = self._clock.now(), new_id()
        data: dict[str, Any] = msgspec.to_builtins(proposal)
        replay = Replay(id_, title, data, baseline, days, "waiting", now, by)

        def keep(connection: Connection) -> None:
            replays.add(connection, shop, replay)
            jobs.enqueue(connection, shop, JOB, {"replay": id_}, at=now, id_=f"{JOB}:{id_}")

        await self._db.write(keep)
        return replay

    async def taught(
        self, shop: ShopId, lessons: Sequence[Wording], forgotten: Sequence[str], model: int | None
    ) -> Teaching | None:
        """What would be taught, made from the words that are kept now; None for nothing.

        Raises:
            WordingRefused: the rules do not allow it. NotFound: an id is not in the shop.
        """

        def query(connection: Connection) -> Teaching:
            found = Teaching(tuple(lessons), tuple(forgotten), wording.revision(connection, shop), model)
            wording.as_taught(connection, shop, found, self._hears.codes)
            return found

        return await self._db.read(query) if lessons or forgotten or model is not None else None

    async def proposed(self, shop: ShopId, ids: list[str], status: str) -> tuple[ProposedEntry, ...]:
        """Kept entries as they would be in another status.

        Raises:
            NotFound: one is not there.
        """
        found = await self._db.read(lambda c: store.get_many(c, shop, ids))
        if missing := [id_ for id_ in ids if id_ not in found]:
            raise NotFound("Entry", missing[0])
        return tuple(
            ProposedEntry(id_, found[id_].version, msgspec.structs.replace(found[id_].draft, status=status))
            for id_ in ids
        )

    async def put(self, shop: ShopId, drafts: Mapping[str, EntryDraft]) -> tuple[ProposedEntry, ...]:
        """Entries of these ids as they would be, whether they are kept already or new.

        Raises:
            InvalidEntry: one cannot be kept.
        """
        found = await self._db.read(lambda c: store.get_many(c, shop, list(drafts)))
        names = await self._db.read(lambda c: store.variables_of(c, shop))
        return tuple(
            ProposedEntry(id_, found[id_].version if id_ in found else 0, rules.check_entry(draft, names))
            for id_, draft in drafts.items()
        )

    async def edited(self, shop: ShopId, drafts: Sequence[tuple[str, int, EntryDraft]]) -> tuple[ProposedEntry, ...]:
        """Entries as somebody edited them (id, version, content); an empty id is a new one, version 0 the kept one.

        Raises:
            NotFound: one is not there. Conflict: it is at another version already. InvalidEntry: it cannot be kept.
        """
        ids = [id_ for id_, _, _ in drafts if id_]
        found = await self._db.read(lambda c: store.get_many(c, shop, ids))
        names = await self._db.read(lambda c: store.variables_of(c, shop))
        proposed = []
        for id_, version, draft in drafts:
            if id_ and id_ not in found:
                raise NotFound("Entry", id_)
            kept = found[id_].version if id_ else 0
            if id_ and version not in (0, kept):
                raise Conflict(f"Entry {id_} is at version {kept}, not {version}. Load it again, then rehearse.")
            proposed.append(ProposedEntry(id_, kept, rules.check_entry(draft, names)))
        return tuple(proposed)

    async def approve(self, shop: ShopId, replay: Replay, by: str, alone: bool = True) -> None:
        """Publish what was rehearsed. Under review this is the second look; `alone`: the author himself may.

        Raises:
            Conflict: it is not finished or was decided, or an entry changed meanwhile. GoldenBroken. InvalidEntry.
            Forbidden: under review, he proposed it or wrote an entry of it himself.
        """
        if replay.status != "done":
            raise Conflict(f"Replay {replay.id} is {replay.status}; only a finished one can be published.")
        proposal, now = msgspec.convert(replay.proposal, Proposal), self._clock.now()
        if not _holds(proposal):
            raise InvalidBody("This replay compares with what was said then; there is nothing to publish.")
        if await self._db.read(lambda c: pending.is_on(c, shop)):
            found = await self._db.read(lambda c: store.get_many(c, shop, [one.id for one in proposal.entries]))
            drafted = [entry.updated_by for entry in found.values() if entry.draft.status != "published"]
            for author in (replay.created_by, *drafted):
                pending.check_second_eyes(author, by, alone)
        teaching = proposal.teaching
        await self._guard(shop, proposal.changed(now), by, override_reason(), proposal.book, teaching)

        def change(connection: Connection) -> None:
            self._decide(connection, shop, replay, ("done",), "approved", by, now, "")
            heard = replays.answers_anew(connection, shop, replay.id)
            for place, one in enumerate(proposal.entries):
                id_, draft = _publish(connection, shop, one, by, now), one.draft
                is_heard = not heard.isdisjoint((id_, f"new-{place}"))
                if is_heard and draft.status == "published" and draft.is_for_everybody:
                    golden.keep(connection, shop, approved(f"entry-{id_}", draft.question, id_, draft, by, now))
            if proposal.book is not None:
                policies.save_book(connection, shop, proposal.book, now)
            if teaching is not None:
                wording.teach(connection, shop, teaching, self._hears.codes)

        await self._db.write(change)
        if teaching is not None and teaching.model is not None:
            await self._hears.use(shop, teaching.model)

    async def discard(self, shop: ShopId, replay: Replay, by: str, note: str) -> None:
        """Say that it will not be published; one that runs is stopped.

        Raises:
            Conflict: it was decided already.
        """
        now, status = self._clock.now(), "discarded" if replay.status == "done" else "cancelled"

        def change(connection: Connection) -> None:
            self._decide(connection, shop, replay, _OPEN, status, by, now, note)

        await self._db.write(change)

    @staticmethod
    def _decide(
        connection: Connection,
        shop: ShopId,
        replay: Replay,
        only: tuple[str, ...],
        status: str,
        by: str,
        now: datetime,
        note: str,
    ) -> None:
        values = {"status": status, "decided_at": now, "decided_by": by, "note": note[:500]}
        if not replays.change(connection, shop, replay.id, only, **values):
            raise Conflict(f"Replay {replay.id} was decided by somebody else just now. Load it again.")
        audit.record(
            connection, shop, by, f"learning.replay_{status}", replay.id, now, title=replay.title,
            changed=replay.changed, of=replay.total,
        )  # fmt: skip


def _holds(proposal: Proposal) -> bool:
    """Whether anything would be published."""
    return bool(proposal.entries) or proposal.book is not None or proposal.teaching is not None


def _publish(connection: Connection, shop: ShopId, one: ProposedEntry, by: str, now: datetime) -> str:
    if not one.version:
        return str(entries.keep_new(connection, shop, one.draft, now, by, one.id).id)
    stored = store.get(connection, shop, one.id)
    if stored is None or stored.version != one.version:
        raise Conflict(f"Entry {one.id} was changed since the replay. Rehearse it again.")
    entries.keep_change(connection, shop, stored, one.draft, now, by, seen=True)
    return one.id
