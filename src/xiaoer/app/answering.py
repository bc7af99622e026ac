"""The answer path of this process (回答的装配): what is gathered, what is done, and who stands behind each port."""

from datetime import datetime

import msgspec
import structlog
from sqlalchemy import Connection

from xiaoer.app.acting import LiveOrderActions
from xiaoer.app.desk import Desk
from xiaoer.app.sources import LiveBuyers, LiveCatalog, LiveOrders
from xiaoer.app.systems import Systems
from xiaoer.flows.act_on_order import ActOnOrder
from xiaoer.flows.gather_facts.gather import GatherFacts
from xiaoer.flows.gather_facts.ports import Sells
from xiaoer.flows.issue_coupon import IssueCoupon
from xiaoer.flows.perform_todos import PerformTodos
from xiaoer.flows.price_answers import AnswerPrices
from xiaoer.flows.quote_cart import QuoteCart
from xiaoer.infra.db import Database
from xiaoer.infra.jobs import Job, finish
from xiaoer.kernel.answer import Answer, Feeling, TurnView
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.reply import ReplyPart
from xiaoer.kernel.shop_facts import TicketBrief
from xiaoer.kernel.turn import TextContent
from xiaoer.slices.actions import api as actions
from xiaoer.slices.actions.types import ActionRow
from xiaoer.slices.catalog import alerts
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.conversations.types import Received
from xiaoer.slices.insights import api as insights
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.orders.acting import ProveOrder
from xiaoer.slices.orders.happening import take_event
from xiaoer.slices.orders.transit import TransitTimes
from xiaoer.slices.promotions.answers import PromotionAnswers
from xiaoer.slices.promotions.service import Promotions
from xiaoer.slices.promotions.types import BuyerFacts
from xiaoer.slices.terms.service import ShopTerms
from xiaoer.slices.tickets import api as tickets

_log = structlog.get_logger(__name__)
_ORDERS = 20  # newest orders that tell whether a buyer has bought before


def take_events(connection: Connection, shop: ShopId, facts: list[Event], now: datetime) -> int:
    """Keep shop events with what they change in orders and parcels; return how many were new."""
    new = insights.append_new(connection, shop, facts)
    for fact in sorted(facts, key=lambda fact: fact.at):
        if fact.type.startswith(("order.", "shipment.")):
            take_event(connection, shop, fact, now)
    return new


def no_answer(received: Received) -> str:
    """The answer to a message that was answered together with a neighbour whose answer is not stored any more."""
    turn = TurnView((), Feeling("neutral", 0.0), "normal")
    conversation = received.conversation
    answer = Answer(conversation.id, received.message.id, conversation.state, (), turn, 0.0)
    return msgspec.json.encode(answer).decode()


class Answering:
    """Gathering, doing and the shop's rules, built once."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        sources: tuple[LiveCatalog, LiveOrders, LiveBuyers],
        systems: Systems,
        knowledge: Knowledge,
        promotions: Promotions,
        quote: QuoteCart,
        desk: Desk,
        sells: Sells,
        timeout_s: float,
    ) -> None:
        catalog, orders, buyers = sources
        self._catalog = catalog
        self._orders = orders
        self._db = db
        self._clock = clock
        self._desk = desk
        self.terms = ShopTerms(db, clock)
        self.transit = TransitTimes(db, clock)
        self.prices = AnswerPrices(catalog, catalog, buyers, PromotionAnswers(promotions))
        self.gather = GatherFacts(
            knowledge,
            catalog,
            orders,
            promotions,
            quote,
            self.prices,
            ProveOrder(db, clock, orders),
            self.tickets_of,
            self.terms,
            buyers,
            self.transit,
            sells,
            timeout_s,
        )
        self.deeds = LiveOrderActions(db, clock, systems, orders)
        self.give_coupon = IssueCoupon(promotions, self.deeds, self._facts_of)
        self.perform = PerformTodos(db, clock, self.deeds, desk.tickets, promotions)
        self.act_on_order = ActOnOrder(db, clock, orders, self.deeds)

    async def _facts_of(self, shop: ShopId, buyer_id: BuyerId) -> BuyerFacts:
        """What promotions ask about a buyer."""
        return await self.prices.buyer(shop, buyer_id, await self._orders.orders_of(shop, buyer_id, _ORDERS))

    async def actions(self, shop: ShopId, limit: int, order_id: str = "") -> list[ActionRow]:
        """The newest actions of the bot."""
        return await self._db.read(lambda c: actions.newest(c, shop, limit, order_id))

    async def tickets_of(self, shop: ShopId, buyer_id: str) -> tuple[TicketBrief, ...]:
        """The buyer's tickets, in brief."""
        rows = await self._db.read(lambda c: tickets.of_buyer(c, shop, buyer_id))
        return tuple(TicketBrief(row.no, row.type, row.state, row.order_id, row.due_at) for row in rows)

    async def look_for_stock(self, job: Job) -> None:
        """Read a variant that somebody waits for where it is sold; what changed orders the news by itself."""
        variant_id, now = str(job.payload["variant_id"]), self._clock.now()
        try:
            await self._catalog.variant(job.shop, variant_id)
        except SourceUnavailable:
            _log.info("stock_not_seen", shop=job.shop)

        def again(connection: Connection) -> None:
            finish(connection, job.shop, job, now)
            if alerts.is_awaited(connection, job.shop, variant_id):
                alerts.look_later(connection, job.shop, variant_id, now)

        await self._db.write(again)

    async def tell_stock_back(self, job: Job) -> None:
        """Tell a buyer that what he waits for is back: one message, in his last talk, and the subscription is over."""
        now, data = self._clock.now(), job.payload
        text = f"您要的「{data['title']}」到货了，现在可以直接拍。"

        def change(connection: Connection) -> str | None:
            finish(connection, job.shop, job, now)
            if not alerts.told(connection, job.shop, data["alert_id"], now):
                return None
            buyer = BuyerId(data["buyer_id"])
            talk = conversations.find_open(connection, job.shop, data["channel"], buyer)
            talk = talk or next(iter(owners.of_buyer(connection, job.shop, buyer, 1)), None)
            if talk is None:
                return None
            parts = [ReplyPart(TextContent(text), text)]
            conversations.say(connection, job.shop, talk.id, "bot", "", parts, now, meta={"origin": alerts.STOCK_BACK})
            return talk.id

        told = await self._db.write(change)
        if told:
            self._desk.told(await self._desk.existing(job.shop, told))
