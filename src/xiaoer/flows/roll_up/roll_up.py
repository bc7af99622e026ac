"""Facts become figures (汇总): new and late facts change the talks they belong to, and these change the cells.

One run reads what came since the last one, looks up which talks and buyers it touches, derives those talks anew
from all their facts and corrects the cells by the difference. So a run may be repeated, interrupted or late; facts
may arrive in any order; and forgetting everything and deriving it again gives the same figures (`rebuild`).
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from msgspec import structs
from sqlalchemy import Connection

from xiaoer.flows.roll_up import gather, past
from xiaoer.flows.roll_up.wordings import Placed, Wordings
from xiaoer.flows.roll_up.work import Work, forget
from xiaoer.infra.db import Database
from xiaoer.infra.idgen import id_floor
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.events import MODEL_CALLED, SHOP_EVENT_TYPES, Event
from xiaoer.kernel.heard import Heard
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.turn import Turn
from xiaoer.slices.conversations import told
from xiaoer.slices.conversations.types import Message
from xiaoer.slices.insights import api as insights
from xiaoer.slices.insights import columns, store
from xiaoer.slices.insights.rules.around import place_talks
from xiaoer.slices.insights.rules.formulas import fingerprint
from xiaoer.slices.insights.rules.free_days import NO_YEARS, Calendar
from xiaoer.slices.insights.rules.measures import VERSION, row_of_call, row_of_day, row_of_refund, row_of_talk
from xiaoer.slices.insights.rules.rounds import human_wait
from xiaoer.slices.insights.rules.talks import derive_talk
from xiaoer.slices.insights.types import Formula, Row, Talk
from xiaoer.slices.orders.store import reads as orders

_BATCH = 25  # talks of one step: some ten milliseconds, so that buyers are answered in between
_SMALL_BATCH = 8  # the same in a process beside the server, which waits for the database while one is written
_REST_S = 0.01  # and between two steps, so that the server's own writes come in
_GIVE_WAY_S = 5.0  # longest pause after a step while buyers are many
_PAGE = 4000  # new facts of one look
_OVERLAP_MS = 15_000  # ids are made before their commit: look this far back for those that came in between
_DUTY_BACK = timedelta(days=400)
_FIRST = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


class Understands(Protocol):
    """Understanding, as imported talks need it."""

    def understand(self, turn: Turn) -> Heard: ...


class RollUp:
    """Keeps the figures of every shop up to date."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        understanding: Understands,
        formulas: Sequence[Formula],
        calendar: Calendar = NO_YEARS,
    ) -> None:
        self._db = db
        self._clock = clock
        self._understanding = understanding
        self._formulas = tuple(formulas)
        self._calendar = calendar
        self._wordings = Wordings()
        self._noted: dict[ShopId, tuple[frozenset[str], str]] = {}
        self._duty: gather.Duty = gather.Duty(())
        self._batch, self._rest_s = _BATCH, 0.0
        self.streams = False  # whether what changes is marked to be sent to ClickHouse

    def yield_to_others(self) -> None:
        """Take short steps with rests between them: another process answers buyers on the same database."""
        self._batch, self._rest_s = _SMALL_BATCH, _REST_S

    async def __call__(self, shop: ShopId, within_s: float = float("inf")) -> int:
        """Bring the figures up to date; return how many talks were counted anew.

        With `within_s` it stops after about so many seconds; what is left is done by the next run.
        """
        until = time.monotonic() + within_s
        version = f"measures@{VERSION}:{fingerprint(self._formulas)}:{self._calendar.fingerprint}"
        kept = await self._db.read(lambda c: store.cursor(c, shop, "formulas"))
        if kept and kept != version:  # a formula or the holidays changed: what was measured by the old one goes
            await self._db.write(partial(forget, shop=shop, streams=self.streams))
        if kept != version:
            await self._db.write(lambda c: store.set_cursor(c, shop, "formulas", version))
        states = await self._db.read(
            lambda c: insights.of_type(c, shop, "agent.state", self._clock.now() - _DUTY_BACK, self._clock.now())
        )
        self._duty = gather.Duty(states)
        counted = 0
        while step := await self._step(shop):
            counted += step
            await asyncio.sleep(self._rest_s)
            await self._db.give_way(min(_GIVE_WAY_S, until - time.monotonic()))
            if time.monotonic() > until:
                break
        return counted

    async def rebuild(self, shop: ShopId) -> int:
        """Forget all figures and derive them from the facts again; the wordings' questions stay."""
        await self._db.write(partial(forget, shop=shop, streams=self.streams))
        return await self(shop)

    async def _step(self, shop: ShopId) -> int:
        """One look at what is new and one batch of work; 0 when nothing is left."""
        await self._note_new(shop)
        talks = await self._db.read(lambda c: store.read_dirty(c, shop, "talk", self._batch))
        buyers = await self._db.read(lambda c: store.read_dirty(c, shop, "buyer", self._batch))
        calls = await self._db.read(lambda c: store.read_dirty(c, shop, "call", self._batch))
        if not talks and not buyers and not calls:
            return 0
        if talks:
            await self._hear_past(shop, talks)

        def change(connection: Connection) -> None:
            # Facts are read in the transaction that corrects the cells, so that another worker's newer count of
            # the same talk is never overwritten by an older one.
            work = self._derive(connection, shop, talks, buyers)
            words = self._wordings.of_talks(connection, shop, work.talks)
            kinds, gone = self._rows(work, words)
            kinds["call"] = [row_of_call(gather.call_of(fact)) for fact in store.facts_by_id(connection, shop, calls)]
            new = [row for row in words.values() if row[0]]
            store.add_wordings(connection, shop, [*new, *work.wordings.values()])
            places = store.put_units(connection, shop, [], self._formulas, gone)
            for rows in kinds.values():
                places |= store.put_units(connection, shop, rows, self._formulas)
            if self.streams:
                for kind, rows in kinds.items():
                    columns.mark(connection, shop, kind, [row.id for row in rows])
                columns.mark(connection, shop, "talk", gone)
                columns.mark(connection, shop, columns.FACTS, talks)
                columns.mark(connection, shop, columns.SEEN, buyers)
                columns.mark_cells(connection, shop, places)
            store.clear_dirty(connection, shop, "talk", talks)
            store.clear_dirty(connection, shop, "buyer", buyers)
            store.clear_dirty(connection, shop, "call", calls)

        try:
            await self._db.write(change)
        except Exception:
            self._wordings.forget()
            raise
        return max(1, len(talks))

    async def _note_new(self, shop: ShopId) -> None:
        """Mark what new facts and changed orders touch."""

        def query(connection: Connection) -> tuple[list[tuple[str, str, str, str]], str, list[tuple[str, datetime]]]:
            at = store.cursor(connection, shop, "facts")
            back = insights.changed_since(connection, shop, id_floor(at, _OVERLAP_MS), at, _PAGE) if at else []
            fresh = insights.changed_since(connection, shop, at, insights.END_OF_TIME, _PAGE)
            since = store.cursor(connection, shop, "orders")
            when = datetime.fromisoformat(since) if since else _FIRST
            return [*back, *fresh], fresh[-1][0] if fresh else at, orders.changed_buyers(connection, shop, when, _PAGE)

        facts, upto, changed = await self._db.read(query)
        seen = {fact[0] for fact in facts}
        last_order = changed[-1][1].isoformat() if changed else ""
        known = self._noted.get(shop, (frozenset(), ""))
        self._noted[shop] = (frozenset(seen), last_order)
        new = [fact for fact in facts if fact[0] not in known[0]]
        if not new and (not changed or last_order == known[1]):
            return

        def change(connection: Connection) -> None:
            store.mark_dirty(connection, shop, "talk", (fact[2] for fact in new))
            store.mark_dirty(connection, shop, "buyer", (fact[3] for fact in new if not fact[2]))
            store.mark_dirty(connection, shop, "buyer", (buyer for buyer, _ in changed))
            store.mark_dirty(connection, shop, "call", (fact[0] for fact in new if fact[1] == MODEL_CALLED))
            store.set_cursor(connection, shop, "facts", upto)
            if changed:
                store.set_cursor(connection, shop, "orders", last_order)

        await self._db.write(change)

    async def _hear_past(self, shop: ShopId, talks: Sequence[str]) -> None:
        """Understand imported talks of the batch that nobody has understood yet."""
        imported = [id_ for id_ in talks if id_.startswith("imp-")]
        if not imported:
            return

        def query(connection: Connection) -> tuple[dict[str, list[Message]], dict[str, str], set[str]]:
            facts = store.facts_of(connection, shop, imported)
            heard = {f.conversation_id for f in facts if f.type == "turn.decided"}
            left = [id_ for id_ in imported if id_ not in heard]
            return told.messages_of(connection, shop, left), {f.conversation_id: f.buyer_id for f in facts}, heard

        messages, buyers, _ = await self._db.read(query)
        facts: list[Event] = []
        words: Placed = {}
        for id_, lines in messages.items():
            for before, burst in past.bursts(lines):
                heard = self._understanding.understand(past.turn_of(shop, buyers.get(id_, ""), before, burst))
                facts.append(past.heard_fact(shop, buyers.get(id_, ""), burst, heard))
                texts = [(segment.intent, segment.text) for segment in heard.segments]
                words |= await self._db.read(partial(self._wordings.place, shop=shop, segments=texts, known=set(words)))
            await asyncio.sleep(0)

        def change(connection: Connection) -> None:
            insights.append_new(connection, shop, facts)
            store.add_wordings(connection, shop, list(words.values()))

        if facts:
            await self._db.write(change)

    def _derive(self, connection: Connection, shop: ShopId, talks: Sequence[str], buyers: Sequence[str]) -> Work:
        """The talks from their facts, and with them all other talks, orders and visits of the same buyers."""
        by_talk: dict[str, list[Event]] = defaultdict(list)
        for fact in store.facts_of(connection, shop, talks):
            by_talk[fact.conversation_id].append(fact)
        fresh = {id_: talk for id_ in talks if (talk := derive_talk(by_talk.get(id_, ())))}
        touched = list(dict.fromkeys([*(t.buyer_id for t in fresh.values() if t.buyer_id), *buyers]))
        others = store.get_units(connection, shop, "talk", store.ids_of_buyers(connection, shop, "talk", touched))
        per_buyer: dict[str, dict[str, Talk]] = defaultdict(dict)
        for row in others.values():
            assert isinstance(row.facts, Talk)
            per_buyer[row.buyer_id][row.id] = row.facts
        for id_, talk in fresh.items():
            per_buyer[talk.buyer_id or f"?{id_}"][id_] = structs.replace(talk, off_duty=self._off_duty(talk))
        seen: dict[str, list[Event]] = defaultdict(list)
        for fact in store.facts_of_buyers(connection, shop, touched, sorted(SHOP_EVENT_TYPES)):
            seen[fact.buyer_id].append(fact)
        work = Work([id_ for id_ in talks if id_ not in fresh])
        goods = gather.Goods(connection, shop)
        for buyer in dict.fromkeys([*touched, *per_buyer]):
            mine = list(per_buyer.get(buyer, {}).values())
            kept = gather.orders_of(connection, shop, buyer)
            told_by_shop = seen.get(buyer, [])
            placed = place_talks(mine, gather.deals_of(kept, told_by_shop, goods.owner_of, self._calendar))
            work.talks += [talk for talk in placed if talk.id in fresh or talk != others[talk.id].facts]
            days = gather.days_of(buyer, kept, told_by_shop, placed, goods.owner_of)
            work.days += [row_of_day(day) for day in days]
            found = gather.refunds_of(connection, shop, buyer, kept, told_by_shop, placed, goods)
            refunds, new = self._wordings.of_refunds(connection, shop, found)
            work.refunds += [row_of_refund(refund) for refund in refunds]
            work.wordings |= new
        return work

    def _off_duty(self, talk: Talk) -> bool:
        wait = human_wait(talk)
        return wait is not None and self._duty.nobody(talk.opened + wait[0] * 1000)

    @staticmethod
    def _rows(work: Work, words: Placed) -> tuple[dict[str, list[Row]], list[str]]:
        question = {key: row[2] for key, row in words.items()}
        talks = []
        for talk in work.talks:
            asks = tuple(
                structs.replace(ask, words=tuple(question.get(key, key) for key in ask.words)) for ask in talk.asks
            )
            talks.append(row_of_talk(structs.replace(talk, asks=asks)))
        return {"talk": talks, "day": work.days, "refund": work.refunds}, work.gone
