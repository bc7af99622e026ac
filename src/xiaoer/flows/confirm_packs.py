"""Default rules are confirmed by the shop (确认默认知识): shown with what they would change, then switched."""

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec
from msgspec import Struct

from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.terms import Terms
from xiaoer.slices.knowledge import packs
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.knowledge.packs import Pack
from xiaoer.slices.knowledge.service import EntryService
from xiaoer.slices.knowledge.types import EntryDraft, Outcome

_LIKE = 0.62  # an entry of this score answers the same already


class ReadsTerms(Protocol):
    """The shop's own rules."""

    async def of(self, shop: ShopId) -> Terms: ...


class RuleView(Struct, frozen=True):
    """One rule. `state`: off, on, or changed (on, with the shop's own words); `blocked` why it may not be switched on;
    `like` is an entry that answers the same already."""

    id: str
    entry_id: str
    question: str
    similar: tuple[str, ...]
    answer: str
    layer: str
    article: str
    since: str
    only: str
    state: Literal["off", "on", "changed"]
    blocked: str = ""
    like: dict[str, str] | None = None


class PackView(Struct, frozen=True):
    """A pack with its rules."""

    id: str
    title: str
    on: int
    rules: tuple[RuleView, ...]


class ConfirmPacks:
    """Shows packs and switches their rules."""

    def __init__(
        self, clock: Clock, entries: EntryService, knowledge: Knowledge, terms: ReadsTerms, shipped: Sequence[Pack]
    ) -> None:
        self._clock = clock
        self._entries = entries
        self._knowledge = knowledge
        self._terms = terms
        self._packs = {pack.id: pack for pack in shipped}

    async def show(self, shop: ShopId) -> tuple[PackView, ...]:
        """Every pack with the state of its rules in this shop."""
        await self._knowledge.ensure_loaded(shop)
        terms, now = await self._terms.of(shop), self._clock.now()
        ids = [rule.entry_id for pack in self._packs.values() for rule in pack.rules]
        kept = await self._entries.get_many(shop, ids)
        views = []
        for pack in self._packs.values():
            rules = []
            for rule in pack.rules:
                entry = kept.get(rule.entry_id)
                state: Literal["off", "on", "changed"] = "off"
                if entry is not None and entry.draft.status == "published":
                    same = (entry.draft.question, entry.draft.answer) == (rule.question, rule.answer)
                    state = "on" if same else "changed"
                hits = self._knowledge.search(shop, rule.question, now=now, top_k=2).hits
                like = next((h for h in hits if h.score >= _LIKE and h.id != rule.entry_id), None)
                rules.append(
                    RuleView(
                        rule.id, rule.entry_id, rule.question, rule.similar,
                        entry.draft.answer if entry and state == "changed" else rule.answer,
                        rule.layer, rule.article, rule.since, rule.only, state, packs.why_not(rule, terms),
                        {"id": like.id, "question": like.question, "answer": like.answer[:300]} if like else None,
                    )
                )  # fmt: skip
            views.append(PackView(pack.id, pack.title, sum(rule.state != "off" for rule in rules), tuple(rules)))
        return tuple(views)

    async def switch(self, shop: ShopId, pack_id: str, rule_ids: Sequence[str], on: bool, by: str) -> Outcome:
        """Switch rules of a pack on or off, all of them when none is named; refusals one by one with the reason.

        They are switched together: what golden questions refuse is not done by half.

        Raises:
            NotFound: no such pack. Conflict: golden questions would break.
        """
        drafts, refused = await self.switched(shop, pack_id, rule_ids, on)
        changed = await self._entries.put_many(shop, drafts, by, "publish" if on else "archive") if drafts else []
        await self._knowledge.refresh(shop)
        done = tuple(rule.id for rule in self._packs[pack_id].rules if rule.entry_id in changed)
        return Outcome(done, refused)

    async def switched(
        self, shop: ShopId, pack_id: str, rule_ids: Sequence[str], on: bool
    ) -> tuple[dict[str, EntryDraft], dict[str, str]]:
        """The entries that switching rules would change, by id, and why the others are refused.

        Raises:
            NotFound: no such pack.
        """
        pack = self._packs.get(pack_id)
        if pack is None:
            raise NotFound("Pack", pack_id)
        wanted = [rule for rule in pack.rules if not rule_ids or rule.id in rule_ids]
        refused = dict.fromkeys(set(rule_ids) - {rule.id for rule in wanted}, "This pack has no such rule.")
        kept = await self._entries.get_many(shop, [rule.entry_id for rule in wanted])
        terms, drafts = await self._terms.of(shop), dict[str, EntryDraft]()
        for rule in wanted:
            entry = kept.get(rule.entry_id)
            if not on:
                if entry is not None and entry.draft.status != "archived":
                    drafts[rule.entry_id] = msgspec.structs.replace(entry.draft, status="archived")
            elif reason := packs.why_not(rule, terms):
                refused[rule.id] = reason
            elif entry is None or entry.draft.status != "published":
                drafts[rule.entry_id] = packs.draft_of(rule, pack)
        return drafts, refused
