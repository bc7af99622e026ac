"""Questions that went wrong are collected (收集): from the turns since the last look, conversation by conversation.

A conversation that had a turn, a hand-over or a correction since then is read whole, because an unhappy word
blames the answer before it. Reading the same conversation twice changes nothing, but that a question which was
answered in the meantime is dropped.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.conversations import owners, told
from xiaoer.slices.conversations.types import StoredTurn
from xiaoer.slices.insights import api as insights
from xiaoer.slices.knowledge.candidates.mining import OWN_CASE
from xiaoer.slices.learning import api as learning
from xiaoer.slices.learning.rules.asking import PastTurn, find_asks
from xiaoer.slices.learning.store import gaps, settings
from xiaoer.slices.learning.types import Ask
from xiaoer.slices.privacy import api as privacy

_OVERLAP = timedelta(minutes=10)  # facts of a slow writer may come after newer ones
_STEP = timedelta(days=1)
_CHUNK = 100  # conversations of one read
CORRECTED = "answer.corrected"  # data: turn_id, text (what the bot should have said), agent_id, by


async def collect(db: Database, shop: ShopId, now: datetime) -> int:
    """Read on from where the last look ended; return how many questions are new."""
    wanted = await db.read(lambda c: learning.get_settings(c, shop))
    read_at = await db.read(lambda c: settings.get_value(c, shop, "read_at"))
    since = datetime.fromisoformat(read_at) - _OVERLAP if read_at else now - timedelta(days=wanted.days)
    until, new = now + timedelta(seconds=1), 0
    while since < until:
        end = min(since + _STEP, until)
        new += await _window(db, shop, since, end, wanted.low_score)
        since = end

    def keep(connection: Connection) -> None:
        settings.set_value(connection, shop, "read_at", now.isoformat())

    await db.write(keep)
    return new


async def _window(db: Database, shop: ShopId, since: datetime, until: datetime, low_score: float) -> int:
    def facts(connection: Connection) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        return (
            insights.of_type(connection, shop, "turn.decided", since, until),
            insights.of_type(connection, shop, CORRECTED, since, until),
        )

    decided, corrected = await db.read(facts)
    about = {str(fact.get("turn_id", "")): fact for fact in decided}
    ids = list(dict.fromkeys(fact["conversation_id"] for fact in (*decided, *corrected) if fact["conversation_id"]))
    new = 0
    for at in range(0, len(ids), _CHUNK):
        new += await _conversations(db, shop, ids[at : at + _CHUNK], about, low_score)
        await asyncio.sleep(0)
    return new


async def _conversations(
    db: Database, shop: ShopId, ids: Sequence[str], about: dict[str, dict[str, Any]], low_score: float
) -> int:
    def read(connection: Connection) -> tuple[dict[str, str], dict[str, list[StoredTurn]], dict[str, dict[str, str]]]:
        buyers = {str(talk.id): str(talk.buyer_id) for talk in owners.by_ids(connection, shop, list(ids))}
        return buyers, told.turns_of(connection, shop, ids), _corrections(connection, shop, ids)

    buyers, turns, corrections = await db.read(read)
    found: list[Ask] = []
    for id_, stored in turns.items():
        past = [_past(turn, about.get(turn.id, {})) for turn in stored]
        found += find_asks(
            id_, buyers.get(id_, ""), past, corrections.get(id_, {}), low_score, OWN_CASE, privacy.mask_text
        )

    def keep(connection: Connection) -> int:
        gaps.forget_others(connection, shop, list(turns), found)
        return gaps.keep_asks(connection, shop, found) if found else 0

    return await db.write(keep)


def _corrections(connection: Connection, shop: ShopId, ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """What agents said the bot should have said, by conversation and turn; the last word holds."""
    found: dict[str, dict[str, str]] = {}
    for fact in insights.of_conversations(connection, shop, CORRECTED, ids):
        if fact.get("by") == "edit" and set(fact.get("intents") or ()) <= OWN_CASE:
            continue  # a draft about this buyer's order, changed for him
        turn_id, text = str(fact.get("turn_id") or ""), str(fact.get("text") or "").strip()
        if turn_id and text:
            found.setdefault(fact["conversation_id"], {})[turn_id] = text
    return found


def _past(turn: StoredTurn, fact: dict[str, Any]) -> PastTurn:
    return PastTurn(turn.id, turn.at, turn.trace, str(fact.get("product_id") or ""), str(fact.get("channel") or ""))
