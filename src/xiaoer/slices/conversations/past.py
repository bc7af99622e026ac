"""Talks that were held elsewhere (历史会话): imported lines kept as closed conversations of the channel `import`.

Ids follow from the file's own ids, so the same file again changes nothing and a longer export of the same talk
joins it. Nobody is answered: such a talk is closed from the start, and its buyer messages count as answered.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from xiaoer.kernel.ids import BuyerId, ConversationId, MessageId, ShopId
from xiaoer.kernel.turn import Author, TextContent, TurnContext
from xiaoer.slices.conversations.store import conversation_of, message_of
from xiaoer.slices.conversations.tables import conversations, messages
from xiaoer.slices.conversations.types import Conversation, Message

CHANNEL = "import"
_CHUNK = 500  # ids per look-up, below SQLite's parameter limit


class PastLine(Struct, frozen=True):
    """One line of an old talk. `number` counts its lines from 1; `hash` is the importer's fingerprint."""

    id: str
    dialogue_id: str
    number: int
    at: datetime
    buyer_id: str
    author: Author
    author_name: str
    text: str
    hash: str


def conversation_id_of(dialogue_id: str) -> ConversationId:
    """The id under which a dialogue of a file is kept."""
    return ConversationId("imp-" + blake2b(dialogue_id.encode(), digest_size=12).hexdigest())


def buyer_id_of(line: PastLine) -> BuyerId:
    """The buyer; a talk whose file names none has one of its own."""
    return BuyerId(line.buyer_id or f"import:{line.dialogue_id}"[:128])


def hashes(connection: Connection, shop: ShopId, ids: Sequence[str]) -> dict[str, str]:
    """The stored fingerprint of every one of these line ids that is here."""
    found: dict[str, str] = {}
    for at in range(0, len(ids), _CHUNK):
        wanted = {_external(line_id): line_id for line_id in ids[at : at + _CHUNK]}
        rows = connection.execute(
            select(messages.c.external_id, messages.c.meta).where(
                messages.c.shop == shop, messages.c.external_id.in_(list(wanted))
            )
        )
        found.update((wanted[row.external_id], (row.meta or {}).get("hash", "")) for row in rows)
    return found


def keep(connection: Connection, shop: ShopId, lines: Sequence[PastLine]) -> None:
    """Keep new and changed lines with their conversations."""
    known = hashes(connection, shop, [line.id for line in lines])
    talks: dict[str, list[PastLine]] = {}
    for line in lines:
        talks.setdefault(line.dialogue_id, []).append(line)
    for dialogue_id, part in talks.items():
        _keep_talk(connection, shop, conversation_id_of(dialogue_id), part)
    fresh = [_message(line) for line in lines if line.id not in known]
    if fresh:
        connection.execute(insert(messages), [{**msgspec.structs.asdict(row), "shop": shop} for row in fresh])
    for line in lines:
        if line.id in known:
            row = _message(line)
            connection.execute(
                update(messages)
                .where(messages.c.shop == shop, messages.c.external_id == row.external_id)
                .values(author=row.author, author_name=row.author_name, content=row.content, text=row.text,
                        at=row.at, meta=row.meta)
            )  # fmt: skip


def _keep_talk(connection: Connection, shop: ShopId, id_: ConversationId, lines: Sequence[PastLine]) -> None:
    first, last = min(line.at for line in lines), max(line.at for line in lines)
    seq = max(line.number for line in lines)
    row = connection.execute(
        select(conversations.c.opened_at, conversations.c.last_at, conversations.c.last_seq).where(
            conversations.c.shop == shop, conversations.c.id == id_
        )
    ).one_or_none()
    if row is None:
        talk = Conversation(
            shop, id_, buyer_id_of(lines[0]), CHANNEL, "closed", 1, seq, seq, first, last, TurnContext(), closed_at=last
        )
        connection.execute(insert(conversations), {**msgspec.structs.asdict(talk), "shop": shop})
        return
    first, last, seq = min(first, row.opened_at), max(last, row.last_at), max(seq, row.last_seq)
    connection.execute(
        update(conversations)
        .where(conversations.c.shop == shop, conversations.c.id == id_)
        .values(opened_at=first, last_at=last, closed_at=last, last_seq=seq, answered_seq=seq)
    )


def _message(line: PastLine) -> Message:
    return Message(
        MessageId("imp-" + blake2b(line.id.encode(), digest_size=12).hexdigest()),
        conversation_id_of(line.dialogue_id),
        line.number,
        line.author,
        TextContent(line.text),
        line.text,
        line.at,
        line.author_name,
        _external(line.id),
        meta={"imported": True, "hash": line.hash},
    )


def _external(line_id: str) -> str:
    return f"{CHANNEL}|{line_id}"[:400]


def with_people(
    connection: Connection, shop: ShopId, since: datetime, after_id: str, limit: int
) -> list[tuple[Conversation, list[Message]]]:
    """Closed conversations in which a person wrote, last touched from `since` on, in the order of their ids."""
    people = (
        select(messages.c.conversation_id)
        .where(
            messages.c.shop == shop,
            messages.c.conversation_id == conversations.c.id,
            messages.c.author == "agent",
        )
        .exists()
    )
    rows = connection.execute(
        select(conversations)
        .where(
            conversations.c.shop == shop,
            conversations.c.id > after_id,
            conversations.c.state == "closed",
            conversations.c.last_at >= since,
            people,
        )
        .order_by(conversations.c.id)
        .limit(limit)
    ).all()
    lines: dict[str, list[Message]] = {row.id: [] for row in rows}
    told = connection.execute(
        select(messages)
        .where(messages.c.shop == shop, messages.c.conversation_id.in_(list(lines)))
        .order_by(messages.c.conversation_id, messages.c.seq)
    )
    for message in told:
        lines[message.conversation_id].append(message_of(message))
    return [(conversation_of(row), lines[row.id]) for row in rows]
