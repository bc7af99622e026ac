"""Stages for trials (预演台): the shop as it would be, on which past or golden questions are answered without effect.

A stage reads the shop's own rows only: it asks no connected system (a rehearsal of thousands of talks must not load
a platform, and a live order is written to the own rows when it is read). What was read stays good for the length of
the trial, so both sides of a comparison see the same facts.
"""

from collections.abc import Sequence
from typing import Any, cast

from xiaoer.app.red_lines import ShopRedLines
from xiaoer.flows.answer_message import AnswerMessage
from xiaoer.flows.gather_facts import GatherFacts
from xiaoer.infra.db import Database
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.rehearsal import Rehearses
from xiaoer.slices.buyers.service import EmbeddedBuyers
from xiaoer.slices.catalog.service import EmbeddedCatalog
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.knowledge.types import Entry
from xiaoer.slices.orders.service import EmbeddedOrders
from xiaoer.slices.policies.own_red_lines import RuleBook

_PATIENCE_S = 30.0  # a busy machine must not look like a source that is down
_KEPT = 50_000  # answers of one source


class Remembered:
    """A source whose answers are remembered by their arguments."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self._known: dict[Any, Any] = {}

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._source, name)

        async def ask(*args: Any, **named: Any) -> Any:
            key = (name, args, tuple(named.items()))
            if key not in self._known:
                if len(self._known) >= _KEPT:
                    self._known.clear()
                self._known[key] = await call(*args, **named)
            return self._known[key]

        self.__dict__[name] = ask
        return ask


class Stages:
    """Puts up stages; several of one trial share what was read."""

    def __init__(
        self, db: Database, knowledge: Knowledge, answer: AnswerMessage, gather: GatherFacts, red_lines: ShopRedLines
    ) -> None:
        self._db = db
        self.knowledge = knowledge
        self._answer = answer
        self._gather = gather
        self.red_lines = red_lines
        self._sources: tuple[Any, Any, Any] | None = None

    def fresh(self) -> "Stages":
        """Stages that share facts among themselves and read them anew once."""
        other = Stages(self._db, self.knowledge, self._answer, self._gather, self.red_lines)
        other._sources = self._read()
        return other

    def _read(self) -> tuple[Any, Any, Any]:
        return (
            Remembered(EmbeddedCatalog(self._db)),
            Remembered(EmbeddedOrders(self._db)),
            Remembered(EmbeddedBuyers(self._db)),
        )

    async def stage(self, shop: ShopId, changed: Sequence[Entry], book: RuleBook | None) -> Rehearses:
        """The shop with entries changed, and with another rule book when one is given."""
        await self.red_lines.refresh(shop)
        knowledge = await self.knowledge.preview(shop, changed)
        catalog, orders, buyers = self._sources or self._read()
        gather = self._gather.over(knowledge, catalog, orders, buyers, _PATIENCE_S)
        red_lines = self.red_lines.with_book(shop, book) if book is not None else self.red_lines
        return cast(Rehearses, self._answer.over(red_lines, gather))
