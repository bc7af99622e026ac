"""The shop's own orders (订单) and parcels, read from the tables."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.kernel.commerce import Order, Shipment
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.orders.rules import is_newer_trace, merge_order
from xiaoer.slices.orders.store import reads, sinks


class EmbeddedOrders:
    """`OrderSource` and `ShipmentSource` over the shop's own rows."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def order(self, shop: ShopId, order_id: str) -> Order | None:
        return await self._db.read(lambda c: reads.get(c, shop, order_id))

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int = 10) -> tuple[Order, ...]:
        return await self._db.read(lambda c: reads.of_buyer(c, shop, buyer_id, limit)) if buyer_id else ()

    async def kept_at(self, shop: ShopId, buyer_id: str) -> datetime | None:
        """When one of this buyer's orders was brought up to date last; None when there are none."""
        return await self._db.read(lambda c: reads.kept_at(c, shop, buyer_id))

    async def baskets(self, shop: ShopId, since: datetime) -> list[list[str]]:
        """The variants of every order that was bought since."""
        return await self._db.read(lambda c: reads.baskets(c, shop, since))

    async def paid_since(self, shop: ShopId, since: datetime) -> dict[str, list[tuple[datetime, int]]]:
        """By buyer: when each order was paid since, and its fen less what was paid back."""
        return await self._db.read(lambda c: reads.paid_since(c, shop, since))

    async def statuses_of(self, shop: ShopId, buyer_ids: Sequence[str]) -> dict[str, list[str]]:
        """Statuses of every order of these buyers, for lists that show one chip a buyer."""
        return await self._db.read(lambda c: reads.statuses_of(c, shop, buyer_ids))

    async def order_with_phone(self, shop: ShopId, order_id: str, ending: str) -> Order | None:
        found = await self.order(shop, order_id)
        four = len(ending) == 4 and ending.isascii() and ending.isdigit()
        return found if four and found is not None and found.phone.endswith(ending) else None

    async def track(self, shop: ShopId, waybill_no: str) -> Shipment | None:
        return await self._db.read(lambda c: reads.by_waybill(c, shop, waybill_no))

    async def keep(self, shop: ShopId, orders: Sequence[Order], now: datetime) -> int:
        """Store orders as another system tells them now; return how many differed from what was known.

        What that system does not tell (whose order it is, contact data, traces of a parcel) stays as it was.
        """
        known = await self._db.read(lambda c: {order.id: reads.get(c, shop, order.id) for order in orders})
        merged = [merge_order(order, known.get(order.id)) for order in orders]
        changed = [order for order in merged if order != known.get(order.id)]

        def change(connection: Connection) -> None:
            sinks.keep_whole(connection, shop, changed, now)

        if changed:
            await self._db.write(change)
        return len(changed)

    async def keep_parcel(self, shop: ShopId, parcel: Shipment, now: datetime) -> bool:
        """Store a pushed trace unless what is known is as new; return whether it was kept."""

        def change(connection: Connection) -> bool:
            known = reads.parcels_of_waybill(connection, shop, parcel.waybill_no)
            newer = [old for old in known if is_newer_trace(parcel, old)]
            sinks.keep_traces(connection, shop, newer, parcel, now)
            return bool(newer)

        return await self._db.write(change)
