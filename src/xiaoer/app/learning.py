"""Learning in this process (学习): the gap loop each night, decisions about gaps, and the guard of publishing."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from msgspec import structs
from sqlalchemy import Connection

from xiaoer.app.rehearsing import Stages
from xiaoer.flows.decide_gap import DecideGap
from xiaoer.flows.import_data.importer import Importer
from xiaoer.flows.import_data.ports import Pairs
from xiaoer.flows.learn_nightly.learn import LearnGaps
from xiaoer.flows.publish_knowledge.guard import Broken, GoldenBroken, GuardPublishing
from xiaoer.flows.replay_changes.publish import PublishProposals
from xiaoer.flows.replay_changes.replay import JOB, ReplayChanges
from xiaoer.infra import audit
from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.infra.job_runner import Jobs
from xiaoer.infra.jobs import Job
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import Conflict, NotFound
from xiaoer.kernel.heard import TextAnalyser
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.knowledge.guarded import GuardedEntries, override_reason
from xiaoer.slices.knowledge.health.meeting import Reading
from xiaoer.slices.knowledge.sink import KnowledgeSink
from xiaoer.slices.knowledge.types import Entry
from xiaoer.slices.learning import api as learning
from xiaoer.slices.learning.api import GapRow
from xiaoer.slices.learning.ports import RewritesDrafts
from xiaoer.slices.learning.rules.approved import approved
from xiaoer.slices.learning.store import golden, replays
from xiaoer.slices.learning.types import Ask, Difference, GapSettings, Golden, Replay
from xiaoer.slices.policies.own_red_lines import RuleBook

_OFTEN = 3  # conversations in which an accepted candidate was asked
_ROWS = 500  # of a file that are looked up at once
_DAILY, _NIGHT = timedelta(days=1), timedelta(hours=19)  # 03:00 in the shop's zone


class FileBreaksGolden(Conflict):
    """A file would break golden questions; said in the words of the import page."""

    code = "golden_broken"

    def __init__(self, broken: Sequence[Broken]) -> None:
        named = "；".join(f"「{one.question}」{one.failure}" for one in broken[:5])
        super().__init__(f"导入以后有 {len(broken)} 道回归题会答错：{named}。改好文件或回归题，或者写明原因再导入。")


class Learning:
    """Gaps, golden questions and their jobs."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        analyser: TextAnalyser,
        knowledge: Knowledge,
        entries: GuardedEntries,
        importer: Importer,
        stages: Stages,
        jobs: Jobs,
        reading: Reading,
        rewriter: RewritesDrafts | None = None,
    ) -> None:
        self._db = db
        self._clock = clock
        self._knowledge = knowledge
        self._entries = entries
        self._red_lines = stages.red_lines
        self._understanding = stages.understanding
        self._sink = KnowledgeSink()
        self.guard = GuardPublishing(db, clock, stages)
        self.learn = LearnGaps(db, clock, analyser, reading)
        self.decide = DecideGap(db, clock, entries, rewriter)
        self.replay = ReplayChanges(db, clock, stages, stages.understanding)
        self.proposals = PublishProposals(db, clock, self.guard, stages.understanding)
        entries.guard = self.guard
        importer.guards["knowledge"] = self._guard_import
        stages.red_lines.guard = self._guard_book
        jobs.handle(JOB, self._replay)
        jobs.every("learning.nightly", _DAILY, self._nightly, offset=_NIGHT)

    async def _nightly(self, job: Job) -> None:
        await self.learn(job.shop)
        await self.guard.run(job.shop)

    async def _guard_import(self, shop: ShopId, rows: Pairs, keep: Collection[str], by: str, override: str, /) -> None:
        changed: list[Entry] = []
        for at in range(0, len(rows), _ROWS):
            part = rows[at : at + _ROWS]
            changed += await self._db.read(lambda c, part=part: self._sink.after(c, shop, part, keep))  # type: ignore[misc]
        try:
            await self.guard(shop, changed, by, override)
        except GoldenBroken as error:
            raise FileBreaksGolden(error.against) from error

    async def _guard_book(self, shop: ShopId, by: str, book: RuleBook) -> None:
        await self.guard(shop, (), by, override_reason(), book)

    async def _replay(self, job: Job) -> None:
        await self.replay(job.shop, str(job.payload["replay"]))

    async def replays(self, shop: ShopId) -> list[Replay]:
        """The newest replays."""
        return await self._db.read(lambda c: replays.newest(c, shop, 50))

    async def differences(
        self, shop: ShopId, replay_id: str, mark: str, text: str, offset: int, limit: int
    ) -> tuple[list[Difference], int]:
        """What a replay found, and how much of it there is."""
        return await self._db.read(lambda c: replays.page_differences(c, shop, replay_id, mark, text, offset, limit))

    async def draft_ids(self, shop: ShopId) -> list[str]:
        """Every draft and entry in review."""
        return [str(entry.id) async for entry in self._entries.every(shop) if entry.draft.status in ("draft", "review")]

    async def gaps(self, shop: ShopId, since: datetime, until: datetime, status: str, limit: int) -> list[GapRow]:
        """Gaps of a period."""
        return await self._db.read(lambda c: learning.list_gaps(c, shop, since, until, status, limit))

    async def examples(self, shop: ShopId, gap_id: str, since: datetime, until: datetime) -> list[Ask]:
        """The newest questions of a gap."""
        return await self._db.read(lambda c: learning.examples(c, shop, gap_id, since, until))

    async def settings(self, shop: ShopId) -> tuple[GapSettings, str | None]:
        """The settings of the gap loop, and when the talks were read last."""
        read_at = await self._db.read(lambda c: learning.totals(c, shop)["read_at"])
        return await self._db.read(lambda c: learning.get_settings(c, shop)), read_at

    async def save_settings(self, shop: ShopId, value: GapSettings) -> None:
        """Keep the settings of the gap loop."""
        await self._db.write(lambda c: learning.set_settings(c, shop, value))

    async def renew(self, shop: ShopId) -> None:
        """Let changed entries and rules hold here at once."""
        await self._knowledge.refresh(shop)
        await self._red_lines.renew(shop)
        self._understanding.forget(shop)

    async def golden(self, shop: ShopId) -> list[Golden]:
        """All golden questions."""
        return await self._db.read(lambda c: golden.all_golden(c, shop))

    async def keep_golden(self, shop: ShopId, value: Golden, by: str) -> Golden:
        """Add a golden question, or change the one with this id.

        Raises:
            NotFound: there is none with this id.
        """
        now = self._clock.now()
        if value.id:
            known = await self._db.read(lambda c: golden.get(c, shop, value.id))
            if known is None:
                raise NotFound("Golden question", value.id)
            value = structs.replace(
                value, origin=known.origin, created_at=known.created_at, created_by=known.created_by
            )
        else:
            value = structs.replace(value, id=new_id(), origin="manual", created_at=now, created_by=by)
        result = await self.guard.try_one(shop, value)
        kept = structs.replace(value, checked_at=now, passed=not result.failure, failure=result.failure)

        def change(connection: Connection) -> None:
            golden.keep(connection, shop, kept)
            audit.record(connection, shop, by, "learning.golden", kept.id, now, enabled=kept.enabled)

        await self._db.write(change)
        return kept

    async def grow(self, shop: ShopId, entries: Sequence[str], by: str) -> None:
        """Let accepted answers that buyers often ask for join the regression set."""
        found, now = await self._entries.get_many(shop, entries), self._clock.now()
        often = [
            (id_, entry.draft)
            for id_, entry in found.items()
            if entry.version == 1 and int(entry.draft.source.get("conversations") or 0) >= _OFTEN
        ]
        made = [
            approved(f"entry-{id_}", draft.question, id_, draft, by, now)
            for id_, draft in often
            if draft.status == "published" and draft.is_for_everybody
        ]

        def keep(connection: Connection) -> None:
            for one in made:
                golden.keep(connection, shop, one)

        if made:
            await self._db.write(keep)

    async def drop_golden(self, shop: ShopId, id_: str, by: str) -> None:
        """
        Raises:
            NotFound: there is none with this id.
        """
        now = self._clock.now()

        def change(connection: Connection) -> bool:
            audit.record(connection, shop, by, "learning.golden_dropped", id_, now)
            return golden.drop(connection, shop, id_)

        if not await self._db.write(change):
            raise NotFound("Golden question", id_)
