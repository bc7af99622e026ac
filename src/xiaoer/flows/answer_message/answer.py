"""A turn is answered (回答一轮): load, understand, decide, gather facts, compose, save.

No transaction is open while facts are gathered. The save checks the conversation's version: a turn that a
newer message overtook is dropped and loaded again, so a burst is answered once. An error in between ends
in a hand-over, never in silence.
"""

import asyncio
import copy
import time
from contextlib import nullcontext
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary

import msgspec
import structlog
from sqlalchemy import Connection

from xiaoer.flows.answer_message.drafts import beside_turn, hold_back
from xiaoer.flows.answer_message.first_facts import first_facts, note_facts, note_needs
from xiaoer.flows.answer_message.ports import (
    GathersFacts,
    KeepsEffects,
    MindsTheDesk,
    PerformsTodos,
    Understands,
    WatchesRedLines,
)
from xiaoer.flows.answer_message.promises import owes, promise
from xiaoer.flows.answer_message.views import counters, facts_of, meta_of, unheard, view_of
from xiaoer.flows.answer_message.wording import worded
from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.kernel.answer import Answer, ReplyView
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.decision import Decision, Facts, Handoff, Todo
from xiaoer.kernel.heard import Heard
from xiaoer.kernel.ids import MessageId, ShopId
from xiaoer.kernel.rehearsal import Rehearsal
from xiaoer.kernel.reply import Reply
from xiaoer.kernel.shop_facts import Outcome
from xiaoer.kernel.turn import Turn
from xiaoer.kernel.worktime import is_open
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import turns
from xiaoer.slices.conversations.recent import RecentTalks
from xiaoer.slices.conversations.types import Conversation, Message, Received, StoredTurn
from xiaoer.slices.insights import api as insights
from xiaoer.slices.policies import api as policies
from xiaoer.slices.policies.rules.handoff import hand_over
from xiaoer.slices.policies.types import Limits, Situation
from xiaoer.slices.replies.types import Templates
from xiaoer.slices.shops.service import Shops

_log = structlog.get_logger(__name__)
_ROUNDS = 6  # needs or todos that follow from one another; more is a defect of the rules
_NO_STOPS = Limits(unsatisfied_tries=1_000_000, unsure_tries=1_000_000, anger_handoff=9.0)
_RETRIES = 24  # loads of one turn while newer messages keep coming


class Overtaken(Exception):
    """Something that the answer rests on changed meanwhile; nothing of it is kept."""


class Answered(msgspec.Struct, frozen=True):
    """The outcome: the answer as JSON, and the stored messages to be delivered."""

    response: str
    messages: tuple[Message, ...] = ()
    conversation_id: str = ""
    state: str = "bot"
    handoff: Handoff | None = None


class AnswerMessage:
    """Answers the open turn of a conversation."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        shops: Shops,
        understanding: Understands,
        red_lines: WatchesRedLines,
        gather: GathersFacts,
        perform: PerformsTodos,
        templates: Templates,
        desk: MindsTheDesk,
        effects: KeepsEffects,
    ) -> None:
        self._db = db
        self._clock = clock
        self._shops = shops
        self.understanding = understanding
        self._red_lines = red_lines
        self._gather = gather
        self._perform = perform
        self._templates = templates
        self._desk = desk
        self._effects = effects
        self._recent = RecentTalks()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __call__(
        self, shop: ShopId, conversation_id: str, message_id: str, received: Received | None = None
    ) -> Answered:
        """Answer what is unanswered; when another call did so already, return that answer.

        `received` is the message that has just come in, when there is one.

        Raises:
            NotFound: no such conversation.
        """
        lock = self._locks.setdefault(f"{shop}:{conversation_id}", asyncio.Lock())
        for attempt in range(_RETRIES):
            async with lock if attempt else nullcontext():  # who comes after the one that answers has nothing to do
                loaded = self._recent.with_new(received) if received and received.is_new and attempt == 0 else None
                if loaded is None:
                    loaded = await self._db.read(lambda c: conversations.load_recent(c, shop, conversation_id))
                conversation, recent = loaded
                turn = turns.as_turn(conversation, recent)
                if turn is None:
                    break
                answered = await self._answer(conversation, turn, message_id)
                if answered is not None:
                    kept = (*recent, *answered.messages)[-conversations.HISTORY :]
                    self._recent.keep(shop, conversation.id, conversation.version + 1, kept)
                    return answered
        return await self._earlier(shop, message_id)

    async def _earlier(self, shop: ShopId, message_id: str) -> Answered:
        def query(connection: Connection) -> StoredTurn | None:
            message = conversations.get_message(connection, shop, message_id)
            return conversations.turn_of_message(connection, shop, message) if message else None

        stored = await self._db.read(query)
        return Answered(stored.response, conversation_id=stored.conversation_id) if stored else Answered("")

    async def _answer(self, conversation: Conversation, turn: Turn, message_id: str) -> Answered | None:
        started, now = time.perf_counter(), self._clock.now()
        trace: dict[str, Any] = {}
        mode = "auto" if conversation.state == "bot" else "held"
        try:
            heard = policies.look_again(self.understanding.understand(turn), turn)
            situation = await self._situation(conversation, turn, heard, now)
            situation, facts = await first_facts(self._gather, self.understanding, situation, trace)
            heard = situation.heard
            mode = await self._mode(conversation, heard)
            decision = await self._decide(situation, trace, facts, may_act=mode == "auto")
            decision, reply = worded(situation, decision, self._templates)
        except Exception:
            _log.exception("turn_failed", shop=turn.shop, conversation=turn.conversation_id)
            heard = unheard(turn)
            situation = await self._situation(conversation, turn, heard, now)
            failed = hand_over(situation, Handoff("error", "flow.error"))
            decision, reply = worded(situation, failed, self._templates)
        if decision.handoff:
            handoff = self._desk.prepare(turn, heard, decision.handoff)
            decision = msgspec.structs.replace(decision, handoff=handoff)
        watch = (self._desk, self._red_lines)
        decision, reply = await hold_back(mode, watch, conversation, situation, decision, reply, trace)
        elapsed_us = round((time.perf_counter() - started) * 1e6)
        return await self._save(conversation, turn, situation, decision, reply, trace, elapsed_us, message_id)

    def over(self, red_lines: WatchesRedLines, gather: GathersFacts, hears: Understands | None) -> "AnswerMessage":
        """The same answering with other red lines, facts and, when given, another understanding: for rehearsals."""
        other = copy.copy(self)
        other.understanding = hears or self.understanding
        other._red_lines, other._gather = red_lines, gather
        return other

    async def rehearse(
        self, turn: Turn, unsatisfied: int = 0, unsure: int = 0, heard: Heard | None = None
    ) -> Rehearsal:
        """What the answer to a turn would be. Nothing is kept, sent or done; who sends (auto, assist) is not asked."""
        heard = policies.look_again(heard or self.understanding.understand(turn), turn)
        shop, hits = await self._shops.shop(turn.shop), self._red_lines(turn, heard)
        now, limits = self._clock.now(), self._red_lines.limits(turn.shop)
        situation = Situation(turn, heard, now, hits, shop.hours, limits, unsatisfied, unsure, shop.name)
        situation, facts = await first_facts(self._gather, self.understanding, situation, {})
        decision, reply = worded(situation, await self._decide(situation, {}, facts, may_act=False), self._templates)
        return Rehearsal(situation.heard, decision, reply)

    async def rethink(self, conversation: Conversation, turn: Turn) -> Decision:
        """Decide an earlier turn anew with the facts of now; it calls nobody, and nothing is done, saved or sent."""
        heard = policies.look_again(self.understanding.understand(turn), turn)
        situation = await self._situation(conversation, turn, heard, self._clock.now())
        calm = msgspec.structs.replace(situation, hits=(), limits=_NO_STOPS, unsatisfied=0, unsure=0)
        calm, facts = await first_facts(self._gather, self.understanding, calm, {})
        return await self._decide(calm, {}, facts, may_act=False)

    async def _mode(self, conversation: Conversation, heard: Heard) -> str:
        """Who sends: the bot (auto), a person with its draft (assist), a person alone (shadow), or held by one."""
        if conversation.state != "bot":
            return "held"
        return await self._desk.mode(conversation.shop, tuple(s.intent for s in heard.segments))

    async def _situation(self, conversation: Conversation, turn: Turn, heard: Heard, now: datetime) -> Situation:
        shop = await self._shops.shop(turn.shop)
        if conversation.state != "bot":  # nothing is handed over twice; what is wanted is a draft
            return Situation(turn, heard, now, hours=shop.hours, limits=_NO_STOPS, shop_name=shop.name)
        hits, limits = self._red_lines(turn, heard), self._red_lines.limits(turn.shop)
        tries = (conversation.unsatisfied, conversation.unsure)
        people_on = not is_open(shop.hours, now) and await self._desk.has_people(turn.shop)
        return Situation(turn, heard, now, hits, shop.hours, limits, *tries, shop.name, people_on)

    async def _decide(
        self, situation: Situation, trace: dict[str, Any], facts: Facts | None, may_act: bool
    ) -> Decision:
        """Decide, gather what is needed, do what was confirmed, and decide again until there are acts."""
        decision = policies.decide(situation, facts)
        for _ in range(_ROUNDS):
            if decision.needs:
                facts = await self._gather(situation.turn, situation.heard, decision.needs, situation.now, facts)
                note_needs(trace, decision.needs)
            elif decision.todos:
                outcomes = await self._outcomes(situation.turn, decision.todos, facts or Facts(), may_act=may_act)
                facts = msgspec.structs.replace(facts or Facts(), outcomes={**(facts or Facts()).outcomes, **outcomes})
            else:
                break
            decision = policies.decide(situation, facts)
        note_facts(trace, facts)
        return decision

    async def _outcomes(
        self, turn: Turn, todos: tuple[Todo, ...], facts: Facts, *, may_act: bool
    ) -> dict[str, Outcome]:
        if not may_act:  # a person sends in this talk: what is wanted is a draft, nothing is done behind his back
            return {todo.id: Outcome("held") for todo in todos}
        return await self._perform(turn, todos, facts)

    async def _save(
        self,
        conversation: Conversation,
        turn: Turn,
        situation: Situation,
        decision: Decision,
        reply: Reply,
        trace: dict[str, Any],
        elapsed_us: int,
        message_id: str,
    ) -> Answered | None:
        now, heard, turn_id = situation.now, situation.heard, new_id()
        parts = [(MessageId(new_id()), part) for part in reply.parts]
        by_mode = trace.get("mode") in ("assist", "shadow")
        state = "queued" if conversation.state == "bot" and (decision.handoff or by_mode) else conversation.state
        answer = Answer(
            turn.conversation_id,
            message_id,
            state,
            tuple(ReplyView(id_, "bot", part.content, part.text) for id_, part in parts),
            view_of(heard, decision, reply),
            round(elapsed_us / 1000, 3),
        )
        trace |= {
            "version": turn.version,
            "heard": heard,
            "red_lines": situation.hits,
            "acts": [[act.type, act.segment, act.template, act.rule_id] for act in decision.acts],
            "handoff": decision.handoff,
            "sources": reply.sources,
            "notes": decision.notes,
        }
        response, asked = msgspec.json.encode(answer).decode(), tuple(m.id for m in turn.messages)
        stored = StoredTurn(turn_id, turn.conversation_id, now, asked, response, trace, elapsed_us)
        meta = meta_of(turn, heard, decision, reply)
        changes = counters(conversation, heard, decision)
        if decision.memory is not None:
            changes["memory"] = decision.memory
        if decision.handoff:
            changes |= {"state": state, "handoff": msgspec.to_builtins(decision.handoff)}
        elif by_mode:
            changes |= {"state": state, "handoff": {"reason": trace["mode"], "rule_id": f"mode.{trace['mode']}"}}
        facts = facts_of(conversation, situation, decision, turn_id, reply, elapsed_us)
        owed = (sends := trace.get("mode") is None) and owes(decision)
        effects = [act.effect for act in decision.acts if act.effect is not None]
        note = await self._effects.noting(turn, heard, decision, trace.get("trials", ()) if sends else (), now)

        def change(connection: Connection) -> tuple[Message, ...] | None:
            messages = conversations.save_turn(connection, turn.shop, conversation, stored, parts, meta, now, **changes)
            if messages is None:  # nothing was written; raising would undo the neighbours' writes of this commit too
                return None
            if not all(self._effects.keep(connection, turn, effect, now) for effect in effects):
                raise Overtaken
            insights.append(connection, turn.shop, facts)
            insights.warn_at_once(connection, turn.shop, facts)
            note(connection)
            beside_turn(connection, conversation, situation, stored)
            if owed:
                promise(connection, turn, now)
            return messages

        try:
            messages = await self._db.write(change)
        except Overtaken:
            return None
        if messages is None:
            return None
        return Answered(response, messages, turn.conversation_id, state, decision.handoff)
