"""Alerts (提醒): what wants a person now, until he has dealt with it. One topic is told once while it lasts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, update

from xiaoer.infra.upsert import upsert
from xiaoer.kernel.errors import Conflict, NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights.tables import alerts
from xiaoer.slices.insights.types import Alert

_AGAIN_AFTER = timedelta(hours=24)
NEXT = {
    "open": ("taken", "fixed", "done", "ignored"),
    "taken": ("open", "fixed", "done", "ignored"),
    "fixed": ("done", "taken"),
    "done": ("open",),
    "ignored": ("open",),
}


def raise_new(connection: Connection, shop: ShopId, found: Sequence[Alert]) -> list[Alert]:
    """Keep alerts whose topic was not told in the last day and is not being dealt with; return those."""
    fresh: list[Alert] = []
    for alert in found:
        last = connection.execute(
            select(alerts.c.at, alerts.c.state)
            .where(alerts.c.shop == shop, alerts.c.topic == alert.topic)
            .order_by(alerts.c.at.desc())
            .limit(1)
        ).one_or_none()
        if last is not None and (alert.at - last.at < _AGAIN_AFTER or last.state in ("taken", "fixed")):
            continue
        if not any(alert.topic == other.topic for other in fresh):
            fresh.append(alert)
    names = Alert.__struct_fields__
    upsert(connection, alerts, [{"shop": shop, **{n: getattr(alert, n) for n in names}} for alert in fresh])
    return fresh


def listed(connection: Connection, shop: ShopId, states: Sequence[str], kind: str, limit: int) -> list[Alert]:
    """Alerts, newest first."""
    query = select(alerts).where(alerts.c.shop == shop)
    query = query.where(alerts.c.state.in_(list(states))) if states else query
    query = query.where(alerts.c.kind == kind) if kind else query
    return [_alert(row) for row in connection.execute(query.order_by(alerts.c.at.desc(), alerts.c.id).limit(limit))]


def count_open(connection: Connection, shop: ShopId) -> int:
    where = (alerts.c.shop == shop, alerts.c.state == "open")
    return connection.scalar(select(func.count()).select_from(alerts).where(*where)) or 0


def get(connection: Connection, shop: ShopId, id_: str) -> Alert:
    """One alert.

    Raises:
        NotFound: there is none of this id.
    """
    row = connection.execute(select(alerts).where(alerts.c.shop == shop, alerts.c.id == id_)).one_or_none()
    if row is None:
        raise NotFound("Alert", id_)
    return _alert(row)


def change(connection: Connection, shop: ShopId, id_: str, now: datetime, **values: Any) -> Alert:
    """Move an alert on, or give it an owner or a date.

    Raises:
        NotFound: there is none of this id. Conflict: this state does not follow the present one.
    """
    before = get(connection, shop, id_)
    state = values.get("state", before.state)
    if state != before.state:
        if state not in NEXT[before.state]:
            raise Conflict(f"An alert that is {before.state} cannot become {state}.")
        if state == "fixed":
            values["changed_at"] = now
    connection.execute(update(alerts).where(alerts.c.shop == shop, alerts.c.id == id_).values(**values))
    return get(connection, shop, id_)


def _alert(row: Any) -> Alert:
    return Alert(**{name: getattr(row, name) for name in Alert.__struct_fields__})
