"""Past turns are put together again (还原): each burst of a buyer with the talk before it, as it was answered then.

The talk before a burst is the real one, also where the shop would answer otherwise today: what is compared is one
answer, not a talk that nobody had. Bursts in talks that a person held are left out: the bot does not speak there.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct, structs
from sqlalchemy import Connection

from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.turn import Turn
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import past, told, turns
from xiaoer.slices.conversations.types import Conversation, Message, StoredTurn


class Case(Struct, frozen=True):
    """One past turn, and how it was stored; None of an imported talk."""

    turn: Turn
    at: datetime
    stored: StoredTurn | None = None

    @property
    def asked(self) -> str:
        return "\n".join(message.text for message in self.turn.messages if message.text)


def read_talks(
    connection: Connection, shop: ShopId, since: datetime, before_id: str, limit: int
) -> tuple[list[list[Case]], str]:
    """Cases by conversation, the newest conversations first, and where the next read goes on ("" at the end)."""
    talks = told.talks_since(connection, shop, since, before_id, limit)
    ids = [str(talk.id) for talk in talks]
    lines, answered = told.messages_of(connection, shop, ids), told.turns_of(connection, shop, ids)
    found = [list(_cases(talk, lines.get(talk.id, ()), answered.get(talk.id, ()), since)) for talk in talks]
    return found, ids[-1] if len(ids) == limit else ""


def _cases(
    talk: Conversation, lines: Sequence[Message], answered: Sequence[StoredTurn], since: datetime
) -> Iterator[Case]:
    by_message: Mapping[str, StoredTurn] = {id_: turn for turn in answered for id_ in turn.message_ids}
    for first, last in _bursts(lines):
        burst = lines[first : last + 1]
        stored = by_message.get(burst[-1].id)
        if burst[-1].at < since or (stored is None and talk.channel != past.CHANNEL):
            continue
        if stored is not None and stored.trace.get("mode") == "held":
            continue
        recent = lines[max(0, last + 1 - conversations.HISTORY) : last + 1]
        then = structs.replace(talk, answered_seq=burst[0].seq - 1, state="bot", memory=type(talk.memory)())
        turn = turns.as_turn(then, recent)
        if turn is not None:
            yield Case(turn, burst[-1].at, stored)


def _bursts(lines: Sequence[Message]) -> Iterator[tuple[int, int]]:
    """First and last place of every run of the buyer's messages that somebody answered, or that ends the talk."""
    first: int | None = None
    last = 0
    for place, line in enumerate(lines):
        if line.author == "buyer":
            first = place if first is None else first
            last = place
        elif line.author in ("bot", "agent") and first is not None:
            yield first, last
            first = None
    if first is not None:
        yield first, last
