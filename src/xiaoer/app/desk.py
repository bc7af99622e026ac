"""The desk of this process (坐席): its flows, its background work, and the hooks of the answer path.

Nothing is lost when this work stops: a conversation that waits is in the database, and any process routes it.
"""

import asyncio
import time
import tomllib
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import structlog

from xiaoer.app.desk_feed import DeskFeed
from xiaoer.app.desk_signals import Signals
from xiaoer.app.live import Live
from xiaoer.flows.agent_reply import AgentReply
from xiaoer.flows.change_agent import ChangeAgent
from xiaoer.flows.check_writing import CheckWriting
from xiaoer.flows.close_conversation import CloseConversation
from xiaoer.flows.hand_off.route import HandOff
from xiaoer.flows.manage_team import ManageTeam
from xiaoer.flows.open_ticket import OpenTicket
from xiaoer.flows.quote_cart import QuoteCart
from xiaoer.flows.send_draft import SendDraft
from xiaoer.flows.set_up_desk import SetUpDesk
from xiaoer.flows.show_desk.detail import ShowDetail
from xiaoer.flows.show_desk.rows import ShowRows
from xiaoer.flows.show_desk.side import ShowSide
from xiaoer.flows.show_desk.strip import ShowStrip
from xiaoer.flows.suggest_reply import SuggestReply
from xiaoer.flows.take_conversation import TakeConversation
from xiaoer.infra.db import Database
from xiaoer.infra.jobs import Job
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.decision import Handoff
from xiaoer.kernel.heard import Heard
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.turn import Turn
from xiaoer.kernel.worktime import BusinessHours, is_open, next_opening
from xiaoer.slices.assist.rules.summary import summarise
from xiaoer.slices.assist.types import Line, Story
from xiaoer.slices.bargaining.service import Bargaining
from xiaoer.slices.buyers.service import EmbeddedBuyers
from xiaoer.slices.catalog.service import EmbeddedCatalog
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.conversations.types import Conversation
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.rules import routing
from xiaoer.slices.desk.rules.closing import mode_of
from xiaoer.slices.desk.types import DeskSettings
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.orders.service import EmbeddedOrders
from xiaoer.slices.shops.service import Shops
from xiaoer.slices.shops.types import Principal
from xiaoer.slices.tickets import api as tickets

_log = structlog.get_logger(__name__)
_SETTINGS_S = 2.0  # a changed mode holds everywhere within this time, and who comes or goes is known
_TYPED_EVERY_S = 1.0  # how often keys are kept; the workbench tells them every two to three seconds
_ROUND_S = 1.0  # how often the queue is looked at
_BALANCE_EVERY = 5  # rounds between looks at agents who are lost or slow
_IDLE_EVERY = 30  # rounds between looks at talks that fell silent


class Sources(msgspec.Struct, frozen=True):
    """The shop's own systems, as the desk reads them."""

    buyers: EmbeddedBuyers
    orders: EmbeddedOrders
    catalog: EmbeddedCatalog
    prices: QuoteCart


class Desk:
    """Flows and background work around agents."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        shops: Shops,
        live: Live,
        sources: Sources,
        knowledge: Knowledge,
        pack: Path,
        bot_idle: timedelta,
    ) -> None:
        buyers, orders, catalog = sources.buyers, sources.orders, sources.catalog
        self._db = db
        self._shops = shops
        self._live = live
        self._clock = clock
        self._settings: dict[str, tuple[float, DeskSettings]] = {}
        self._people: dict[str, tuple[float, bool]] = {}
        self._typed: dict[tuple[str, str, str], float] = {}
        self.forms = tickets.load_forms(pack / "tickets.toml")
        self.labels = _titles(pack / "intents.toml")
        self.hand_off = HandOff(db, clock, self, buyers, orders, catalog, self.forms)
        self.take = TakeConversation(db, clock)
        self.agents = ChangeAgent(db, clock)
        self.team = ManageTeam(db, clock, shops)
        self.set_up = SetUpDesk(db, clock)
        self.check = CheckWriting(db, Bargaining(db), catalog, sources.prices)
        self.reply = AgentReply(db, clock, catalog, orders, self.check)
        self.closing = CloseConversation(db, clock, bot_idle)
        self.tickets = OpenTicket(db, clock, self, orders, self.forms)
        self.suggest = SuggestReply(db, clock, knowledge, orders, buyers, catalog)
        self.drafts = SendDraft(db, clock)
        self.rows = ShowRows(db, clock, buyers, orders)
        self.strip = ShowStrip(db, clock, orders)
        self.detail = ShowDetail(db, clock, orders, catalog, self.forms, self.labels)
        own = (EmbeddedBuyers(db), EmbeddedOrders(db), EmbeddedCatalog(db))
        self.side = ShowSide(db, clock, (buyers, orders, catalog), own, self.detail, self.labels)
        self.feed = DeskFeed(db, clock, self.rows)
        self.signals = Signals(self.feed, live)

    async def hours(self, shop: ShopId) -> BusinessHours:
        """The shop's business hours."""
        return (await self._shops.shop(shop)).hours

    async def settings(self, shop: ShopId) -> DeskSettings:
        """The desk's settings; cached for a moment."""
        cached = self._settings.get(shop)
        if cached and cached[0] > time.monotonic():
            return cached[1]
        found = await self._db.read(lambda c: desk.get_settings(c, shop))
        self._settings[shop] = (time.monotonic() + _SETTINGS_S, found)
        return found

    async def has_people(self, shop: ShopId) -> bool:
        """Whether somebody is online at the desk just now, whatever the business hours say; cached for a moment."""
        cached = self._people.get(shop)
        if cached and cached[0] > time.monotonic():
            return cached[1]
        lost_after_s, now = (await self.settings(shop)).lost_after_s, self._clock.now()
        team = await self._db.read(lambda c: desk.agents(c, shop, {}))
        found = any(one.status == "online" and routing.is_reachable(one, now, lost_after_s) for one in team)
        self._people[shop] = (time.monotonic() + _SETTINGS_S, found)
        return found

    async def presence(self, shop: ShopId) -> dict[str, bool | datetime | None]:
        """Whether a buyer finds people (business hours, or somebody online), and when they are back if not."""
        hours, now = (await self._shops.shop(shop)).hours, self._clock.now()
        people_on = is_open(hours, now) or await self.has_people(shop)
        return {"people_on": people_on, "people_at": None if people_on else next_opening(hours, now)}

    async def forget_settings(self, shop: ShopId) -> None:
        """Read settings and hours anew at the next look: somebody else changed them."""
        self._settings.pop(shop, None)
        self._shops.forget_shop(shop)

    async def change_settings(self, shop: ShopId, **changes: object) -> DeskSettings:
        """Keep changed settings; they hold here at once."""
        found = await self._db.write(lambda c: desk.change_settings(c, shop, changes))
        self._settings.pop(shop, None)
        return found

    async def auto_send_s(self, shop: ShopId) -> int | None:
        """Seconds after which a draft of the assist mode goes out by itself; None for never."""
        return (await self.settings(shop)).modes.auto_send_s

    async def mode(self, shop: ShopId, intents: tuple[str, ...]) -> str:
        """Who sends for these intents: auto, assist or shadow."""
        modes = (await self.settings(shop)).modes
        if modes.default == "auto" and not modes.intents:
            return "auto"
        return mode_of(modes.default, {intent: str(mode) for intent, mode in modes.intents.items()}, intents)

    def prepare(self, turn: Turn, heard: Heard, handoff: Handoff) -> Handoff:
        """The skill that the hand-over asks for, and its summary from the turn alone."""
        intents = tuple(segment.intent for segment in heard.segments)
        past = tuple(Line(p.author, p.text, p.intents, p.act_types) for p in turn.history if p.author != "event")
        now = tuple(Line("buyer", message.text) for message in turn.messages)
        story = Story(
            (*past, *now),
            handoff.reason,
            (*(intent for p in turn.history for intent in p.intents), *intents),
            heard.sentiment.anger,
            heard.sentiment.score,
            heard.urgency,
        )
        skill = routing.skill_for(handoff.reason, handoff.skill, intents)
        return msgspec.structs.replace(handoff, skill=skill, summary="\n".join(summarise(story, self.labels)))

    async def after_turn(self, shop: ShopId, conversation_id: str, state: str) -> None:
        """A turn was saved: route it when it waits, and tell the workbenches."""
        if state == "queued":
            try:
                await self.hand_off(shop, conversation_id)
            except Exception:  # the buyer's answer is on disk; the next round routes what still waits
                _log.exception("hand_off_failed", shop=shop, conversation=conversation_id)
        self.feed.ring(shop)

    def told(self, conversation: Conversation) -> None:
        """Something was said or moved in this conversation: wake the buyer's window and the workbenches."""
        self._live.ring(self._live.topic(conversation.shop, conversation.channel, conversation.buyer_id))
        self.feed.ring(conversation.shop)

    def signal_buyer(self, conversation: Conversation, signal: dict[str, object]) -> None:
        """Pass a passing sign (typing, a recalled message) to the buyer's window."""
        self._live.ring(self._live.topic(conversation.shop, conversation.channel, conversation.buyer_id), signal)

    async def send_draft(self, job: Job) -> None:
        """The time of a draft has come (`desk.DRAFT_JOB`)."""
        spoken = await self.drafts(job)
        if spoken is not None:
            self.told(spoken)

    async def types(self, who: Principal, conversation_id: str) -> None:
        """An agent writes at an answer: a draft waits for him. Kept only where drafts go out by themselves."""
        key, now = (str(who.shop), conversation_id, str(who.staff_id)), time.monotonic()
        if await self.auto_send_s(who.shop) is None or self._typed.get(key, 0.0) > now:
            return
        self._typed = {one: until for one, until in self._typed.items() if until > now} | {key: now + _TYPED_EVERY_S}
        at = self._clock.now()
        await self._db.write(lambda c: desk.save_mark(c, who.shop, who.staff_id, conversation_id, typed_at=at))

    async def tell_moved(self, shop: ShopId, ids: Iterable[str]) -> None:
        """Wake everybody who looks at these conversations."""
        for conversation in await self._db.read(lambda c: owners.by_ids(c, shop, list(ids))):
            self.told(conversation)

    async def existing(self, shop: ShopId, conversation_id: str) -> Conversation:
        """The conversation.

        Raises:
            NotFound: no such conversation.
        """
        return (await self._db.read(lambda c: conversations.load_recent(c, shop, conversation_id)))[0]

    async def work(self) -> None:
        """Feed the workbenches and look after the queue, for ever."""
        await self.signals.join()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.feed.work())
            tasks.create_task(self._rounds())

    async def _rounds(self) -> None:
        """Route, rebalance, send what is due and close what is silent."""
        number = 0
        while True:
            for shop in await self._shops.ids():
                try:
                    await self.round(shop, balance=number % _BALANCE_EVERY == 0, idle=number % _IDLE_EVERY == 0)
                except Exception:  # one shop's trouble must not stop the others
                    _log.exception("desk_round_failed", shop=shop)
            number += 1
            await asyncio.sleep(_ROUND_S)

    async def round(self, shop: ShopId, *, balance: bool = True, idle: bool = True) -> None:
        """One round of background work for one shop."""
        moved: list[str] = []
        if balance:
            moved += await self.agents.rebalance(shop)
        moved += await self.hand_off.all_waiting(shop)
        if idle:
            moved += await self.closing.idle(shop)
        if moved:
            await self.tell_moved(shop, dict.fromkeys(moved))


def _titles(path: Path) -> dict[str, str]:
    """Intent code to its Chinese title."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        f"{group}.{name}": str(row.get("title", ""))
        for group, rows in data.items()
        if isinstance(rows, dict)
        for name, row in rows.items()
        if isinstance(row, dict)
    }
