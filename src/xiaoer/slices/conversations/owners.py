"""Who owns a conversation, who waits, and what a list of conversations shows; for the desk.

`move` in `api` is the only way to another owner. These wrap it so that state and name always change together:
exactly an `agent` conversation names the agent who has it; a closed one keeps the last name for the record.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select, update

from xiaoer.infra.statement import ListStatement, Statement
from xiaoer.kernel.errors import Conflict, NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.memory import Memory
from xiaoer.kernel.reply import ReplyPart
from xiaoer.kernel.turn import TextContent
from xiaoer.slices.conversations import api, store
from xiaoer.slices.conversations.tables import conversations, messages, turns
from xiaoer.slices.conversations.types import Conversation, Message, StoredTurn

DRAFT_SENT = "draft|"  # how the channel id of a draft begins that went out by itself: its turn is said once
_RECALLED = "（消息已撤回）"
_LOADS = Statement(
    select(conversations.c.assigned_to, func.count())
    .where(conversations.c.shop == bindparam("shop"), conversations.c.state == "agent")
    .group_by(conversations.c.assigned_to)
)
_COUNT = Statement(
    select(func.count())
    .select_from(conversations)
    .where(conversations.c.shop == bindparam("shop"), conversations.c.state == bindparam("state"))
)
_IN_STATE = select(conversations).where(
    conversations.c.shop == bindparam("shop"), conversations.c.state == bindparam("state")
)
_OF_STATE = Statement(_IN_STATE.order_by(conversations.c.last_at.desc()).limit(bindparam("count")))
_SILENT = Statement(_IN_STATE.order_by(conversations.c.last_at).limit(bindparam("count")))
_LAST_AGENT = Statement(
    select(conversations.c.assigned_to)
    .where(
        conversations.c.shop == bindparam("shop"),
        conversations.c.buyer_id == bindparam("buyer"),
        conversations.c.assigned_to != "",
    )
    .order_by(conversations.c.last_at.desc())
    .limit(1)
)
_LAST_TURN = Statement(
    select(turns)
    .where(turns.c.shop == bindparam("shop"), turns.c.conversation_id == bindparam("conversation"))
    .order_by(turns.c.at.desc(), turns.c.id.desc())
    .limit(1)
)
_RECENT_TURNS = Statement(
    select(turns)
    .where(turns.c.shop == bindparam("shop"), turns.c.conversation_id == bindparam("conversation"))
    .order_by(turns.c.at.desc(), turns.c.id.desc())
    .limit(bindparam("most"))
)

_BY_IDS = ListStatement(
    lambda ids: select(conversations).where(conversations.c.shop == bindparam("shop"), conversations.c.id.in_(ids))
)


def _newest_turns(ids: Sequence[Any]) -> Any:
    newest = (
        select(func.max(turns.c.id))
        .where(turns.c.shop == bindparam("shop"), turns.c.conversation_id.in_(ids))
        .group_by(turns.c.conversation_id)
    )
    return select(turns).where(turns.c.shop == bindparam("shop"), turns.c.id.in_(newest))


_NEWEST_TURNS = ListStatement(_newest_turns)


def assign(
    connection: Connection, shop: ShopId, conversation_id: str, staff_id: str, name: str, now: datetime
) -> Conversation:
    """Give the conversation to one agent.

    Raises:
        NotFound, Conflict: as `api.move`.
    """
    return api.move(connection, shop, conversation_id, "agent", now, assigned_to=staff_id, assigned_name=name)


def enqueue(connection: Connection, shop: ShopId, conversation_id: str, now: datetime, **values: Any) -> Conversation:
    """Put the conversation into the queue; nobody's name stays on it."""
    return api.move(connection, shop, conversation_id, "queued", now, assigned_to="", assigned_name="", **values)


def give_to_bot(connection: Connection, shop: ShopId, conversation_id: str, now: datetime) -> Conversation:
    """Back to the bot with a clean slate: its counters start again, so that it does not hand over at once again.

    What people dealt with stays dealt with; a message that nobody has looked at yet is the bot's to answer.
    """
    clean: dict[str, Any] = {"handoff": None, "unsatisfied": 0, "unsure": 0}
    return api.move(connection, shop, conversation_id, "bot", now, assigned_to="", assigned_name="", **clean)


def close(connection: Connection, shop: ShopId, conversation_id: str, now: datetime) -> Conversation:
    return api.move(connection, shop, conversation_id, "closed", now)


def loads(connection: Connection, shop: ShopId) -> dict[str, int]:
    """Open conversations of every agent."""
    return {row[0]: row[1] for row in _LOADS.all(connection, {"shop": shop})}


def count_of_state(connection: Connection, shop: ShopId, state: str) -> int:
    """How many conversations have this owner."""
    return _COUNT.scalar(connection, {"shop": shop, "state": state}) or 0


def of_state(
    connection: Connection, shop: ShopId, state: str, limit: int, assigned_to: str | None = None
) -> list[Conversation]:
    """Conversations of one state (of one agent), newest first."""
    if assigned_to is None:
        found = _OF_STATE.all(connection, {"shop": shop, "state": state, "count": limit})
        return [store.conversation_of(row) for row in found]
    rows = connection.execute(
        select(conversations)
        .where(conversations.c.shop == shop, conversations.c.state == state, conversations.c.assigned_to == assigned_to)
        .order_by(conversations.c.last_at.desc())
        .limit(limit)
    )
    return [store.conversation_of(row) for row in rows]


def longest_silent(connection: Connection, shop: ShopId, state: str, limit: int) -> list[Conversation]:
    """Conversations of one state, those first in which nothing was said for longest."""
    return [
        store.conversation_of(row) for row in _SILENT.all(connection, {"shop": shop, "state": state, "count": limit})
    ]


def of_buyer(connection: Connection, shop: ShopId, buyer_id: str, limit: int) -> list[Conversation]:
    """Every conversation of a buyer on all channels, newest first."""
    rows = connection.execute(
        select(conversations)
        .where(conversations.c.shop == shop, conversations.c.buyer_id == buyer_id)
        .order_by(conversations.c.last_at.desc())
        .limit(limit)
    )
    return [store.conversation_of(row) for row in rows]


def by_ids(connection: Connection, shop: ShopId, conversation_ids: Sequence[str]) -> list[Conversation]:
    return [store.conversation_of(row) for row in _BY_IDS.all(connection, {"shop": shop}, conversation_ids)]


def find(connection: Connection, shop: ShopId, words: str, buyer_ids: Sequence[str], limit: int) -> list[Conversation]:
    """Conversations of these buyers, or in which these words were written, newest first."""
    wrote = select(messages.c.conversation_id).where(
        messages.c.shop == shop, messages.c.text.contains(words, autoescape=True)
    )
    rows = connection.execute(
        select(conversations)
        .where(
            conversations.c.shop == shop,
            or_(
                conversations.c.buyer_id.in_(buyer_ids),
                conversations.c.buyer_id.contains(words, autoescape=True),
                conversations.c.id.in_(wrote),
            ),
        )
        .order_by(conversations.c.last_at.desc())
        .limit(limit)
    )
    return [store.conversation_of(row) for row in rows]


def to_rate(connection: Connection, shop: ShopId, channel: str, buyer_id: str) -> Conversation | None:
    """The talk that a rating is about: the newest, open or closed, because the rating is asked for at its end."""
    rows = connection.execute(
        select(conversations)
        .where(conversations.c.shop == shop, conversations.c.channel == channel, conversations.c.buyer_id == buyer_id)
        .order_by(conversations.c.opened_at.desc())
        .limit(1)
    ).all()
    return store.conversation_of(rows[0]) if rows else None


def last_agent_of(connection: Connection, shop: ShopId, buyer_id: str) -> str:
    """Who served this buyer last; empty when nobody did."""
    return _LAST_AGENT.scalar(connection, {"shop": shop, "buyer": buyer_id}) or ""


def last_turn(connection: Connection, shop: ShopId, conversation_id: str) -> StoredTurn | None:
    """The newest stored turn of one conversation."""
    row = _LAST_TURN.one(connection, {"shop": shop, "conversation": conversation_id})
    return store.turn_of_row(row) if row else None


def recent_turns(connection: Connection, shop: ShopId, conversation_id: str, most: int) -> list[StoredTurn]:
    """The newest stored turns of one conversation, newest first."""
    rows = _RECENT_TURNS.all(connection, {"shop": shop, "conversation": conversation_id, "most": most})
    return [store.turn_of_row(row) for row in rows]


def last_turns(connection: Connection, shop: ShopId, conversation_ids: Sequence[str]) -> dict[str, StoredTurn]:
    """The newest stored turn of each conversation."""
    rows = _NEWEST_TURNS.all(connection, {"shop": shop}, conversation_ids)
    return {row.conversation_id: store.turn_of_row(row) for row in rows}


def turns_of(connection: Connection, shop: ShopId, conversation_id: str) -> list[StoredTurn]:
    """Every stored turn, oldest first."""
    rows = connection.execute(
        select(turns).where(turns.c.shop == shop, turns.c.conversation_id == conversation_id).order_by(turns.c.at)
    )
    return [store.turn_of_row(row) for row in rows]


def send_draft(
    connection: Connection,
    shop: ShopId,
    conversation: Conversation,
    turn_id: str,
    parts: Sequence[ReplyPart],
    meta: dict[str, Any],
    memory: Memory | None,
    now: datetime,
) -> Conversation:
    """Say a draft of the bot in a talk that people have, and keep what the bot must know then.

    Raises:
        Conflict: the conversation was changed at the same moment.
    """
    api.say(connection, shop, conversation.id, "bot", "", parts, now, f"{DRAFT_SENT}{turn_id}", meta)
    said = api.get(connection, shop, conversation.id)
    assert said is not None  # something was said in it just now
    if memory is not None:
        store.change(connection, shop, said.id, said.version, memory=memory)
    return said


def answers_for_people(message: Message) -> bool:
    """Whether this message answers a buyer who waits for people: an agent's, or a draft that went out in his stead."""
    return message.author == "agent" or (message.author == "bot" and (message.external_id or "").startswith(DRAFT_SENT))


def recall(connection: Connection, shop: ShopId, conversation_id: str, message_id: str, by: str) -> Message:
    """Replace an agent's message with the note that it was recalled; the words stay in `meta` for the audit.

    Raises:
        NotFound: no such message here. Conflict: it is not an agent's, or was recalled before.
    """
    message = store.get_message(connection, shop, message_id)
    if message is None or message.conversation_id != conversation_id:
        raise NotFound("Message", message_id)
    if message.author != "agent" or message.meta.get("recalled"):
        raise Conflict(f"Message {message_id} cannot be recalled.")
    meta = {**message.meta, "recalled": True, "recalled_by": by, "was": message.text}
    connection.execute(
        update(messages)
        .where(messages.c.shop == shop, messages.c.id == message_id)
        .values(content=TextContent(_RECALLED), text=_RECALLED, meta=meta)
    )
    changed = store.get_message(connection, shop, message_id)
    assert changed is not None  # it was updated in this transaction
    return changed


def messages_between(
    connection: Connection, shop: ShopId, conversation_id: str, after_seq: int, before_seq: int
) -> list[Message]:
    """Messages of one conversation between two numbers (both excluded), oldest first."""
    rows = connection.execute(
        select(messages)
        .where(
            messages.c.shop == shop,
            messages.c.conversation_id == conversation_id,
            messages.c.seq > after_seq,
            messages.c.seq < before_seq,
        )
        .order_by(messages.c.seq)
    )
    return [store.message_of(row) for row in rows]


by_external = store.find_external
last_messages = store.last_messages
