"""Selling in this process (营销): bargaining, coupons, and what must be kept with an answer."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from xiaoer.flows.bargain_price import BargainPrice
from xiaoer.flows.quote_cart import QuoteCart
from xiaoer.infra.db import Database
from xiaoer.infra.job_runner import Jobs
from xiaoer.infra.jobs import Job
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.turn import Turn
from xiaoer.slices.bargaining.service import Bargaining
from xiaoer.slices.buyers.service import EmbeddedBuyers
from xiaoer.slices.catalog.service import EmbeddedCatalog

_RELEASE_EVERY = timedelta(minutes=10)


class Selling:
    """Flows and regular work around selling."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        jobs: Jobs,
        catalog: EmbeddedCatalog,
        quote: QuoteCart,
        buyers: EmbeddedBuyers,
    ) -> None:
        self._clock = clock
        self.bargaining = Bargaining(db)
        self.bargain = BargainPrice(self.bargaining, catalog, quote, buyers)
        jobs.every("bargain.release", _RELEASE_EVERY, self._release)

    def keep(self, connection: Connection, turn: Turn, effect: Any, now: datetime) -> bool:
        """Keep what an act promises, in the change that stores its words; False when it no longer holds."""
        return self.bargain.keep(connection, turn, effect, now)

    async def _release(self, job: Job) -> None:
        await self.bargaining.release_lapsed(job.shop, self._clock.now())
