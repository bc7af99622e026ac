"""The gap loop (缺口循环): collect what went wrong, put it together, look up what people answered.

It runs nightly and on demand. Nothing becomes an entry here; a person decides (`flows/decide_gap.py`).
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct
from sqlalchemy import Connection

from xiaoer.flows.learn_nightly.answers import answers_to
from xiaoer.flows.learn_nightly.cluster import place, widened
from xiaoer.flows.learn_nightly.collect import collect
from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.heard import TextAnalyser
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.conversations import told
from xiaoer.slices.conversations.types import Message
from xiaoer.slices.knowledge.health.meeting import Reading
from xiaoer.slices.learning import api as learning
from xiaoer.slices.learning.store import gaps
from xiaoer.slices.learning.types import Ask, Gap
from xiaoer.slices.privacy import api as privacy

_MOST = 20_000  # questions of one run; the rest waits for the next
_LOOKED_AT = 60  # newest questions of a gap whose answers are read
_ANSWERED = 400  # gaps of one run whose answers are looked up, most asked first


class Learnt(Struct, frozen=True):
    """What a run found: new questions, gaps that are new, questions placed."""

    asks: int
    gaps: int
    placed: int


class LearnGaps:
    """Runs the loop for a shop; two runs at once are one."""

    def __init__(self, db: Database, clock: Clock, analyser: TextAnalyser, reading: Reading) -> None:
        self._db = db
        self._clock = clock
        self._analyser = analyser
        self._reading = reading
        self._locks: dict[ShopId, asyncio.Lock] = {}

    async def __call__(self, shop: ShopId) -> Learnt:
        """Bring the shop's gaps up to date."""
        async with self._locks.setdefault(shop, asyncio.Lock()):
            now = self._clock.now()
            new = await collect(self._db, shop, now)
            asks: list[Ask] = await self._db.read(lambda c: gaps.loose_asks(c, shop, _MOST))
            made, places = await self._place(shop, asks)
            await self._look_up(shop)
            return Learnt(new, made, places)

    async def _place(self, shop: ShopId, asks: Sequence[Ask]) -> tuple[int, int]:
        if not asks:
            return 0, 0
        now = self._clock.now()
        known: list[Gap] = await self._db.read(lambda c: gaps.all_gaps(c, shop))
        made, places = await asyncio.to_thread(place, asks, known, self._analyser, now, self._reading)
        wider = widened({gap.id: gap for gap in known}, asks, places)

        def keep(connection: Connection) -> None:
            gaps.add_gaps(connection, shop, made)
            gaps.place_asks(connection, shop, places)
            for gap_id, wordings in wider.items():
                gaps.change_gap(connection, shop, gap_id, wordings=wordings, updated_at=now)

        await self._db.write(keep)
        return len(made), len(places)

    async def _look_up(self, shop: ShopId) -> None:
        """Read what people answered to the open gaps of the period."""
        now = self._clock.now()
        wanted = await self._db.read(lambda c: learning.get_settings(c, shop))
        since = now - timedelta(days=wanted.days)
        counted = await self._db.read(lambda c: gaps.counts(c, shop, since, now + timedelta(seconds=1)))
        live: list[Gap] = [
            gap for gap in await self._db.read(lambda c: gaps.all_gaps(c, shop)) if gap.status != "dismissed"
        ]
        live = [gap for gap in live if gap.id in counted]
        live.sort(key=lambda gap: (-counted[gap.id].conversations, gap.id))
        for gap in live[:_ANSWERED]:
            await self._answers(shop, gap)
            await asyncio.sleep(0)

    async def _answers(self, shop: ShopId, gap: Gap) -> None:
        now = self._clock.now() + timedelta(seconds=1)

        def read(connection: Connection) -> tuple[list[Ask], dict[str, list[Message]]]:
            found = gaps.asks_of(connection, shop, gap.id, now - timedelta(days=366), now, _LOOKED_AT)
            return found, told.messages_of(connection, shop, list(dict.fromkeys(a.conversation_id for a in found)))

        asks, lines = await self._db.read(read)
        answers = answers_to(asks, lines, self._analyser, privacy.mask_text)
        if answers != gap.answers:
            await self._db.write(lambda c: gaps.change_gap(c, shop, gap.id, answers=answers, updated_at=now))
