"""The strip above the workbench (今日数据): people's talks of today, what their buyers ordered, yesterday's pace."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from msgspec import structs
from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.kernel.clock import SHOP_ZONE, Clock
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.conversations import owners
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.rules import strip
from xiaoer.slices.insights import api as insights

_DAY = timedelta(days=1)


class ReadsOrders(Protocol):
    """Order statuses of several buyers at once."""

    async def statuses_of(self, shop: ShopId, buyer_ids: Sequence[str]) -> dict[str, list[str]]: ...


class ShowStrip:
    """Counts for one agent; a day that is over is counted once."""

    def __init__(self, db: Database, clock: Clock, orders: ReadsOrders) -> None:
        self._db = db
        self._clock = clock
        self._orders = orders
        self._over: dict[tuple[ShopId, datetime], strip.Speed] = {}

    async def __call__(self, shop: ShopId, staff_id: str) -> strip.Strip:
        """Today in the shop's time."""
        now = self._clock.now()
        today = now.astimezone(SHOP_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        yesterday = await self._yesterday(shop, today)

        def query(connection: Connection) -> tuple[dict[str, Any], strip.Speed, set[str]]:
            speed = _speed(connection, shop, today, now + timedelta(seconds=1), now)
            assigned = insights.of_type(connection, shop, "conversation.assigned", today, now + timedelta(seconds=1))
            waiting = owners.of_state(connection, shop, "queued", 1_000)
            cases = desk.get_cases(connection, shop, [c.id for c in waiting])
            waits = [(now - case.queued_at).total_seconds() for case in cases.values() if case.queued_at]
            figures = {
                "received": len({fact["conversation_id"] for fact in assigned}),
                "mine": owners.loads(connection, shop).get(staff_id, 0),
                "queued": len(waiting),
                "longest_wait_s": round(max(waits, default=0)),
                "inquiry_paid_ratio": insights.inquiry_paid_ratio(connection, shop, today),
            }
            return figures, speed, {fact["buyer_id"] for fact in assigned if fact["buyer_id"]}

        figures, speed, buyers = await self._db.read(query)
        known = await self._orders.statuses_of(shop, sorted(buyers))
        not_ordered, unpaid, paid = strip.by_orders(known.get(buyer, []) for buyer in buyers)
        return strip.Strip(
            **structs.asdict(speed),
            **figures,
            not_ordered=not_ordered,
            unpaid=unpaid,
            paid=paid,
            yesterday=yesterday,
        )

    async def _yesterday(self, shop: ShopId, today: datetime) -> strip.Speed:
        found = self._over.get((shop, today))
        if found is None:
            found = await self._db.read(lambda c: _speed(c, shop, today - _DAY, today, today))
            self._over = {key: value for key, value in self._over.items() if key[0] != shop} | {(shop, today): found}
        return found


def _speed(connection: Connection, shop: ShopId, since: datetime, until: datetime, now: datetime) -> strip.Speed:
    asked, sent, rated = (
        insights.of_type(connection, shop, type_, since, until)
        for type_ in ("message.received", "message.sent", "conversation.rated")
    )
    return strip.speed(asked, sent, [rating["score"] for rating in rated], now)
