"""Proposing and deciding candidates (候选审核).

A candidate's id is the fingerprint of its question and scope, so what was found again is the same candidate: an
open one gets the newer evidence, a decided one stays decided (a question that was dismissed does not come back).
Accepting writes the entry and closes the candidate in one change; the entry keeps its source.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b

from msgspec import structs, to_builtins
from sqlalchemy import Connection

from xiaoer.infra import audit
from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import Conflict, NotFound, XiaoerError
from xiaoer.kernel.heard import TextAnalyser
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.knowledge import keeping as entries
from xiaoer.slices.knowledge import pending, store
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.knowledge.candidates import store as rows
from xiaoer.slices.knowledge.candidates.types import (
    Candidate,
    CandidateFilter,
    CandidatePage,
    Decided,
    Earlier,
    Near,
    Proposal,
    Proposed,
    Verdict,
)
from xiaoer.slices.knowledge.types import EntryDraft

_MAX_PAGE = 200
_CHUNK = 100  # candidates of one write
_LIKE = 0.6  # a hit of this score asks nearly the same


class Candidates:
    """Candidates of all shops."""

    def __init__(self, db: Database, clock: Clock, knowledge: Knowledge, analyser: TextAnalyser) -> None:
        self._db = db
        self._clock = clock
        self._knowledge = knowledge
        self._analyser = analyser

    async def propose(self, shop: ShopId, found: Sequence[Proposal], by: str, batch: str = "") -> Proposed:
        """Keep proposals; tell how many are new, how many were known already, and from when."""
        await self._knowledge.ensure_loaded(shop)
        batch, added = batch or new_id(), 0
        unique: dict[str, Proposal] = {}
        for proposal in found:
            unique.setdefault(self.id_of(proposal.draft), proposal)
        ids, before = list(unique), list[Candidate]()
        for at in range(0, len(ids), _CHUNK):
            now = self._clock.now()
            made = [
                structs.replace(self._candidate(shop, id_, unique[id_], now, by, batch), position=at + place)
                for place, id_ in enumerate(ids[at : at + _CHUNK])
            ]

            def keep(connection: Connection, made: Sequence[Candidate] = made) -> tuple[int, list[Candidate]]:
                known = rows.get_many(connection, shop, [candidate.id for candidate in made])
                fresh = [candidate for candidate in made if candidate.id not in known]
                rows.add(connection, shop, fresh)
                for candidate in made:
                    if candidate.id in known:
                        rows.change(connection, shop, candidate.id, _newer(candidate))
                return len(fresh), list(known.values())

            fresh, known = await self._db.write(keep)
            added, before = added + fresh, before + known
        return Proposed(added, len(ids) - added, _earlier(before))

    def id_of(self, draft: EntryDraft) -> str:
        """The fingerprint of what a draft asks, and for what."""
        asks = self._analyser.forms(draft.question).compact or draft.question
        scope = "\n".join((asks, draft.product_id, draft.product_category, draft.channel))
        return blake2b(scope.encode(), digest_size=12).hexdigest()

    def _candidate(self, shop: ShopId, id_: str, found: Proposal, now: datetime, by: str, batch: str) -> Candidate:
        draft = found.draft
        result = self._knowledge.search(shop, draft.question, now=now, product_id=draft.product_id, top_k=1)
        best = result.hits[0] if result.hits and result.hits[0].score >= _LIKE else None
        near = Near(best.id, best.question, best.answer[:500], best.score) if best else None
        return Candidate(
            id_, found.origin, batch, "open", draft, found.evidence, found.conversations, found.buyers, now, by, near,
            found.target_id, found.note,
        )  # fmt: skip

    async def page(self, shop: ShopId, wanted: CandidateFilter, offset: int = 0, limit: int = 50) -> CandidatePage:
        """One page, most asked first."""
        size = max(1, min(limit, _MAX_PAGE))
        found, total = await self._db.read(lambda c: rows.page(c, shop, wanted, max(0, offset), size))
        counts = await self._db.read(lambda c: rows.counts(c, shop, wanted))
        return CandidatePage(tuple(found), total, counts)

    async def get(self, shop: ShopId, id_: str) -> Candidate:
        """
        Raises:
            NotFound: no such candidate.
        """
        found = await self._db.read(lambda c: rows.get_many(c, shop, [id_]))
        if id_ not in found:
            raise NotFound("Candidate", id_)
        return found[id_]

    async def get_many(self, shop: ShopId, ids: Sequence[str]) -> dict[str, Candidate]:
        """Candidates by id; unknown ones are left out."""
        return await self._db.read(lambda c: rows.get_many(c, shop, ids))

    async def decide(self, shop: ShopId, verdicts: Sequence[Verdict], by: str, *, publish: bool) -> Decided:
        """Carry out verdicts, each by itself; accepted ones become published entries, or drafts."""
        made: dict[str, str] = {}
        refused: dict[str, str] = {}
        rejected: list[str] = []
        for verdict in verdicts:
            try:
                entry_id = await self._decide(shop, verdict, by, publish)
            except XiaoerError as error:
                refused[verdict.id] = error.detail
                continue
            if entry_id:
                made[verdict.id] = entry_id
            else:
                rejected.append(verdict.id)
        await self._knowledge.refresh(shop)
        return Decided(made, refused, tuple(rejected))

    async def _decide(self, shop: ShopId, verdict: Verdict, by: str, publish: bool) -> str:
        now = self._clock.now()

        def change(connection: Connection) -> str:
            candidate = rows.get_many(connection, shop, [verdict.id]).get(verdict.id)
            if candidate is None:
                raise NotFound("Candidate", verdict.id)
            if candidate.status != "open":
                raise Conflict(f"Candidate {verdict.id} was {candidate.status} already by {candidate.decided_by}.")
            entry_id, status = "", "rejected"
            if verdict.decision != "reject":
                status = "accepted"
                draft = verdict.draft or candidate.draft
                target = verdict.target_id or candidate.target_id
                if verdict.decision == "merge" and not target and candidate.near:
                    target = candidate.near.id
                entry_id = _keep(connection, shop, candidate, draft, target, verdict, publish, by, now)
            values = {"status": status, "decided_at": now, "decided_by": by, "entry_id": entry_id}
            if verdict.note:
                values["note"] = verdict.note[:500]
            rows.change(connection, shop, candidate.id, values)
            audit.record(
                connection, shop, by, f"knowledge.candidate_{status}", candidate.id, now, entry=entry_id,
                note=verdict.note[:200],
            )  # fmt: skip
            return entry_id

        return await self._db.write(change)


def _earlier(known: Sequence[Candidate]) -> Earlier | None:
    """The intake that most of these candidates came from."""
    batches = Counter(candidate.batch for candidate in known)
    if not batches:
        return None
    ((batch, count),) = batches.most_common(1)
    held = [candidate for candidate in known if candidate.batch == batch]
    decided = sum(candidate.status != "open" for candidate in held)
    return Earlier(batch, min(candidate.created_at for candidate in held), count, decided)


def _newer(candidate: Candidate) -> dict[str, object]:
    """What a proposal that was found again renews of an open candidate."""
    values: dict[str, object] = {"near": candidate.near}
    if candidate.conversations:
        values |= {
            "conversations": candidate.conversations,
            "buyers": candidate.buyers,
            "evidence": candidate.evidence,
            "draft": candidate.draft,
        }
    return values


def _keep(
    connection: Connection,
    shop: ShopId,
    candidate: Candidate,
    draft: EntryDraft,
    target: str,
    verdict: Verdict,
    publish: bool,
    by: str,
    now: datetime,
) -> str:
    """Write the entry that a candidate becomes, joins or changes; return its id."""
    if verdict.decision == "merge":
        stored = store.get(connection, shop, target)
        if stored is None:
            raise NotFound("Entry", target or "(none)", "Name the entry to merge into.")
        joined = structs.replace(stored.draft, similar=(*stored.draft.similar, draft.question, *draft.similar))
        return entries.keep_change(connection, shop, stored, joined, now, by)
    if target:
        stored = store.get(connection, shop, target)
        if stored is None:
            raise NotFound("Entry", target)
        return entries.keep_change(
            connection, shop, stored, structs.replace(draft, status=stored.draft.status), now, by
        )
    status = pending.first_status(connection, shop, publish)
    source = draft.source or _source(candidate)
    return entries.keep_new(connection, shop, structs.replace(draft, status=status, source=source), now, by).id


def _source(candidate: Candidate) -> dict[str, object]:
    """What an entry remembers of the candidate that it was."""
    first = candidate.evidence[0] if candidate.evidence else None
    found: dict[str, object] = {"kind": candidate.origin, "candidate": candidate.id}
    if candidate.conversations:
        found["conversations"] = candidate.conversations
    if first is not None:
        told = {
            name: value for name, value in to_builtins(first).items() if name in ("passage", "place", "conversation_id")
        }
        found |= {name: value[:1_500] for name, value in told.items() if value}
    return found
