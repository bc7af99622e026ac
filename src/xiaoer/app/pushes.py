"""Pushes of the shop's systems (消息推送): facts are kept once, parcels move on, orders are read anew.

Everything that a push causes is written in one change: the event facts, and a job per order that reads it again
through its port; where no connected system serves orders, the own rows follow events that tell all of them. So a push
that was answered with success is never half done, and a crash in between loses nothing.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from xiaoer.app.systems import Systems
from xiaoer.connectors.push import Push, Pushed
from xiaoer.infra import jobs
from xiaoer.infra.db import Database
from xiaoer.infra.job_runner import Jobs
from xiaoer.infra.jobs import Job
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights import api as insights
from xiaoer.slices.orders.happening import take_event
from xiaoer.slices.orders.service import EmbeddedOrders

_REREAD = "order.reread"
Journeys = Callable[[ShopId], Awaitable[Callable[[Connection, Sequence[Event]], None]]]


def read_again(connection: Connection, shop: ShopId, event: Event, now: datetime) -> None:
    """Order that the order which an event names is read through its port."""
    order_id = str(event.data.get("order_id") or "")
    if order_id:
        payload = {"order_id": order_id, "id": event.id, "type": event.type, "at": event.at.isoformat()}
        id_, subject = f"{_REREAD}:{event.id}", f"order:{order_id}"
        jobs.enqueue(connection, shop, _REREAD, payload, at=now, id_=id_, subject=subject)


class Pushes:
    """Takes what platforms push."""

    def __init__(self, db: Database, clock: Clock, systems: Systems, orders: EmbeddedOrders, runner: Jobs) -> None:
        self._db, self._clock, self._systems, self._orders = db, clock, systems, orders
        self.journeys: Journeys | None = None
        runner.handle(_REREAD, self._reread)

    async def __call__(self, push: Push, system_id: str) -> Pushed:
        """Check, read and keep one push.

        Raises:
            NotFound: no such system. Unauthorised: forged. InvalidBody: it cannot be read.
        """
        _, pushed = await self._systems.read_push(push.shop, system_id, push)
        now = self._clock.now()
        for parcel in pushed.shipments:
            await self._orders.keep_parcel(push.shop, parcel, now)

        take = await self.journeys(push.shop) if self.journeys and pushed.events else None
        follow = pushed.whole and not await self._systems.serving(push.shop, "orders")

        def change(connection: Connection) -> None:
            known = insights.data_of(connection, push.shop, [event.id for event in pushed.events])
            insights.append_new(connection, push.shop, list(pushed.events))
            for event in sorted(pushed.events, key=lambda event: event.at) if follow else ():
                take_event(connection, push.shop, event, now)
            if take is not None:
                take(connection, [event for event in pushed.events if event.id not in known])
            for event in pushed.events:
                read_again(connection, push.shop, event, now)

        if pushed.events:
            await self._db.write(change)
        return pushed

    async def _reread(self, job: Job) -> None:
        """Read an order through its port; that keeps it in the own rows, and tells whose it is if the push did not."""
        shop, data = job.shop, job.payload
        order = await self._orders.order(shop, str(data["order_id"]))
        if order is None or self.journeys is None or "type" not in data:
            return
        take, at = await self.journeys(shop), datetime.fromisoformat(data["at"])
        again = Event(shop, data["id"], data["type"], at, buyer_id=order.buyer_id, data={"order_id": order.id})
        await self._db.write(lambda c: take(c, [again]))  # the same event starts nothing twice
