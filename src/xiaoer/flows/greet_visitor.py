"""A newcomer is greeted (问候) by where the visit began; never in the middle of a talk or of a trouble.

The shop's greetings come first; without one that fits, the product's own words. The chips are what buyers asked
most about the product, else the questions of its knowledge entries, else what is usually asked about such goods.
"""

from datetime import datetime, timedelta
from typing import Protocol

from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.decision import Act, Decision, Source
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.reply import ReplyPart
from xiaoer.kernel.turn import TurnContext
from xiaoer.kernel.worktime import is_open
from xiaoer.slices.buyers.ports import CustomerSource
from xiaoer.slices.catalog.ports import ProductSource
from xiaoer.slices.conversations import of_buyer
from xiaoer.slices.orders.ports import OrderSource
from xiaoer.slices.outreach import store as outreach
from xiaoer.slices.outreach.comparing import Comparisons
from xiaoer.slices.replies import api as replies
from xiaoer.slices.replies.types import Templates
from xiaoer.slices.selling.rules.greeting import choose_greeting, fill_greeting, variant_of
from xiaoer.slices.selling.rules.questions import that_fit, three_chips, usual_questions
from xiaoer.slices.selling.service import SellingRules
from xiaoer.slices.selling.types import Greeting, OrderState, Visit
from xiaoer.slices.shops.service import Shops

_QUIET = timedelta(hours=24)  # after a talk that people had to take, nobody is greeted with offers
_BOUGHT = frozenset({"paid", "shipped", "delivered", "completed", "refunding", "refunded"})
_WORDED = {"order": "order", "after_sales": "order", "campaign": "campaign"}  # entries with words of their own
_CHIP = 20  # characters of a knowledge question that fit a chip


class KnowsQuestions(Protocol):
    """The questions of a product's knowledge entries."""

    async def questions_of(self, shop: ShopId, product_id: str, limit: int) -> tuple[str, ...]: ...


class KnowsPeople(Protocol):
    """Whether somebody is online at the desk just now, whatever the business hours say."""

    async def has_people(self, shop: ShopId) -> bool: ...


class GreetVisitor:
    """Words and chips for a buyer who has just opened the chat."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        shops: Shops,
        products: ProductSource,
        orders: OrderSource,
        buyers: CustomerSource,
        questions: KnowsQuestions,
        people: KnowsPeople,
        rules: SellingRules,
        trials: Comparisons,
        templates: Templates,
    ) -> None:
        self._db = db
        self._clock = clock
        self._shops = shops
        self._products = products
        self._orders = orders
        self._buyers = buyers
        self._questions = questions
        self._people = people
        self._rules = rules
        self._trials = trials
        self._templates = templates

    async def __call__(self, shop: ShopId, context: TurnContext, buyer_id: BuyerId) -> tuple[ReplyPart, ...]:
        """Return the greeting's parts, none for somebody whose trouble is still fresh.

        Who is held out of a greeting hears the product's own words, as if the shop had written none.
        """
        now = self._clock.now()
        if await self._db.read(lambda c: of_buyer.in_trouble(c, shop, buyer_id, now - _QUIET)):
            return ()
        visit = await self.visit(shop, context, buyer_id, now)
        chosen = choose_greeting([(d.id, d.value) for d in await self._rules.greetings.live(shop)], visit, now)
        if chosen is not None:
            trial = await self._trials(shop, f"greeting:{chosen[0]}", buyer_id, variant_of(*chosen, buyer_id))
            if trial is not None:
                await self._db.write(lambda c: outreach.enter_trial(c, shop, trial, buyer_id, now))
                chosen = None if trial.held_out else chosen
        return await self.words(shop, visit, chosen, now)

    async def visit(self, shop: ShopId, context: TurnContext, buyer_id: str, now: datetime) -> Visit:
        """What is known about a visit."""
        found = await self._shops.shop(shop)
        product = await self._products.product(shop, context.product_id) if context.product_id else None
        orders = await self._orders.orders_of(shop, buyer_id, 5) if buyer_id else ()
        buyer = await self._buyers.buyer(shop, buyer_id) if buyer_id else None
        state: OrderState = "none"
        if any(order.status == "refunding" for order in orders):
            state = "after_sales"
        elif any(order.status == "unpaid" for order in orders):
            state = "unpaid"
        return Visit(
            buyer_id,
            context.entry or "home",
            product,
            context.campaign_id or "",
            context.search or "",
            is_open(found.hours, now) or await self._people.has_people(shop),
            any(order.status in _BOUGHT for order in orders),
            state,
            found.name,
            buyer.nick if buyer else "",
        )

    async def words(
        self, shop: ShopId, visit: Visit, chosen: tuple[str, Greeting] | None, now: datetime
    ) -> tuple[ReplyPart, ...]:
        """The greeting of a visit, by the chosen rule or by the product's own words."""
        product = visit.product
        sources = (Source("product", product.id, product.title),) if product else ()
        if chosen is None:
            act = self._own(visit, sources, await self._chips(shop, visit, ()))
        else:
            id_, greeting = chosen
            text = fill_greeting(greeting.texts[variant_of(id_, greeting, visit.buyer_id)], visit, now)
            chips = await self._chips(shop, visit, greeting.chips) if greeting.asks else greeting.chips[:4]
            slots = {"text": text, "chips": chips, "title": product.title if product else ""}
            act = Act("greet", 0, "greet.rule", slots, sources, f"greeting.{id_}")
        return replies.compose(Decision((act,)), self._templates, now, visit.buyer_id).parts

    async def _chips(self, shop: ShopId, visit: Visit, own: tuple[str, ...]) -> tuple[str, ...]:
        if visit.product is None:
            return three_chips(own, usual_questions(None))
        asked = await self._rules.fact(shop, visit.product.id, "asked")
        written = await self._questions.questions_of(shop, visit.product.id, 3)
        return three_chips(
            own,
            that_fit(map(str, asked), visit.product),
            [w for w in written if len(w) <= _CHIP],
            usual_questions(visit.product),
        )

    @staticmethod
    def _own(visit: Visit, sources: tuple[Source, ...], chips: tuple[str, ...]) -> Act:
        if visit.product is not None:
            slots = {"title": visit.product.title, "chips": chips}
            return Act("greet", 0, "greet.product", slots, sources, "greet.product")
        if visit.entry in _WORDED:
            return Act("greet", 0, f"greet.{_WORDED[visit.entry]}", rule_id=f"greet.{visit.entry}")
        return Act("greet", 0, "greet.home", {"shop": visit.shop_name}, rule_id="greet.home")
