"""The shop's knowledge at work (知识中枢): what fills it, reviews it and looks after it, put together."""

import tomllib
from pathlib import Path

from xiaoer.app.shop_words import ShopUnderstanding
from xiaoer.flows.fill_knowledge import FillKnowledge
from xiaoer.flows.import_data.importer import Importer
from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.knowledge.guarded import GuardedCandidates, GuardedEntries


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
        pack: Path,
    ) -> None:
        self.candidates = GuardedCandidates(db, clock, knowledge, understanding, entries)
        questions = tomllib.loads((pack / "questions.toml").read_text(encoding="utf-8"))
        self.fill = FillKnowledge(db, clock, understanding, self.candidates, importer, questions)
