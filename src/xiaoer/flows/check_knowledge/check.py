"""Knowledge is checked (知识体检): conflicts, duplicates, what is stale, what the shop's own data deny, what lacks.

Runs once a day for every shop and when somebody asks. It reads entries, products, promotions and event facts; it
changes nothing but its own findings. Mending is a separate, audited step.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from msgspec import Struct, structs

from xiaoer.flows.check_knowledge.facts import products_of, shop_facts
from xiaoer.flows.check_knowledge.pairs import compare_all
from xiaoer.flows.check_knowledge.writing import draft_for
from xiaoer.infra import audit
from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import InvalidBody, NotFound
from xiaoer.kernel.heard import TextAnalyser
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.terms import Terms
from xiaoer.slices.catalog import store as catalog
from xiaoer.slices.insights import api as insights
from xiaoer.slices.knowledge.health import findings
from xiaoer.slices.knowledge.health import store as rows
from xiaoer.slices.knowledge.health.facts import ShopFacts
from xiaoer.slices.knowledge.health.sayings import Reader
from xiaoer.slices.knowledge.health.types import MENDINGS, Far, Finding, Found, Mended, Mending, Usage
from xiaoer.slices.knowledge.ports import IntentOf
from xiaoer.slices.knowledge.service import EntryService
from xiaoer.slices.knowledge.types import Entry
from xiaoer.slices.learning.store import gaps
from xiaoer.slices.promotions.service import Promotions
from xiaoer.slices.shops.service import Shops

_WINDOW = timedelta(days=28)
_GOOD = 4  # stars of a content buyer
_TOLD_S = 1.0  # how often other processes hear how far a check is
_SILENT = timedelta(seconds=30)  # a check that was not heard of for so long died with its process


class ReadsTerms(Protocol):
    """The shop's own rules."""

    async def of(self, shop: ShopId) -> Terms: ...


class HealthPage(Struct, frozen=True):
    """Findings with the entries they are about, and how many open ones there are of each kind."""

    items: tuple[Finding, ...]
    counts: dict[str, int]
    entries: dict[str, Entry]
    checked_at: datetime | None
    far: Far | None = None


class CheckKnowledge:
    """Finds what is wrong, keeps it, and mends it on request."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        entries: EntryService,
        promotions: Promotions,
        shops: Shops,
        terms: ReadsTerms,
        analyser: TextAnalyser,
        intent_of: IntentOf,
        new_reader: Callable[[], Reader],
        questions: Mapping[str, str],
    ) -> None:
        self._db = db
        self._clock = clock
        self._entries = entries
        self._promotions = promotions
        self._shops = shops
        self._terms = terms
        self._analyser = analyser
        self._intent_of = intent_of
        self._new_reader = new_reader
        self._questions = questions
        self._running: dict[ShopId, asyncio.Task[int]] = {}
        self._next: dict[ShopId, asyncio.Task[int]] = {}

    async def __call__(self, shop: ShopId) -> int:
        """Check a shop as it is now; return how many things were found.

        Who asks while it is checked hears of the check after that one, which reads what was changed meanwhile; all who
        wait for it share it.
        """
        task = self._next.get(shop)
        if task is None:
            task = self._next[shop] = asyncio.create_task(self._after(shop, self._running.get(shop)))
        return await asyncio.shield(task)

    async def _after(self, shop: ShopId, before: asyncio.Task[int] | None) -> int:
        try:
            if before:
                await asyncio.wait([before])
            while await self._is_checked_elsewhere(shop):  # noqa: ASYNC110  other processes tell through the database
                await asyncio.sleep(_TOLD_S)
        finally:
            task = self._next.pop(shop)
        self._running[shop] = task
        far = [0, 0]
        telling = asyncio.create_task(self._tell(shop, far))
        stopped = False
        try:
            return await self._check(shop, far)
        except asyncio.CancelledError:
            stopped = True  # the process ends and writes no more; a check that is not heard of counts as dead
            raise
        finally:
            telling.cancel()
            if self._running.get(shop) is task:
                del self._running[shop]
            if not stopped:
                await self._db.write(lambda c: rows.end_check(c, shop))

    async def _is_checked_elsewhere(self, shop: ShopId) -> bool:
        """Whether another process checks the shop: two at once would cost twice, and tell two ways how far it is."""
        heard = self._clock.now() - _SILENT
        return await self._db.read(lambda c: rows.far_of(c, shop, heard)) is not None

    async def _tell(self, shop: ShopId, far: list[int]) -> None:
        while True:
            await self._db.write(partial(rows.tell_far, shop=shop, far=Far(*far), now=self._clock.now()))
            await asyncio.sleep(_TOLD_S)

    async def _check(self, shop: ShopId, far: list[int]) -> int:
        now = self._clock.now()
        kept = [entry async for entry in self._entries.every(shop)]
        live = [entry for entry in kept if entry.draft.status == "published"]
        usage, missing = await self._count(shop, now, kept)
        facts = await self._facts(shop)
        products = await self._db.read(lambda c: products_of(c, shop))
        reader = self._new_reader()
        found = findings.by_date(live, usage, now) + findings.by_use(live, usage)
        found += [one for entry in live if (one := findings.against(entry, facts, products, reader.reading.kinds))]
        found += findings.uncovered(missing, products)

        def tell(done: int, total: int) -> None:
            far[:] = done, total

        found += await asyncio.to_thread(compare_all, live, now, self._analyser, reader, tell)

        def keep(connection: Any) -> None:
            rows.keep_usage(connection, shop, usage, now)
            rows.replace(connection, shop, found, now)

        await self._db.write(keep)
        return len(found)

    async def page(
        self, shop: ShopId, kind: str = "", state: str = "open", offset: int = 0, limit: int = 50
    ) -> HealthPage:
        """One page of findings, the weightiest first."""
        items, counts = await self._db.read(lambda c: rows.page(c, shop, kind, state, max(0, offset), min(limit, 200)))
        ids = list({id_ for item in items for id_ in (item.found.entry_id, item.found.other_id) if id_})
        entries = await self._entries.get_many(shop, ids)
        heard = self._clock.now() - _SILENT
        checked, far = await self._db.read(lambda c: (rows.counted_at(c, shop), rows.far_of(c, shop, heard)))
        return HealthPage(tuple(items), counts, entries, checked, far)

    async def usage(self, shop: ShopId, ids: Sequence[str]) -> dict[str, Usage]:
        """28 days of these entries."""
        return await self._db.read(lambda c: rows.usage_of(c, shop, ids))

    async def mend(self, shop: ShopId, finding_id: str, mending: Mending, by: str) -> Mended:
        """Do the one click: archive, merge, extend by 30 days, take back to draft, write a draft, or dismiss.

        Raises:
            NotFound: no such finding, or its entry is gone. InvalidBody: this kind is not mended so.
        """
        finding = await self._db.read(lambda c: rows.get(c, shop, finding_id))
        if finding is None:
            raise NotFound("Finding", finding_id)
        found = finding.found
        if mending != "dismiss" and mending not in MENDINGS[found.kind]:
            raise InvalidBody(f"A finding of kind {found.kind} cannot be mended by {mending}.")
        entry_id = ""
        match mending:
            case "write":
                entry_id = await self._write(shop, found, by)
            case "archive":
                await self._entries.archive(shop, found.entry_id, by)
            case "archive_other":
                await self._entries.archive(shop, found.other_id, by)
            case "merge":
                await self._merge(shop, found, by)
            case "extend" | "draft":
                entry = await self._entries.get(shop, found.entry_id)
                until = max(self._clock.now(), entry.draft.valid_to or self._clock.now()) + timedelta(days=30)
                changes: dict[str, Any] = {"status": "draft"} if mending == "draft" else {"valid_to": until}
                draft = structs.replace(entry.draft, **changes)
                await self._entries.update(shop, str(entry.id), draft, entry.version, by)
        state, now = ("dismissed" if mending == "dismiss" else "mended"), self._clock.now()

        def settle(connection: Any) -> None:
            rows.settle(connection, shop, finding_id, state, by)
            audit.record(connection, shop, by, f"knowledge.{mending}", found.entry_id or found.product_id, now,
                         finding=found.kind, other=found.other_id)  # fmt: skip

        await self._db.write(settle)
        return Mended(finding_id, state, entry_id)

    async def _write(self, shop: ShopId, found: Found, by: str) -> str:
        """Keep a first draft about the product of a finding; return its id."""
        known, asked = await self._db.read(
            lambda c: (catalog.get_product(c, shop, found.product_id), gaps.all_gaps(c, shop, "open"))
        )
        title, sheet = (known.title, known.attributes) if known else (found.product_id, {})
        draft = draft_for(found, title, sheet, asked, self._questions)
        return str((await self._entries.create(shop, draft, by)).id)

    async def _merge(self, shop: ShopId, found: Found, by: str) -> None:
        """The questions of the other entry join this one; the other goes."""
        kept, other = await self._entries.get(shop, found.entry_id), await self._entries.get(shop, found.other_id)
        asked = (*kept.draft.similar, other.draft.question, *other.draft.similar)
        draft = structs.replace(kept.draft, similar=tuple(dict.fromkeys(asked))[:200])
        await self._entries.update(shop, str(kept.id), draft, kept.version, by)
        await self._entries.archive(shop, str(other.id), by)

    async def _count(
        self, shop: ShopId, now: datetime, kept: Sequence[Entry]
    ) -> tuple[dict[str, Usage], dict[str, dict[str, set[str]]]]:
        """Usage by entry, and conversations without an answer by product and intent since an entry was written."""

        def query(connection: Any) -> tuple[list[dict[str, Any]], ...]:
            kinds = ("turn.decided", "handoff.requested", "conversation.rated", "answer.voted")
            return tuple(insights.of_type(connection, shop, kind, now - _WINDOW, now) for kind in kinds)

        turns, handoffs, ratings, votes = await self._db.read(query)
        handed = {fact["conversation_id"]: fact["at"] for fact in handoffs}
        liked = {fact["conversation_id"]: fact["score"] >= _GOOD for fact in ratings if fact.get("score")}
        thumbs = {fact["turn_id"]: bool(fact["is_good"]) for fact in votes}
        written = self._written(turns, kept)
        usage: dict[str, Usage] = {}
        missing: dict[str, dict[str, set[str]]] = {}
        for turn in turns:
            talk, at = turn["conversation_id"], turn["at"]
            for kind, entry_id in turn.get("sources", ()):
                if kind == "knowledge":
                    before = usage.get(entry_id, Usage())
                    good = thumbs.get(turn.get("turn_id"), liked.get(talk))  # the thumb is about this answer
                    usage[entry_id] = Usage(
                        before.uses + 1,
                        before.handoffs + (talk in handed and handed[talk] >= at),
                        before.rated + (good is not None),
                        before.satisfied + bool(good),
                        at,
                    )
            if "fallback" in turn.get("acts", ()) and turn.get("product_id"):
                for intent in turn.get("intents", ()):
                    if (since := written.get((turn["product_id"], intent))) and at <= since:
                        continue
                    missing.setdefault(turn["product_id"], {}).setdefault(intent, set()).add(talk)
        return usage, missing

    def _written(self, turns: Iterable[Mapping[str, Any]], kept: Sequence[Entry]) -> dict[tuple[str, str], datetime]:
        """When an entry or a draft was last written for a product that was asked about, by product and intent."""
        lacking = {turn.get("product_id") for turn in turns if "fallback" in turn.get("acts", ())} - {None, ""}
        found: dict[tuple[str, str], datetime] = {}
        for entry in kept:
            if entry.draft.product_id in lacking and entry.draft.status != "archived":
                key = (entry.draft.product_id, self._intent_of(entry.draft.question))
                found[key] = max(entry.updated_at, found.get(key, entry.updated_at))
        return found

    async def _facts(self, shop: ShopId) -> ShopFacts:
        terms, hours = await self._terms.of(shop), (await self._shops.shop(shop)).hours
        return shop_facts(terms, hours, await self._promotions.all(shop), self._clock.now())
