"""The composition root (装配): which implementation stands behind every port, and the few moves that the
entrypoints share. Nothing else in the product builds its own dependencies."""

import asyncio
import contextlib
import time
from collections.abc import Coroutine
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection

from xiaoer.app.answering import Answering, no_answer
from xiaoer.app.beside import Beside
from xiaoer.app.brain import Brain
from xiaoer.app.desk import Desk, Sources
from xiaoer.app.explain import explain, masked
from xiaoer.app.insights import Insights
from xiaoer.app.intakes import Intakes
from xiaoer.app.language_model import LanguageModel
from xiaoer.app.learning import Learning
from xiaoer.app.live import Live, choose_relay
from xiaoer.app.log_ins import LogInTries
from xiaoer.app.mode_evidence import ModeEvidence
from xiaoer.app.pushes import Pushes
from xiaoer.app.red_lines import ShopRedLines
from xiaoer.app.rehearsing import Stages
from xiaoer.app.renewals import Renewals
from xiaoer.app.reports import Reports
from xiaoer.app.selling import Selling
from xiaoer.app.shop_models import ShopModels
from xiaoer.app.shop_words import ShopUnderstanding, trade_words
from xiaoer.app.sinks import build_checks, build_sinks
from xiaoer.app.sources import LiveBuyers, LiveCatalog, LiveOrders, LiveQuoter
from xiaoer.app.systems import Systems
from xiaoer.flows.answer_message.answer import AnswerMessage
from xiaoer.flows.answer_message.follow_up import FollowUp
from xiaoer.flows.answer_message.promises import KIND as FOLLOW_UP
from xiaoer.flows.import_data.importer import Importer
from xiaoer.flows.quote_cart import QuoteCart
from xiaoer.flows.rate_talk import RateTalk
from xiaoer.flows.receive_message import ReceiveMessage
from xiaoer.flows.vote_answer import VoteAnswer
from xiaoer.flows.watch_promises import WatchPromises
from xiaoer.infra import metrics
from xiaoer.infra.clickhouse import over_http
from xiaoer.infra.clock import SystemClock
from xiaoer.infra.db import Database
from xiaoer.infra.job_runner import Jobs
from xiaoer.infra.settings import Settings
from xiaoer.infra.vault import Vault
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import NotFound
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.reply import ReplyPart
from xiaoer.kernel.turn import TurnContext
from xiaoer.slices.catalog.alerts import STOCK_BACK, STOCK_LOOK
from xiaoer.slices.catalog.service import EmbeddedCatalog
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations.turns import wait_s
from xiaoer.slices.conversations.types import Conversation, Incoming, Message, StoredTurn
from xiaoer.slices.desk.api import DRAFT_JOB
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.knowledge.reviewed import ReviewedEntries
from xiaoer.slices.orders.service import EmbeddedOrders
from xiaoer.slices.policies.learnt import load_learnt
from xiaoer.slices.privacy.service import BuyerData
from xiaoer.slices.promotions.coupon_kinds import CouponKinds
from xiaoer.slices.promotions.direct import DirectPrices
from xiaoer.slices.promotions.service import Promotions
from xiaoer.slices.replies import api as replies
from xiaoer.slices.shops.service import Shops
from xiaoer.slices.understanding.api import Understanding

_log = structlog.get_logger(__name__)
_PACK = Path(__file__).resolve().parents[1] / "packs" / "ecommerce"
_REFRESH_S = 0.4  # a changed entry is live in every worker within this time
_AHEAD = 30  # entries of a shop whose intents are read at each look: about 5 ms until all are known
_WARM = 20  # shops whose knowledge is loaded at start
_SWEEP_S, _STALE = 5.0, timedelta(seconds=10)  # how often messages are looked for that a crash left unanswered; so old


class Wiring:
    """The running product of one process."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings, self.clock = settings, clock or SystemClock()
        self.db = Database(settings.url)
        self.live = Live()
        self.jobs = Jobs(self.db, self.clock)
        self.shops = Shops(self.db, settings, self.clock)
        self.catalog = LiveCatalog(self.db, self.clock)
        self.orders = LiveOrders(self.db, self.clock)
        self.catalog.kinds = trade_words(_PACK)
        self.buyers = LiveBuyers(self.db)
        vault = Vault(settings.secret_key)
        self.systems = Systems(self.db, self.clock, vault, EmbeddedCatalog(self.db), EmbeddedOrders(self.db))
        self.catalog.systems = self.orders.systems = self.buyers.systems = self.systems
        self.renewals = Renewals(self.db, self.clock, self.systems, self.jobs)
        self.pushes = Pushes(self.db, self.clock, self.systems, self.orders, self.jobs)
        self.promotions = Promotions(self.db, self.clock)
        self.catalog.direct = DirectPrices(self.promotions, self.clock)
        self.coupon_kinds = CouponKinds(self.db, self.clock)
        self.entries = ReviewedEntries(self.db, self.clock)
        self.models = ShopModels(self.db, settings.home, self.jobs, self.entries)
        self.understanding = ShopUnderstanding(Understanding.shipped(), self.catalog, self.db, self.models)
        self.catalog.sound = lambda text: self.understanding.forms(text).pinyin
        self.knowledge = Knowledge(self.db, self.understanding, self.understanding.intent_of)
        self.importer = Importer(self.db, self.clock, build_sinks(), build_checks(), settings.max_import_bytes)
        core = (self.db, self.clock, self.understanding, self.knowledge, self.entries, self.importer)
        self.brain = Brain(*core, self.promotions, self.shops, _PACK)
        self.brain.work(self.jobs)
        self.intakes = Intakes(self.db, self.clock, self.brain.fill, self.jobs, settings.home / "intakes")
        quoter = LiveQuoter(self.promotions, self.systems)
        self.quote = QuoteCart(self.catalog, self.catalog, self.buyers, self.orders, quoter)
        self.red_lines = ShopRedLines(self.db, self.clock, self.understanding, _PACK)
        self.templates = templates = replies.load_templates(_PACK / "templates.toml")
        sources = Sources(self.buyers, self.orders, self.catalog, self.quote)
        self.desk = Desk(self.db, self.clock, self.shops, self.live, sources, self.knowledge, _PACK, settings.idle)
        self.jobs.handle(DRAFT_JOB, self.desk.send_draft)
        self.modes = ModeEvidence(self.db, self.clock, self.desk.labels, self.jobs)
        goods = (self.catalog, self.orders, self.buyers, self.quote, self.promotions, self.entries, templates)
        self.selling = sells = Selling(self.db, self.clock, self.jobs, self.shops, *goods, self.desk, self.desk.told)
        self.pushes.journeys = sells.remind.before
        reads, within = (self.catalog, self.orders, self.buyers), settings.gather_timeout_ms / 1000
        facts_of = (self.systems, self.knowledge, self.promotions, self.quote, self.desk, sells, within)
        self.answering = answering = Answering(self.db, self.clock, reads, *facts_of)
        self.jobs.handle(STOCK_BACK, answering.tell_stock_back)
        self.jobs.handle(STOCK_LOOK, answering.look_for_stock)
        self.receive = ReceiveMessage(self.db, self.clock, settings.idle)
        steps = (answering.gather, answering.perform, templates, self.desk, sells)
        self.answer = AnswerMessage(self.db, self.clock, self.shops, self.understanding, self.red_lines, *steps)
        self.jobs.handle(FOLLOW_UP, FollowUp(self.db, self.clock, self.answer, templates, self.desk))
        facts = (self.db, self.clock, self.understanding, self.knowledge, settings.home, self.jobs)
        columns = (over_http(settings.clickhouse_url), settings.clickhouse_pages)
        self.insights = Insights(*facts, Beside.wanted(settings), *columns)
        self.promises = WatchPromises(self.db, self.clock, self.jobs)
        self.reports = Reports(self.db, self.clock, self.shops, self.insights, vault, self.jobs, settings.report_font)
        hears = (self.red_lines, self.catalog.kinds, self.understanding)
        stages = Stages(self.db, self.knowledge, self.promotions, answering, self.answer, *hears)
        self.model = LanguageModel(self.db, self.clock, settings)
        self.learning = Learning(*core, stages, self.jobs, self.brain.reading, self.model)
        self.brain.candidates.accepted = self.learning.grow
        self.buyer_data = BuyerData(self.db, self.clock, self.jobs)
        self.rate = RateTalk(self.db, self.clock)
        self.vote = VoteAnswer(self.db, self.clock)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._waiting: dict[str, tuple[asyncio.Task[Any], float]] = {}
        self.log_ins = LogInTries()

    async def start(self) -> None:
        """Begin the background work: the sweep for unanswered messages, the watch for changed knowledge."""
        await self.live.join(choose_relay(self.settings, self.db))
        await self._warm_up()
        self.spawn(self._sweep())
        self.spawn(self._watch_knowledge())
        self.spawn(self.desk.work())
        self.spawn(self.jobs.work(self.shops.ids))

    async def stop(self) -> None:
        """End background work and close the stores; everything acknowledged is on disk already."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.jobs.stop()
        await self.live.close()
        await self.systems.close()
        await self.reports.close()
        await self.model.close()
        await self.insights.close()
        await self.db.close()

    async def _warm_up(self) -> None:
        """Load what the first buyer would otherwise wait for."""
        now = self.clock.now()
        load_learnt()
        for shop in (await self.shops.ids())[:_WARM]:
            await self.understanding.refresh(shop)
            await self.knowledge.ensure_loaded(shop)
            self.understanding.intent_of(asked := "什么时候发货")
            self.knowledge.search(shop, asked, now=now)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run `work` beside the requests; a failure is logged."""

        async def guarded() -> None:
            try:
                await work
            except asyncio.CancelledError:
                raise
            except Exception:
                _log.exception("background_work_failed")

        task = asyncio.create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def refresh(self, shop: ShopId) -> None:
        """Take over what the shop changed: its words and its red lines. Nearly free when nothing did."""
        await self.understanding.refresh(shop)
        await self.red_lines.refresh(shop)

    async def take_message(self, shop: ShopId, incoming: Incoming) -> str:
        """Receive and answer one message; return the answer as JSON."""
        await self.refresh(shop)
        received = await self.receive(shop, incoming)
        metrics.count_message(incoming.channel)
        answered = await self.answer(shop, received.message.conversation_id, received.message.id, received)
        await self.desk.after_turn(shop, received.conversation.id, answered.state)
        if answered.handoff:
            metrics.HANDOFFS.labels(answered.handoff.reason).inc()
        self._announce(received.conversation)
        return answered.response or no_answer(received)

    def _announce(self, conversation: Conversation) -> None:
        self.live.ring(self.live.topic(conversation.shop, conversation.channel, conversation.buyer_id))

    def answer_soon(self, shop: ShopId, conversation: Conversation, message: Message) -> None:
        """Answer when the burst of short messages has ended; for a person at work draft at once."""
        now = time.monotonic()
        waiting = self._waiting.get(conversation.id)
        began = waiting[1] if waiting else now
        if waiting:
            waiting[0].cancel()
        wait = wait_s(message.text, conversation.state, self.settings.burst_wait_ms / 1000, now - began)
        self._waiting[conversation.id] = (self.spawn(self._answer_after(wait, shop, conversation, message)), began)

    async def _answer_after(self, wait_s: float, shop: ShopId, conversation: Conversation, message: Message) -> None:
        topic = self.live.topic(shop, conversation.channel, conversation.buyer_id)
        if conversation.state == "bot":
            self.live.ring(topic, {"type": "typing", "on": True, "author": "bot"})
        await asyncio.sleep(wait_s)
        self._waiting.pop(conversation.id, None)
        await self.refresh(shop)
        answered = await self.answer(shop, conversation.id, message.id)
        await self.desk.after_turn(shop, conversation.id, answered.state)
        self.live.ring(topic)

    async def _watch_knowledge(self) -> None:
        while True:
            await asyncio.sleep(_REFRESH_S)
            await self.knowledge.refresh_all()
            self.knowledge.read_ahead(_AHEAD)

    async def _sweep(self) -> None:
        """Answer what a crash left unanswered, at start and from time to time."""
        while True:
            for shop in await self.shops.ids():
                before = self.clock.now() - _STALE
                if left := await self.db.read(partial(conversations.unanswered, shop=shop, before=before)):
                    await self.refresh(shop)
                for conversation in left:
                    answered = await self.answer(shop, conversation.id, "")
                    await self.desk.after_turn(shop, conversation.id, answered.state)
                    self.live.ring(self.live.topic(shop, conversation.channel, conversation.buyer_id))
            await asyncio.sleep(_SWEEP_S)

    async def greet(self, shop: ShopId, context: TurnContext, buyer_id: BuyerId) -> tuple[ReplyPart, ...]:
        """The greeting of a newcomer, by where the visit began."""
        return await self.selling.greet(shop, context, buyer_id)

    async def take_events(self, shop: ShopId, facts: list[Event]) -> int:
        """Keep shop events and bring the read models up to date; return how many were new."""
        return await self.selling.take_events(shop, facts)

    async def explain(self, shop: ShopId, message_id: str) -> tuple[str, StoredTurn]:
        """The readable and the stored trace of the turn that a message belongs to.

        Raises:
            NotFound: no such message, or it was not answered by the bot.
        """

        def query(connection: Connection) -> StoredTurn | None:
            message = conversations.find_message(connection, shop, message_id)
            return conversations.turn_of_message(connection, shop, message) if message else None

        stored = await self.db.read(query)
        if stored is None:
            raise NotFound("Message", message_id, "Only messages that were answered can be explained.")
        return explain(seen := masked(stored)), seen

    @staticmethod
    async def breathe() -> None:
        """Let other requests run in the middle of a long computation."""
        await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def running(settings: Settings) -> Any:
    """A wiring for one command: started, handed out, stopped."""
    product = Wiring(settings)
    try:
        yield product
    finally:
        await product.stop()
