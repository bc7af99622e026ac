"""A change is rehearsed on real talks before it is published (发布前预演).

Each past turn is answered twice for trial, by the shop as it is and by the shop as it would be; what a buyer would
notice is compared. Stock, prices, orders and promotions are those of now on both sides, so a difference comes from
the change and from nothing else. With the baseline `then` the first side is what was really said: that shows what a
new version of the product, its pack or its model changed, along with what changed in the shop since. Nothing is sent,
and nothing is written but the replay's own rows.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from xiaoer.flows.replay_changes.past import Case, read_talks
from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import NotFound
from xiaoer.kernel.heard import Heard
from xiaoer.kernel.ids import EntryId, ShopId
from xiaoer.kernel.memory import Memory
from xiaoer.kernel.rehearsal import Rehearsal, Rehearses
from xiaoer.kernel.turn import Turn
from xiaoer.slices.knowledge.types import Entry, EntryDraft
from xiaoer.slices.learning.rules.outcomes import differences, outcome_of, outcome_then
from xiaoer.slices.learning.store import replays
from xiaoer.slices.learning.types import Difference, Outcome, Replay
from xiaoer.slices.policies.own_red_lines import RuleBook
from xiaoer.slices.privacy import api as privacy
from xiaoer.slices.wording.types import Teaching

_TALKS = 100  # conversations of one read
_MOST_TURNS = 50_000
_KEPT = 5_000  # differences that are stored; the counts are of all
_TELL_S = 1.0  # how often progress is written
JOB = "learning.replay"


class ProposedEntry(Struct, frozen=True):
    """An entry as it would be published (or archived). `version` is the one looked at, 0 of a new one, which may have
    an `id` already (a default rule)."""

    id: str
    version: int
    draft: EntryDraft


class Proposal(Struct, frozen=True):
    """What would be published: entries, a rule book when the red lines change too, and what would be taught."""

    entries: tuple[ProposedEntry, ...] = ()
    book: RuleBook | None = None
    teaching: Teaching | None = None

    def changed(self, now: datetime) -> list[Entry]:
        """The entries as they would be."""
        return [
            Entry(EntryId(one.id or f"new-{place}"), one.draft, one.version + 1, "", now, "")
            for place, one in enumerate(self.entries)
        ]


class StagesShops(Protocol):
    """Puts up a shop as it would be; the stages of one `fresh()` see the same facts."""

    def fresh(self) -> "StagesShops": ...
    async def stage(
        self, shop: ShopId, changed: Sequence[Entry], book: RuleBook | None, teaching: Teaching | None = None
    ) -> Rehearses: ...


class Understands(Protocol):
    """Understanding, as this flow needs it."""

    def understand(self, turn: Turn) -> Heard: ...


class Cancelled(Exception):
    """Somebody stopped the replay."""


class _Side:
    """One side of the comparison, with what it remembers of the talk at hand."""

    def __init__(self, stage: Rehearses, *, hears: bool = False) -> None:
        self._stage = stage
        self._hears = hears  # with other words or another model: what both sides share is not what it hears
        self.begin()

    def begin(self) -> None:
        """Another talk begins."""
        self._unsatisfied, self._unsure, self._memory = 0, 0, Memory()

    async def answer(self, case: Case, heard: Heard) -> Outcome:
        in_focus = self._memory.product_in_focus(case.turn.context.product_id)
        turn = msgspec.structs.replace(case.turn, memory=self._memory, product_in_focus=in_focus)
        known = None if self._hears else heard
        done = await self._stage.rehearse(turn, self._unsatisfied, self._unsure, known)
        self._count(done)
        return outcome_of(done)

    def _count(self, done: Rehearsal) -> None:
        """Keep the counters of the talk as answering keeps them (`flows/answer_message`)."""
        decision, heard = done.decision, done.heard
        if decision.handoff is not None:
            self.begin()
            return
        if decision.memory is not None:
            self._memory = decision.memory
        if decision.acts:
            unsure = all(act.type == "fallback" or act.template == "unclear" for act in decision.acts)
            self._unsure = self._unsure + 1 if unsure else 0
            self._unsatisfied = 0 if heard.satisfied else self._unsatisfied + (heard.satisfied is False)


class ReplayChanges:
    """Runs replays."""

    def __init__(self, db: Database, clock: Clock, stages: StagesShops, understanding: Understands) -> None:
        self._db = db
        self._clock = clock
        self._stages = stages
        self._understanding = understanding

    async def __call__(self, shop: ShopId, replay_id: str) -> Replay:
        """Run a replay that waits, from the beginning when it was cut short.

        Raises:
            NotFound: no such replay.
        """
        replay = await self.get(shop, replay_id)

        def begin(connection: Connection) -> bool:
            replays.forget_differences(connection, shop, replay_id)
            return replays.change(connection, shop, replay_id, ("waiting", "running"), status="running", done=0)

        if await self._db.write(begin):
            run = _Run(self._db, self._clock, shop, replay)
            try:
                await self._run(run)
                await run.finish("done")
            except Cancelled:
                pass
        return await self.get(shop, replay_id)

    async def get(self, shop: ShopId, replay_id: str) -> Replay:
        """
        Raises:
            NotFound: no such replay.
        """
        found: Replay | None = await self._db.read(lambda c: replays.get(c, shop, replay_id))
        if found is None:
            raise NotFound("Replay", replay_id)
        return found

    async def _run(self, run: "_Run") -> None:
        shop, replay, now = run.shop, run.replay, self._clock.now()
        proposal = msgspec.convert(replay.proposal, Proposal)
        stages = self._stages.fresh()
        stage = await stages.stage(shop, proposal.changed(now), proposal.book, proposal.teaching)
        new = _Side(stage, hears=proposal.teaching is not None)
        old = None if replay.baseline == "then" else _Side(await stages.stage(shop, (), None))
        since, before_id = now - timedelta(days=replay.days), ""
        while run.turns < _MOST_TURNS:
            talks, before_id = await self._db.read(
                lambda c, at=before_id: read_talks(c, shop, since, at, _TALKS)  # type: ignore[misc]
            )
            for cases in talks:
                new.begin()
                if old is not None:
                    old.begin()
                for case in cases:
                    await self._compare(run, case, old, new)
            if not before_id:
                return

    async def _compare(self, run: "_Run", case: Case, old: _Side | None, new: _Side) -> None:
        heard = self._understanding.understand(case.turn)
        after = await new.answer(case, heard)
        if old is not None:
            before = await old.answer(case, heard)
        elif case.stored is not None:
            before = outcome_then(msgspec.json.decode(case.stored.response or "{}"), case.stored.trace)
        else:
            return
        run.add(case, before, after)
        await run.tell()


class _Run:
    """What one run has found so far, and how it is told."""

    def __init__(self, db: Database, clock: Clock, shop: ShopId, replay: Replay) -> None:
        self._db = db
        self._clock = clock
        self.shop = shop
        self.replay = replay
        self.turns = 0
        self._messages = 0
        self._changed = 0
        self._counts: Counter[str] = Counter()
        self._stored = 0
        self._found: list[Difference] = []
        self._cpu = time.thread_time()
        self._told_at = time.monotonic()

    def add(self, case: Case, before: Outcome, after: Outcome) -> None:
        """Take one compared turn in."""
        self.turns += 1
        self._messages += len(case.turn.messages)
        changes = differences(before, after)
        if not changes:
            return
        self._changed += 1
        self._counts.update(changes)
        if self._stored + len(self._found) < _KEPT:
            turn_id = case.stored.id if case.stored else case.turn.messages[-1].id
            self._found.append(
                Difference(
                    str(turn_id), str(case.turn.conversation_id), case.at, privacy.mask_text(case.asked)[:1_000],
                    changes, _masked(before), _masked(after),
                )
            )  # fmt: skip

    async def tell(self) -> None:
        """Let others work, and write progress from time to time.

        Raises:
            Cancelled: the replay was stopped.
        """
        await asyncio.sleep(0)
        if time.monotonic() - self._told_at >= _TELL_S:
            self._told_at = time.monotonic()
            if not await self._write(status="running"):
                raise Cancelled

    async def finish(self, status: str) -> None:
        """Write the end."""
        await self._write(status=status, total=self.turns, ended_at=self._clock.now())

    async def _write(self, **values: Any) -> bool:
        found, first, self._found = self._found, self._stored, []
        self._stored += len(found)
        values |= {
            "done": self.turns,
            "messages": self._messages,
            "changed": self._changed,
            "counts": dict(self._counts),
            "cpu_ms": round((time.thread_time() - self._cpu) * 1000),
        }

        def keep(connection: Connection) -> bool:
            replays.add_differences(connection, self.shop, self.replay.id, first, found)
            return replays.change(connection, self.shop, self.replay.id, ("running",), **values)

        return bool(await self._db.write(keep))


def _masked(outcome: Outcome) -> Outcome:
    return msgspec.structs.replace(outcome, text=privacy.mask_text(outcome.text)[:4_000])
