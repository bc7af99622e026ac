"""Days on the road (在途天数) to a place, as the shop's own parcels took lately.

Kept in the process for an hour a shop: only the head of an address, where province and city stand, and a count of days.
"""

import time
from datetime import timedelta

from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.regions import province_of
from xiaoer.kernel.shop_facts import Transit
from xiaoer.slices.orders.rules import usual_range
from xiaoer.slices.orders.store import reads

_FRESH_S = 3600.0
_LATELY = timedelta(days=90)
_NEWEST = 3_000  # orders looked at


class TransitTimes:
    """How long parcels to a place took."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self._known: dict[ShopId, tuple[float, list[tuple[str, int]]]] = {}

    async def __call__(self, shop: ShopId, place: str) -> Transit | None:
        """The usual range of days to a place, else to its province; None when too few parcels arrived there lately."""
        held = self._known.get(shop)
        if held is None or held[0] < time.monotonic():
            since = self._clock.now() - _LATELY

            def read(connection: Connection) -> list[tuple[str, int]]:
                return reads.days_on_the_road(connection, shop, since, _NEWEST)

            held = self._known[shop] = (time.monotonic() + _FRESH_S, await self._db.read(read))
        days = [count for address, count in held[1] if place in address]
        found = usual_range(days)
        if found is None and (province := province_of(place)):  # of a city without parcels its province's tell
            place, days = province, [count for address, count in held[1] if province_of(address) == province]
            found = usual_range(days)
        return Transit(place, *found, len(days)) if found else None
