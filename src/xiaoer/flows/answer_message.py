"""A turn is answered (回答一轮): load, understand, decide, gather facts, compose, save.

No transaction is open while facts are gathered. The save checks the conversation's version: a turn that a
newer message overtook is dropped and loaded again, so a burst is answered once. An error in between ends
in a hand-over, never in silence.
"""

import time
from datetime import datetime
from typing import Any, Protocol

import msgspec
import structlog
from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.kernel.answer import ActView, Answer, HandoffView, ReplyView, TurnView, feeling, heard_segments
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.decision import Decision, Facts, Handoff, Need
from xiaoer.kernel.events import Event
from xiaoer.kernel.heard import Entities, Heard, Segment, Sentiment
from xiaoer.kernel.ids import MessageId, ShopId
from xiaoer.kernel.reply import Reply
from xiaoer.kernel.turn import Turn
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations.recent import RecentTalks
from xiaoer.slices.conversations.types import Conversation, Message, Received, StoredTurn
from xiaoer.slices.insights import api as insights
from xiaoer.slices.policies import api as policies
from xiaoer.slices.policies.rules.handoff import hand_over
from xiaoer.slices.policies.rules.sizes import measures_of
from xiaoer.slices.policies.types import Limits, RedLineHit, Situation
from xiaoer.slices.replies import api as replies
from xiaoer.slices.replies.types import Templates
from xiaoer.slices.shops.service import Shops

_log = structlog.get_logger(__name__)
_ROUNDS = 3  # decide, gather, decide again: more needs than this is a defect of the rules
_NO_STOPS = Limits(unsatisfied_tries=1_000_000, unsure_tries=1_000_000, anger_handoff=2.0)
_RETRIES = 8  # loads of one turn while newer messages keep coming


class Understands(Protocol):
    """Understanding, as this flow needs it."""

    def understand(self, turn: Turn) -> Heard: ...


class WatchesRedLines(Protocol):
    """Tells the red lines that a turn crosses."""

    def __call__(self, turn: Turn, heard: Heard) -> tuple[RedLineHit, ...]: ...


class GathersFacts(Protocol):
    """Reads the facts that a decision needs, in parallel, each within its time limit."""

    async def __call__(self, turn: Turn, heard: Heard, needs: tuple[Need, ...], now: datetime) -> Facts: ...


class KeepsEffects(Protocol):
    """Keeps what the acts promise, in the change that stores their words."""

    def keep(self, connection: Connection, turn: Turn, effect: Any, now: datetime) -> bool:
        """Return False when a promise no longer holds: the turn is decided anew."""
        ...


class Overtaken(Exception):
    """Something that the answer rests on changed meanwhile; nothing of it is kept."""


class MindsTheDesk(Protocol):
    """The people behind the bot: who sends, and what the one who takes over is told."""

    def prepare(self, turn: Turn, heard: Heard, handoff: Handoff) -> Handoff:
        """Give a hand-over the skill that it asks for and its summary (前情提要)."""
        ...

    async def mode(self, shop: ShopId, intents: tuple[str, ...]) -> str:
        """Who sends for these intents: auto the bot, assist a person with its draft, shadow a person."""
        ...


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
        templates: Templates,
        desk: MindsTheDesk,
        effects: KeepsEffects,
    ) -> None:
        self._db = db
        self._clock = clock
        self._shops = shops
        self._understanding = understanding
        self._red_lines = red_lines
        self._gather = gather
        self._templates = templates
        self._desk = desk
        self._effects = effects
        self._recent = RecentTalks()

    async def __call__(
        self, shop: ShopId, conversation_id: str, message_id: str, received: Received | None = None
    ) -> Answered:
        """Answer what is unanswered; when another call did so already, return that answer.

        `received` is the message that has just come in, when there is one.

        Raises:
            NotFound: no such conversation.
        """
        for attempt in range(_RETRIES):
            loaded = self._recent.with_new(received) if received and received.is_new and attempt == 0 else None
            if loaded is None:
                loaded = await self._db.read(lambda c: conversations.load_recent(c, shop, conversation_id))
            conversation, recent = loaded
            turn = conversations.as_turn(conversation, recent)
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
        try:
            heard = self._understanding.understand(turn)
            situation = await self._situation(conversation, turn, heard, now)
            decision = await self._decide(situation, trace)
            reply = replies.compose(decision, self._templates, now, turn.conversation_id)
        except Exception:
            _log.exception("turn_failed", shop=turn.shop, conversation=turn.conversation_id)
            heard = _unheard(turn)
            situation = await self._situation(conversation, turn, heard, now)
            decision = hand_over(situation, Handoff("error", "flow.error"))
            reply = replies.compose(decision, self._templates, now, turn.conversation_id)
        if decision.handoff:
            handoff = self._desk.prepare(turn, heard, decision.handoff)
            decision = msgspec.structs.replace(decision, handoff=handoff)
        decision, reply = await self._hold_back(conversation, heard, decision, reply, trace)
        elapsed_us = round((time.perf_counter() - started) * 1e6)
        return await self._save(conversation, turn, situation, decision, reply, trace, elapsed_us, message_id)

    async def _hold_back(
        self, conversation: Conversation, heard: Heard, decision: Decision, reply: Reply, trace: dict[str, Any]
    ) -> tuple[Decision, Reply]:
        """Keep the reply as a draft where a person sends: in his talks, and in the assist and shadow modes."""
        held = conversation.state != "bot"
        mode = "held" if held else await self._desk.mode(conversation.shop, tuple(s.intent for s in heard.segments))
        if mode == "auto" or (mode == "assist" and decision.handoff):
            return decision, reply
        text = "" if decision.handoff else "\n".join(part.text for part in reply.parts)
        trace["mode"] = mode
        trace["draft"] = {"text": text, "parts": reply.parts, "sources": reply.sources, "auto": mode == "assist"}
        return Decision(handoff=None if held else decision.handoff), Reply(())

    async def _situation(self, conversation: Conversation, turn: Turn, heard: Heard, now: datetime) -> Situation:
        shop = await self._shops.shop(turn.shop)
        if conversation.state != "bot":  # nothing is handed over twice; what is wanted is a draft
            return Situation(turn, heard, now, hours=shop.hours, limits=_NO_STOPS, shop_name=shop.name)
        return Situation(
            turn,
            heard,
            now,
            self._red_lines(turn, heard),
            hours=shop.hours,
            unsatisfied=conversation.unsatisfied,
            unsure=conversation.unsure,
            shop_name=shop.name,
        )

    async def _decide(self, situation: Situation, trace: dict[str, Any]) -> Decision:
        decision = policies.decide(situation)
        for _ in range(_ROUNDS):
            if not decision.needs:
                break
            facts = await self._gather(situation.turn, situation.heard, decision.needs, situation.now)
            trace["needs"] = [[need.kind, need.segment, need.key] for need in decision.needs]
            trace["knowledge"] = {
                str(index): [[hit.id, hit.question, hit.score] for hit in hits[:3]]
                for index, hits in facts.knowledge.items()
            }
            trace["missing"] = facts.missing
            decision = policies.decide(situation, facts)
        return decision

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
            _view(heard, decision, reply),
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
        response = msgspec.json.encode(answer).decode()
        stored = StoredTurn(
            turn_id, turn.conversation_id, now, tuple(m.id for m in turn.messages), response, trace, elapsed_us
        )
        meta = {
            "intents": [segment.intent for segment in heard.segments],
            "acts": [act.type for act in decision.acts],
            "asked_for": list(reply.asked_for),
            "sources": [[source.kind, source.id] for source in reply.sources],
            "because": [[source.kind, source.title] for source in reply.sources if source.title],
        }
        body = turn.body
        for segment in heard.segments:
            body = measures_of(segment.entities, body)
        if body != Entities():
            meta["body"] = body
        changes = _counters(conversation, heard, decision)
        if decision.handoff:
            changes |= {"state": state, "handoff": msgspec.to_builtins(decision.handoff)}
        elif by_mode:
            changes |= {"state": state, "handoff": {"reason": trace["mode"], "rule_id": f"mode.{trace['mode']}"}}
        facts = _facts(conversation, situation, decision, turn_id, reply, elapsed_us)

        effects = [act.effect for act in decision.acts if act.effect is not None]

        def change(connection: Connection) -> tuple[Message, ...] | None:
            messages = conversations.save_turn(connection, turn.shop, conversation, stored, parts, meta, now, **changes)
            if messages is None:  # nothing was written; raising would undo the neighbours' writes of this commit too
                return None
            if not all(self._effects.keep(connection, turn, effect, now) for effect in effects):
                raise Overtaken
            insights.append(connection, turn.shop, facts)
            insights.warn_at_once(connection, turn.shop, facts)
            return messages

        try:
            messages = await self._db.write(change)
        except Overtaken:
            return None
        if messages is None:
            return None
        return Answered(response, messages, turn.conversation_id, state, decision.handoff)


def _unheard(turn: Turn) -> Heard:
    """What is left when understanding itself failed."""
    text = " ".join(message.text for message in turn.messages)
    return Heard((Segment(text, "oos.unclear", 0.0, by="error"),), Sentiment("neutral", 0.0), "normal", text)


def _view(heard: Heard, decision: Decision, reply: Reply) -> TurnView:
    handoff = decision.handoff
    return TurnView(
        heard_segments(heard),
        feeling(heard.sentiment),
        heard.urgency,
        tuple(ActView(act.type, act.segment, act.template, act.rule_id) for act in decision.acts),
        HandoffView(handoff.reason, handoff.rule_id, handoff.skill, handoff.summary, handoff.agent_name)
        if handoff
        else None,
        reply.sources,
    )


def _counters(conversation: Conversation, heard: Heard, decision: Decision) -> dict[str, Any]:
    """Tries that failed, kept with the conversation; a satisfied buyer or a real answer clears them."""
    if not decision.acts:
        return {}
    unsure = all(act.type == "fallback" or act.template == "unclear" for act in decision.acts)
    unsatisfied = conversation.unsatisfied + 1 if heard.satisfied is False else conversation.unsatisfied
    return {
        "unsure": conversation.unsure + 1 if unsure else 0,
        "unsatisfied": 0 if heard.satisfied else unsatisfied,
    }


def _facts(
    conversation: Conversation, situation: Situation, decision: Decision, turn_id: str, reply: Reply, elapsed_us: int
) -> list[Event]:
    turn, heard = situation.turn, situation.heard

    def fact(type_: str, data: dict[str, Any]) -> Event:
        return Event(turn.shop, new_id(), type_, situation.now, turn.conversation_id, turn.buyer_id, data)

    facts = [
        fact(
            "turn.decided",
            {
                "turn_id": turn_id,
                "channel": turn.channel,
                "owner": conversation.state,
                "intents": [segment.intent for segment in heard.segments],
                "words": [insights.wording_key(segment.text) for segment in heard.segments],
                "acts": [act.type for act in decision.acts],
                "sentiment": heard.sentiment.score,
                "anger": heard.sentiment.anger,
                "urgency": heard.urgency,
                "satisfied": heard.satisfied,
                "sources": [[source.kind, source.id] for source in reply.sources],
                "product_id": turn.product_in_focus,
                "elapsed_us": elapsed_us,
            },
        )
    ]
    if reply.parts:
        facts.append(fact("message.sent", {"author": "bot", "turn_id": turn_id, "count": len(reply.parts)}))
    if decision.handoff:
        handoff = decision.handoff
        facts.append(
            fact("handoff.requested", {"reason": handoff.reason, "rule_id": handoff.rule_id, "skill": handoff.skill})
        )
    return facts
