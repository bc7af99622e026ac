"""A person writes to the buyer, to his colleagues, or takes a word back (坐席回复)."""

from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.commerce import Order, Product, Variant
from xiaoer.kernel.errors import Conflict, NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.reply import OrderCard, ProductCard, ReplyPart
from xiaoer.kernel.turn import Content, ImageContent, OrderContent, ProductContent, TextContent
from xiaoer.slices.assist import api as assist
from xiaoer.slices.assist.types import Finding
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.conversations.glances import glances
from xiaoer.slices.conversations.types import Conversation, Message, StoredTurn
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.rules import ownership
from xiaoer.slices.desk.types import Note
from xiaoer.slices.insights import api as insights
from xiaoer.slices.shops.types import Principal, Role

_ONLY_LEADERS = frozenset({"price.floor"})  # a price below what is allowed is a supervisor's to promise
_RECALL_WITHIN = timedelta(minutes=2)
_ORDER_STATUS = {
    "unpaid": "待付款",
    "paid": "待发货",
    "shipped": "已发货",
    "delivered": "已签收",
    "completed": "已完成",
    "closed": "已关闭",
    "refunding": "退款中",
    "refunded": "已退款",
}


class ReadsProducts(Protocol):
    """Products and prices of the shop."""

    async def product(self, shop: ShopId, product_id: str) -> Product | None: ...
    async def variants(self, shop: ShopId, product_id: str) -> tuple[Variant, ...]: ...


class ReadsOrder(Protocol):
    """One order of the shop."""

    async def order(self, shop: ShopId, order_id: str) -> Order | None: ...


class ChecksWriting(Protocol):
    """Words and prices that must not be sent in a talk."""

    async def __call__(self, shop: ShopId, text: str, conversation_id: str | None = None) -> tuple[Finding, ...]: ...


class Outgoing(msgspec.Struct, frozen=True):
    """What the agent sends. `suggested` is the text of the suggestion that he started from."""

    client_id: str
    content: Content
    quote: str | None = None
    suggestion_id: str = ""
    suggested: str = ""
    confirmed: bool = False


class AgentReply:
    """Sends, notes and recalls."""

    def __init__(
        self, db: Database, clock: Clock, products: ReadsProducts, orders: ReadsOrder, check: ChecksWriting
    ) -> None:
        self._db = db
        self._clock = clock
        self._products = products
        self._orders = orders
        self._check = check

    async def send(self, who: Principal, conversation_id: str, out: Outgoing) -> Message:
        """Send one message; the same `client_id` again returns the first copy.

        Raises:
            NotFound: no such conversation, product or order. Conflict: somebody else has it.
            ComplianceRefused: the text crosses a blocking rule and was not confirmed.
        """
        part = await self._part(who.shop, out.content)
        found: tuple[Finding, ...] = ()
        if isinstance(out.content, TextContent):
            found = await self._check(who.shop, out.content.text, conversation_id)
            leads = who.role in (Role.SUPERVISOR, Role.OWNER)
            assist.refuse_blocked(found, confirmed=out.confirmed, never=() if leads else _ONLY_LEADERS)
        now = self._clock.now()
        external = f"desk|{who.staff_id}|{conversation_id}|{out.client_id}"

        def change(connection: Connection) -> Message:
            shop = who.shop
            current = _existing(connection, shop, conversation_id)
            before = current.last_seq
            known = owners.by_external(connection, shop, external)
            if known is not None:
                return known
            ownership.check_speaks(
                current.id, current.state, current.assigned_to, who.staff_id, _helpers(connection, current)
            )
            meta = self._meta(connection, shop, who, out)
            if isinstance(out.content, TextContent):
                self._learn(connection, who, current, out, part.text, now)
                kept = assist.find_promises(part.text, now)
                assist.keep_promises(connection, shop, (current.id, current.buyer_id), who.staff_id, kept, now)
            (message,) = conversations.say(connection, shop, current.id, "agent", who.name, [part], now, external, meta)
            desk.save_mark(connection, shop, who.staff_id, current.id, read_seq=message.seq)
            data = {
                "author": "agent",
                "agent_id": who.staff_id,
                "count": 1,
                "chars": len(part.text),
                "flags": [finding.rule_id for finding in found],
                "leaves": insights.leaves_of(part.text),
                "offers": insights.offers_of(part.text),
                "owes_s": assist.owed_s(part.text, now),
                "channel": current.channel,
                "after_seq": before,
                "suggestion_id": out.suggestion_id,
                "similar": _similar(out.suggested, part.text),
            }
            fact = desk.fact(shop, "message.sent", now, current.id, current.buyer_id, **data)
            insights.append(connection, shop, [fact])
            return message

        return await self._db.write(change)

    @staticmethod
    def _learn(
        connection: Connection, who: Principal, current: Conversation, out: Outgoing, text: str, now: datetime
    ) -> None:
        """Count the first answer to the buyer's newest words against what the bot would have said; a draft that was
        taken and sent with another meaning is a correction of the bot."""
        shop = current.shop
        glance = glances(connection, shop, [current.id]).get(current.id)
        if glance is None or not glance.since:
            return
        turn = owners.last_turn(connection, shop, current.id)
        draft = str(((turn.trace.get("draft") if turn else None) or {}).get("text", ""))
        if turn is None or not draft:
            return
        intents = _intents(turn)
        same, agreed = text.strip() == draft.strip(), assist.agrees(draft, text)
        assist.count(connection, shop, intents, now, agreed=agreed, unchanged=same)
        if out.suggestion_id == f"draft-{turn.id}" and not agreed:
            data = {"turn_id": turn.id, "was": draft, "text": text, "intents": intents, "by": "edit"}
            data |= {"agent_id": who.staff_id}
            fact = desk.fact(shop, "answer.corrected", now, current.id, current.buyer_id, **data)
            insights.append(connection, shop, [fact])

    async def correct(self, who: Principal, conversation_id: str, message_id: str, text: str) -> None:
        """Keep what the bot should have said; it counts against the bot and is learnt from.

        Raises:
            NotFound: no such message here. Conflict: it is not the bot's.
        """
        now = self._clock.now()

        def change(connection: Connection) -> None:
            shop = who.shop
            current = _existing(connection, shop, conversation_id)
            message = conversations.get_message(connection, shop, message_id)
            if message is None or message.conversation_id != current.id:
                raise NotFound("Message", message_id)
            if message.author != "bot":
                raise Conflict("Only what the bot said can be corrected.")
            turn = conversations.turn_of_message(connection, shop, message)
            intents = _intents(turn)
            assist.count(connection, shop, intents, now, agreed=False, unchanged=False)
            data: dict[str, Any] = {
                "turn_id": message.turn_id,
                "message_id": message.id,
                "was": message.text,
                "text": text,
                "intents": intents,
                "agent_id": who.staff_id,
            }
            fact = desk.fact(shop, "answer.corrected", now, current.id, current.buyer_id, **data)
            insights.append(connection, shop, [fact])

        await self._db.write(change)

    @staticmethod
    def _meta(connection: Connection, shop: ShopId, who: Principal, out: Outgoing) -> dict[str, Any]:
        meta: dict[str, Any] = {"agent_id": who.staff_id}
        if out.quote:
            quoted = conversations.get_message(connection, shop, out.quote)
            if quoted is not None:
                meta["quote"] = {"id": quoted.id, "text": quoted.text[:200]}
        if out.suggestion_id:
            meta["suggestion"] = {"id": out.suggestion_id, "text": out.suggested}
        return meta

    async def _part(self, shop: ShopId, content: Content) -> ReplyPart:
        match content:
            case TextContent(text=text):
                return ReplyPart(content, text)
            case ImageContent():
                return ReplyPart(content, "[图片]")
            case ProductContent(product_id=product_id):
                product = await self._products.product(shop, product_id)
                if product is None:
                    raise NotFound("Product", product_id)
                prices = [variant.pays for variant in await self._products.variants(shop, product_id)]
                price = str(min(prices)) if prices else ""
                card = ProductCard(product.id, product.title, price, product.url, product.image)
                return ReplyPart(card, f"「{product.title}」{price}{product.url and ' ' + product.url}")
            case OrderContent(order_id=order_id):
                order = await self._orders.order(shop, order_id)
                if order is None:
                    raise NotFound("Order", order_id)
                title = order.items[0].title if order.items else ""
                label = _ORDER_STATUS.get(order.status, order.status)
                order_card = OrderCard(order.id, label, title, order.paid_as_told)
                paid = order.paid_as_told if order.currency else f"{order.pay_amount} 元"
                return ReplyPart(order_card, f"订单 {order.id}：{title}，{label}，{paid}")

    async def note(self, who: Principal, conversation_id: str, text: str) -> Note:
        """Keep a remark that only colleagues see.

        Raises:
            NotFound: no such conversation.
        """
        now = self._clock.now()

        def change(connection: Connection) -> Note:
            current = _existing(connection, who.shop, conversation_id)
            by = (who.staff_id, who.name)
            kept = desk.note(connection, who.shop, current.id, current.last_seq, by, text, now)
            insights.append(connection, who.shop, [desk.noted(kept, who.shop, current.buyer_id)])
            return kept

        return await self._db.write(change)

    async def recall(self, who: Principal, conversation_id: str, message_id: str) -> Message:
        """Take back an own message within two minutes.

        Raises:
            NotFound: no such message here. Conflict: somebody else's, or too late.
        """
        now = self._clock.now()

        def change(connection: Connection) -> Message:
            current = _existing(connection, who.shop, conversation_id)
            message = conversations.get_message(connection, who.shop, message_id)
            if message is not None:
                _check_recall(message, who, now)
            changed = owners.recall(connection, who.shop, current.id, message_id, who.staff_id)
            data = {"agent_id": who.staff_id, "message_id": message_id}
            fact = desk.fact(who.shop, "message.recalled", now, current.id, current.buyer_id, **data)
            insights.append(connection, who.shop, [fact])
            return changed

        return await self._db.write(change)


def _check_recall(message: Message, who: Principal, now: datetime) -> None:
    if message.meta.get("agent_id") != who.staff_id:
        raise Conflict("Only your own messages can be recalled.")
    if now - message.at > _RECALL_WITHIN:
        raise Conflict("A message can be recalled within two minutes.")


def _similar(suggested: str, sent: str) -> float | None:
    """How much of a suggestion was kept, 0 to 1; what learning is fed with."""
    return round(SequenceMatcher(None, suggested, sent).ratio(), 3) if suggested else None


def _existing(connection: Connection, shop: ShopId, conversation_id: str) -> Conversation:
    found = conversations.get(connection, shop, conversation_id)
    if found is None:
        raise NotFound("Conversation", conversation_id)
    return found


def _helpers(connection: Connection, conversation: Conversation) -> tuple[str, ...]:
    case = desk.get_case(connection, conversation.shop, conversation.id)
    return case.helpers if case else ()


def _intents(turn: StoredTurn | None) -> list[str]:
    heard = (turn.trace.get("heard") if turn else None) or {}
    return [str(segment.get("intent", "")) for segment in heard.get("segments", ())]
