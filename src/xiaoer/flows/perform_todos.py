"""What a buyer confirmed is done (办理): in the shop's system when it can and may, else as a ticket for people.

Each thing is begun once per id and its outcome is kept, so that a turn which is decided again, a message that comes
twice and a process that dies in between do it once. The outcome is read back from where it was done; a system that
cannot be asked ends in a ticket, never in a promise.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog
from msgspec.structs import replace
from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.decision import Facts, Todo
from xiaoer.kernel.errors import SourceUnavailable, XiaoerError
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.money import Money
from xiaoer.kernel.shop_facts import Outcome
from xiaoer.kernel.turn import Turn
from xiaoer.slices.actions import api as actions
from xiaoer.slices.actions.rules import decide_by_whom
from xiaoer.slices.actions.types import ActionRow
from xiaoer.slices.catalog import alerts
from xiaoer.slices.insights import api as insights
from xiaoer.slices.orders.ports import OrderActions
from xiaoer.slices.orders.types import OrderAction
from xiaoer.slices.privacy.rules import masks
from xiaoer.slices.promotions.rules.issuing import fixed_terms
from xiaoer.slices.promotions.service import CouponRefused, Promotions
from xiaoer.slices.shops.types import Principal, Role
from xiaoer.slices.tickets.types import Draft, Opened

_log = structlog.get_logger(__name__)
_TICKET_FOR = {
    "cancel": "refund",
    "change_address": "change_address",
    "change_note": "change_order",
    "open_after_sale": "return",
    "withdraw_after_sale": "refund",
    "issue_coupon": "callback",
}
_NAMES = {"note": "wish"}  # action data -> field of the ticket's form


class OpensTickets(Protocol):
    """Opens a ticket, or appends to the open one of the same matter."""

    async def open(self, who: Principal, draft: Draft) -> Opened: ...


class PerformTodos:
    """Does todos of one turn, one after the other."""

    def __init__(
        self, db: Database, clock: Clock, orders: OrderActions, tickets: OpensTickets, promotions: Promotions
    ) -> None:
        self._db = db
        self._clock = clock
        self._orders = orders
        self._tickets = tickets
        self._promotions = promotions
        self._running: dict[tuple[ShopId, str], asyncio.Future[Outcome]] = {}
        self._kinds: dict[str, Callable[[Turn, Todo, Facts], Awaitable[Outcome]]] = {
            "action": self._action,
            "ticket": self._ticket,
            "subscribe": self._subscribe,
        }

    async def __call__(self, turn: Turn, todos: tuple[Todo, ...], facts: Facts) -> dict[str, Outcome]:
        """Return the outcome of each todo by its id; never raises because a system is down."""
        return {todo.id: await self._kinds[todo.kind](turn, todo, facts) for todo in todos}

    async def _action(self, turn: Turn, todo: Todo, facts: Facts) -> Outcome:
        """Two turns that confirm the same thing at once wait for the same deed."""
        key = (turn.shop, todo.id)
        running = self._running.get(key)
        if running is None:
            running = self._running[key] = asyncio.ensure_future(self._once(turn, todo, facts))
            running.add_done_callback(lambda _: self._running.pop(key, None))
        return await asyncio.shield(running)

    async def _once(self, turn: Turn, todo: Todo, facts: Facts) -> Outcome:
        started = self._clock.now()
        data = {key: masks.mask_named(key, value) for key, value in todo.data.items()}
        row = ActionRow(
            todo.id, todo.name, todo.order_id, turn.buyer_id, turn.conversation_id, "started", started, data=data
        )
        earlier = await self._db.write(lambda c: actions.begin(c, turn.shop, row))
        if earlier is not None and earlier.outcome is not None:
            return earlier.outcome
        outcome = await self._act(turn, todo, facts)

        def keep(connection: Connection) -> None:
            now = self._clock.now()
            actions.end(connection, turn.shop, todo.id, outcome, now)
            told = {"action_id": todo.id, "kind": todo.name, "order_id": todo.order_id, "state": outcome.state}
            fact = Event(turn.shop, new_id(), "action.ended", now, turn.conversation_id, turn.buyer_id, told)
            insights.append(connection, turn.shop, [fact])

        await self._db.write(keep)
        return outcome

    async def _act(self, turn: Turn, todo: Todo, facts: Facts) -> Outcome:
        """By the bot when it can and may; else a ticket with the facts filled in."""
        try:
            supported = await self._orders.supported(turn.shop)
            order = next((o for o in facts.orders or () if o.id == todo.order_id), None)
            paid = order.pay_amount if order and order.status != "unpaid" else Money(0)
            amount = Money(int(todo.data.get("amount_fen", "0"))) if "amount_fen" in todo.data else paid
            whom, why = decide_by_whom(facts.terms.auto, todo.name, amount, supported)
            if order is not None and order.currency:
                whom, why = "people", "other_money"
            if whom == "people":
                return await self._as_ticket(turn, todo, why)
            if todo.name == "issue_coupon":
                return await self._coupon(turn, todo)
            wanted = OrderAction(todo.id, todo.name, todo.order_id, todo.data)  # type: ignore[arg-type]
            return await self._orders.act(turn.shop, wanted) or await self._as_ticket(turn, todo, "unsupported")
        except (XiaoerError, TimeoutError) as error:
            _log.warning("action_failed", kind=todo.name, error=type(error).__name__)
            return await self._as_ticket(turn, todo, "failed")

    async def _coupon(self, turn: Turn, todo: Todo) -> Outcome:
        """Issued within the promotion's budget first, then made known to the shop's system, if there is one.

        It is the buyer's only then: a quote with a coupon that the shop's till does not know would be too low. What
        that system does not take, or does not answer to, people make there.
        """
        promotion = await self._promotions.get(turn.shop, todo.data["promotion_id"])
        buyer, id_ = BuyerId(turn.buyer_id), _coupon_id(todo.id)
        try:
            coupon = await self._promotions.issue(turn.shop, promotion.id, buyer, coupon_id=id_, claimed=False)
        except CouponRefused as refused:
            return Outcome("already" if refused.reason == "user_limit" else "too_late")
        data = {"promotion_id": promotion.id, "buyer_id": turn.buyer_id, "title": promotion.shown}
        data |= {"code": coupon.code or coupon.id, **fixed_terms(promotion, coupon)}
        try:
            told = await self._orders.act(turn.shop, OrderAction(todo.id, "issue_coupon", "", data))
        except (SourceUnavailable, TimeoutError):
            told = None
        if told is None or told.state not in ("done", "already"):
            wish = f"发券「{promotion.shown}」，券码 {data['code']}：店铺系统没有确认，请在那边补发"
            return await self._as_ticket(turn, replace(todo, data={**todo.data, "wish": wish}), "")
        if coupon.state == "issued":
            await self._promotions.claim(turn.shop, coupon.id, buyer)
        return replace(told, no=told.no or coupon.id, due_at=coupon.valid_to, amount=coupon.amount)

    async def _as_ticket(self, turn: Turn, todo: Todo, why: str) -> Outcome:
        type_ = _TICKET_FOR[todo.name]
        if todo.name == "open_after_sale" and todo.data.get("kind") != "return_refund":
            type_ = "exchange" if todo.data.get("kind") == "exchange" else "refund"
        fields = {_NAMES.get(key, key): value for key, value in todo.data.items()}
        note = {
            "failed": "系统没有响应，请人工办理",
            "above_limit": "超过自动办理的金额上限",
            "other_money": "不是按人民币付的",
        }.get(why, "")
        return await self._open(turn, type_, todo.order_id, fields, note)

    async def _ticket(self, turn: Turn, todo: Todo, facts: Facts) -> Outcome:
        try:
            opened = await self._open(turn, todo.name, todo.order_id, dict(todo.data), "")
        except (XiaoerError, TimeoutError) as error:
            _log.warning("ticket_failed", type=todo.name, error=type(error).__name__)
            return Outcome("failed")
        return replace(opened, state="done")

    async def _open(self, turn: Turn, type_: str, order_id: str, fields: dict[str, str], note: str) -> Outcome:
        who = Principal(turn.shop, Role.AGENT, name="小二")
        if order_id:
            fields["order_id"] = order_id
        draft = Draft(type_, turn.buyer_id, turn.conversation_id, order_id, fields=fields, note=note)
        opened = await self._tickets.open(who, draft)
        known = "appended" if opened.appended else ""
        return Outcome("ticket", no=opened.ticket.no, due_at=opened.ticket.due_at, status=known)

    async def _subscribe(self, turn: Turn, todo: Todo, facts: Facts) -> Outcome:
        now, data = self._clock.now(), todo.data
        if todo.name == "stop":
            ended = await self._db.write(lambda c: alerts.cancel_all(c, turn.shop, turn.buyer_id))
            return Outcome("done" if ended else "already")
        alert = alerts.StockAlert(
            new_id(),
            turn.buyer_id,
            turn.channel,
            turn.conversation_id,
            data["product_id"],
            data["variant_id"],
            data.get("title", ""),
            now,
            data.get("consent", ""),
        )
        new = await self._db.write(lambda c: alerts.subscribe(c, turn.shop, alert))
        return Outcome("done" if new else "already")


def _coupon_id(action_id: str) -> str:
    """The coupon's id follows from the action's, so that the same action gives one coupon."""
    return "C" + hashlib.blake2b(action_id.encode(), digest_size=12).hexdigest()
