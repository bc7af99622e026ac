"""What an agent could say next (推荐回复): the bot's draft, knowledge, canned replies; read, never computed anew.

The turn was understood and decided when the buyer's message came in; its draft lies in the trace. So this
costs two reads and one look into the index in memory, and two reads more where entries are for some buyers only.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.commerce import Buyer, Order, Product
from xiaoer.kernel.decision import KnowledgeHit, Source
from xiaoer.kernel.errors import NotFound, XiaoerError
from xiaoer.kernel.heard import Segment
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.variables import fill, variables_in, without
from xiaoer.slices.assist.rules import opening, ranking
from xiaoer.slices.assist.types import NextAction, Suggestion
from xiaoer.slices.canned import api as canned
from xiaoer.slices.canned import rules as canned_rules
from xiaoer.slices.canned.types import Canned, Reader
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.conversations.glances import glances
from xiaoer.slices.conversations.types import Conversation, StoredTurn
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.rules import drafting
from xiaoer.slices.desk.rules.closing import mode_of
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.knowledge.surroundings import NOT_KNOWN, NOT_READ, who_asks
from xiaoer.slices.policies.rules.picking import order_told
from xiaoer.slices.shops.types import Principal

_BOUGHT = ("paid", "shipped", "delivered", "completed")
_LOOK_BACK = 6  # turns in which the matter is looked for when the newest only asks for a person
_FELT = 3  # newest turns whose feeling counts for who has just taken the talk over
_NEWEST = 10  # orders that tell who asks
_LEAST_SCORE = 0.2  # below this a knowledge hit is noise


class ReadsOrders(Protocol):
    """Orders of one buyer, newest first."""

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int) -> tuple[Order, ...]: ...


class ReadsBuyers(Protocol):
    """One buyer's level and tags."""

    async def buyer(self, shop: ShopId, buyer_id: str) -> Buyer | None: ...


class ReadsProducts(Protocol):
    """Products by id."""

    async def product(self, shop: ShopId, product_id: str) -> Product | None: ...


class Suggested(msgspec.Struct, frozen=True):
    """Everything that helps to answer the newest message; `auto_send_at` when the draft goes out by itself."""

    message_id: str
    items: tuple[Suggestion, ...]
    order_id: str | None
    next_actions: tuple[NextAction, ...]
    warnings: tuple[str, ...]
    auto_send_at: datetime | None = None


class _Read(msgspec.Struct, frozen=True):
    """`turns` newest first; `is_new`: people have it and have said no word yet; `in_shadow`: the bot only records."""

    conversation: Conversation
    turns: tuple[StoredTurn, ...]
    own: list[Canned]
    waiting_s: float
    auto_send_at: datetime | None
    is_new: bool
    in_shadow: bool


class SuggestReply:
    """Reads the newest turn of a conversation and says what fits."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        knowledge: Knowledge,
        orders: ReadsOrders,
        buyers: ReadsBuyers,
        products: ReadsProducts,
    ) -> None:
        self._db = db
        self._clock = clock
        self._knowledge = knowledge
        self._orders = orders
        self._buyers = buyers
        self._products = products

    async def __call__(self, who: Principal, conversation_id: str) -> Suggested:
        """Suggestions for the newest turn; until the person has spoken, for the matter that he was called for.

        Raises:
            NotFound: no such conversation.
        """
        shop, now = who.shop, self._clock.now()

        def query(connection: Connection) -> _Read:
            conversation = conversations.get(connection, shop, conversation_id)
            if conversation is None:
                raise NotFound("Conversation", conversation_id)
            turns = owners.recent_turns(connection, shop, conversation_id, _LOOK_BACK)
            glance = glances(connection, shop, [conversation_id]).get(conversation_id)
            case = desk.get_case(connection, shop, conversation_id)
            since = case.from_seq if case else 0  # what the bot answered before people were asked waits for nobody
            asked = next((at for seq, at in glance.open_asks if seq >= since), None) if glance else None
            waiting_s = (now - asked).total_seconds() if asked else 0.0
            held = conversation.state in ("agent", "queued")
            seat = desk.get_agent(connection, shop, who.staff_id)
            own = canned.visible(connection, shop, Reader(who.staff_id, seat.team if seat else ""))
            goes_out_at = _goes_out_at(connection, conversation, turns[0]) if turns and asked else None
            is_new = held and case is not None and (glance is None or glance.agent_seq <= case.from_seq)
            shadow = bool(turns) and _in_shadow(connection, shop, turns[0])
            return _Read(conversation, tuple(turns), own, waiting_s if held else 0.0, goes_out_at, is_new, shadow)

        read = await self._db.read(query)
        conversation, own, waiting_s = read.conversation, read.own, read.waiting_s
        if not read.turns:
            return Suggested("", (), conversation.context.order_id, (), ())
        turn = read.turns[0]
        about, felt = turn, [_feeling(turn)]
        if read.is_new:  # then the whole talk is news to him
            about = next((one for one in read.turns if opening.is_matter(_intents(one))), turn)
            felt = [_feeling(one) for one in read.turns[:_FELT]]
        anger = max(float(one.get("anger", 0.0)) for one in felt)
        score = min(float(one.get("score", 0.0)) for one in felt)
        heard: dict[str, Any] = about.trace.get("heard") or {}
        segments, text, intents = heard.get("segments", []), str(heard.get("normal", "")), _intents(about)
        known = await self._known(conversation, segments, now)
        # Who saw the draft would agree with it, and the evidence for 辅助 would be worth nothing.
        draft = [] if read.in_shadow else _draft(turn)
        candidates = [*draft, *(one for one in known if about is turn or not _was_said(one, read.turns))]
        first = [opening.first_words(who.name, anger, has_matter=opening.is_matter(intents))] if read.is_new else []
        candidates += [Suggestion(c.id, "canned", c.text) for c in canned_rules.near(own, text, 2)]
        order_id, bought = await self._order(conversation, segments)
        return Suggested(
            turn.message_ids[-1] if turn.message_ids else "",
            ranking.choose(candidates, first, first_leads=about is not turn),
            order_id,
            ranking.next_actions(intents, anger, order_id, bought),
            ranking.warnings(anger, score, waiting_s),
            read.auto_send_at,
        )

    async def _known(self, conversation: Conversation, segments: list[Any], now: datetime) -> list[Suggestion]:
        """Entries that may be said to this buyer, without what only live facts could fill in."""
        shop, found = conversation.shop, list[Suggestion]()
        await self._knowledge.ensure_loaded(shop)
        product_id = conversation.memory.product_in_focus(conversation.context.product_id) or ""
        surroundings = await self._surroundings(conversation, product_id)
        for segment in segments:
            if str(segment.get("intent", "")).startswith(("chat.", "service.")):
                continue
            result = self._knowledge.search(
                shop,
                segment.get("text", ""),
                now=now,
                intent=segment.get("intent", ""),
                product_id=product_id,
                channel=conversation.channel,
                top_k=2,
                **surroundings,
            )
            found += [
                Suggestion(hit.id, "knowledge", said, (Source("knowledge", hit.id, hit.question, hit.score),))
                for hit in result.hits
                if hit.score >= _LEAST_SCORE and (said := _without_facts(hit))
            ]
        return found

    async def _surroundings(self, conversation: Conversation, product_id: str) -> dict[str, Any]:
        """Who asks about what goods, as far as entries of the shop are for some only."""
        shop, about, found = conversation.shop, self._knowledge.asks_about(conversation.shop), dict[str, Any]()
        if "buyer" in about:
            try:
                orders = await self._orders.orders_of(shop, conversation.buyer_id, _NEWEST)
                buyer = await self._buyers.buyer(shop, conversation.buyer_id)
                found = who_asks(buyer, orders, conversation.memory.order_in_focus(conversation.context.order_id))
            except XiaoerError:
                found = dict(NOT_READ)
        if "category" in about and product_id:
            try:
                product = await self._products.product(shop, product_id)
                found["product_category"] = product.category if product else ""
            except XiaoerError:
                found["product_category"] = NOT_KNOWN
        return found

    async def _order(self, conversation: Conversation, segments: list[Any]) -> tuple[str | None, bool]:
        """The order that the talk is about, and whether the buyer has bought anything."""
        named = next((s["entities"]["order_no"] for s in segments if (s.get("entities") or {}).get("order_no")), None)
        about = named or conversation.memory.order_in_focus(conversation.context.order_id)
        try:
            orders = await self._orders.orders_of(conversation.shop, conversation.buyer_id, _NEWEST)
        except XiaoerError:
            return about, False
        bought = any(order.status in _BOUGHT for order in orders)
        told = order_told(orders, msgspec.convert(segments, list[Segment]), about, self._clock.now())
        about = told.id if told else about
        return about or (orders[0].id if orders else None), bought


def _without_facts(hit: KnowledgeHit) -> str:
    """An entry in the shop's own words, without the sentences whose variables only live facts could fill."""
    said = fill(hit.answer, hit.defaults)
    return without(said, frozenset(variables_in(said)))


def _goes_out_at(connection: Connection, conversation: Conversation, turn: StoredTurn) -> datetime | None:
    """When the draft goes out by itself; None when it does not."""
    shop, reason = conversation.shop, str((conversation.handoff or {}).get("reason", ""))
    after_s = desk.get_settings(connection, shop).modes.auto_send_s
    draft = turn.trace.get("draft") or {}
    if after_s is None or draft.get("after_s") is None or not drafting.may_go_out(conversation.state, reason):
        return None
    return drafting.due_at(turn.at, desk.typed_at(connection, shop, conversation.id), after_s)


def _in_shadow(connection: Connection, shop: ShopId, turn: StoredTurn) -> bool:
    modes = desk.get_settings(connection, shop).modes
    by_intent = {intent: str(mode) for intent, mode in modes.intents.items()}
    return mode_of(modes.default, by_intent, _intents(turn)) == "shadow"


def _intents(turn: StoredTurn) -> tuple[str, ...]:
    heard: dict[str, Any] = turn.trace.get("heard") or {}
    return tuple(str(segment.get("intent", "")) for segment in heard.get("segments", []))


def _feeling(turn: StoredTurn) -> dict[str, Any]:
    found: dict[str, Any] = (turn.trace.get("heard") or {}).get("sentiment") or {}
    return found


def _was_said(one: Suggestion, turns: Sequence[StoredTurn]) -> bool:
    """Whether the bot has answered with these words already."""
    return any(one.text in turn.response for turn in turns)


def _draft(turn: StoredTurn) -> list[Suggestion]:
    draft = turn.trace.get("draft")
    if not draft or not draft.get("text"):
        return []
    sources = tuple(msgspec.convert(source, Source) for source in draft.get("sources", ()))
    return [Suggestion(f"draft-{turn.id}", "draft", draft["text"], sources)]
