"""Changing the shop's own orders (自动操作) and proving whose an order is (身份核验)."""

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money
from xiaoer.kernel.shop_facts import Outcome
from xiaoer.slices.orders.ports import OrderSource
from xiaoer.slices.orders.store import changes
from xiaoer.slices.orders.types import ActionKind, OrderAction

_ALL: frozenset[ActionKind] = frozenset(
    ("cancel", "change_address", "change_note", "open_after_sale", "withdraw_after_sale")
)
_NOT_SENT = ("unpaid", "paid")
_TRIES = 5  # per visitor and per order number
_WINDOW = timedelta(minutes=15)


class EmbeddedOrderActions:
    """`OrderActions` over the shop's own rows: state check, change and read-back are one transaction."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def supported(self, shop: ShopId) -> frozenset[ActionKind]:
        return _ALL

    async def act(self, shop: ShopId, action: OrderAction) -> Outcome | None:
        now = self._clock.now()
        return await self._db.write(lambda c: _act(c, shop, action, now))


def _act(connection: Connection, shop: ShopId, action: OrderAction, now: datetime) -> Outcome | None:
    status = changes.status_of(connection, shop, action.order_id)
    if status is None:
        return Outcome("refused")
    mine = changes.refund_of_action(connection, shop, action.id)
    if mine is not None:  # begun before: told again, not done again
        told = status if action.kind == "cancel" else mine.status
        return Outcome("done", no=mine.id, amount=mine.amount, status=told)
    match action.kind:
        case "cancel":
            return _cancel(connection, shop, action, status, now)
        case "change_address":
            wanted = {name: action.data[name] for name in ("address", "receiver", "phone") if action.data.get(name)}
            return _change(connection, shop, action, status, now, **wanted)
        case "change_note":
            return _change(connection, shop, action, status, now, note=action.data["note"])
        case "open_after_sale":
            return _open(connection, shop, action, status, now)
        case "withdraw_after_sale":
            return _withdraw(connection, shop, action, status, now)
        case "issue_coupon":  # of no order: the shop's own coupons are issued where they are kept
            return None


def _cancel(connection: Connection, shop: ShopId, action: OrderAction, status: str, now: datetime) -> Outcome:
    if status in ("closed", "refunding", "refunded"):
        return Outcome("already", status=status)
    if status not in _NOT_SENT:
        return Outcome("too_late", status=status)
    if status == "unpaid":
        changes.change_order(connection, shop, action.order_id, ("unpaid",), now, status="closed")
        return Outcome("done", status="closed", amount=Money(0))
    paid = changes.paid_for(connection, shop, action.order_id)
    values = {"kind": "refund_only", "status": "waiting_refund", "reason": action.data.get("reason", "不想要")}
    changes.change_order(connection, shop, action.order_id, ("paid",), now, status="refunding")
    no = changes.add_refund(connection, shop, action.id, action.order_id, now, amount=paid, **values)
    return Outcome("done", no=no, amount=paid, status="refunding")


def _change(
    connection: Connection, shop: ShopId, action: OrderAction, status: str, now: datetime, **values: str
) -> Outcome:
    if changes.change_order(connection, shop, action.order_id, _NOT_SENT, now, **values):
        return Outcome("done", status=status)
    return Outcome("refused" if status == "closed" else "too_late", status=status)


def _open(connection: Connection, shop: ShopId, action: OrderAction, status: str, now: datetime) -> Outcome:
    present = changes.open_refund(connection, shop, action.order_id)
    if present is not None:
        return Outcome("already", no=present.id, amount=present.amount, status=present.status)
    kind, amount = action.data["kind"], Money(int(action.data.get("amount_fen", "0")))
    allowed = ("delivered", "completed") if kind != "refund_only" else ("paid", "shipped", "delivered", "completed")
    if not changes.change_order(connection, shop, action.order_id, allowed, now, status="refunding"):
        return Outcome("refused", status=status)
    values = {"kind": kind, "status": "pending_review", "reason": action.data.get("reason", ""), "amount": amount}
    no = changes.add_refund(connection, shop, action.id, action.order_id, now, **values)
    return Outcome("done", no=no, amount=amount, status="pending_review")


def _withdraw(connection: Connection, shop: ShopId, action: OrderAction, status: str, now: datetime) -> Outcome:
    present = changes.open_refund(connection, shop, action.order_id)
    if present is None:
        return Outcome("already", status=status)
    changes.set_refund(connection, shop, present.id, "withdrawn", now)
    back = changes.status_before_after_sale(connection, shop, action.order_id)
    changes.change_order(connection, shop, action.order_id, ("refunding",), now, status=back)
    return Outcome("done", no=present.id, status=back)


class ProveOrder:
    """Tells whether a visitor knows the end of the phone number of an order; limited tries for him and for the order.

    An order that does not exist, one of another buyer and a wrong ending all end in the same word, by the same steps.
    """

    def __init__(self, db: Database, clock: Clock, orders: OrderSource) -> None:
        self._db = db
        self._clock = clock
        self._orders = orders

    async def __call__(
        self, shop: ShopId, visitor: str, order_id: str, ending: str
    ) -> tuple[Literal["ok", "no", "locked"], Order | None]:
        """Check one proof.

        Raises:
            SourceUnavailable: the shop's system cannot be asked.
        """
        now = self._clock.now()

        def count(connection: Connection) -> bool:
            own, order = changes.count_proofs(connection, shop, visitor, order_id, now - _WINDOW)
            if own >= _TRIES or order >= _TRIES:
                return False
            changes.add_proof(connection, shop, new_id(), visitor, order_id, now)
            return True

        if not await self._db.write(count):
            return "locked", None
        found = await self._orders.order_with_phone(shop, order_id, ending)
        return ("ok", found) if found is not None else ("no", None)
