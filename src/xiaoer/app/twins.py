"""Stages that are compared (双台): what both would answer alike is thought once.

An answer follows from the turn, what was heard, the red lines that are crossed, the facts and the knowledge. Stages of
one comparison share the facts, and one of them answers a turn first. Where another hears the same, crosses the same
lines and finds the same entries for all that the first looked up, its answer is the first one's.
"""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from xiaoer.app.red_lines import ShopRedLines
from xiaoer.flows.answer_message.answer import AnswerMessage
from xiaoer.kernel.commerce import Product
from xiaoer.kernel.heard import Heard
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.rehearsal import Rehearsal
from xiaoer.kernel.turn import Turn
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.knowledge.types import SearchResult
from xiaoer.slices.policies.types import Limits, RedLineHit

_Lookup = tuple[Callable[[Knowledge], Any], Any]  # what was asked of a shop's knowledge, and what it said


class Noted:
    """The knowledge of a stage; what is looked up in it is noted with what was found."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self.lookups: list[_Lookup] = []

    def search(self, shop: ShopId, text: str, **asked: Any) -> SearchResult:
        """As `Knowledge.search`."""
        return self._noted(lambda knowledge: knowledge.search(shop, text, **asked))  # type: ignore[no-any-return]

    def asks_about(self, shop: ShopId) -> frozenset[str]:
        """As `Knowledge.asks_about`."""
        return self._noted(lambda knowledge: knowledge.asks_about(shop))  # type: ignore[no-any-return]

    def of_named(self, found: SearchResult, question: str, product: Product) -> SearchResult:
        """As `Knowledge.of_named`, which looks nothing up."""
        return self._knowledge.of_named(found, question, product)

    async def ensure_loaded(self, shop: ShopId) -> None:
        """As `Knowledge.ensure_loaded`."""
        await self._knowledge.ensure_loaded(shop)

    def _noted(self, ask: Callable[[Knowledge], Any]) -> Any:
        found = ask(self._knowledge)
        self.lookups.append((ask, found))
        return found

    def finds(self, lookups: list[_Lookup]) -> bool:
        """Whether all that was looked up elsewhere is found here too."""
        return all(ask(self._knowledge) == found for ask, found in lookups)


class SameLines:
    """Red lines of a comparison; which of them a turn crosses is looked up once for all who hear the same in it."""

    def __init__(self, red_lines: ShopRedLines) -> None:
        self._red_lines = red_lines
        self._last: tuple[Any, tuple[RedLineHit, ...]] = (None, ())

    def __call__(self, turn: Turn, heard: Heard) -> tuple[RedLineHit, ...]:
        key = (turn.shop, turn.messages, heard)
        if key != self._last[0]:
            self._last = (key, self._red_lines(turn, heard))
        return self._last[1]

    def limits(self, shop: ShopId) -> Limits:
        """How patient the shop's bot is."""
        return self._red_lines.limits(shop)


class _Told(Struct, frozen=True):
    """How a turn was answered: what was asked, by which lines, what was looked up, and the answer."""

    asked: tuple[Any, ...]
    lines: SameLines
    lookups: list[_Lookup]
    answer: Rehearsal


class Twins:
    """What the stages of one comparison know of each other: how the last turn was answered."""

    def __init__(self) -> None:
        self.last: _Told | None = None


class TwinStage:
    """One stage of a comparison; see `kernel.rehearsal.Rehearses`."""

    def __init__(self, answer: AnswerMessage, knowledge: Noted, lines: SameLines, twins: Twins) -> None:
        self._answer = answer
        self._knowledge = knowledge
        self._lines = lines
        self._twins = twins

    async def rehearse(
        self, turn: Turn, unsatisfied: int = 0, unsure: int = 0, heard: Heard | None = None
    ) -> Rehearsal:
        """What the answer would be, from another stage where it is the same."""
        heard = heard or self._answer.understanding.understand(turn)
        last, asked = self._twins.last, (turn, unsatisfied, unsure, heard)
        if last is not None and last.asked == asked and self._is_same(turn, last):
            return last.answer
        self._knowledge.lookups = []
        answer = await self._answer.rehearse(turn, unsatisfied, unsure, heard)
        self._twins.last = _Told(asked, self._lines, self._knowledge.lookups, answer)
        return answer

    def _is_same(self, turn: Turn, last: _Told) -> bool:
        """Whether this stage has the same red lines in front of it and finds the same as the one that answered."""
        mine, theirs, heard = self._lines, last.lines, last.answer.heard
        alike = mine is theirs or (
            mine.limits(turn.shop) == theirs.limits(turn.shop) and mine(turn, heard) == theirs(turn, heard)
        )
        return alike and self._knowledge.finds(last.lookups)
