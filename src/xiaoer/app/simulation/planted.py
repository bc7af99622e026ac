"""A planted effect (已知增量): a shop whose truth is known, to see whether the reports find it.

A quarter of the buyers pay an unpaid order by themselves; of those who are reminded, some more. Amounts are log-normal,
and some payments are given back in full. `run_planted` takes this through the product's real tables: events start
journeys, durable timers fire, messages are written, payments stop what waits, refunds are taken off.
"""

from datetime import datetime, timedelta
from math import exp
from pathlib import Path
from random import Random

from xiaoer.app.wiring import Wiring
from xiaoer.flows.measure_automations import Report
from xiaoer.infra.clock import ManualClock
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.kernel.money import Money
from xiaoer.slices.insights import api as insights
from xiaoer.slices.outreach.types import Caps, Journey, Step

PAYS, PAYS_REACHED = 0.25, 0.31  # shares who pay without and with a reminder
RETURNS = 0.1  # of the payments, given back in full
_TYPICAL_FEN, _SPREAD = 12_000, 0.6  # median and log-deviation of an order's amount
_REMIND = "planted"


def draw_fen(dice: Random) -> int:
    """The amount of one order, fen."""
    return max(1, round(_TYPICAL_FEN * dice.lognormvariate(0, _SPREAD)))


def mean_fen() -> float:
    """The mean of `draw_fen`."""
    return _TYPICAL_FEN * exp(_SPREAD**2 / 2)


async def run_planted(home: Path, buyers: int, start: datetime, seed: int, span: timedelta) -> Report:
    """Let `buyers` leave an order unpaid within `span` from `start` (aware), half of them held out; return the report.

    The database in `home` is made by this run.
    """
    dice, clock, shop = Random(seed), ManualClock(start), DEFAULT_SHOP
    settings = Settings(home=home)
    upgrade(settings.url)
    product = Wiring(settings, clock)
    try:
        await product.shops.ensure_shop(shop, "增量验证")
        journey = Journey("催付", "order_unpaid", (Step(15, "订单{订单尾号}还没付款"),), hold_out=5_000)
        await product.selling.remind.journeys.save(shop, _REMIND, journey, start)
        await product.selling.remind.caps.save(shop, "caps", Caps(quiet_from_min=0, quiet_to_min=0), start)
        amounts = [draw_fen(dice) for _ in range(buyers)]
        luck = [(dice.random(), dice.random()) for _ in range(buyers)]
        created = [
            Event(shop, f"sim:c{n}", "order.created", start + span * n / buyers, buyer_id=f"b-{n}",
                  data={"order_id": f"O{n}", "pay_amount": Money(amounts[n]).yuan})
            for n in range(buyers)
        ]  # fmt: skip
        for first in range(0, buyers, 200):
            clock.advance(created[first].at - clock.now())
            await product.take_events(shop, created[first : first + 200])
            await product.jobs.run_due()
        clock.advance(timedelta(minutes=16) + span)
        await product.jobs.run_due()
        until = clock.now() + timedelta(seconds=1)
        sent = await product.db.read(lambda c: insights.of_type(c, shop, "outreach.sent", start, until))
        reached = {fact["buyer_id"] for fact in sent}
        for first in range(0, buyers, 200):
            facts = []
            for number in range(first, min(first + 200, buyers)):
                pays, returns = luck[number]
                if pays >= (PAYS_REACHED if f"b-{number}" in reached else PAYS):
                    continue
                data = {"order_id": f"O{number}", "pay_amount": Money(amounts[number]).yuan}
                facts.append(
                    Event(shop, f"sim:p{number}", "order.paid", clock.now(), buyer_id=f"b-{number}", data=data)
                )
                if returns < RETURNS:
                    back = {"order_id": f"O{number}", "amount": Money(amounts[number]).yuan}
                    at = clock.now() + timedelta(seconds=1)
                    facts.append(Event(shop, f"sim:r{number}", "order.refunded", at, buyer_id=f"b-{number}", data=back))
            await product.take_events(shop, facts)
        clock.advance(timedelta(minutes=1))
        return (await product.selling.measure(shop, 30))[f"journey:{_REMIND}"]
    finally:
        await product.stop()
