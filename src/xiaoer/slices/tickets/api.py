"""Opening, changing and merging tickets (工单), on the caller's connection; every change leaves a log line."""

import tomllib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection

from xiaoer.infra.idgen import new_id
from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.errors import Conflict, InvalidBody, NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.worktime import BusinessHours
from xiaoer.slices.tickets import store
from xiaoer.slices.tickets.rules import filling, flow
from xiaoer.slices.tickets.types import Draft, Form, LogKind, LogLine, Opened, OtherBuyer, Ticket

_BOT = ("", "小二")
_LONGEST_TITLE = 60
_OVER = ("done", "closed")


def load_forms(path: Path) -> dict[str, Form]:
    """Read the ticket types (TOML), in the order of the file."""
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), dict[str, Form])


def open_ticket(
    connection: Connection,
    shop: ShopId,
    forms: dict[str, Form],
    draft: Draft,
    work: BusinessHours,
    now: datetime,
    by: tuple[str, str] = _BOT,
) -> Opened:
    """Open a ticket, or append to the open one of the same matter. `by` is (staff id, name), the bot by default.

    Raises:
        InvalidBody: the type is not known.
    """
    form = forms.get(draft.type)
    if form is None:
        raise InvalidBody(f"Ticket type {draft.type[:40]} is not known. Ask GET /api/v1/tickets/types.")
    for known in store.open_of_buyer(connection, shop, draft.buyer_id) if draft.buyer_id else ():
        if flow.is_same_matter(known, draft.type, draft.buyer_id, draft.order_id, draft.conversation_id):
            return Opened(_append(connection, shop, form, known, draft, now, by), appended=True)
    priority = draft.priority or form.priority
    order_id = draft.order_id or draft.fields.get("order_id", "")
    names_order = order_id and any(field.name == "order_id" for field in form.fields)
    title = draft.title or filling.title_of(form, draft.fields, draft.goods)
    value = Ticket(
        new_id(),
        _number(connection, shop, now),
        draft.type,
        title[:_LONGEST_TITLE],
        "doing" if draft.assignee else "open",
        priority,
        form.group,
        now,
        now,
        draft.assignee,
        draft.assignee_name,
        draft.buyer_id,
        draft.conversation_id,
        order_id,
        {"order_id": order_id, **draft.fields} if names_order else draft.fields,
        flow.due_at(form, priority, now, work),
        watchers=(by[0],) if by[0] else (),
        promise=draft.promise,
    )
    store.add(connection, shop, value)
    log(connection, shop, value, "opened", draft.note or title, now, by)
    return Opened(value)


def _append(
    connection: Connection, shop: ShopId, form: Form, known: Ticket, draft: Draft, now: datetime, by: tuple[str, str]
) -> Ticket:
    fields = {**known.fields, **{name: value for name, value in draft.fields.items() if value}}
    changed = msgspec.structs.replace(
        known,
        fields=fields,
        order_id=known.order_id or draft.order_id,
        conversation_id=known.conversation_id or draft.conversation_id,
        watchers=tuple(dict.fromkeys((*known.watchers, *filter(None, by[:1])))),  # who adds to it follows it
        updated_at=now,
    )
    store.save(connection, shop, changed)
    log(connection, shop, changed, "appended", draft.note or filling.title_of(form, draft.fields), now, by)
    return changed


def _number(connection: Connection, shop: ShopId, now: datetime) -> str:
    prefix = f"T{now.astimezone(SHOP_ZONE):%Y%m%d}-"
    return f"{prefix}{store.count_with_prefix(connection, shop, prefix) + 1:04d}"


def log(
    connection: Connection, shop: ShopId, ticket: Ticket, kind: LogKind, text: str, now: datetime, by: tuple[str, str]
) -> None:
    """Add a line to the ticket's log."""
    store.add_log(connection, shop, LogLine(new_id(), ticket.id, now, by[0], by[1], kind, text))


def existing(connection: Connection, shop: ShopId, ticket_id: str) -> Ticket:
    """The ticket.

    Raises:
        NotFound: no such ticket.
    """
    found = store.get(connection, shop, ticket_id)
    if found is None:
        raise NotFound("Ticket", ticket_id)
    return found


def change(
    connection: Connection,
    shop: ShopId,
    forms: dict[str, Form],
    ticket_id: str,
    changes: dict[str, Any],
    work: BusinessHours,
    now: datetime,
    by: tuple[str, str],
) -> tuple[Ticket, Ticket]:
    """Change state, assignee, group, priority, title, fields or watching (`watch`); return (before, after).

    Another priority moves the due time by the type's rule.

    Raises:
        NotFound: no such ticket. Conflict: the move is not allowed from its present state.
    """
    before = existing(connection, shop, ticket_id)
    after = before
    target = changes.get("state")
    if target is None and changes.get("assignee") and before.state == "open":
        target = "doing"
    if target is not None and target != before.state:
        flow.check_move(before.no, before.state, target)
        due, paused = flow.moved_due(before, target, now, work)
        closed = now if target in _OVER else None
        after = msgspec.structs.replace(after, state=target, due_at=due, paused_at=paused, closed_at=closed)
        text = f"{flow.LABEL[before.state]} → {flow.LABEL[target]}"
        log(connection, shop, before, "state", text, now, by)
    priority = changes.get("priority")
    if priority is not None and priority != before.priority:
        form = forms.get(before.type)
        due = flow.repriced_due(after, form, priority, work) if form else after.due_at
        after = msgspec.structs.replace(after, priority=priority, due_at=due)
        text = f"{flow.PRIORITY_LABEL[before.priority]} → {flow.PRIORITY_LABEL[after.priority]}"
        log(connection, shop, before, "priority", text, now, by)
    plain = {
        name: changes[name] for name in ("assignee", "assignee_name", "group", "title") if changes.get(name) is not None
    }
    if plain:
        after = msgspec.structs.replace(after, **plain)
    if "assignee" in plain:
        log(connection, shop, before, "assigned", f"指派给 {after.assignee_name or '（未指派）'}", now, by)
    if changes.get("fields"):
        after = msgspec.structs.replace(after, fields={**after.fields, **changes["fields"]})
        log(connection, shop, before, "fields", "、".join(changes["fields"]), now, by)
    if changes.get("watch") is not None:
        others = tuple(watcher for watcher in after.watchers if watcher != by[0])
        after = msgspec.structs.replace(after, watchers=(*others, by[0]) if changes["watch"] else others)
    if after != before:
        after = msgspec.structs.replace(after, updated_at=now)
        store.save(connection, shop, after)
    return before, after


def add_note(
    connection: Connection, shop: ShopId, ticket_id: str, text: str, now: datetime, by: tuple[str, str]
) -> Ticket:
    """Add a colleague's remark."""
    ticket = msgspec.structs.replace(existing(connection, shop, ticket_id), updated_at=now)
    store.save(connection, shop, ticket)
    log(connection, shop, ticket, "note", text, now, by)
    return ticket


def merge(
    connection: Connection,
    shop: ShopId,
    ticket_id: str,
    into_id: str,
    now: datetime,
    by: tuple[str, str],
    *,
    is_same_person: bool = False,
) -> Ticket:
    """Put one ticket into another; the first is closed and points to it.

    `is_same_person`: a colleague knows that the two buyers are one (a visitor who logged in later, a second account).

    Raises:
        NotFound: one of them does not exist. Conflict: the same ticket, or one that is over.
        OtherBuyer: they are of two buyers, and nobody said that these are one.
    """
    one, other = existing(connection, shop, ticket_id), existing(connection, shop, into_id)
    if one.id == other.id or one.merged_into or other.state in _OVER:
        raise Conflict(f"Ticket {one.no} cannot go into {other.no}: they must be two open matters.")
    if one.buyer_id != other.buyer_id and not is_same_person:
        raise OtherBuyer(one.no, other.no)
    kept = msgspec.structs.replace(other, fields={**one.fields, **other.fields}, updated_at=now)
    gone = msgspec.structs.replace(one, state="closed", merged_into=other.id, closed_at=now, updated_at=now)
    store.save(connection, shop, kept)
    store.save(connection, shop, gone)
    log(connection, shop, kept, "merged", f"并入 {one.no}", now, by)
    log(connection, shop, gone, "merged", f"已并入 {other.no}", now, by)
    return kept


def lacking(forms: dict[str, Form], ticket: Ticket) -> Sequence[str]:
    """Required fields that the ticket still lacks."""
    form = forms.get(ticket.type)
    return filling.missing(form, ticket.fields) if form else ()


by_ids = store.by_ids
get = store.get
log_of_ticket = store.log_of_ticket
of_buyer = store.of_buyer
of_conversation = store.of_conversation
open_of_buyer = store.open_of_buyer
page = store.page
