"""What an automation brought (增量报告): buyers it reached against buyers who were held out of it by chance.

A buyer counts once, from the first moment, with what he paid within the shop's attribution window less refunds.
Buyers whose window is still open count too, in both arms alike.
"""

from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.orders.store import reads as orders
from xiaoer.slices.outreach import store
from xiaoer.slices.outreach.comparing import Comparisons
from xiaoer.slices.outreach.rules.uplift import (
    Entry,
    Estimate,
    Outcomes,
    Paid,
    measure_conversion,
    measure_revenue,
    outcomes_of,
    together,
)


class Variant(Struct, frozen=True):
    """One wording of a greeting against the buyers who were held out."""

    number: int
    outcomes: Outcomes
    conversion: Estimate | None


class Report(Struct, frozen=True):
    """Both arms of one automation, and the estimates; None while there is too little."""

    automation: str
    treated: Outcomes
    held_out: Outcomes
    conversion: Estimate | None
    revenue: Estimate | None
    variants: tuple[Variant, ...]
    window_h: int
    days: int


class MeasureAutomations:
    """Reads who was assigned and who paid."""

    def __init__(self, db: Database, clock: Clock, comparisons: Comparisons) -> None:
        self._db = db
        self._clock = clock
        self._comparisons = comparisons

    async def __call__(self, shop: ShopId, days: int, automation: str = "") -> dict[str, Report]:
        """The report of every automation (or of one) that somebody entered in the last `days`."""
        now, hours = self._clock.now(), (await self._comparisons.settings(shop)).window_h
        since, until = now - timedelta(days=days), now + timedelta(seconds=1)
        entries, paid = await self._db.read(lambda c: _read(c, shop, since, until, automation))
        return {name: _report(name, found, paid, hours, days) for name, found in entries.items()}


def _read(
    connection: Connection, shop: ShopId, since: datetime, until: datetime, automation: str
) -> tuple[dict[str, list[Entry]], dict[str, list[Paid]]]:
    entries = store.entries(connection, shop, since, until, automation)
    return entries, orders.paid_since(connection, shop, since) if entries else {}


def _report(name: str, entries: list[Entry], paid: dict[str, list[Paid]], hours: int, days: int) -> Report:
    found = outcomes_of(entries, paid, timedelta(hours=hours))
    treated = together(part for (arm, _), part in sorted(found.items()) if arm == "treated")
    held = together(part for (arm, _), part in sorted(found.items()) if arm == "held_out")
    numbers = sorted(number for arm, number in found if arm == "treated")
    variants = tuple(
        Variant(number, found["treated", number], measure_conversion(found["treated", number], held))
        for number in (numbers if len(numbers) > 1 else ())
    )
    conversion, revenue = measure_conversion(treated, held), measure_revenue(treated, held)
    return Report(name, treated, held, conversion, revenue, variants, hours, days)
