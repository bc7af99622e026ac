"""Rows of promotions and coupons. `shop` first, always."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import BindParameter, Connection, Row, bindparam, func, insert, literal, select, tuple_, update

from xiaoer.infra.db import Instant
from xiaoer.infra.statement import Statement
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import ZERO, Money
from xiaoer.slices.promotions.rules.eligibility import coupon_end
from xiaoer.slices.promotions.rules.issuing import IssueState, coupon_cost, refuse_issue
from xiaoer.slices.promotions.tables import coupons, promotion_revisions, promotions
from xiaoer.slices.promotions.types import Coupon, Promotion

_CHUNK = 500
_SHOP: BindParameter[str] = bindparam("shop")
_REVISION = Statement(select(promotion_revisions.c.revision).where(promotion_revisions.c.shop == _SHOP))
_HELD = Statement(
    select(coupons)
    .where(coupons.c.shop == _SHOP, coupons.c.buyer_id == bindparam("buyer"), coupons.c.state != "issued")
    .order_by(coupons.c.valid_to.desc(), coupons.c.id)
    .limit(100)
)


class Issued(NamedTuple):
    """The coupon that was issued, or why none was."""

    coupon: Coupon | None
    refusal: str = ""


def _promotion(row: Row[Any]) -> Promotion:
    stored = msgspec.convert(row.data, Promotion)
    budget = None if row.budget is None else Money(max(row.budget.fen - row.reserved.fen, 0))
    return msgspec.structs.replace(stored, budget_left=budget, enabled=row.enabled)


def as_coupon(row: Row[Any]) -> Coupon:
    """A row of `coupons`."""
    return Coupon(
        row.id,
        row.promotion_id,
        row.valid_from,
        row.valid_to,
        row.amount,
        row.state,
        row.buyer_id,
        row.code,
        row.order_id,
    )


def load(connection: Connection, shop: ShopId) -> tuple[Promotion, ...]:
    """Every promotion of the shop, by id, with the budget that is left."""
    rows = connection.execute(select(promotions).where(promotions.c.shop == shop).order_by(promotions.c.id))
    return tuple(_promotion(row) for row in rows)


def get(connection: Connection, shop: ShopId, promotion_id: str) -> Promotion | None:
    row = connection.execute(
        select(promotions).where(promotions.c.shop == shop, promotions.c.id == promotion_id)
    ).one_or_none()
    return _promotion(row) if row else None


def save(connection: Connection, shop: ShopId, value: Promotion, now: datetime, hashed: str = "") -> None:
    """Insert or replace a promotion; what was reserved and issued of it stays."""
    values: dict[str, Any] = {
        "name": value.name,
        "level": value.level.value,
        "starts_at": value.starts_at,
        "ends_at": value.ends_at,
        "enabled": value.enabled,
        "data": msgspec.to_builtins(value),
        "budget": value.budget_left,
        "total": value.coupon.total if value.coupon else None,
        "hash": hashed,
        "updated_at": now,
    }
    changed = connection.execute(
        update(promotions).where(promotions.c.shop == shop, promotions.c.id == value.id).values(**values)
    )
    if changed.rowcount == 0:
        issued = value.coupon.claimed if value.coupon else 0
        connection.execute(insert(promotions).values(shop=shop, id=value.id, reserved=ZERO, issued=issued, **values))
    bump(connection, shop)


def set_enabled(connection: Connection, shop: ShopId, promotion_id: str, enabled: bool, now: datetime) -> bool:
    changed = connection.execute(
        update(promotions)
        .where(promotions.c.shop == shop, promotions.c.id == promotion_id)
        .values(enabled=enabled, hash="", updated_at=now)
    )
    bump(connection, shop)
    return changed.rowcount == 1


def existing_hashes(connection: Connection, shop: ShopId, ids: Sequence[str]) -> dict[str, str]:
    """The hash of every one of `ids` that exists."""
    found: dict[str, str] = {}
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        rows = connection.execute(
            select(promotions.c.id, promotions.c.hash).where(promotions.c.shop == shop, promotions.c.id.in_(chunk))
        )
        found |= {row.id: row.hash for row in rows}
    return found


def revision(connection: Connection, shop: ShopId) -> int:
    """Grows whenever promotions change; 0 before the first."""
    return _REVISION.scalar(connection, {"shop": shop}) or 0


def bump(connection: Connection, shop: ShopId) -> None:
    table = promotion_revisions
    changed = connection.execute(update(table).where(table.c.shop == shop).values(revision=table.c.revision + 1))
    if changed.rowcount == 0:
        connection.execute(insert(table).values(shop=shop, revision=1))


def issue(
    connection: Connection,
    shop: ShopId,
    coupon: Coupon,
    now: datetime,
) -> Issued:
    """Issue `coupon` inside its promotion's budget; an id that exists is returned as it is (a repeated request).

    The promotion's row is locked first, so concurrent issuers see each other's reservations.
    """
    row = connection.execute(
        select(promotions).where(promotions.c.shop == shop, promotions.c.id == coupon.promotion_id).with_for_update()
    ).one_or_none()
    if row is None:
        return Issued(None, "unknown")
    present = get_coupon(connection, shop, coupon.id)
    if present is not None:
        same = present.buyer_id == coupon.buyer_id and present.promotion_id == coupon.promotion_id
        return Issued(present) if same else Issued(None, "id_taken")
    promotion = _promotion(row)
    owned = connection.scalar(
        select(func.count())
        .select_from(coupons)
        .where(
            coupons.c.shop == shop,
            coupons.c.promotion_id == promotion.id,
            coupons.c.buyer_id == coupon.buyer_id,
        )
    )
    cost = coupon_cost(promotion, coupon.amount)
    state = IssueState(row.budget, row.reserved, row.total, row.issued, owned or 0)
    refusal = refuse_issue(promotion, state, cost, now, coupon)
    if refusal:
        return Issued(None, refusal)
    terms = promotion.coupon
    made = msgspec.structs.replace(
        coupon,
        valid_from=coupon.valid_from or (terms.valid_from if terms else None),
        valid_to=coupon_end(coupon, promotion),
    )
    connection.execute(
        update(promotions)
        .where(promotions.c.shop == shop, promotions.c.id == promotion.id)
        .values(reserved=row.reserved + (cost or ZERO), issued=row.issued + 1)
    )
    connection.execute(
        insert(coupons).values(
            shop=shop,
            id=made.id,
            promotion_id=made.promotion_id,
            buyer_id=made.buyer_id,
            code=made.code,
            state=made.state,
            amount=made.amount,
            cost=cost or ZERO,
            valid_from=made.valid_from,
            valid_to=made.valid_to,
            order_id="",
            issued_at=now,
        )
    )
    return Issued(made)


def get_coupon(connection: Connection, shop: ShopId, coupon_id: str) -> Coupon | None:
    row = connection.execute(select(coupons).where(coupons.c.shop == shop, coupons.c.id == coupon_id)).one_or_none()
    return as_coupon(row) if row else None


def held(connection: Connection, shop: ShopId, buyer_id: str) -> tuple[Coupon, ...]:
    """Claimed coupons of a buyer, and the used and expired ones too, so that a quote can say why not; newest 100."""
    return tuple(as_coupon(row) for row in _HELD.all(connection, {"shop": shop, "buyer": buyer_id}))


def ending(
    connection: Connection,
    shop: ShopId,
    since: datetime,
    until: datetime,
    after: Coupon | None = None,
    limit: int = 2_000,
) -> list[Coupon]:
    """Claimed coupons whose end lies in the window, the next one first; at most `limit`, those `after` one of them."""
    where = [
        coupons.c.shop == shop,
        coupons.c.state == "claimed",
        coupons.c.valid_to > since,
        coupons.c.valid_to <= until,
    ]
    if after is not None:
        where.append(tuple_(coupons.c.valid_to, coupons.c.id) > tuple_(literal(after.valid_to, Instant), after.id))
    query = select(coupons).where(*where).order_by(coupons.c.valid_to, coupons.c.id)
    return [as_coupon(row) for row in connection.execute(query.limit(limit))]


def change_state(
    connection: Connection,
    shop: ShopId,
    coupon_id: str,
    buyer_id: str,
    before: Collection[str],
    now: datetime,
    **values: Any,
) -> bool:
    """Change a coupon of this buyer that is in one of the states `before` and not past its end; False otherwise."""
    changed = connection.execute(
        update(coupons)
        .where(
            coupons.c.shop == shop,
            coupons.c.id == coupon_id,
            coupons.c.buyer_id == buyer_id,
            coupons.c.state.in_(list(before)),
            coupons.c.valid_to > now,
        )
        .values(**values)
    )
    return changed.rowcount == 1


def expire(connection: Connection, shop: ShopId, now: datetime, limit: int = 500) -> int:
    """Expire unused coupons past their end and give their reservation back; return how many (call until 0)."""
    rows = connection.execute(
        select(coupons.c.id, coupons.c.promotion_id)
        .where(coupons.c.shop == shop, coupons.c.state.in_(["issued", "claimed"]), coupons.c.valid_to <= now)
        .order_by(coupons.c.promotion_id, coupons.c.id)
        .limit(limit)
    ).all()
    expired = 0
    for row in rows:
        # The promotion's row is locked first, in the order of `issue`, so that two sweeps count nothing twice.
        lock = select(promotions.c.id).where(promotions.c.shop == shop, promotions.c.id == row.promotion_id)
        connection.execute(lock.with_for_update())
        changed = connection.execute(
            update(coupons)
            .where(coupons.c.shop == shop, coupons.c.id == row.id, coupons.c.state.in_(["issued", "claimed"]))
            .values(state="expired")
            .returning(coupons.c.cost)
        ).one_or_none()
        if changed is not None:
            expired += 1
            connection.execute(
                update(promotions)
                .where(promotions.c.shop == shop, promotions.c.id == row.promotion_id)
                .values(reserved=promotions.c.reserved - changed.cost)
            )
    return expired
