"""Rows of journeys. `shop` first, always."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from xiaoer.infra.statement import Statement
from xiaoer.infra.upsert import insert_new, upsert
from xiaoer.kernel.decision import Trial
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.outreach.rules.uplift import Entry
from xiaoer.slices.outreach.tables import consents, interests, runs, sends, trials
from xiaoer.slices.outreach.types import SERVICE, Interest

MARKETING, PROACTIVE = "marketing", "proactive"
FORGET = timedelta(days=30)  # interest that is older counts no more
_COUNTS = ("questions", "price_talk", "stock_talk", "views", "dwell_s", "carts")
_INTEREST = Statement(
    select(interests).where(
        interests.c.shop == bindparam("shop"),
        interests.c.buyer_id == bindparam("buyer_id"),
        interests.c.product_id == bindparam("product_id"),
    )
)
_RUNNING = Statement(
    select(runs.c.subject, runs.c.trigger).where(
        runs.c.shop == bindparam("shop"), runs.c.buyer_id == bindparam("buyer"), runs.c.state == "running"
    )
)


class Run(Struct, frozen=True):
    """One journey of one buyer about one subject (`order:123`, `cart:b-1`)."""

    id: str
    journey_id: str
    trigger: Any
    buyer_id: str
    subject: str
    state: str
    reason: str
    sent: int
    values: dict[str, str]
    channel: str
    started_at: datetime


def add_run(connection: Connection, shop: ShopId, run: Run) -> bool:
    row = {name: getattr(run, name) for name in Run.__struct_fields__}
    return insert_new(connection, runs, {"shop": shop, **row})


def get_run(connection: Connection, shop: ShopId, id_: str) -> Run | None:
    row = connection.execute(select(runs).where(runs.c.shop == shop, runs.c.id == id_)).one_or_none()
    return Run(**{name: getattr(row, name) for name in Run.__struct_fields__}) if row else None


def change_run(connection: Connection, shop: ShopId, id_: str, **values: Any) -> None:
    connection.execute(update(runs).where(runs.c.shop == shop, runs.c.id == id_).values(**values))


def stop_subject(connection: Connection, shop: ShopId, subject: str, reason: str, journey_id: str = "") -> list[str]:
    """End the runs about a subject, of one journey when it is named; return their ids."""
    where = [runs.c.shop == shop, runs.c.subject == subject, runs.c.state == "running"]
    where += [runs.c.journey_id == journey_id] if journey_id else []
    ids = list(connection.scalars(select(runs.c.id).where(*where)))
    if ids:
        connection.execute(update(runs).where(*where).values(state="stopped", reason=reason))
    return ids


def stop_buyer(
    connection: Connection, shop: ShopId, buyer_id: str, reason: str, *, service: bool, keeps: Callable[[str], bool]
) -> list[str]:
    """End all runs of a buyer, or only the marketing ones, but not of subjects that it `keeps`; return the subjects."""
    running = _RUNNING.all(connection, {"shop": shop, "buyer": buyer_id})
    ended = [run for run in running if (service or run.trigger not in SERVICE) and not keeps(run.subject)]
    subjects = [run.subject for run in ended]
    if subjects:
        where = [runs.c.shop == shop, runs.c.buyer_id == buyer_id, runs.c.state == "running"]
        where += [runs.c.subject.in_(subjects)] + ([] if service else [runs.c.trigger.not_in(SERVICE)])
        connection.execute(update(runs).where(*where).values(state="stopped", reason=reason))
    return subjects


def was_told(connection: Connection, shop: ShopId, journey_id: str, subject: str, since: datetime) -> bool:
    """Whether a journey wrote to a buyer about a subject since."""
    where = (runs.c.shop == shop, runs.c.journey_id == journey_id, runs.c.subject == subject)
    query = select(runs.c.id).where(*where, runs.c.sent > 0, runs.c.started_at >= since).limit(1)
    return connection.scalar(query) is not None


def began(connection: Connection, shop: ShopId, journey_id: str, buyer_id: str, since: datetime) -> bool:
    """Whether a journey began with a buyer since, about whatever subject."""
    where = (runs.c.shop == shop, runs.c.buyer_id == buyer_id, runs.c.journey_id == journey_id)
    return connection.scalar(select(runs.c.id).where(*where, runs.c.started_at > since).limit(1)) is not None


def counted(connection: Connection, shop: ShopId, since: datetime) -> dict[str, dict[str, int]]:
    """By journey: how many runs that began since were sent, wait, or ended for which reason."""
    rows = connection.execute(
        select(runs.c.journey_id, runs.c.state, runs.c.reason, func.count(), func.sum(runs.c.sent))
        .where(runs.c.shop == shop, runs.c.started_at >= since)
        .group_by(runs.c.journey_id, runs.c.state, runs.c.reason)
    )
    found: dict[str, dict[str, int]] = {}
    for journey, state, reason, count, sent in rows:
        mine = found.setdefault(journey, {})
        mine[reason or state] = mine.get(reason or state, 0) + count
        mine["sent"] = mine.get("sent", 0) + int(sent or 0)
    return found


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


def enter_trial(connection: Connection, shop: ShopId, trial: Trial, buyer_id: str, at: datetime) -> None:
    """Keep a buyer's place in a comparison; the first time counts."""
    row = {"shop": shop, "automation": trial.automation, "buyer_id": buyer_id, "arm": trial.arm}
    insert_new(connection, trials, {**row, "variant": trial.variant, "entered_at": at})


def entries(
    connection: Connection, shop: ShopId, since: datetime, until: datetime, automation: str = ""
) -> dict[str, list[Entry]]:
    """Who entered which comparison in the half-open window, by automation."""
    where = [trials.c.shop == shop, trials.c.entered_at >= since, trials.c.entered_at < until]
    where += [trials.c.automation == automation] if automation else []
    found: dict[str, list[Entry]] = {}
    columns = (trials.c.automation, trials.c.buyer_id, trials.c.arm, trials.c.variant, trials.c.entered_at)
    for row in connection.execute(select(*columns).where(*where)):
        found.setdefault(row[0], []).append((row[1], row[2], row[3], row[4]))
    return found


def add_interests(connection: Connection, shop: ShopId, found: Sequence[Interest], at: datetime) -> None:
    """Add what buyers did about products; what is older than `FORGET` counts no more."""
    for one in found:
        key = {"shop": shop, "buyer_id": one.buyer_id, "product_id": one.product_id}
        old = _INTEREST.one(connection, key)
        counts = {name: getattr(one, name) for name in _COUNTS}
        if old is not None and at - old.at < FORGET:
            counts = {name: value + getattr(old, name) for name, value in counts.items()}
        newest = max(at, old.at) if old is not None else at
        channel = one.channel or (old.channel if old is not None else "")
        upsert(connection, interests, [{**key, **counts, "channel": channel, "at": newest}])


def interest_of(connection: Connection, shop: ShopId, buyer_id: str, product_id: str) -> Interest | None:
    """What a buyer did about a product."""
    row = _INTEREST.one(connection, {"shop": shop, "buyer_id": buyer_id, "product_id": product_id})
    return _interest(row) if row is not None else None


def interested_in(connection: Connection, shop: ShopId, product_id: str, since: datetime) -> list[Interest]:
    """Everybody who did something about a product since."""
    where = (interests.c.shop == shop, interests.c.product_id == product_id, interests.c.at >= since)
    rows = connection.execute(select(interests).where(*where).order_by(interests.c.buyer_id))
    return [_interest(row) for row in rows]


def asked_for_stock(connection: Connection, shop: ShopId, since: datetime, limit: int) -> list[str]:
    """Products whose stock somebody asked about since, newest first."""
    where = (interests.c.shop == shop, interests.c.stock_talk > 0, interests.c.at >= since)
    query = select(interests.c.product_id).where(*where).group_by(interests.c.product_id)
    return list(connection.scalars(query.order_by(func.max(interests.c.at).desc()).limit(limit)))


def forget_interests(connection: Connection, shop: ShopId, buyer_id: str) -> None:
    """The buyer has bought: what he did before is no sign of hesitation any more."""
    connection.execute(delete(interests).where(interests.c.shop == shop, interests.c.buyer_id == buyer_id))


def _interest(row: Any) -> Interest:
    counts: dict[str, int] = {name: getattr(row, name) for name in _COUNTS}
    return Interest(row.buyer_id, row.product_id, channel=row.channel, **counts)
