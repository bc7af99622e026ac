"""The shop's knowledge at work (知识中枢): what fills it, reviews it and looks after it, put together."""

import tomllib
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from xiaoer.app.audiences import Audiences
from xiaoer.app.shop_words import ShopUnderstanding, trade_words
from xiaoer.flows.check_knowledge.check import CheckKnowledge
from xiaoer.flows.check_knowledge.said import CheckSaid
from xiaoer.flows.confirm_packs import ConfirmPacks
from xiaoer.flows.fill_knowledge import FillKnowledge
from xiaoer.flows.import_data.importer import Importer
from xiaoer.infra.db import Database
from xiaoer.infra.job_runner import Jobs
from xiaoer.infra.jobs import Job
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.decision import NEAR
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.knowledge.guarded import GuardedCandidates, GuardedEntries
from xiaoer.slices.knowledge.health.kinds import read_kinds
from xiaoer.slices.knowledge.health.meeting import Reading, read_goods, read_wording
from xiaoer.slices.knowledge.health.news import read_news
from xiaoer.slices.knowledge.health.sayings import Reader
from xiaoer.slices.knowledge.packs import parse_pack
from xiaoer.slices.knowledge.people import PeopleSearch
from xiaoer.slices.knowledge.retrieval.vectors import direction_of
from xiaoer.slices.policies.api import NEAR_FOR_TALK
from xiaoer.slices.policies.sides.space import space_of
from xiaoer.slices.promotions.service import Promotions
from xiaoer.slices.shops.service import Shops
from xiaoer.slices.terms.service import ShopTerms

_PACKS = ("law", "promises", "categories")
_DAILY, _NIGHT = timedelta(days=1), timedelta(hours=19, minutes=30)  # 03:30 in the shop's zone
_OFTEN = timedelta(minutes=10)


@lru_cache(maxsize=4)
def reading_of(pack: Path) -> Reading:
    """How the pack tells that two questions are one."""
    kinds, asking, entities, goods, news = (
        tomllib.loads((pack / path).read_text(encoding="utf-8"))
        for path in (
            "knowledge/kinds.toml",
            "knowledge/asking.toml",
            "lexicons/entities.toml",
            "knowledge/goods.toml",
            "knowledge/news.toml",
        )
    )
    return Reading(
        read_kinds(kinds, entities),
        read_wording(asking),
        read_news(news),
        *read_goods(goods["words"], trade_words(pack)),
    )


class Brain:
    """Everything around the entries that is not the answer path."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        understanding: ShopUnderstanding,
        knowledge: Knowledge,
        entries: GuardedEntries,
        importer: Importer,
        promotions: Promotions,
        shops: Shops,
        pack: Path,
    ) -> None:
        terms, self._understanding = ShopTerms(db, clock), understanding
        self.candidates = GuardedCandidates(db, clock, knowledge, understanding, entries)
        questions = tomllib.loads((pack / "questions.toml").read_text(encoding="utf-8"))
        self.fill = FillKnowledge(db, clock, understanding, self.candidates, importer, questions)
        texts = {name: (pack / "knowledge" / f"{name}.toml").read_text(encoding="utf-8") for name in _PACKS}
        self.packs = ConfirmPacks(
            clock, entries, knowledge, terms, [parse_pack(name, text) for name, text in texts.items()]
        )
        self.reading = reading_of(pack)
        self.health = CheckKnowledge(
            db, clock, entries, promotions, shops, terms, understanding, understanding.intent_of, self._new_reader,
            questions,
        )  # fmt: skip
        self.said = CheckSaid(
            db, clock, knowledge, promotions, shops, terms, understanding, understanding.intent_of, self._new_reader
        )  # fmt: skip
        self.audiences = Audiences(db, promotions, entries, pack)
        importer.vets["knowledge"] = self.audiences.vet
        self.people = PeopleSearch(db, understanding, knowledge)
        self._titles = tomllib.loads((pack / "intents.toml").read_text(encoding="utf-8"))

    def _new_reader(self) -> Reader:
        """Reads entries to compare them, each once; for one run."""
        words = self._understanding
        return Reader(self.reading, lambda text: direction_of(words.forms(text)), space_of("matters").place)

    def work(self, jobs: Jobs) -> None:
        """Check every shop's knowledge each night, and what people said against it every ten minutes."""

        async def check(job: Job) -> None:
            await self.health(job.shop)

        async def check_said(job: Job) -> None:
            await self.said(job.shop)

        jobs.every("knowledge.check", _DAILY, check, offset=_NIGHT)
        jobs.every("knowledge.said", _OFTEN, check_said)

    def title_of(self, intent: str) -> str:
        """An intent as the console names it."""
        group, _, name = intent.partition(".")
        return str(self._titles.get(group, {}).get(name, {}).get("title", intent))

    def least_score(self, intent: str) -> float:
        """The score from which an entry is said to a question of this intent."""
        return NEAR_FOR_TALK if intent.startswith(("oos.", "chat.")) else NEAR

    def shared(self, asked: str, matched: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What two wordings have in common: runs of the same letters, and syllables that sound alike but are not."""
        one, other = self._understanding.forms(asked), self._understanding.forms(matched)
        words, at = list[str](), 0
        while at < len(one.compact):
            length = next((n for n in range(12, 0, -1) if one.compact[at : at + n] in other.compact), 0)
            length = min(length, len(one.compact) - at)
            if length:
                words.append(one.compact[at : at + length])
            at += max(length, 1)
        spoken = {syllable for word in words for syllable in self._understanding.forms(word).pinyin.split()}
        sounds = [s for s in dict.fromkeys(one.pinyin.split()) if s in other.pinyin.split() and s not in spoken]
        return tuple(dict.fromkeys(words)), tuple(sounds)
