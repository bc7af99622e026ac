"""The shop's knowledge at work (知识中枢): what fills it, reviews it and looks after it, put together."""

import tomllib
from pathlib import Path

from xiaoer.app.shop_words import ShopUnderstanding
from xiaoer.flows.fill_knowledge import FillKnowledge
from xiaoer.flows.import_data.importer import Importer
from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.knowledge.candidates.service import Candidates
from xiaoer.slices.knowledge.service import EntryService


class Brain:
    """Everything around the entries that is not the answer path."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        understanding: ShopUnderstanding,
        knowledge: Knowledge,
        entries: EntryService,
        importer: Importer,
        pack: Path,
    ) -> None:
        self.candidates = Candidates(db, clock, knowledge, understanding)
        questions = tomllib.loads((pack / "questions.toml").read_text(encoding="utf-8"))
        self.fill = FillKnowledge(db, clock, understanding, self.candidates, importer, questions)
