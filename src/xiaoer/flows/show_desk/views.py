"""What the workbench shows (工作台): rows of the list, messages, the side pane; shapes as in docs/desk-api.md."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from xiaoer.slices.conversations.types import Message
from xiaoer.slices.desk.types import Agent, Note
from xiaoer.slices.tickets.types import Ticket


class Row(Struct, frozen=True):
    """One conversation in the list, as one agent sees it."""

    id: str
    buyer_id: str
    buyer_name: str
    level: str
    tags: tuple[str, ...]
    vip: bool
    channel: str
    state: str
    version: int
    assigned_to: str
    assigned_name: str
    skill: str
    waiting_since: datetime | None
    waiting_s: int
    queue_position: int | None
    order_state: str
    feeling: str
    anger: float
    urgency: str
    last_text: str
    last_author: str
    last_at: datetime
    last_seq: int
    unread: int
    star: str | None
    handoff: dict[str, Any] | None
    opened_at: datetime
    closed_at: datetime | None
    helpers: tuple[str, ...] = ()


class MessageView(Struct, frozen=True):
    """One message of the chat pane; a private note has author `note`."""

    id: str
    seq: int
    author: str
    author_name: str
    content: Any
    text: str
    at: datetime
    recalled: bool = False
    quote: dict[str, Any] | None = None
    client_id: str | None = None
    sources: tuple[Any, ...] = ()
    because: tuple[Any, ...] = ()
    edited_from: str | None = None  # the suggestion that an agent changed before he sent it
    voted: str | None = None  # the buyer's thumb on a bot's answer: up or down


class AgentView(Struct, frozen=True):
    id: str
    name: str
    role: str
    status: str
    capacity: int
    load: int
    skills: tuple[str, ...]
    connected: bool
    team: str = ""


class TicketView(Struct, frozen=True):
    """A ticket with its labels and what it lacks."""

    id: str
    no: str
    type: str
    type_label: str
    title: str
    state: str
    state_label: str
    priority: str
    group: str
    assignee: str
    assignee_name: str
    buyer_id: str
    conversation_id: str
    order_id: str
    fields: dict[str, str]
    missing: tuple[str, ...]
    due_at: datetime | None
    overdue: bool
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    watchers: tuple[str, ...]
    promise: str


def message_view(message: Message) -> MessageView:
    """A stored message for colleagues."""
    meta = message.meta
    client_id = (message.external_id or "").rpartition("|")[2] or None
    return MessageView(
        message.id,
        message.seq,
        message.author,
        message.author_name,
        message.content,
        message.text,
        message.at,
        bool(meta.get("recalled")),
        meta.get("quote"),
        client_id,
        tuple(meta.get("sources", ())) if message.author == "bot" else (),
        tuple(meta.get("because", ())) if message.author == "bot" else (),
        _edited_from(message),
        meta.get("voted"),
    )


def _edited_from(message: Message) -> str | None:
    text = str((message.meta.get("suggestion") or {}).get("text") or "")
    return text if text and text.strip() != message.text.strip() else None


def note_view(note: Note) -> MessageView:
    content = {"type": "text", "text": note.text}
    return MessageView(note.id, note.seq, "note", note.staff_name, content, note.text, note.at)


def agent_view(agent: Agent, *, connected: bool) -> AgentView:
    return AgentView(
        agent.id, agent.name, agent.role, agent.status, agent.capacity, agent.load, agent.skills, connected, agent.team
    )


def ticket_view(ticket: Ticket, label: str, state_label: str, missing: tuple[str, ...], *, overdue: bool) -> TicketView:
    """A ticket for lists and the board."""
    return TicketView(
        ticket.id,
        ticket.no,
        ticket.type,
        label,
        ticket.title,
        ticket.state,
        state_label,
        ticket.priority,
        ticket.group,
        ticket.assignee,
        ticket.assignee_name,
        ticket.buyer_id,
        ticket.conversation_id,
        ticket.order_id,
        ticket.fields,
        missing,
        ticket.due_at,
        overdue,
        ticket.created_at,
        ticket.updated_at,
        ticket.closed_at,
        ticket.watchers,
        ticket.promise,
    )
