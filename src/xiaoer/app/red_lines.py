"""Red lines of every shop in this process (红线): the pack's rules plus what the shop wrote, and a look at the past.

A changed rule book holds here at once and in every other process within `_CHECK_S`.
"""

import asyncio
import copy
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from xiaoer.infra import audit
from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.heard import Heard, Sentiment, TextAnalyser
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.turn import Turn
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.policies import own_red_lines, store
from xiaoer.slices.policies.own_red_lines import OwnRule, RuleBook
from xiaoer.slices.policies.red_lines import RedLine, match_red_lines, parse_red_lines
from xiaoer.slices.policies.types import Limits, RedLineHit

_CHECK_S = 2.0
_LINES = 50_000  # past messages that a preview looks at
_SHOWN = 20  # examples that it shows
_SLICE_S = 0.02  # let requests run after this much matching
_CALM = Heard((), Sentiment("neutral", 0.0), "normal")


class Example(Struct, frozen=True):
    """A past message that the rule would have stopped."""

    conversation_id: str
    at: datetime
    text: str
    matched: str


class Preview(Struct, frozen=True):
    """「上周会触发 14 次」: how often, in how many talks, of how many messages looked at."""

    hits: int
    conversations: int
    looked_at: int
    examples: tuple[Example, ...]


class ShopRedLines:
    """Tells the red lines that a turn crosses; keeps the shop's rule book."""

    def __init__(self, db: Database, clock: Clock, analyser: TextAnalyser, pack: Path) -> None:
        self._db, self._clock, self._analyser = db, clock, analyser
        self.pack = parse_red_lines((pack / "red_lines.toml").read_text(encoding="utf-8"))
        self._known: dict[ShopId, tuple[float, RuleBook, tuple[RedLine, ...]]] = {}
        self.guard: Callable[[ShopId, str, RuleBook], Awaitable[None]] | None = None

    def __call__(self, turn: Turn, heard: Heard) -> tuple[RedLineHit, ...]:
        """The red lines that a turn crosses, the one that decides first."""
        text = " ".join(message.text for message in turn.messages)
        held = self._known.get(turn.shop)
        return match_red_lines(heard, self._analyser.forms(text), held[2] if held else self.pack)

    def limits(self, shop: ShopId) -> Limits:
        """How patient the shop's bot is."""
        held = self._known.get(shop)
        return held[1].limits if held else Limits()

    async def refresh(self, shop: ShopId) -> RuleBook:
        """Take over a changed rule book; one dictionary look-up when it was looked at a moment ago."""
        held = self._known.get(shop)
        if held is not None and held[0] > time.monotonic():
            return held[1]
        book = await self._db.read(lambda c: store.get_book(c, shop))
        rules = held[2] if held is not None and held[1] == book else self._compiled(book)
        self._known[shop] = (time.monotonic() + _CHECK_S, book, rules)
        return book

    def _compiled(self, book: RuleBook) -> tuple[RedLine, ...]:
        return own_red_lines.red_lines_of(book, self.pack, lambda word: self._analyser.forms(word).pinyin)

    async def renew(self, shop: ShopId) -> None:
        """Take over a rule book that was changed elsewhere, at once."""
        self._known.pop(shop, None)
        await self.refresh(shop)

    def with_book(self, shop: ShopId, book: RuleBook) -> "ShopRedLines":
        """The same with another rule book for a shop, for trials; nothing is kept.

        Raises:
            InvalidBody: a rule without usable words, or a pack rule that cannot be switched off.
        """
        checked = RuleBook(
            tuple(own_red_lines.check_rule(rule) for rule in book.own),
            own_red_lines.check_off(sorted(book.off), self.pack),
            book.limits,
        )
        other = copy.copy(self)
        other._known = {**self._known, shop: (float("inf"), checked, self._compiled(checked))}
        return other

    async def save(
        self, shop: ShopId, who: str, *, own: Sequence[OwnRule], off: Sequence[str], limits: Limits
    ) -> RuleBook:
        """Keep a rule book.

        Raises:
            InvalidBody: a rule without usable words, or a pack rule that cannot be switched off.
            Conflict: golden questions would break, and the caller gave no reason for that.
        """
        checked = tuple(own_red_lines.check_rule(rule) for rule in own)
        book = RuleBook(checked, own_red_lines.check_off(off, self.pack), limits)
        if self.guard is not None:
            await self.guard(shop, who, book)
        now = self._clock.now()

        def change(connection: Any) -> None:
            store.save_book(connection, shop, book, now)
            audit.record(
                connection, shop, who, "rules.red_lines", "red_lines", now,
                own=[rule.title for rule in checked], off=sorted(book.off), limits=msgspec.to_builtins(limits),
            )  # fmt: skip

        await self._db.write(change)
        self._known.pop(shop, None)
        return await self.refresh(shop)

    async def preview(self, shop: ShopId, rule: OwnRule, days: int) -> Preview:
        """What the rule would have stopped in the last days.

        Raises:
            InvalidBody: the rule has no usable words.
        """
        line = own_red_lines.compile_rule(
            own_red_lines.check_rule(rule), lambda word: self._analyser.forms(word).pinyin
        )
        since = self._clock.now() - timedelta(days=days)
        lines = await self._db.read(lambda c: conversations.buyer_lines(c, shop, since, _LINES))
        found: list[Example] = []
        hits, talks, began = 0, set(), time.perf_counter()
        for _, conversation_id, at, text in lines:
            for hit in match_red_lines(_CALM, self._analyser.forms(text), (line,)):
                hits += 1
                talks.add(conversation_id)
                if len(found) < _SHOWN:
                    found.append(Example(conversation_id, at, text, hit.matched))
            if time.perf_counter() - began > _SLICE_S:
                await asyncio.sleep(0)
                began = time.perf_counter()
        return Preview(hits, len(talks), len(lines), tuple(found))
