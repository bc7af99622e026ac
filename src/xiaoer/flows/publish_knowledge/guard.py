"""Publishing is guarded by the regression set (回归题): a change that breaks a golden question is refused.

Golden questions are answered for trial by the shop as it would be after the change. Only what a change breaks stops
it: a question that fails already is nobody's new mistake. Whoever publishes all the same names a reason, which is
kept in the audit together with what broke; where nothing but the approved words broke, he has approved the new ones,
and they are what is expected from then on. So are the words in which an approved draft is first published. Files,
rule packs and red lines are asked about as a whole. What may be published renews the outcomes in the list of golden
questions.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog
from msgspec import Struct
from sqlalchemy import Connection

from xiaoer.infra import audit
from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import Conflict
from xiaoer.kernel.ids import BuyerId, ConversationId, MessageId, ShopId
from xiaoer.kernel.rehearsal import Rehearses
from xiaoer.kernel.turn import BuyerMessage, TextContent, Turn, TurnContext
from xiaoer.slices.knowledge import store
from xiaoer.slices.knowledge.types import Entry
from xiaoer.slices.learning.rules.approved import OTHER_WORDS, TRIAL_CHANNEL
from xiaoer.slices.learning.rules.outcomes import failure_of, outcome_of
from xiaoer.slices.learning.store import golden
from xiaoer.slices.learning.types import Golden, Outcome
from xiaoer.slices.policies.own_red_lines import RuleBook
from xiaoer.slices.wording.types import Teaching

_log = structlog.get_logger(__name__)
_NOBODY = "golden"  # the buyer of trials: has no orders and no profile
_NAMED = 5


class StagesShops(Protocol):
    """Puts up a shop as it would be: with entries changed, and with another rule book when one is given."""

    async def stage(
        self, shop: ShopId, changed: Sequence[Entry], book: RuleBook | None, teaching: Teaching | None = None
    ) -> Rehearses: ...


class Broken(Struct, frozen=True):
    """A golden question that a change would break, and how: `before` and `after` are the approved words and the new
    ones where nothing else breaks."""

    id: str
    question: str
    failure: str
    before: str = ""
    after: str = ""


class GoldenBroken(Conflict):
    """Publishing would break golden questions."""

    code = "golden_broken"
    against: tuple[Broken, ...]

    def __init__(self, broken: Sequence[Broken]) -> None:
        named = "；".join(f"「{one.question}」{one.failure}" for one in broken[:_NAMED])
        super().__init__(
            f"This change breaks {len(broken)} golden questions: {named}. "
            "Mend the change or the questions, or repeat with `override` and the reason."
        )
        self.against = tuple(broken)


class Result(Struct, frozen=True):
    """The outcome of one golden question; an empty failure is a pass. `written` is what its entry says, as written."""

    golden: Golden
    outcome: Outcome
    failure: str
    written: str = ""


class GuardPublishing:
    """Runs the regression set, and stops what would break it."""

    def __init__(self, db: Database, clock: Clock, stages: StagesShops) -> None:
        self._db = db
        self._clock = clock
        self._stages = stages

    async def __call__(
        self,
        shop: ShopId,
        changed: Sequence[Entry],
        by: str,
        override: str = "",
        book: RuleBook | None = None,
        teaching: Teaching | None = None,
    ) -> None:
        """Return when the change may be published.

        Raises:
            GoldenBroken: it breaks golden questions and no reason for doing so was given.
        """
        after = await self._after(shop, changed, book, teaching)
        broken, first = await self._newly_broken(shop, after)
        if broken and not override.strip():
            raise GoldenBroken(broken)
        now, ids = self._clock.now(), [one.id for one in broken]
        words = {one.id: one.after for one in (*broken, *first) if one.failure == OTHER_WORDS}
        outcomes = [(result.golden.id, "" if result.golden.id in words else result.failure) for result in after]

        def keep(connection: Connection) -> None:
            golden.approve(connection, shop, words)
            golden.keep_results(connection, shop, outcomes, now)
            if not broken:
                return
            audit.record(
                connection, shop, by, "knowledge.golden_override", f"{len(ids)} golden questions", now,
                reason=override.strip()[:200], golden=ids[:50], renewed=[id_ for id_ in ids if id_ in words][:50],
                entries=[str(entry.id) for entry in changed][:50],
            )  # fmt: skip

        if outcomes:
            await self._db.write(keep)
        if broken:
            _log.warning("golden_override", shop=shop, broken=len(ids))

    async def broken_by(self, shop: ShopId, changed: Sequence[Entry], book: RuleBook | None = None) -> list[Broken]:
        """The golden questions that pass now and would fail after the change."""
        return (await self._newly_broken(shop, await self._after(shop, changed, book)))[0]

    async def _after(
        self, shop: ShopId, changed: Sequence[Entry], book: RuleBook | None, teaching: Teaching | None = None
    ) -> list[Result]:
        """Every golden question as the changed shop would answer it; nothing where nothing changes."""
        wanted = await self._db.read(lambda c: golden.all_golden(c, shop, enabled=True))
        if not wanted or (not changed and book is None and teaching is None):
            return []
        return await self._results(shop, wanted, changed, book, teaching)

    async def _newly_broken(self, shop: ShopId, after: Sequence[Result]) -> tuple[list[Broken], list[Broken]]:
        """What held and would fail, and what is answered by its approved entry for the first time, in other words."""
        failing = [result for result in after if result.failure]
        if not failing:
            return [], []
        before = await self._results(shop, [result.golden for result in failing], (), None)
        broken, first = list[Broken](), list[Broken]()
        for old, new in zip(before, failing, strict=True):
            if not old.failure:
                broken.append(_broken(new))
            elif new.failure == OTHER_WORDS and old.golden.entry_id not in old.outcome.entries:
                first.append(_broken(new))
        return broken, first

    async def run(self, shop: ShopId) -> list[Result]:
        """Check every golden question against the shop as it is, and keep the outcome."""
        wanted = await self._db.read(lambda c: golden.all_golden(c, shop, enabled=True))
        results = await self._results(shop, wanted, (), None) if wanted else []
        now, kept = self._clock.now(), [(result.golden.id, result.failure) for result in results]
        await self._db.write(lambda c: golden.keep_results(c, shop, kept, now))
        return results

    async def try_one(self, shop: ShopId, wanted: Golden, changed: Sequence[Entry] = ()) -> Result:
        """What a golden question gets now, or would get with entries changed, without keeping anything."""
        return (await self._results(shop, [wanted], changed, None))[0]

    async def _results(
        self,
        shop: ShopId,
        wanted: Sequence[Golden],
        changed: Sequence[Entry],
        book: RuleBook | None,
        teaching: Teaching | None = None,
    ) -> list[Result]:
        stage = await self._stages.stage(shop, changed, book, teaching)
        entries = await self._approved(shop, wanted, changed)
        results = []
        for one in wanted:
            outcome = outcome_of(await stage.rehearse(self._turn(shop, one)))
            entry = entries.get(one.entry_id)
            written = entry.draft.said_on(one.channel or TRIAL_CHANNEL) if entry else ""
            results.append(Result(one, outcome, failure_of(one, outcome, written), written))
            await asyncio.sleep(0)
        return results

    async def _approved(self, shop: ShopId, wanted: Sequence[Golden], changed: Sequence[Entry]) -> dict[str, Entry]:
        """The entries whose words somebody approved, as they would be."""
        ids = list(dict.fromkeys(one.entry_id for one in wanted if one.answer))
        kept = await self._db.read(lambda c: store.get_many(c, shop, ids)) if ids else {}
        return kept | {str(entry.id): entry for entry in changed}

    def _turn(self, shop: ShopId, one: Golden) -> Turn:
        message = BuyerMessage(MessageId(one.id), TextContent(one.question), self._clock.now())
        product = one.product_id or None
        return Turn(
            shop, ConversationId(_NOBODY), BuyerId(_NOBODY), one.channel or TRIAL_CHANNEL, (message,),
            context=TurnContext(product_id=product), product_in_focus=product,
        )  # fmt: skip


def _broken(result: Result) -> Broken:
    """A result as it stands against a change; words are told where nothing else is wrong."""
    one = result.golden
    words = (one.answer, result.written) if result.failure == OTHER_WORDS else ("", "")
    return Broken(one.id, one.question, result.failure, *words)
