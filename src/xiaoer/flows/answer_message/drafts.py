"""What a person sends (草稿): the reply is kept back, and may go out by itself where the shop set a time for that."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection

from xiaoer.flows.answer_message.ports import MindsTheDesk, WatchesRedLines
from xiaoer.flows.answer_message.views import meta_of
from xiaoer.kernel.decision import Decision
from xiaoer.kernel.reply import Reply
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations.types import Conversation, StoredTurn
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.rules.drafting import may_go_out
from xiaoer.slices.insights import api as insights
from xiaoer.slices.policies.rules.certainty import is_sure
from xiaoer.slices.policies.rules.handoff import stop_for_people
from xiaoer.slices.policies.types import Situation

Minds = tuple[MindsTheDesk, WatchesRedLines]


async def hold_back(
    mode: str,
    minds: Minds,
    conversation: Conversation,
    situation: Situation,
    decision: Decision,
    reply: Reply,
    trace: dict[str, Any],
) -> tuple[Decision, Reply]:
    """Keep the reply as a draft where a person sends: in his talks, and in the assist and shadow modes."""
    if mode == "auto" or (mode == "assist" and decision.handoff):
        return decision, reply
    text = "" if decision.handoff else "\n".join(part.text for part in reply.parts)
    sure = mode != "shadow" and _may_speak(minds, situation, decision)
    after_s = await _goes_out_after(mode, minds, conversation, situation) if sure else None
    trace["mode"] = mode
    trace["draft"] = {"text": text, "parts": reply.parts, "sources": reply.sources, "after_s": after_s}
    if sure:  # what the bot must know when its words were said after all
        meta = meta_of(situation.turn, situation.heard, decision, reply)
        trace["draft"] |= {"is_sure": True, "meta": meta, "memory": decision.memory}
    return Decision(handoff=None if mode == "held" else decision.handoff), Reply(())


def _may_speak(minds: Minds, situation: Situation, decision: Decision) -> bool:
    """Whether the bot might say this by itself: it is sure of it, and nothing in the words calls for people."""
    (_, red_lines), turn, heard = minds, situation.turn, situation.heard
    if decision.handoff or not is_sure(heard, decision):
        return False
    watched = msgspec.structs.replace(situation, hits=red_lines(turn, heard), limits=red_lines.limits(turn.shop))
    return stop_for_people(watched) is None


async def _goes_out_after(mode: str, minds: Minds, conversation: Conversation, situation: Situation) -> int | None:
    """Seconds after which a sure draft goes out when nobody answers; None when a person must send it."""
    people, turn = minds[0], situation.turn
    after_s = await people.auto_send_s(turn.shop)
    if after_s is None or mode == "assist":
        return after_s
    if not may_go_out(conversation.state, str((conversation.handoff or {}).get("reason", ""))):
        return None
    by_intents = await people.mode(turn.shop, tuple(segment.intent for segment in situation.heard.segments))
    return after_s if by_intents == "assist" else None


def beside_turn(connection: Connection, conversation: Conversation, situation: Situation, stored: StoredTurn) -> None:
    """In the change that stores a turn: order the look at a draft that may go out, and note words that ask for
    nothing."""
    _order_draft(connection, conversation, stored, situation.now)
    _note_end(connection, conversation, situation)


def _order_draft(connection: Connection, conversation: Conversation, stored: StoredTurn, now: datetime) -> None:
    after_s = (stored.trace.get("draft") or {}).get("after_s")
    if after_s is not None:
        due = now + timedelta(seconds=after_s)
        desk.order_draft(connection, conversation.shop, conversation.id, stored.id, due)


def _note_end(connection: Connection, conversation: Conversation, situation: Situation) -> None:
    """Note words in a talk of people that ask for nothing (好的谢谢): nobody waits for an answer to them."""
    if conversation.state == "bot":
        return
    turn, intents = situation.turn, [segment.intent for segment in situation.heard.segments]
    answer = next((past.text for past in reversed(turn.history) if past.author == "agent"), "")
    if insights.asks_for_nothing(intents, answer):
        conversations.note_ends(connection, turn.shop, [message.id for message in turn.messages])
