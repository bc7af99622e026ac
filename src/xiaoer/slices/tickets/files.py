"""Files of tickets (工单附件), on the caller's connection: what they are called and where they lie."""

from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, func, insert, select, update

from xiaoer.infra.idgen import new_id
from xiaoer.kernel.errors import Conflict, NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.tickets import api
from xiaoer.slices.tickets.tables import ticket_files

MOST = 20  # files of one ticket


class TicketFile(Struct, frozen=True):
    """One file. `size` in bytes; `stored` is its name on the disk."""

    id: str
    ticket_id: str
    name: str
    kind: str
    size: int
    stored: str
    by_name: str
    at: datetime


def attach(
    connection: Connection,
    shop: ShopId,
    ticket_id: str,
    file: tuple[str, str, int, str],
    now: datetime,
    by: tuple[str, str],
) -> TicketFile:
    """Add a file (name, kind, bytes, stored name) and a line in the log.

    Raises:
        NotFound: no such ticket. Conflict: it has as many files as it may.
    """
    ticket = api.existing(connection, shop, ticket_id)
    where = (ticket_files.c.shop == shop, ticket_files.c.ticket_id == ticket_id)
    if (connection.scalar(select(func.count()).select_from(ticket_files).where(*where)) or 0) >= MOST:
        raise Conflict(f"Ticket {ticket.no} has {MOST} files already.")
    value = TicketFile(new_id(), ticket.id, *file, by[1], now)
    connection.execute(insert(ticket_files).values(shop=shop, **msgspec.structs.asdict(value)))
    api.log(connection, shop, ticket, "note", f"附件：{value.name}", now, by)
    return value


def files_of(connection: Connection, shop: ShopId, ticket_id: str) -> list[TicketFile]:
    """Files of a ticket, oldest first."""
    where = (ticket_files.c.shop == shop, ticket_files.c.ticket_id == ticket_id)
    rows = connection.execute(select(ticket_files).where(*where).order_by(ticket_files.c.id))
    return [TicketFile(**{name: getattr(row, name) for name in TicketFile.__struct_fields__}) for row in rows]


def existing(connection: Connection, shop: ShopId, ticket_id: str, file_id: str) -> TicketFile:
    """One file.

    Raises:
        NotFound: the ticket has no such file.
    """
    found = next((file for file in files_of(connection, shop, ticket_id) if file.id == file_id), None)
    if found is None:
        raise NotFound("File", file_id)
    return found


def move(connection: Connection, shop: ShopId, ticket_id: str, into_id: str) -> None:
    """Give a merged ticket's files to the one that stays."""
    where = (ticket_files.c.shop == shop, ticket_files.c.ticket_id == ticket_id)
    connection.execute(update(ticket_files).where(*where).values(ticket_id=into_id))
