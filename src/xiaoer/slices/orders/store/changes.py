"""Changes of orders that a buyer confirmed, each guarded by the state it may start from."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from xiaoer.infra.upsert import insert_new
from xiaoer.kernel.commerce import ENDED_REFUNDS
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money
from xiaoer.slices.orders.tables import order_proofs, orders, refunds


def status_of(connection: Connection, shop: ShopId, order_id: str) -> str | None:
    return connection.scalar(select(orders.c.status).where(orders.c.shop == shop, orders.c.id == order_id))


def paid_for(connection: Connection, shop: ShopId, order_id: str) -> Money:
    found = connection.scalar(select(orders.c.pay_amount).where(orders.c.shop == shop, orders.c.id == order_id))
    return found or Money(0)


def change_order(
    connection: Connection, shop: ShopId, order_id: str, before: tuple[str, ...], now: datetime, **values: Any
) -> bool:
    """Change an order that is still in one of the states `before`; False when it has moved on."""
    where = (orders.c.shop == shop, orders.c.id == order_id, orders.c.status.in_(before))
    return connection.execute(update(orders).where(*where).values(hash="", updated_at=now, **values)).rowcount == 1


def status_before_after_sale(connection: Connection, shop: ShopId, order_id: str) -> str:
    """The state an order goes back to when its after-sale request is withdrawn."""
    row = connection.execute(
        select(orders.c.delivered_at, orders.c.shipped_at).where(orders.c.shop == shop, orders.c.id == order_id)
    ).one()
    return "delivered" if row.delivered_at else "shipped" if row.shipped_at else "paid"


def open_refund(connection: Connection, shop: ShopId, order_id: str) -> Any:
    """The after-sale request of the order that is not over; None when there is none."""
    rows = connection.execute(
        select(refunds.c.id, refunds.c.status, refunds.c.amount).where(
            refunds.c.shop == shop, refunds.c.order_id == order_id, refunds.c.status.not_in(ENDED_REFUNDS)
        )
    ).all()
    return next((row for row in rows if "成功" not in row.status), None)


def _refund_id(action_id: str) -> str:
    return "AS" + hashlib.blake2b(action_id.encode(), digest_size=8).hexdigest()


def refund_of_action(connection: Connection, shop: ShopId, action_id: str) -> Any:
    """The request that this very action opened; None when it has not."""
    columns = (refunds.c.id, refunds.c.status, refunds.c.amount)
    mine = (refunds.c.shop == shop, refunds.c.id == _refund_id(action_id))
    return connection.execute(select(*columns).where(*mine)).one_or_none()


def add_refund(
    connection: Connection, shop: ShopId, action_id: str, order_id: str, now: datetime, **values: Any
) -> str:
    """Open an after-sale request; its id follows from the action's, so the same action opens one."""
    id_ = _refund_id(action_id)
    row = {"shop": shop, "id": id_, "order_id": order_id, "created_at": now, "hash": "", "updated_at": now, **values}
    insert_new(connection, refunds, row)
    return id_


def set_refund(connection: Connection, shop: ShopId, refund_id: str, status: str, now: datetime) -> None:
    where = (refunds.c.shop == shop, refunds.c.id == refund_id)
    connection.execute(update(refunds).where(*where).values(status=status, hash="", updated_at=now))


def count_proofs(connection: Connection, shop: ShopId, visitor: str, order_id: str, since: datetime) -> tuple[int, int]:
    """Tries since then: of this visitor, and for this order number."""
    base = select(func.count()).select_from(order_proofs).where(order_proofs.c.shop == shop, order_proofs.c.at > since)
    own = connection.scalar(base.where(order_proofs.c.visitor == visitor)) or 0
    order = connection.scalar(base.where(order_proofs.c.order_id == order_id)) or 0
    return own, order


def add_proof(connection: Connection, shop: ShopId, id_: str, visitor: str, order_id: str, now: datetime) -> None:
    row = {"shop": shop, "id": id_, "visitor": visitor, "order_id": order_id, "at": now}
    connection.execute(insert(order_proofs).values(row))
