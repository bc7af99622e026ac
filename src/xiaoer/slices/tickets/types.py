"""Tickets (工单), their types and their log, as the other rooms see them."""

from datetime import datetime
from typing import Literal

from msgspec import Struct, field

from xiaoer.kernel.errors import Conflict

TicketState = Literal["open", "doing", "waiting_buyer", "done", "closed"]
Priority = Literal["low", "normal", "high", "urgent"]
LogKind = Literal["opened", "appended", "note", "state", "assigned", "priority", "fields", "merged", "told"]


class Field(Struct, frozen=True):
    """One field of a form. `source` names where it is filled from when the talk or the order tells it."""

    name: str
    label: str
    kind: Literal["text", "choice", "order", "photo", "date", "address"] = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    source: str = field(default="", name="from")


class Form(Struct, frozen=True):
    """A type of ticket. `sla_hours` are hours of duty time."""

    label: str
    group: str
    sla_hours: float
    fields: tuple[Field, ...]
    intents: tuple[str, ...] = ()
    priority: Priority = "normal"


class Ticket(Struct, frozen=True):
    """工单. `group` deals with it until somebody is `assignee`; `due_at` is when its clock runs out."""

    id: str
    no: str
    type: str
    title: str
    state: TicketState
    priority: Priority
    group: str
    created_at: datetime
    updated_at: datetime
    assignee: str = ""
    assignee_name: str = ""
    buyer_id: str = ""
    conversation_id: str = ""
    order_id: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    due_at: datetime | None = None
    paused_at: datetime | None = None
    closed_at: datetime | None = None
    watchers: tuple[str, ...] = ()
    promise: str = ""
    merged_into: str = ""


class Draft(Struct, frozen=True):
    """A ticket that is asked for; `goods` is what was ordered, in few letters, for its title."""

    type: str
    buyer_id: str = ""
    conversation_id: str = ""
    order_id: str = ""
    title: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    priority: Priority | None = None
    assignee: str = ""
    assignee_name: str = ""
    note: str = ""
    promise: str = ""
    goods: str = ""


class LogLine(Struct, frozen=True):
    """What happened to a ticket, for colleagues; `kind` told: the buyer heard it."""

    id: str
    ticket_id: str
    at: datetime
    by: str
    by_name: str
    kind: LogKind
    text: str


class Opened(Struct, frozen=True):
    """The ticket; `appended` when an open one of the same matter took the new words."""

    ticket: Ticket
    appended: bool = False


class Filter(Struct, frozen=True):
    """Which tickets a list shows; empty values do not narrow it."""

    state: str = ""
    type: str = ""
    assignee: str = ""
    conversation_id: str = ""
    order_id: str = ""
    buyer_id: str = ""
    q: str = ""
    overdue_at: datetime | None = None


class OtherBuyer(Conflict):
    """Two tickets that are to be one are of two buyers."""

    code = "other_buyer"

    def __init__(self, no: str, into_no: str) -> None:
        super().__init__(
            f"Tickets {no} and {into_no} are of two buyers. Send `same_person` when both accounts are one person's."
        )
