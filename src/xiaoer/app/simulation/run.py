"""A run (模拟): a sample shop is opened in the past, buyers come through its days, the figures are read at the end."""

import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from time import process_time

from msgspec import Struct, structs

from xiaoer.app.demo.generate import generate, write_folder
from xiaoer.app.demo.selling import write_rules
from xiaoer.app.demo.shelf import list_goods, stock_shelf
from xiaoer.app.simulation.buyer import SimulatedBuyer
from xiaoer.app.simulation.market import Market, Script
from xiaoer.app.simulation.rhythm import draw_moment
from xiaoer.app.wiring import Wiring
from xiaoer.flows.measure_automations import Report
from xiaoer.infra.clock import ManualClock
from xiaoer.infra.settings import Settings
from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.errors import Conflict
from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.kernel.money import Money
from xiaoer.kernel.worktime import BusinessHours
from xiaoer.slices.conversations import told
from xiaoer.slices.shops.types import Principal, Role, Shop

_GOODS = ("products", "variants", "knowledge", "promotions")
_AFTER = timedelta(days=1)  # orders and timers of the last day go on for so long


class Plan(Struct, frozen=True):
    """What to simulate. `until` (aware) is where virtual time ends, so that the shop can be opened now; `effect` is the
    share of unpaid orders that a reminder turns into paid ones, `hold_out` basis points of buyers left alone."""

    buyers: int
    days: int
    seed: int
    until: datetime
    effect: float = 0.2
    hold_out: int = 2_000


class Outcome(Struct, frozen=True):
    """What happened. `revenue` is what was paid less what was given back; `cpu_s` the processor time of the run."""

    counts: Counter[str]
    revenue: Money
    granted: Money
    reports: dict[str, Report]
    titles: dict[str, str]
    digest: str
    cpu_s: float


async def simulate(settings: Settings, plan: Plan, progress: Callable[[float], None]) -> Outcome:
    """Run the plan in the database of `settings`; `progress` hears the share of virtual time that is over.

    Raises:
        Conflict: the shop has conversations already; a run that mixes with them could not be repeated.
    """
    first = (plan.until - _AFTER).astimezone(SHOP_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    start, shop = first - timedelta(days=plan.days), DEFAULT_SHOP
    clock, dice = ManualClock(start), Random(plan.seed)
    product = Wiring(settings, clock)
    began = process_time()
    try:
        if await product.db.read(lambda c: told.count(c, shop)):
            raise Conflict("This shop has conversations already. Give the simulation an empty folder with --home.")
        await product.shops.save_shop(shop, Shop(shop, "小满生活馆（模拟）", "", BusinessHours(0, 0)))
        await _open(product, start, plan)
        staff = await product.shops.add_staff(shop, "owner", "店主", Role.OWNER, "xiaoer-owner")
        people = Principal(shop, Role.OWNER, staff.id, staff.name)
        await product.desk.agents.change(people, {"status": "online", "capacity": 200})
        market = Market(product, shop, clock, dice, people)
        goods = list_goods(stock_shelf(start))
        buyers = {}
        for number in range(plan.buyers):
            buyer = SimulatedBuyer(market, number, plan.seed, goods, plan.effect)
            buyers[buyer.id] = buyer
            market.add(buyer.live(), draw_moment(buyer.dice, start + timedelta(days=buyer.dice.randrange(plan.days))))

        def reminded(buyer_id: str, trigger: str) -> Script | None:
            known = buyers.get(buyer_id)
            return known.return_to_it() if known and trigger != "delivered" else None

        market.reminded = reminded
        whole = (plan.until - start).total_seconds()
        await market.run(plan.until, lambda at: progress((at - start).total_seconds() / whole))
        await product.insights.roll_up(shop)
        reports = await product.selling.measure(shop, plan.days + 2)
        grants = await product.selling.bargaining.grants(shop, start, 100_000)
        paid = await product.orders.paid_since(shop, start)
        revenue = Money(sum(fen for each in paid.values() for _, fen in each))
        granted = Money(sum(grant.amount.fen for grant in grants if grant.state != "released"))
        titles = {f"journey:{d.id}": d.value.title for d in await product.selling.remind.journeys.all(shop)}
        titles |= {f"greeting:{d.id}": d.value.title for d in await product.selling.rules.greetings.all(shop)}
        titles |= {f"scene:{d.id}": d.value.title for d in await product.selling.rules.scenes.all(shop)}
        counts = market.counts
        return Outcome(counts, revenue, granted, reports, titles, market.digest, process_time() - began)
    finally:
        await product.stop()


async def _open(product: Wiring, start: datetime, plan: Plan) -> None:
    """Goods, knowledge, promotions and rules of the sample shop, as of the first day."""
    with tempfile.TemporaryDirectory(prefix="xiaoer-sim-") as folder:
        path = Path(folder)
        _write_goods(path, start)
        await product.importer.import_folder(DEFAULT_SHOP, path, by="模拟")
    await write_rules(product, DEFAULT_SHOP, start)
    for document in await product.selling.remind.journeys.all(DEFAULT_SHOP):
        changed = structs.replace(document.value, hold_out=plan.hold_out)
        await product.selling.remind.journeys.save(DEFAULT_SHOP, document.id, changed, start, version=document.version)


def _write_goods(path: Path, start: datetime) -> None:
    """What the sample shop sells and says, without its buyers and their orders."""
    write_folder(generate(start), path)
    for file in path.iterdir():
        if file.stem not in _GOODS:
            file.unlink()
