"""Small values of learning by name: settings, and how far the talks were read."""

from typing import Any

from sqlalchemy import Connection, insert, select, update

from xiaoer.kernel.ids import ShopId
from xiaoer.slices.learning.tables import settings


def get_value(connection: Connection, shop: ShopId, name: str) -> Any:
    """The value, or None."""
    return connection.scalar(select(settings.c.value).where(settings.c.shop == shop, settings.c.name == name))


def set_value(connection: Connection, shop: ShopId, name: str, value: Any) -> None:
    """Keep a value."""
    where = (settings.c.shop == shop, settings.c.name == name)
    if not connection.execute(update(settings).where(*where).values(value=value)).rowcount:
        connection.execute(insert(settings).values(shop=shop, name=name, value=value))
