"""Keeping what the bot did (自动操作记录): begun once per id, ended with the outcome that was read back.

Every function works on a connection of the caller. An id that was begun before returns the row of the first time,
so that a message which is delivered twice, or confirmed twice, does the thing once.
"""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select, update

from xiaoer.infra.upsert import insert_new
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.shop_facts import Outcome
from xiaoer.slices.actions.tables import shop_actions
from xiaoer.slices.actions.types import ActionRow


def begin(connection: Connection, shop: ShopId, row: ActionRow) -> ActionRow | None:
    """Note that an action starts; None when it is new, else the row of the first time."""
    values = {**msgspec.structs.asdict(row), "shop": shop}
    if insert_new(connection, shop_actions, values):
        return None
    return get(connection, shop, row.id)


def end(connection: Connection, shop: ShopId, id_: str, outcome: Outcome, now: datetime) -> None:
    """Keep the outcome; an action that ended before keeps its first one."""
    where = (shop_actions.c.shop == shop, shop_actions.c.id == id_, shop_actions.c.state == "started")
    connection.execute(update(shop_actions).where(*where).values(state=outcome.state, outcome=outcome, ended_at=now))


def get(connection: Connection, shop: ShopId, id_: str) -> ActionRow | None:
    row = connection.execute(
        select(shop_actions).where(shop_actions.c.shop == shop, shop_actions.c.id == id_)
    ).one_or_none()
    return _row(row) if row else None


def newest(connection: Connection, shop: ShopId, limit: int, order_id: str = "") -> list[ActionRow]:
    """The newest actions, of one order when it is named."""
    where = [shop_actions.c.shop == shop] + ([shop_actions.c.order_id == order_id] if order_id else [])
    query = select(shop_actions).where(*where).order_by(shop_actions.c.started_at.desc(), shop_actions.c.id)
    return [_row(row) for row in connection.execute(query.limit(limit))]


def _row(row: Row[Any]) -> ActionRow:
    outcome = msgspec.convert(row.outcome, Outcome) if row.outcome else None
    names = [name for name in ActionRow.__struct_fields__ if name != "outcome"]
    return ActionRow(**{name: getattr(row, name) for name in names}, outcome=outcome)
