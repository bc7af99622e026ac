"""Rows of tickets. `shop` first, always."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    bindparam,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from xiaoer.infra.statement import Statement
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.tickets.tables import ticket_log, tickets
from xiaoer.slices.tickets.types import Filter, LogLine, Ticket

_SHOP: BindParameter[str] = bindparam("shop")
# What a hand-over with nobody on duty needs is compiled once: buyers wait for it.
_ADD, _ADD_LOG = Statement(insert(tickets)), Statement(insert(ticket_log))
_OPEN: tuple[ColumnElement[Any], ...] = tuple(
    literal_column(f"'{state}'") for state in ("open", "doing", "waiting_buyer")
)
_OPEN_OF_BUYER = Statement(
    select(tickets)
    .where(tickets.c.shop == _SHOP, tickets.c.buyer_id == bindparam("buyer"), tickets.c.state.in_(_OPEN))
    .order_by(tickets.c.created_at.desc())
)


def ticket_of(row: Row[Any]) -> Ticket:
    values = row._asdict()
    del values["shop"]
    return Ticket(**values | {"watchers": tuple(row.watchers)})


def get(connection: Connection, shop: ShopId, ticket_id: str) -> Ticket | None:
    row = connection.execute(select(tickets).where(tickets.c.shop == shop, tickets.c.id == ticket_id)).one_or_none()
    return ticket_of(row) if row else None


def add(connection: Connection, shop: ShopId, value: Ticket) -> None:
    _ADD.run(connection, {**msgspec.structs.asdict(value), "shop": shop})


def save(connection: Connection, shop: ShopId, value: Ticket) -> None:
    values = msgspec.structs.asdict(value)
    connection.execute(update(tickets).where(tickets.c.shop == shop, tickets.c.id == value.id).values(**values))


def add_log(connection: Connection, shop: ShopId, line: LogLine) -> None:
    _ADD_LOG.run(connection, {**msgspec.structs.asdict(line), "shop": shop})


def log_of_ticket(connection: Connection, shop: ShopId, ticket_id: str) -> list[LogLine]:
    rows = connection.execute(
        select(ticket_log)
        .where(ticket_log.c.shop == shop, ticket_log.c.ticket_id == ticket_id)
        .order_by(
            ticket_log.c.at, ticket_log.c.kind == "told", ticket_log.c.id
        )  # first the change, then who heard of it
    )
    return [LogLine(row.id, row.ticket_id, row.at, row.by, row.by_name, row.kind, row.text) for row in rows]


def count_with_prefix(connection: Connection, shop: ShopId, prefix: str) -> int:
    """How many tickets have a number that begins with `prefix`."""
    return (
        connection.scalar(
            select(func.count())
            .select_from(tickets)
            .where(tickets.c.shop == shop, tickets.c.no.startswith(prefix, autoescape=True))
        )
        or 0
    )


def open_of_buyer(connection: Connection, shop: ShopId, buyer_id: str) -> list[Ticket]:
    """Open tickets of a buyer, newest first."""
    return [ticket_of(row) for row in _OPEN_OF_BUYER.all(connection, {"shop": shop, "buyer": buyer_id})]


def of_conversation(connection: Connection, shop: ShopId, conversation_id: str) -> list[Ticket]:
    rows = connection.execute(
        select(tickets)
        .where(tickets.c.shop == shop, tickets.c.conversation_id == conversation_id)
        .order_by(tickets.c.created_at.desc())
    )
    return [ticket_of(row) for row in rows]


def of_buyer(connection: Connection, shop: ShopId, buyer_id: str, limit: int = 50) -> list[Ticket]:
    rows = connection.execute(
        select(tickets)
        .where(tickets.c.shop == shop, tickets.c.buyer_id == buyer_id)
        .order_by(tickets.c.created_at.desc())
        .limit(limit)
    )
    return [ticket_of(row) for row in rows]


def _where(shop: ShopId, wanted: Filter, *, with_state: bool = True) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [tickets.c.shop == shop, tickets.c.merged_into == ""]
    for name in ("type", "assignee", "conversation_id", "order_id", "buyer_id"):
        value = getattr(wanted, name)
        if value:
            where.append(tickets.c[name] == value)
    if with_state and wanted.state:
        where.append(tickets.c.state == wanted.state)
    if wanted.q:
        like = [
            tickets.c[name].contains(wanted.q, autoescape=True)
            for name in ("no", "title", "order_id", "buyer_id", "fields")
        ]
        where.append(or_(*like))
    if wanted.overdue_at is not None:
        where += [tickets.c.due_at < wanted.overdue_at, tickets.c.state.in_(("open", "doing"))]
    return where


def page(
    connection: Connection, shop: ShopId, wanted: Filter, offset: int, limit: int
) -> tuple[list[Ticket], int, dict[str, int]]:
    """One page, the total, and how many there are of every state (whatever state is wanted)."""
    where = _where(shop, wanted)
    rows = connection.execute(
        select(tickets)
        .where(*where)
        .order_by(tickets.c.created_at.desc(), tickets.c.id.desc())
        .offset(offset)
        .limit(limit)
    )
    found = [ticket_of(row) for row in rows]
    counts = connection.execute(
        select(tickets.c.state, func.count()).where(*_where(shop, wanted, with_state=False)).group_by(tickets.c.state)
    )
    by_state = {row[0]: row[1] for row in counts}
    total = by_state.get(wanted.state, 0) if wanted.state else sum(by_state.values())
    return found, total, by_state


def by_ids(connection: Connection, shop: ShopId, ticket_ids: Sequence[str]) -> list[Ticket]:
    rows = connection.execute(select(tickets).where(tickets.c.shop == shop, tickets.c.id.in_(ticket_ids)))
    return [ticket_of(row) for row in rows]
