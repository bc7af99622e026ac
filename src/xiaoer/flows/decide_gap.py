"""A person decides about a gap (处理缺口): an entry from it, its wordings into an existing entry, or not at all.

Entry, golden question, the gap's new state and the audit are one change. A dismissed gap keeps its wordings, so that
the same questions join it tomorrow and it stays dismissed.
"""

from collections.abc import Callable
from datetime import datetime

from msgspec import structs
from sqlalchemy import Connection

from xiaoer.infra import audit
from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import Conflict, InvalidBody, NotFound
from xiaoer.kernel.ids import EntryId, ShopId
from xiaoer.slices.knowledge import keeping as entries
from xiaoer.slices.knowledge import pending, store
from xiaoer.slices.knowledge.guarded import GuardedEntries
from xiaoer.slices.knowledge.types import Entry, EntryDraft
from xiaoer.slices.learning.api import get_settings
from xiaoer.slices.learning.ports import RewritesDrafts
from xiaoer.slices.learning.rules.approved import approved
from xiaoer.slices.learning.rules.drafting import keeps_figures, similar_of
from xiaoer.slices.learning.rules.worth import is_reopened
from xiaoer.slices.learning.store import gaps, golden
from xiaoer.slices.learning.types import Gap, GapCount


class DecideGap:
    """Approve, merge, dismiss, reopen."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        service: GuardedEntries,
        rewriter: RewritesDrafts | None = None,
    ) -> None:
        self._db = db
        self._clock = clock
        self._entries = service
        self._rewriter = rewriter

    async def draft(self, shop: ShopId, gap_id: str) -> EntryDraft:
        """The entry that is proposed for a gap: its leading question, and the best answer of people.

        The answer is empty when no person answered it yet. A language model, when there is one, may put it better,
        but not change a figure.

        Raises:
            NotFound: no such gap.
        """
        gap = await self.gap(shop, gap_id)
        answer = gap.answers[0].text if gap.answers else ""
        if answer and self._rewriter is not None:
            better = await self._rewriter.rewrite(shop, gap.question, answer)
            if better and keeps_figures(answer, better):
                answer = better
        source = {
            "kind": "gap",
            "gap": gap.id,
            "conversation_id": gap.answers[0].conversation_id if gap.answers else "",
        }
        similar = similar_of(gap.question, gap.wordings)
        return EntryDraft(gap.question, answer, similar, gap.product_id, status="draft", source=source)

    async def gap(self, shop: ShopId, gap_id: str) -> Gap:
        """
        Raises:
            NotFound: no such gap.
        """
        found: Gap | None = await self._db.read(lambda c: gaps.get_gap(c, shop, gap_id))
        if found is None:
            raise NotFound("Gap", gap_id)
        return found

    async def approve(self, shop: ShopId, gap_id: str, draft: EntryDraft, by: str, *, publish: bool) -> str:
        """Make an entry of a gap; return its id.

        Raises:
            NotFound: no such gap. InvalidEntry, UnknownVariable: the entry cannot be kept.
            GoldenBroken: publishing it breaks golden questions. Conflict: an entry was made of it already.
        """
        gap = await self.gap(shop, gap_id)
        status = await self._db.read(lambda c: pending.first_status(c, shop, publish))
        source = {"kind": "gap", "gap": gap.id, **draft.source}
        wanted = structs.replace(draft, status=status, source=source)
        entry_id, now = EntryId(new_id()), self._clock.now()
        if status == "published":
            await self._entries.check(shop, [Entry(entry_id, wanted, 1, "", now, by)], by)

        def change(connection: Connection) -> None:
            _refuse_decided(connection, shop, gap.id, now)
            entries.keep_new(connection, shop, wanted, now, by, entry_id)
            self._decided(connection, shop, gap, "approved", by, now, entry_id)
            _keep_golden(connection, shop, gap, entry_id, wanted, by, now)

        await self._db.write(change)
        return str(entry_id)

    async def merge(self, shop: ShopId, gap_id: str, entry_id: str, by: str, answer: str = "") -> str:
        """Add the gap's wordings to an entry as similar questions; return the entry's id.

        `answer` takes the place of the entry's own: what the entry said was wrong, and people said it better.

        Raises:
            NotFound: no such gap or entry. Conflict: the entry changed meanwhile. GoldenBroken.
        """
        gap = await self.gap(shop, gap_id)
        stored = await self._entries.get(shop, entry_id)
        more = (gap.question, *similar_of(gap.question, gap.wordings))
        similar = tuple(dict.fromkeys((*stored.draft.similar, *(t for t in more if t != stored.draft.question))))
        said = answer.strip() or stored.draft.answer
        wanted, now = structs.replace(stored.draft, similar=similar, answer=said), self._clock.now()
        if wanted.status == "published":
            await self._entries.check(shop, [structs.replace(stored, draft=wanted)], by)

        def change(connection: Connection) -> None:
            _refuse_decided(connection, shop, gap.id, now)
            if (current := store.get(connection, shop, entry_id)) is None or current.version != stored.version:
                raise Conflict(f"Entry {entry_id} was changed by somebody else just now. Try again.")
            entries.keep_change(connection, shop, stored, wanted, now, by)
            self._decided(connection, shop, gap, "merged", by, now, entry_id)
            _keep_golden(connection, shop, gap, entry_id, wanted, by, now)

        await self._db.write(change)
        return entry_id

    async def dismiss(self, shop: ShopId, gap_id: str, reason: str, by: str) -> None:
        """Say that a gap needs no entry, and why.

        Raises:
            NotFound: no such gap. InvalidBody: no reason.
        """
        if not reason.strip():
            raise InvalidBody("A dismissal needs a reason, so that a colleague understands it later.")
        await self._change(shop, gap_id, lambda c, gap: self._decided(
            c, shop, gap, "dismissed", by, self._clock.now(), note=reason.strip()[:500]
        ))  # fmt: skip

    async def reopen(self, shop: ShopId, gap_id: str, by: str) -> None:
        """Take a decision back: the gap is open again. An entry that was made of it stays.

        Raises:
            NotFound: no such gap.
        """
        await self._change(shop, gap_id, lambda c, gap: self._decided(c, shop, gap, "open", by, self._clock.now()))

    async def _change(self, shop: ShopId, gap_id: str, change: Callable[[Connection, Gap], None]) -> None:
        gap = await self.gap(shop, gap_id)
        await self._db.write(lambda c: change(c, gap))

    @staticmethod
    def _decided(
        connection: Connection,
        shop: ShopId,
        gap: Gap,
        status: str,
        by: str,
        now: datetime,
        entry_id: str = "",
        note: str = "",
    ) -> None:
        values = {"status": status, "decided_at": now, "decided_by": by, "entry_id": entry_id, "note": note}
        gaps.change_gap(connection, shop, gap.id, **values, updated_at=now)
        audit.record(connection, shop, by, f"learning.gap_{status}", gap.id, now, entry=entry_id, note=note[:200])


def _refuse_decided(connection: Connection, shop: ShopId, gap_id: str, now: datetime) -> None:
    """Nobody makes two entries of one gap (a double click, a colleague); one that is asked on is open again."""
    gap = gaps.get_gap(connection, shop, gap_id)
    if gap is None or gap.status not in ("approved", "merged") or gap.decided_at is None:
        return
    since = gaps.counts(connection, shop, gap.decided_at, now, [gap_id]).get(gap_id, GapCount())
    if not is_reopened(gap, since, get_settings(connection, shop)):
        raise Conflict(f"Gap {gap_id} was decided by {gap.decided_by} already: see entry {gap.entry_id}, or reopen it.")


def _keep_golden(
    connection: Connection, shop: ShopId, gap: Gap, entry_id: str, draft: EntryDraft, by: str, now: datetime
) -> None:
    """What was approved must stay answered: the question joins the regression set, and counts once it is answered."""
    made = approved(f"gap-{gap.id}", gap.question, entry_id, draft, by, now, gap.product_id)
    golden.keep(connection, shop, made)
