"""Rows of journeys. `shop` first, always."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, func, insert, select, update

from xiaoer.infra.upsert import insert_new, upsert
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import ZERO, Money
from xiaoer.slices.outreach.tables import consents, runs, sends

MARKETING, PROACTIVE = "marketing", "proactive"


class Run(Struct, frozen=True):
    """One journey of one buyer about one subject (`order:123`, `cart:b-1`)."""

    id: str
    journey_id: str
    trigger: Any
    buyer_id: str
    subject: str
    arm: str
    state: str
    reason: str
    sent: int
    values: dict[str, str]
    channel: str
    started_at: datetime


class ArmCount(Struct, frozen=True):
    """Runs of one arm: how many, how many converted, and their revenue net of refunds."""

    arm: str
    runs: int
    converted: int
    revenue: Money


def add_run(connection: Connection, shop: ShopId, run: Run) -> bool:
    row = {name: getattr(run, name) for name in Run.__struct_fields__}
    return insert_new(connection, runs, {"shop": shop, "converted_at": None, "revenue": ZERO, **row})


def get_run(connection: Connection, shop: ShopId, id_: str) -> Run | None:
    row = connection.execute(select(runs).where(runs.c.shop == shop, runs.c.id == id_)).one_or_none()
    return Run(**{name: getattr(row, name) for name in Run.__struct_fields__}) if row else None


def change_run(connection: Connection, shop: ShopId, id_: str, **values: Any) -> None:
    connection.execute(update(runs).where(runs.c.shop == shop, runs.c.id == id_).values(**values))


def stop_subject(connection: Connection, shop: ShopId, subject: str, reason: str) -> None:
    where = (runs.c.shop == shop, runs.c.subject == subject, runs.c.state == "running")
    connection.execute(update(runs).where(*where).values(state="stopped", reason=reason))


def stop_buyer(connection: Connection, shop: ShopId, buyer_id: str, reason: str) -> list[str]:
    """End all runs of a buyer; return their subjects."""
    where = (runs.c.shop == shop, runs.c.buyer_id == buyer_id, runs.c.state == "running")
    subjects = list(connection.scalars(select(runs.c.subject).where(*where)))
    connection.execute(update(runs).where(*where).values(state="stopped", reason=reason))
    return subjects


def convert(connection: Connection, shop: ShopId, subject: str, at: datetime, revenue: Money) -> None:
    where = (runs.c.shop == shop, runs.c.subject == subject, runs.c.converted_at.is_(None))
    connection.execute(update(runs).where(*where).values(converted_at=at, revenue=revenue))


def refund(connection: Connection, shop: ShopId, subject: str, amount: Money) -> None:
    where = (runs.c.shop == shop, runs.c.subject == subject, runs.c.converted_at.is_not(None))
    connection.execute(update(runs).where(*where).values(revenue=runs.c.revenue - amount))


def add_send(connection: Connection, shop: ShopId, id_: str, run: Run, at: datetime) -> None:
    connection.execute(insert(sends).values(shop=shop, id=id_, run_id=run.id, buyer_id=run.buyer_id, at=at))


def sent_since(connection: Connection, shop: ShopId, buyer_id: str, since: datetime) -> int:
    where = (sends.c.shop == shop, sends.c.buyer_id == buyer_id, sends.c.at >= since)
    return connection.scalar(select(func.count()).select_from(sends).where(*where)) or 0


def consent(connection: Connection, shop: ShopId, buyer_id: str, kind: str) -> bool | None:
    """What the buyer said last; None when nothing."""
    where = (consents.c.shop == shop, consents.c.buyer_id == buyer_id, consents.c.kind == kind)
    return connection.scalar(select(consents.c.granted).where(*where))


def keep_consent(
    connection: Connection, shop: ShopId, buyer_id: str, kind: str, granted: bool, version: str, at: datetime
) -> None:
    row = {"shop": shop, "buyer_id": buyer_id, "kind": kind, "granted": granted, "text_version": version, "at": at}
    upsert(connection, consents, [row])


def arms(connection: Connection, shop: ShopId, journey_id: str, since: datetime) -> list[ArmCount]:
    """Both arms of a journey, by the runs that began since."""
    rows = connection.execute(
        select(runs.c.arm, runs.c.buyer_id, runs.c.converted_at, runs.c.revenue).where(
            runs.c.shop == shop, runs.c.journey_id == journey_id, runs.c.started_at >= since
        )
    )
    buyers: dict[str, dict[str, tuple[bool, int]]] = {"treated": {}, "held_out": {}}
    for row in rows:
        paid, fen = buyers[row.arm].get(row.buyer_id, (False, 0))
        buyers[row.arm][row.buyer_id] = (paid or row.converted_at is not None, fen + row.revenue.fen)
    return [
        ArmCount(arm, len(of), sum(paid for paid, _ in of.values()), Money(sum(fen for _, fen in of.values())))
        for arm, of in buyers.items()
    ]
