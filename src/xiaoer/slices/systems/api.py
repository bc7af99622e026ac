"""Connected systems, kept and read. Secrets come and go sealed; nothing here can open them."""

from datetime import datetime

from msgspec import structs
from sqlalchemy import Connection, delete, insert, select, update

from xiaoer.kernel.errors import NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.systems.tables import systems
from xiaoer.slices.systems.types import System


def listed(connection: Connection, shop: ShopId) -> tuple[System, ...]:
    """Every system of the shop, the first connected one first: of two that serve a port, it answers."""
    rows = connection.execute(select(systems).where(systems.c.shop == shop).order_by(systems.c.id))
    return tuple(
        System(
            row.id, row.connector, row.title, tuple(row.ports), row.settings, row.enabled, row.updated_at,
            row.token_ends_at, row.token_refused,
        )
        for row in rows
    )  # fmt: skip


def find(connection: Connection, shop: ShopId, id_: str) -> System:
    """The system of this id.

    Raises:
        NotFound: there is none.
    """
    for system in listed(connection, shop):
        if system.id == id_:
            return system
    raise NotFound("System", id_, "See Console > 渠道 > 店铺系统.")


def save(connection: Connection, shop: ShopId, system: System, now: datetime) -> None:
    """Insert the system, or replace the one with its id."""
    values = structs.asdict(structs.replace(system, updated_at=now))
    mine = (systems.c.shop == shop, systems.c.id == system.id)
    if connection.execute(update(systems).where(*mine).values(**values)).rowcount == 0:
        connection.execute(insert(systems).values(shop=shop, **values))


def renewed(connection: Connection, shop: ShopId, before: System, after: System) -> bool:
    """Keep what a renewal brought, unless the system was changed meanwhile; then nothing is kept and False returned."""
    mine = (systems.c.shop == shop, systems.c.id == before.id, systems.c.updated_at == before.updated_at)
    values = {name: getattr(after, name) for name in ("settings", "updated_at", "token_ends_at", "token_refused")}
    return connection.execute(update(systems).where(*mine).values(**values)).rowcount == 1


def remove(connection: Connection, shop: ShopId, id_: str) -> None:
    """Disconnect a system.

    Raises:
        NotFound: there is none.
    """
    if connection.execute(delete(systems).where(systems.c.shop == shop, systems.c.id == id_)).rowcount == 0:
        raise NotFound("System", id_)
