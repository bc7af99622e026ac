"""Rows of bargaining. `shop` first, always. Budgets are taken by conditional updates, so that no two takers
together can take more than there is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, func, insert, select, update

from xiaoer.infra.upsert import insert_new
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import ZERO, Money
from xiaoer.slices.bargaining.tables import budgets, grants, talks
from xiaoer.slices.bargaining.types import State


class Grant(Struct, frozen=True):
    """One amount that was given, as the console lists it."""

    id: str
    terms_id: str
    buyer_id: str
    product_id: str
    kind: str
    title: str
    amount: Money
    day: str
    state: str
    coupon_id: str
    conversation_id: str
    at: datetime


def talks_of(connection: Connection, shop: ShopId, persons: Sequence[str], product_id: str) -> list[State]:
    rows = connection.execute(
        select(talks).where(talks.c.shop == shop, talks.c.person.in_(persons), talks.c.product_id == product_id)
    )
    return [
        State(
            row.person,
            row.product_id,
            row.version,
            row.serial,
            row.pushes,
            row.stage,
            row.base,
            row.offer,
            row.offer_until,
            row.held,
            tuple(row.gifts),
            row.coupon_id,
            row.ends_at,
        )
        for row in rows
    ]


def save_talk(connection: Connection, shop: ShopId, state: State, seen: int, terms_id: str, now: datetime) -> bool:
    """Write the talk when version `seen` (0: there was none) still holds; False otherwise."""
    values: dict[str, Any] = {
        "version": seen + 1,
        "serial": state.serial,
        "pushes": state.pushes,
        "stage": state.stage,
        "base": state.base,
        "offer": state.offer,
        "offer_until": state.offer_until,
        "held": state.held,
        "gifts": list(state.gifts),
        "coupon_id": state.coupon_id,
        "ends_at": state.ends_at,
        "terms_id": terms_id,
        "updated_at": now,
    }
    mine = (talks.c.shop == shop, talks.c.person == state.person, talks.c.product_id == state.product_id)
    if seen:
        return connection.execute(update(talks).where(*mine, talks.c.version == seen).values(**values)).rowcount == 1
    row = {"shop": shop, "person": state.person, "product_id": state.product_id, **values}
    return insert_new(connection, talks, row)


def taken_on(connection: Connection, shop: ShopId, terms_id: str, day: str) -> Money:
    where = (budgets.c.shop == shop, budgets.c.terms_id == terms_id, budgets.c.subject == f"day:{day}")
    return connection.scalar(select(budgets.c.taken).where(*where)) or ZERO


def given_to(connection: Connection, shop: ShopId, terms_id: str, persons: Sequence[str], since: datetime) -> Money:
    """What these accounts of one person were given and did not let lapse."""
    total = connection.scalar(
        select(func.sum(grants.c.amount)).where(
            grants.c.shop == shop,
            grants.c.person.in_(persons),
            grants.c.terms_id == terms_id,
            grants.c.at >= since,
            grants.c.state != "released",
        )
    )
    return Money(int(total.fen)) if total is not None else ZERO  # PostgreSQL sums to a decimal


def touch_person(connection: Connection, shop: ShopId, terms_id: str, person: str, amount: Money) -> None:
    """Write the person's row, where two takers for one person meet: the later one fails and is run again."""
    row = {"shop": shop, "terms_id": terms_id, "subject": f"person:{person}", "taken": ZERO}
    insert_new(connection, budgets, row)
    where = (budgets.c.shop == shop, budgets.c.terms_id == terms_id, budgets.c.subject == f"person:{person}")
    connection.execute(update(budgets).where(*where).values(taken=budgets.c.taken + amount))


def take_of_day(connection: Connection, shop: ShopId, terms_id: str, day: str, amount: Money, limit: Money) -> bool:
    """Take `amount` of the day's budget when that leaves it within `limit`."""
    row = {"shop": shop, "terms_id": terms_id, "subject": f"day:{day}", "taken": ZERO}
    insert_new(connection, budgets, row)
    where = (budgets.c.shop == shop, budgets.c.terms_id == terms_id, budgets.c.subject == f"day:{day}")
    fits = budgets.c.taken <= limit - amount
    return connection.execute(update(budgets).where(*where, fits).values(taken=budgets.c.taken + amount)).rowcount == 1


def add_grant(connection: Connection, shop: ShopId, **values: Any) -> None:
    connection.execute(insert(grants).values(shop=shop, **values))


def spend(connection: Connection, shop: ShopId, person: str, product_id: str, serial: int, coupon_id: str) -> None:
    """What was held for a talk is given for good."""
    where = (grants.c.shop == shop, grants.c.person == person, grants.c.product_id == product_id)
    connection.execute(
        update(grants)
        .where(*where, grants.c.serial == serial, grants.c.state == "held")
        .values(state="spent", coupon_id=coupon_id)
    )


def hold_until(
    connection: Connection, shop: ShopId, person: str, product_id: str, serial: int, until: datetime
) -> None:
    """A talk that goes on keeps what is held for it."""
    where = (grants.c.shop == shop, grants.c.person == person, grants.c.product_id == product_id)
    connection.execute(
        update(grants).where(*where, grants.c.serial == serial, grants.c.state == "held").values(lapses_at=until)
    )


def release(connection: Connection, shop: ShopId, now: datetime, limit: int = 200) -> int:
    """Give back what is held for offers that lapsed; return how many amounts."""
    due = (grants.c.shop == shop, grants.c.state == "held", grants.c.lapses_at <= now)
    rows = connection.execute(select(grants.c.id).where(*due).order_by(grants.c.lapses_at, grants.c.id).limit(limit))
    return sum(_release(connection, shop, row.id) for row in rows.all())


def release_talk(connection: Connection, shop: ShopId, person: str, product_id: str, serial: int) -> None:
    """Give back what is still held for an earlier offer of a talk."""
    where = (grants.c.shop == shop, grants.c.person == person, grants.c.product_id == product_id)
    rows = connection.execute(select(grants.c.id).where(*where, grants.c.serial == serial, grants.c.state == "held"))
    for row in rows.all():
        _release(connection, shop, row.id)


def _release(connection: Connection, shop: ShopId, grant_id: str) -> int:
    gone = connection.execute(
        update(grants)
        .where(grants.c.shop == shop, grants.c.id == grant_id, grants.c.state == "held")
        .values(state="released")
        .returning(grants.c.terms_id, grants.c.person, grants.c.day, grants.c.amount)
    ).one_or_none()
    if gone is None:
        return 0
    for subject in (f"day:{gone.day}", f"person:{gone.person}"):
        where = (budgets.c.shop == shop, budgets.c.terms_id == gone.terms_id, budgets.c.subject == subject)
        connection.execute(update(budgets).where(*where).values(taken=budgets.c.taken - gone.amount))
    return 1


def list_grants(connection: Connection, shop: ShopId, since: datetime, limit: int) -> list[Grant]:
    """What was given since, newest first."""
    rows = connection.execute(
        select(grants).where(grants.c.shop == shop, grants.c.at >= since).order_by(grants.c.at.desc()).limit(limit)
    )
    return [Grant(**{name: getattr(row, name) for name in Grant.__struct_fields__}) for row in rows]
