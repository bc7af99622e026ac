"""Modes that rest on evidence (接待模式): how often people sent what the bot had drafted, and what follows.

A promotion (影子 → 辅助 → 全自动) is proposed and waits for a person who approves it; a demotion holds at once,
because a bot that disagrees with people must not go on alone until somebody looks.
"""

from datetime import datetime, timedelta

import msgspec
import structlog
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from xiaoer.infra import audit
from xiaoer.infra.db import Database
from xiaoer.infra.job_runner import Jobs
from xiaoer.infra.jobs import Job
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import Conflict
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.assist import api as assist
from xiaoer.slices.assist.rules.agreement import Mode, Proposal, Terms, propose, terms_with
from xiaoer.slices.assist.types import Agreement
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.rules.closing import mode_of
from xiaoer.slices.desk.types import Modes
from xiaoer.slices.insights import api as insights
from xiaoer.slices.shops.types import Principal

_log = structlog.get_logger(__name__)
_EVERY = timedelta(hours=1)


class IntentEvidence(Struct, frozen=True):
    """One intent: its mode, the counts of the window, and the proposal when they speak for a change."""

    intent: str
    title: str
    mode: str
    cases: int
    agreed: int
    unchanged: int
    agreed_ratio: float
    proposal: Proposal | None


class Evidence(Struct, frozen=True):
    modes: Modes
    terms: Terms
    items: tuple[IntentEvidence, ...]


class ModeEvidence:
    """Reads the counts, proposes, approves, demotes."""

    def __init__(self, db: Database, clock: Clock, titles: dict[str, str], jobs: Jobs):
        self._db = db
        self._clock = clock
        self._titles = titles
        jobs.every("desk.modes", _EVERY, self._look)

    async def show(self, shop: ShopId) -> Evidence:
        """Every intent that people answered in the window."""

        def query(connection: Connection) -> Evidence:
            modes, terms = _standing(connection, shop)
            items = (self._of(one, modes, terms) for one in assist.agreement(connection, shop, self._since(terms)))
            return Evidence(modes, terms, tuple(items))

        return await self._db.read(query)

    async def approve(self, who: Principal, intent: str, to: str) -> Modes:
        """Take up a proposal.

        Raises:
            Conflict: the evidence does not propose this (any more).
        """
        now = self._clock.now()

        def change(connection: Connection) -> Modes:
            modes, terms = _standing(connection, who.shop)
            counted = assist.agreement(connection, who.shop, self._since(terms))
            found = {one.intent: self._of(one, modes, terms) for one in counted}
            proposal = found[intent].proposal if intent in found else None
            if proposal is None or proposal.to != to:
                raise Conflict(f"The evidence does not propose {to} for {intent}. Load the page again.")
            return self._change(connection, who.shop, found[intent], proposal, f"{who.name} {who.staff_id}", now)

        return await self._db.write(change)

    async def demote(self, shop: ShopId) -> list[str]:
        """Step back the intents in which people say something else; return them."""
        now = self._clock.now()

        def change(connection: Connection) -> list[str]:
            done = []
            terms = _standing(connection, shop)[1]
            for one in assist.agreement(connection, shop, self._since(terms)):
                shown = self._of(one, desk.get_settings(connection, shop).modes, terms)
                if shown.proposal is not None and shown.proposal.is_demotion:
                    self._change(connection, shop, shown, shown.proposal, "bot", now)
                    done.append(one.intent)
            return done

        return await self._db.write(change)

    async def _look(self, job: Job) -> None:
        demoted = await self.demote(job.shop)
        if demoted:
            _log.info("modes_demoted", shop=job.shop, intents=demoted)

    async def change_terms(self, who: Principal, terms: Terms) -> Terms:
        """Keep the shop's own thresholds; they count from the next look."""
        now, values = self._clock.now(), msgspec.structs.asdict(terms)

        def change(connection: Connection) -> Terms:
            desk.change_settings(connection, who.shop, {"mode_terms": values})
            audit.record(connection, who.shop, f"{who.name} {who.staff_id}", "modes.terms", "terms", now, **values)
            return terms

        return await self._db.write(change)

    def _since(self, terms: Terms) -> int:
        return assist.day_of(self._clock.now()) - terms.window_days

    def _of(self, one: Agreement, modes: Modes, terms: Terms) -> IntentEvidence:
        mode: Mode = mode_of(modes.default, {k: str(v) for k, v in modes.intents.items()}, (one.intent,))  # type: ignore[assignment]
        title = self._titles.get(one.intent, one.intent)
        proposal = propose(mode, one.cases, one.agreed, terms)
        ratio = round(one.agreed / one.cases, 4) if one.cases else 0.0
        return IntentEvidence(one.intent, title, mode, one.cases, one.agreed, one.unchanged, ratio, proposal)

    @staticmethod
    def _change(
        connection: Connection, shop: ShopId, shown: IntentEvidence, proposal: Proposal, who: str, now: datetime
    ) -> Modes:
        modes = desk.get_settings(connection, shop).modes
        changed = replace(modes, intents={**modes.intents, shown.intent: proposal.to})
        desk.change_settings(connection, shop, {"modes": changed})
        assist.begin_anew(connection, shop, shown.intent)
        counts = {"cases": shown.cases, "agreed_ratio": shown.agreed_ratio}
        audit.record(connection, shop, who, "modes.change", shown.intent, now, to=proposal.to, was=shown.mode, **counts)
        data = {"intent": shown.intent, "was": shown.mode, "to": proposal.to, **counts}
        insights.append(connection, shop, [desk.fact(shop, "mode.changed", now, "", "", **data)])
        return changed


def _standing(connection: Connection, shop: ShopId) -> tuple[Modes, Terms]:
    """The modes in force and the thresholds that change them."""
    settings = desk.get_settings(connection, shop)
    return settings.modes, terms_with(settings.mode_terms)
