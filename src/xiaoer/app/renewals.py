"""Access tokens are renewed before they end (授权续期): once, however many processes there are.

Twice an hour every system whose token ends soon gets a job; a look-up that hears that the token does not hold orders
the same job at once. The job's id names the token's state and the hour, so both orders are one, and a refusal is
tried again in the next hour. A job that finds another state than it was ordered for does nothing.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from xiaoer.app.systems import Systems
from xiaoer.infra import jobs
from xiaoer.infra.db import Database
from xiaoer.infra.job_runner import Jobs
from xiaoer.infra.jobs import Job
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.systems.types import System

LOOK, RENEW = "system.tokens", "system.renew"
_EVERY = timedelta(minutes=30)  # well within the two hours before the end (`systems.ending`)
_log = structlog.get_logger(__name__)


class Renewals:
    """Orders renewals and does them."""

    def __init__(self, db: Database, clock: Clock, systems: Systems, runner: Jobs) -> None:
        self._db, self._clock, self._systems = db, clock, systems
        systems.token_ended = self.order
        runner.every(LOOK, _EVERY, self._look)
        runner.handle(RENEW, self._renew)

    async def order(self, shop: ShopId, system: System) -> None:
        """Have the token of a system renewed, or the shop told that it must authorise anew."""
        now, state = self._clock.now(), _state(system)

        def change(connection: Connection) -> None:
            id_ = f"{RENEW}:{system.id}:{state}:{now:%Y%m%d%H}"
            jobs.enqueue(connection, shop, RENEW, {"system": system.id, "state": state}, at=now, id_=id_)

        await self._db.write(change)

    async def _look(self, job: Job) -> None:
        for system in await self._systems.ending(job.shop):
            await self.order(job.shop, system)

    async def _renew(self, job: Job) -> None:
        known = {system.id: system for system in await self._systems.listed(job.shop)}
        system = known.get(job.payload["system"])
        if system is None or _state(system) != job.payload["state"]:
            return
        after = await self._systems.renew(job.shop, system.id)
        _log.info("token_looked_after", shop=job.shop, system=system.id, refused=after.token_refused)


def _state(system: System) -> str:
    at: datetime | None = system.updated_at
    return f"{at.timestamp():.6f}" if at else ""
