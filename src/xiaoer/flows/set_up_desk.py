"""How the desk works (接待设置): business hours and holidays, limits, ratings; changed together, kept in the audit."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection

from xiaoer.infra import audit
from xiaoer.infra.db import Database
from xiaoer.kernel.clock import SHOP_ZONE, Clock
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.worktime import BusinessHours
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.types import DeskSettings
from xiaoer.slices.shops import api as shops
from xiaoer.slices.shops.types import Principal

_KEPT_DAYS = 60  # a holiday that is over is kept so long, for clocks of tickets that ran over it


class SetUpDesk:
    """Changes how the desk works."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def settings(self, shop: ShopId) -> DeskSettings:
        """Read from the rows, so that one who has just changed them sees it."""
        return await self._db.read(lambda c: desk.get_settings(c, shop))

    async def change(self, who: Principal, hours: BusinessHours | None, changes: Mapping[str, Any]) -> DeskSettings:
        """Keep new hours and limits; None and what is not named stay.

        Raises:
            NotFound: no such shop.
        """
        now = self._clock.now()

        def change(connection: Connection) -> DeskSettings:
            detail = dict(changes)
            if hours is not None:
                kept = _without_past(hours, now)
                shops.set_hours(connection, who.shop, kept, now)
                detail["hours"] = msgspec.to_builtins(kept, str_keys=True)
            audit.record(connection, who.shop, f"{who.name} {who.staff_id}", "desk.settings", "desk", now, **detail)
            return desk.change_settings(connection, who.shop, changes)

        return await self._db.write(change)


def _without_past(hours: BusinessHours, now: datetime) -> BusinessHours:
    oldest = (now.astimezone(SHOP_ZONE).date() - timedelta(days=_KEPT_DAYS)).isoformat()
    return msgspec.structs.replace(hours, special={d: span for d, span in sorted(hours.special.items()) if d >= oldest})
