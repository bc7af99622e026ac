"""Selling in this process (营销): greetings, picks, scenes, bargaining, and what must be kept with an answer."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from xiaoer.app.answering import take_events
from xiaoer.app.pushes import read_again
from xiaoer.app.sources import LiveCatalog
from xiaoer.flows.bargain_price import BargainPrice
from xiaoer.flows.greet_visitor import GreetVisitor, KnowsPeople
from xiaoer.flows.measure_automations import MeasureAutomations
from xiaoer.flows.pick_products.pick import PickProducts
from xiaoer.flows.quote_cart import QuoteCart
from xiaoer.flows.remind_buyer.fire import RemindBuyer
from xiaoer.flows.remind_buyer.still import LookAgain
from xiaoer.infra.db import Database
from xiaoer.infra.job_runner import Jobs
from xiaoer.infra.jobs import Job
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.decision import Decision, Refusal, Trial
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.events import Event
from xiaoer.kernel.heard import Heard
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.turn import Turn
from xiaoer.slices.bargaining.service import Bargaining
from xiaoer.slices.buyers.service import EmbeddedBuyers
from xiaoer.slices.catalog import alerts
from xiaoer.slices.conversations.types import Conversation
from xiaoer.slices.insights import api as insights
from xiaoer.slices.knowledge.service import EntryService
from xiaoer.slices.knowledge.types import EntryFilter
from xiaoer.slices.orders.service import EmbeddedOrders
from xiaoer.slices.orders.store import reads
from xiaoer.slices.outreach import store as outreach
from xiaoer.slices.outreach.comparing import Comparisons
from xiaoer.slices.promotions.service import Promotions
from xiaoer.slices.replies.types import Templates
from xiaoer.slices.selling.rules.questions import most_asked
from xiaoer.slices.selling.rules.together import bought_together
from xiaoer.slices.selling.service import SellingRules, refuse
from xiaoer.slices.shops.service import Shops

_RELEASE_EVERY = timedelta(minutes=10)
_EXPIRE_EVERY = timedelta(minutes=30)
_WATCH_EVERY = timedelta(minutes=10)
_WATCHED = 200  # products asked about in one round
_LEARN_EVERY = timedelta(hours=6)
_ASKED = timedelta(days=14)
_BOUGHT = timedelta(days=180)


class EntryQuestions:
    """Questions of a product's knowledge entries, as chips."""

    def __init__(self, entries: EntryService) -> None:
        self._entries = entries

    async def questions_of(self, shop: ShopId, product_id: str, limit: int) -> tuple[str, ...]:
        wanted = EntryFilter(status="published", product_id=product_id)
        page = await self._entries.page(shop, wanted, 0, limit)
        return tuple(entry.draft.question for entry in page.entries)


class Selling:
    """Flows and regular work around selling."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        jobs: Jobs,
        shops: Shops,
        catalog: LiveCatalog,
        orders: EmbeddedOrders,
        buyers: EmbeddedBuyers,
        quote: QuoteCart,
        promotions: Promotions,
        entries: EntryService,
        templates: Templates,
        people: KnowsPeople,
        told: Callable[[Conversation], None],
    ) -> None:
        self._db = db
        self._clock = clock
        self._catalog = catalog
        self._orders = orders
        self.rules = SellingRules(db)
        self.bargaining = Bargaining(db)
        self.bargain = BargainPrice(self.bargaining, catalog, quote, buyers, promotions)
        self.picks = PickProducts(self.rules, catalog, orders, promotions, quote)
        self.trials = Comparisons(db)
        self.measure = MeasureAutomations(db, clock, self.trials)
        self.greet = GreetVisitor(
            db,
            clock,
            shops,
            catalog,
            orders,
            buyers,
            EntryQuestions(entries),
            people,
            self.rules,
            self.trials,
            templates,
        )
        self.remind = RemindBuyer(db, clock, jobs, shops, LookAgain(orders, catalog, promotions), told)
        self._promotions = promotions
        jobs.every("bargain.release", _RELEASE_EVERY, self._release)
        jobs.every("coupons.expire", _EXPIRE_EVERY, self._expire)
        jobs.every("stock.watch", _WATCH_EVERY, self._watch_stock)
        jobs.every("selling.learn", _LEARN_EVERY, self._learn)

    def keep(self, connection: Connection, turn: Turn, effect: Any, now: datetime) -> bool:
        """Keep what an act promises, in the change that stores its words; False when it no longer holds."""
        if isinstance(effect, Refusal) and effect.kind == "proactive":
            self.remind.opt_out(connection, turn.shop, turn.buyer_id, now)
            return True
        if isinstance(effect, Refusal):
            refuse(connection, turn.shop, turn.buyer_id, effect.kind, now)
            return True
        return self.bargain.keep(connection, turn, effect, now)

    async def noting(
        self, turn: Turn, heard: Heard, decision: Decision, trials: Sequence[Trial], now: datetime
    ) -> Callable[[Connection], None]:
        """Return what selling remembers of a turn, to be run in the change that stores it."""
        return await self.remind.noting(turn, heard, decision, trials, now)

    async def take_events(self, shop: ShopId, facts: list[Event]) -> int:
        """Keep shop events, with the journeys that they start and stop; return how many were new."""
        journeys = await self.remind.before(shop)

        def change(connection: Connection) -> int:
            known = insights.data_of(connection, shop, [fact.id for fact in facts])
            new = take_events(connection, shop, facts, self._clock.now())
            fresh = {fact.id: fact for fact in facts if fact.id not in known}
            journeys(connection, list(fresh.values()))
            for fact in fresh.values():
                order_id = str(fact.data.get("order_id") or "")
                if order_id and not fact.buyer_id and not reads.buyer_of(connection, shop, order_id):
                    read_again(connection, shop, fact, self._clock.now())
            return new

        return await self._db.write(change)

    async def _release(self, job: Job) -> None:
        await self.bargaining.release_lapsed(job.shop, self._clock.now())

    async def _expire(self, job: Job) -> None:
        await self.expire(job.shop)

    async def expire(self, shop: ShopId) -> None:
        """Expire coupons past their end; their budget is free again."""
        await self._promotions.expire(shop)

    async def _watch_stock(self, job: Job) -> None:
        """Ask the shop's system about goods that somebody waits for: not every system tells when stock changes."""
        shop, since = job.shop, self._clock.now() - outreach.FORGET
        if self._catalog.systems is None or not await self._catalog.systems.serving(shop, "stock"):
            return

        def awaited(connection: Connection) -> list[str]:
            asked = outreach.asked_for_stock(connection, shop, since, _WATCHED)
            return list(dict.fromkeys([*alerts.awaited(connection, shop, _WATCHED), *asked]))[:_WATCHED]

        for product_id in await self._db.read(awaited):
            try:
                await self._catalog.variants(shop, product_id)  # what differs is kept, and the news of it ordered
            except SourceUnavailable:
                return

    async def _learn(self, job: Job) -> None:
        await self.learn(job.shop)

    async def learn(self, shop: ShopId) -> None:
        """Compute what buyers ask most about each product, and what is bought together."""
        now = self._clock.now()
        until = now + timedelta(seconds=1)
        asked: dict[str, list[str]] = {}
        for turn in await self._db.read(lambda c: insights.of_type(c, shop, "turn.decided", now - _ASKED, until)):
            if turn.get("product_id"):
                asked.setdefault(turn["product_id"], []).extend(turn["intents"])
        chips = {product: most_asked(intents) for product, intents in asked.items()}
        await self.rules.learn(shop, "asked", {p: c for p, c in chips.items() if c}, now)
        baskets = await self._orders.baskets(shop, now - _BOUGHT)
        owners = await self._owners(shop, {variant for basket in baskets for variant in basket})
        goods = [[owners[v] for v in basket if v in owners] for basket in baskets]
        await self.rules.learn(shop, "together", bought_together(goods), now)

    async def _owners(self, shop: ShopId, variants: Sequence[str] | set[str]) -> dict[str, str]:
        return {
            variant: found.product_id
            for variant in variants
            if (found := await self._catalog.variant(shop, variant)) is not None
        }
