"""The workbenches' live feed (实时推送): what changed, from the event facts, to every open workbench.

Facts are the log that every process writes, so two browsers on two processes see the same: each process
looks at new facts when one of its own requests rings, and every 300 ms otherwise. A fact may become visible
a little after a later one did, so the look goes back a second; doubles are dropped by id. Nothing depends on
a ring arriving.
"""

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

import structlog
from msgspec import Struct, field, json
from sqlalchemy import Connection

from xiaoer.flows.show_desk.rows import Shared, ShowRows
from xiaoer.flows.show_desk.views import AgentView, MessageView, agent_view, message_view, note_view
from xiaoer.infra.db import Database
from xiaoer.infra.idgen import id_age_ms, id_floor, new_id
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.types import Agent, Mark
from xiaoer.slices.insights import api as insights
from xiaoer.slices.tickets import api as tickets
from xiaoer.slices.tickets.rules import flow

_log = structlog.get_logger(__name__)
_LOOK_S = 0.3
_FRESH = timedelta(seconds=35)  # an open workbench gives a sign of life more often
_MERGE_S = 0.03  # changes within this time travel together
_BACK_MS = 1_000
_MOST = 4_000  # facts a look
_LAST = 30  # newest messages read of a changed conversation
RESUME_MS = 3_600_000
_QUEUE_S = 2.5  # the queue's length and longest wait are this fresh
_ENCODER = json.Encoder()


def encode(frame: Any) -> str:
    """A frame as it is sent."""
    return _ENCODER.encode(frame).decode()


class Risk(Struct, frozen=True):
    """A buyer who may write a bad review, for supervisors."""

    id: str
    conversation_id: str
    title: str
    advice: str


class TicketNews(Struct, frozen=True):
    """A ticket that was opened or changed; `to` are those who follow it or have it, without the one who did it."""

    id: str
    no: str
    title: str
    kind: str
    state_label: str
    assignee: str
    to: tuple[str, ...]


class News(Struct):
    """What one look found. `messages` are the newest of each conversation that somebody reads, `again` changed ones;
    `agents` is everybody when somebody's state or load may have changed; `risks` are new ones. `frames` are those that
    are the same for every workbench, each encoded once."""

    revision: str
    rows: tuple[Shared, ...]
    marks: Mapping[tuple[str, str], Mark]
    messages: Mapping[str, tuple[MessageView, ...]]
    again: tuple[tuple[str, MessageView], ...] = ()
    agents: tuple[AgentView, ...] = ()
    risks: tuple[Risk, ...] = ()
    tickets: tuple[TicketNews, ...] = ()
    frames: dict[str, str] = field(default_factory=dict)

    def frame(self, key: str, **values: Any) -> str:
        """The frame of this key as text, encoded when it is asked for first."""
        text = self.frames.get(key)
        if text is None:
            text = self.frames[key] = encode(values)
        return text


class Listener(Protocol):
    """An open workbench."""

    staff_id: str
    name: str

    def reads(self, conversation_id: str, assigned_to: str) -> bool:
        """Whether this workbench wants the messages of this conversation."""
        ...

    def viewer(self, conversation_id: str) -> dict[str, Any] | None:
        """How others see this one in a conversation; None when it is not open there."""
        ...

    def offer(self, news: News) -> None:
        """Take news; must not block."""
        ...

    def signal(self, frame: dict[str, Any]) -> None:
        """Take a passing sign (typing, presence); must not block."""
        ...


class DeskFeed:
    """Feeds the open workbenches of this process."""

    def __init__(self, db: Database, clock: Clock, rows: ShowRows) -> None:
        self._db = db
        self._clock = clock
        self._rows = rows
        self._listeners: defaultdict[ShopId, set[Listener]] = defaultdict(set)
        self._revisions: dict[ShopId, str] = {}
        self._seen: dict[ShopId, set[str]] = {}
        self._queues: dict[ShopId, tuple[float, tuple[int, int]]] = {}
        self._rung = asyncio.Event()

    def ring(self, shop: ShopId) -> None:
        """Something of this shop is on disk: look now."""
        if self._listeners.get(shop):
            self._rung.set()

    def revision(self, shop: ShopId) -> str:
        """Where a snapshot that is read now stands; a little behind, so that nothing falls between."""
        return self._revisions.get(shop) or id_floor(new_id(), _BACK_MS)

    def join(self, shop: ShopId, listener: Listener) -> None:
        """Feed this workbench from now on."""
        if not self._listeners[shop]:
            self._revisions[shop] = id_floor(new_id(), _BACK_MS)
            self._seen[shop] = set()
        self._listeners[shop].add(listener)

    def leave(self, shop: ShopId, listener: Listener) -> None:
        self._listeners[shop].discard(listener)

    def listeners(self, shop: ShopId) -> tuple[Listener, ...]:
        return tuple(self._listeners.get(shop, ()))

    def seen(self, shop: ShopId, agents: Sequence[Agent]) -> tuple[AgentView, ...]:
        """These agents with whether their workbench is open: here, or in another process a moment ago."""
        here, since = {listener.staff_id for listener in self.listeners(shop)}, self._clock.now() - _FRESH
        return tuple(
            agent_view(agent, connected=agent.id in here or (agent.seen_at is not None and agent.seen_at >= since))
            for agent in agents
        )

    async def work(self) -> None:
        """Look for ever."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_S):
                    await self._rung.wait()
            self._rung.clear()
            for shop in [shop for shop, listeners in self._listeners.items() if listeners]:
                try:
                    await self.look(shop)
                except Exception:  # the next look begins where this one did
                    _log.exception("desk_look_failed", shop=shop)
            await asyncio.sleep(_MERGE_S)

    async def look(self, shop: ShopId) -> None:
        """Read what is new and hand it to the shop's workbenches."""
        after = self._revisions[shop]
        news = await self.since(shop, id_floor(after, _BACK_MS), skip=self._seen[shop])
        if news is None:
            return
        self._revisions[shop] = max(after, news.revision)
        for listener in self.listeners(shop):
            listener.offer(news)

    async def since(self, shop: ShopId, after: str, skip: set[str] | None = None) -> News | None:
        """What changed after a revision; None when nothing did. `skip` holds facts that were seen, and is kept."""
        found = await self._db.read(lambda c: insights.since(c, shop, after, _MOST))
        fresh = [fact for fact in found if skip is None or fact[0] not in skip]
        if skip is not None:
            skip.clear()
            skip |= {fact[0] for fact in found}
        if not fresh:
            return None
        changed = list(dict.fromkeys(conversation_id for _, _, conversation_id in fresh if conversation_id))
        special = [
            id_ for id_, type_, _ in fresh if type_ in ("message.recalled", "conversation.noted", "answer.voted")
        ]
        listeners = self.listeners(shop)

        def query(connection: Connection) -> tuple[list[Any], dict[str, tuple[MessageView, ...]], Any, Any]:
            shown = owners.by_ids(connection, shop, changed) if changed else []
            wanted = [c.id for c in shown if any(one.reads(c.id, c.assigned_to) for one in listeners)]
            messages = {
                str(id_): tuple(message_view(m) for m in owners.last_messages(connection, shop, id_, _LAST))
                for id_ in wanted
            }
            again: list[tuple[str, MessageView]] = []
            for data in insights.data_of(connection, shop, special).values() if special else ():
                if "note_id" in data and (note := desk.get_note(connection, shop, data["note_id"])):
                    again.append((note.conversation_id, note_view(note)))
                elif "message_id" in data:
                    message = conversations.get_message(connection, shop, data["message_id"])
                    if message is not None:
                        again.append((message.conversation_id, message_view(message)))
            return shown, messages, again, desk.all_marks(connection, shop, changed) if changed else {}

        shown, messages, again, marks = await self._db.read(query)
        rows = await self._rows.shared(shop, shown)
        agents: list[Agent] = []
        if any(type_.startswith(("agent.", "conversation.")) for _, type_, _ in fresh):
            agents = await self._db.read(lambda c: desk.agents(c, shop, owners.loads(c, shop)))
        raised = [(id_, talk) for id_, type_, talk in fresh if type_ == "alert.raised"]
        told = await self._db.read(lambda c: insights.data_of(c, shop, [id_ for id_, _ in raised])) if raised else {}
        risks = [
            Risk(str(told[id_]["alert_id"]), talk, str(told[id_]["title"]), str(told[id_]["advice"]))
            for id_, talk in raised
            if id_ in told
        ]
        seen = self.seen(shop, agents)
        changes = {id_: type_ for id_, type_, _ in fresh if type_.startswith("ticket.")}
        filed = await self._db.read(lambda c: _ticket_news(c, shop, changes)) if changes else ()
        return News(fresh[-1][0], tuple(rows), marks, messages, tuple(again), seen, tuple(risks), filed)

    async def queue(self, shop: ShopId) -> tuple[int, int]:
        """How many wait, and the longest wait in seconds; read once for all workbenches."""
        now, known = time.monotonic(), self._queues.get(shop)
        if known is not None and now < known[0]:
            return known[1]
        self._queues[shop] = (now + _QUEUE_S, known[1] if known else (0, 0))  # others take the last one meanwhile
        cases = await self._db.read(lambda c: desk.waiting(c, shop))
        at = self._clock.now()
        longest = max(((at - case.queued_at).total_seconds() for case in cases if case.queued_at), default=0.0)
        found = (len(cases), int(longest))
        self._queues[shop] = (now + _QUEUE_S, found)
        return found

    @staticmethod
    def may_resume(after: str) -> bool:
        """Whether a revision is recent enough to go on from."""
        return len(after) == 26 and 0 <= id_age_ms(after) < RESUME_MS


def _ticket_news(connection: Connection, shop: ShopId, changes: Mapping[str, str]) -> tuple[TicketNews, ...]:
    """What these facts (id to type) tell of tickets, in their order."""
    told = insights.data_of(connection, shop, list(changes))
    known = {ticket.id: ticket for ticket in tickets.by_ids(connection, shop, [d["ticket_id"] for d in told.values()])}
    found = []
    for id_, type_ in changes.items():
        data = told.get(id_, {})
        ticket = known.get(data.get("ticket_id", ""))
        if ticket is not None:
            concerned = dict.fromkeys((*ticket.watchers, ticket.assignee))
            to = tuple(staff_id for staff_id in concerned if staff_id and staff_id != data.get("by"))
            label = flow.LABEL[ticket.state]
            found.append(TicketNews(ticket.id, ticket.no, ticket.title, type_[7:], label, ticket.assignee, to))
    return tuple(found)
