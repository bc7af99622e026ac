"""Rows of the list, each from what several slices know; a handful of statements for any number of rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct, structs
from sqlalchemy import Connection

from xiaoer.flows.show_desk.views import Row
from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.commerce import Buyer
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.conversations.glances import Glance, glances
from xiaoer.slices.conversations.types import Conversation, StoredTurn
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.rules import buyers as buyer_rules
from xiaoer.slices.desk.rules import queue
from xiaoer.slices.desk.types import Case, Mark

_A_GROUP = 200  # rows a group shows
_NOTHING = Glance()


class ReadsBuyers(Protocol):
    """Buyers of the shop, several at once, and by a part of their nick."""

    async def buyers(self, shop: ShopId, buyer_ids: Sequence[str]) -> dict[str, Buyer]: ...
    async def named(self, shop: ShopId, words: str) -> tuple[Buyer, ...]: ...


class ReadsOrders(Protocol):
    """Order statuses of several buyers at once."""

    async def statuses_of(self, shop: ShopId, buyer_ids: Sequence[str]) -> dict[str, list[str]]: ...


class Shared(Struct, frozen=True):
    """A row, and the numbers of the buyer messages that wait for a person."""

    row: Row
    asks: tuple[int, ...]


class _Read(Struct, frozen=True):
    cases: dict[str, Case]
    glances: dict[str, Glance]
    turns: dict[str, StoredTurn]
    positions: dict[str, int]


class ShowRows:
    """The list pane of one agent."""

    def __init__(self, db: Database, clock: Clock, buyers: ReadsBuyers, orders: ReadsOrders) -> None:
        self._db = db
        self._clock = clock
        self._buyers = buyers
        self._orders = orders

    async def groups(self, shop: ShopId, staff_id: str, words: str = "") -> dict[str, list[Row]]:
        """The groups of the list: queued, mine, bot, others, recent, starred."""
        found = await self._find(shop, words) if words.strip() else None

        def query(connection: Connection) -> dict[str, list[Conversation]]:
            def of(state: str, assigned_to: str | None = None) -> list[Conversation]:
                if found is None:
                    return owners.of_state(connection, shop, state, _A_GROUP, assigned_to)
                return [c for c in found if c.state == state and assigned_to in (None, c.assigned_to)]

            held = of("agent")
            stars = desk.starred(connection, shop, staff_id, 100)
            return {
                "queued": of("queued"),
                "mine": of("agent", staff_id),
                "bot": of("bot"),
                "others": [c for c in held if c.assigned_to != staff_id],
                "recent": of("closed"),
                "starred": owners.by_ids(connection, shop, stars) if stars and found is None else [],
            }

        grouped = await self._db.read(query)
        unique = {c.id: c for group in grouped.values() for c in group}
        rows = {row.id: row for row in await self.rows(shop, staff_id, list(unique.values()))}
        shown = {name: [rows[c.id] for c in group] for name, group in grouped.items()}
        shown["queued"].sort(key=lambda row: (row.queue_position or 0, row.id))
        return shown

    async def _find(self, shop: ShopId, words: str) -> list[Conversation]:
        buyer_ids = [buyer.id for buyer in await self._buyers.named(shop, words.strip())]
        return await self._db.read(lambda c: owners.find(c, shop, words.strip(), buyer_ids, _A_GROUP))

    async def one(self, shop: ShopId, staff_id: str, conversation_id: str) -> Row | None:
        """The row of one conversation; None when there is no such."""
        found = await self._db.read(lambda c: conversations.get(c, shop, conversation_id))
        return (await self.rows(shop, staff_id, [found]))[0] if found else None

    async def rows(self, shop: ShopId, staff_id: str, shown: Sequence[Conversation]) -> list[Row]:
        """Rows for these conversations, in their order, with this agent's own marks."""
        marks = await self._db.read(lambda c: desk.my_marks(c, shop, staff_id, [x.id for x in shown]))
        return [marked(one, marks.get(one.row.id)) for one in await self.shared(shop, shown)]

    async def shared(self, shop: ShopId, shown: Sequence[Conversation]) -> list[Shared]:
        """Rows without anybody's marks, for feeding many agents at once."""
        if not shown:
            return []
        now, ids = self._clock.now(), [c.id for c in shown]

        def query(connection: Connection) -> _Read:
            # Places cost a look at the whole queue: only when somebody who is shown stands in it.
            queued = desk.waiting(connection, shop) if any(c.state == "queued" for c in shown) else []
            return _Read(
                desk.get_cases(connection, shop, ids),
                glances(connection, shop, ids),
                owners.last_turns(connection, shop, ids),
                queue.positions(queued, now),
            )

        read = await self._db.read(query)
        buyer_ids = list({c.buyer_id for c in shown})
        buyers = await self._buyers.buyers(shop, buyer_ids)
        statuses = await self._orders.statuses_of(shop, buyer_ids)
        return [_row(c, read, buyers.get(c.buyer_id), statuses.get(c.buyer_id, []), now) for c in shown]


def marked(shared: Shared, mark: Mark | None) -> Row:
    """The row as the agent with this mark sees it."""
    read_seq, star = (mark.read_seq, mark.star) if mark else (0, None)
    return structs.replace(shared.row, unread=sum(seq > read_seq for seq in shared.asks), star=star)


def _row(conversation: Conversation, read: _Read, buyer: Buyer | None, statuses: list[str], now: datetime) -> Shared:
    case, glance = read.cases.get(conversation.id), read.glances.get(conversation.id, _NOTHING)
    turn = read.turns.get(conversation.id)
    heard: dict[str, Any] = (turn.trace.get("heard") if turn else None) or {}
    feeling = heard.get("sentiment", {})
    asks = asks_waiting(conversation, case, glance.agent_seq, glance.since)
    since = waiting_since(conversation, case, asks_waiting(conversation, case, glance.agent_seq, glance.open_asks))
    waiting = conversation.state == "queued"
    row = Row(
        conversation.id,
        conversation.buyer_id,
        buyer.nick if buyer and buyer.nick else conversation.buyer_id,
        buyer.level if buyer else "",
        buyer.tags if buyer else (),
        buyer_rules.is_vip(buyer),
        conversation.channel,
        conversation.state,
        conversation.version,
        conversation.assigned_to,
        conversation.assigned_name,
        case.skill if case else "general",
        since,
        max(0, round((now - since).total_seconds())) if since else 0,
        read.positions.get(conversation.id, len(read.positions) + 1) if waiting else None,
        buyer_rules.order_state(statuses),
        str(feeling.get("label", "neutral")),
        float(feeling.get("anger", 0.0)),
        str(heard.get("urgency", "normal")),
        *glance.said,
        conversation.last_at,
        conversation.last_seq,
        len(asks),
        None,
        conversation.handoff,
        conversation.opened_at,
        conversation.closed_at,
        case.helpers if case and conversation.state == "agent" else (),
    )
    return Shared(row, tuple(seq for seq, _ in asks))


def asks_waiting(
    conversation: Conversation, case: Case | None, agent_seq: int, asks: tuple[tuple[int, datetime], ...]
) -> tuple[tuple[int, datetime], ...]:
    """Those of `asks` that are for people: all since one spoke, or those since the one that asked for him."""
    if conversation.state not in ("queued", "agent"):
        return ()
    if case is None or agent_seq > case.from_seq:
        return asks
    before = [ask for ask in asks if ask[0] <= case.from_seq]
    return (*before[-1:], *(ask for ask in asks if ask[0] > case.from_seq))


def waiting_since(
    conversation: Conversation, case: Case | None, asks: Sequence[tuple[int, datetime]]
) -> datetime | None:
    """Since when the buyer waits for a person; None when nobody waits."""
    if asks:
        return asks[0][1]
    return case.queued_at if conversation.state == "queued" and case else None
