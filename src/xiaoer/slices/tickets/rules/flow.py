"""The life of a ticket (工单状态): allowed moves, the clock, and what the buyer hears.

The clock (SLA) runs in duty time only. While the buyer has to act it stands still, and the time it stood
is given back when the ticket goes on.
"""

from datetime import datetime, timedelta

from xiaoer.kernel.errors import Conflict
from xiaoer.kernel.worktime import BusinessHours, after_open_time, open_time_between
from xiaoer.slices.tickets.types import Form, Priority, Ticket, TicketState

MOVES: dict[TicketState, frozenset[TicketState]] = {
    "open": frozenset({"doing", "waiting_buyer", "done", "closed"}),
    "doing": frozenset({"open", "waiting_buyer", "done", "closed"}),
    "waiting_buyer": frozenset({"doing", "done", "closed"}),
    "done": frozenset({"doing", "closed"}),
    "closed": frozenset(),
}
LABEL: dict[str, str] = {
    "open": "待处理",
    "doing": "处理中",
    "waiting_buyer": "待买家",
    "done": "已完成",
    "closed": "已关闭",
}
PRIORITY_LABEL: dict[Priority, str] = {"low": "低", "normal": "普通", "high": "高", "urgent": "紧急"}
_FASTER: dict[Priority, float] = {"low": 2.0, "normal": 1.0, "high": 0.5, "urgent": 0.25}
_OVER = ("done", "closed")


def check_move(no: str, current: TicketState, target: TicketState) -> None:
    """Refuse a move that the table does not hold.

    Raises:
        Conflict: the ticket cannot go there from where it is.
    """
    if target != current and target not in MOVES[current]:
        raise Conflict(f"Ticket {no} is {current} and cannot become {target}. Open a new one if it goes on.")


def due_at(form: Form, priority: Priority, created_at: datetime, work: BusinessHours) -> datetime:
    """When the ticket should be dealt with: the type's hours of duty time, fewer when it is urgent."""
    return after_open_time(work, created_at, timedelta(hours=form.sla_hours * _FASTER[priority]))


def repriced_due(ticket: Ticket, form: Form, priority: Priority, work: BusinessHours) -> datetime | None:
    """When it is due with another priority: more or fewer hours on the same clock; time that it stood stays given."""
    if ticket.due_at is None or ticket.state in _OVER:
        return ticket.due_at
    given = open_time_between(work, ticket.created_at, ticket.due_at)
    more = timedelta(hours=form.sla_hours * (_FASTER[priority] - _FASTER[ticket.priority]))
    return after_open_time(work, ticket.created_at, max(timedelta(0), given + more))


def moved_due(
    ticket: Ticket, target: TicketState, now: datetime, work: BusinessHours
) -> tuple[datetime | None, datetime | None]:
    """(`due_at`, `paused_at`) after a move: the clock stops for the buyer and goes on with the rest of its time."""
    if ticket.due_at is None:
        return None, None
    if target == "waiting_buyer":
        return ticket.due_at, ticket.paused_at or now
    if ticket.paused_at is None:
        return ticket.due_at, None
    left = open_time_between(work, ticket.paused_at, ticket.due_at)
    return after_open_time(work, now, left), None


def is_overdue(ticket: Ticket, now: datetime) -> bool:
    """Whether its time has run out; never while the buyer has to act, nor when it is over."""
    return ticket.due_at is not None and ticket.state in ("open", "doing") and ticket.due_at < now


def is_same_matter(ticket: Ticket, type_: str, buyer_id: str, order_id: str, conversation_id: str) -> bool:
    """Whether a new request belongs to this ticket: open, same type, same buyer and order (or the same talk)."""
    if ticket.state in _OVER or ticket.type != type_ or ticket.merged_into:
        return False
    if ticket.buyer_id != buyer_id:
        return False
    if order_id and ticket.order_id:
        return order_id == ticket.order_id
    if not order_id and not ticket.order_id:
        return True
    return ticket.conversation_id == conversation_id


def buyer_words(ticket: Ticket, label: str, note: str = "") -> str | None:
    """What the buyer is told about a state; None when there is nothing to tell."""
    tail = f"：{note}" if note else ""
    match ticket.state:
        case "doing":
            return f"您的{label}工单 {ticket.no} 已经有同事在处理了{tail}。"
        case "waiting_buyer":
            return f"您的{label}工单 {ticket.no} 需要您补充一下{tail or '信息，方便时回复我们就行'}。"
        case "done":
            return f"您的{label}工单 {ticket.no} 已经处理好了{tail}。还有问题随时说。"
        case "closed":
            return f"您的{label}工单 {ticket.no} 已关闭{tail}。"
        case _:
            return None
