"""Counts of agreement and promises on the caller's connection. `shop` first, always."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from xiaoer.infra.idgen import new_id
from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.assist.rules.promises import Promise
from xiaoer.slices.assist.tables import evidence, promises
from xiaoer.slices.assist.types import Agreement, Kept

_EPOCH = datetime(1970, 1, 1, tzinfo=SHOP_ZONE)


def day_of(at: datetime) -> int:
    """Days since 1970 in the shop's zone."""
    return (at.astimezone(SHOP_ZONE) - _EPOCH).days


def count(
    connection: Connection, shop: ShopId, intents: Iterable[str], at: datetime, *, agreed: bool, unchanged: bool
) -> None:
    """Count one answer of a person against the bot's draft, for each of its intents."""
    day = day_of(at)
    for intent in dict.fromkeys(intents):
        where = (evidence.c.shop == shop, evidence.c.intent == intent, evidence.c.day == day)
        more = {
            "cases": evidence.c.cases + 1,
            "agreed": evidence.c.agreed + int(agreed),
            "unchanged": evidence.c.unchanged + int(unchanged),
        }
        if connection.execute(update(evidence).where(*where).values(**more)).rowcount == 0:
            first = {"cases": 1, "agreed": int(agreed), "unchanged": int(unchanged)}
            connection.execute(insert(evidence).values(shop=shop, intent=intent, day=day, **first))


def agreement(connection: Connection, shop: ShopId, since_day: int) -> list[Agreement]:
    """Counts of every intent since a day, most cases first."""
    cases = func.sum(evidence.c.cases)
    rows = connection.execute(
        select(evidence.c.intent, cases, func.sum(evidence.c.agreed), func.sum(evidence.c.unchanged))
        .where(evidence.c.shop == shop, evidence.c.day >= since_day)
        .group_by(evidence.c.intent)
        .order_by(cases.desc(), evidence.c.intent)
    )
    return [Agreement(row[0], int(row[1]), int(row[2]), int(row[3])) for row in rows]


def begin_anew(connection: Connection, shop: ShopId, intent: str) -> None:
    """Forget the counts of one intent: its mode changed, and the new one is judged by what comes from now on."""
    connection.execute(delete(evidence).where(evidence.c.shop == shop, evidence.c.intent == intent))


def keep_promises(
    connection: Connection,
    shop: ShopId,
    talk: tuple[str, str],
    staff_id: str,
    found: Sequence[Promise],
    now: datetime,
) -> None:
    """Keep what an agent promised in `talk`, (conversation id, buyer id)."""
    for promise in found:
        kept = Kept(new_id(), talk[0], talk[1], staff_id, promise.text, promise.due_at, now)
        connection.execute(insert(promises).values(shop=shop, **msgspec.structs.asdict(kept)))


def open_promises(
    connection: Connection, shop: ShopId, *, staff_id: str = "", conversation_id: str = "", limit: int = 200
) -> list[Kept]:
    """What is promised and not done, the most pressing first."""
    query = select(promises).where(promises.c.shop == shop, promises.c.done_at.is_(None))
    if staff_id:
        query = query.where(promises.c.staff_id == staff_id)
    if conversation_id:
        query = query.where(promises.c.conversation_id == conversation_id)
    rows = connection.execute(query.order_by(promises.c.due_at, promises.c.id).limit(limit))
    return [_kept(row) for row in rows]


def overdue_promises(connection: Connection, shop: ShopId, since: datetime, until: datetime) -> list[Kept]:
    """What was due between two moments and is not done, the oldest first."""
    due = (promises.c.due_at > since, promises.c.due_at <= until)
    query = select(promises).where(promises.c.shop == shop, promises.c.done_at.is_(None), *due)
    return [_kept(row) for row in connection.execute(query.order_by(promises.c.due_at, promises.c.id))]


def _kept(r: Any) -> Kept:
    return Kept(r.id, r.conversation_id, r.buyer_id, r.staff_id, r.text, r.due_at, r.made_at, r.done_at, r.done_by)


def finish_promise(connection: Connection, shop: ShopId, promise_id: str, by: str, now: datetime) -> bool:
    """Mark a promise as kept; False when it is unknown or was done before."""
    where = (promises.c.shop == shop, promises.c.id == promise_id, promises.c.done_at.is_(None))
    return connection.execute(update(promises).where(*where).values(done_at=now, done_by=by)).rowcount == 1
