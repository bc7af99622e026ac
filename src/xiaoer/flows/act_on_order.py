"""An agent changes an order (坐席办单): the same deeds as the bot's, after his own confirmation, with his name on them.

The order must be the buyer's of a talk that the agent holds. The outcome is read back from the shop's system, never
assumed; the same id again does nothing more and tells the same.
"""

from typing import Any, Protocol

from msgspec import Struct
from sqlalchemy import Connection

from xiaoer.infra import audit
from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.errors import Conflict, InvalidBody, NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money
from xiaoer.kernel.shop_facts import Outcome
from xiaoer.slices.actions import api as actions
from xiaoer.slices.actions.rules import possible_kinds
from xiaoer.slices.actions.types import ActionRow
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations.types import Conversation
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.rules import order_words, ownership
from xiaoer.slices.insights import api as insights
from xiaoer.slices.orders.ports import OrderActions
from xiaoer.slices.orders.types import OrderAction
from xiaoer.slices.privacy.rules import masks
from xiaoer.slices.shops.types import Principal

_SHOWN = 20
_TAKES: dict[str, tuple[str, ...]] = {"change_address": ("address", "receiver", "phone"), "change_note": ("note",)}


class ReadsOrder(Protocol):
    """One order of the shop, as of now."""

    async def order(self, shop: ShopId, order_id: str) -> Order | None: ...


class Offered(Struct, frozen=True):
    """What can be done now, and what was done before, newest first."""

    kinds: tuple[str, ...]
    done: tuple[ActionRow, ...]


class Acted(Struct, frozen=True):
    """The outcome, with words that the agent may send."""

    outcome: Outcome
    words: str


class ActOnOrder:
    """Offers and does."""

    def __init__(self, db: Database, clock: Clock, orders: ReadsOrder, deeds: OrderActions) -> None:
        self._db = db
        self._clock = clock
        self._orders = orders
        self._deeds = deeds

    async def offered(self, shop: ShopId, conversation_id: str, order_id: str) -> Offered:
        """What this order allows.

        Raises:
            NotFound: no such talk, or the order is not of its buyer. SourceUnavailable: the system is down.
        """
        order = await self._own(shop, conversation_id, order_id)
        kinds = possible_kinds(order.status, frozenset(await self._deeds.supported(shop)))
        done = await self._db.read(lambda c: actions.newest(c, shop, _SHOWN, order_id))
        return Offered(kinds, tuple(done))

    async def __call__(
        self, who: Principal, conversation_id: str, order_id: str, kind: str, data: dict[str, str], client_id: str
    ) -> Acted:
        """Do it.

        Raises:
            NotFound: no such talk, or the order is not of its buyer. Conflict: the talk is not the caller's, or the
                order's state does not allow it. InvalidBody: a value is missing. SourceUnavailable: the system is down.
        """
        shop = who.shop
        order = await self._own(shop, conversation_id, order_id)
        conversation = await self._db.read(lambda c: self._held(c, who, conversation_id))
        id_ = f"desk|{conversation_id}|{client_id}"
        earlier = await self._db.read(lambda c: actions.get(c, shop, id_))
        if earlier is not None and earlier.outcome is not None:
            return Acted(earlier.outcome, order_words.said(earlier.kind, earlier.outcome, order_id))
        if kind not in possible_kinds(order.status, frozenset(await self._deeds.supported(shop))):
            raise Conflict(f"Order {order_id} is {order.status}: {kind} cannot be done now. Load the order again.")
        wanted = _checked(kind, data, order)
        now, hidden = self._clock.now(), {name: masks.mask_named(name, value) for name, value in wanted.items()}
        row = ActionRow(
            id_, kind, order_id, conversation.buyer_id, conversation_id, "started", now, data={**hidden, "by": who.name}
        )
        await self._db.write(lambda c: actions.begin(c, shop, row))
        outcome = await self._deeds.act(shop, OrderAction(id_, kind, order_id, wanted))  # type: ignore[arg-type]
        if outcome is None:
            raise Conflict(f"The shop's system cannot do this {kind} itself. Do it in the shop's own back end.")

        def keep(connection: Connection) -> None:
            at = self._clock.now()
            actions.end(connection, shop, id_, outcome, at)
            told = {"action_id": id_, "kind": kind, "order_id": order_id, "state": outcome.state}
            by = {"by": "agent", "agent_id": who.staff_id}
            fact = desk.fact(shop, "action.ended", at, conversation_id, conversation.buyer_id, **told, **by)
            insights.append(connection, shop, [fact])
            name = f"{who.name} ({who.staff_id})"
            audit.record(connection, shop, name, f"order.{kind}", order_id, at, outcome=outcome.state, no=outcome.no)

        await self._db.write(keep)
        return Acted(outcome, order_words.said(kind, outcome, order_id))

    async def _own(self, shop: ShopId, conversation_id: str, order_id: str) -> Order:
        conversation = await self._db.read(lambda c: conversations.get(c, shop, conversation_id))
        if conversation is None:
            raise NotFound("Conversation", conversation_id)
        order = await self._orders.order(shop, order_id)
        if order is None or order.buyer_id != conversation.buyer_id:
            raise NotFound("Order", order_id, "It is not an order of this talk's buyer.")
        return order

    @staticmethod
    def _held(connection: Connection, who: Principal, conversation_id: str) -> Conversation:
        current = conversations.get(connection, who.shop, conversation_id)
        if current is None:
            raise NotFound("Conversation", conversation_id)
        case = desk.get_case(connection, who.shop, conversation_id)
        helpers = case.helpers if case else ()
        ownership.check_speaks(current.id, current.state, current.assigned_to, who.staff_id, helpers)
        return current


def _checked(kind: str, data: dict[str, str], order: Order) -> dict[str, str]:
    """The values that this deed takes, each checked."""
    if order.currency and kind in ("cancel", "open_after_sale"):
        raise InvalidBody(f"This order was paid in {order.currency}. Give money back in the shop's own back end.")
    given = {name: value.strip() for name, value in data.items() if value.strip()}
    if kind == "open_after_sale":
        return _after_sale(given, order)
    wanted = {name: given[name] for name in _TAKES.get(kind, ("reason",)) if name in given}
    if not wanted and kind in _TAKES:
        raise InvalidBody(f"{kind} needs a value: {'the note' if kind == 'change_note' else 'address, name or phone'}.")
    return wanted


def _after_sale(given: dict[str, Any], order: Order) -> dict[str, str]:
    kind = given.get("kind", "")
    allowed = ("refund_only",) if order.status in ("paid", "shipped") else ("return_refund", "refund_only", "exchange")
    if kind not in allowed:
        raise InvalidBody(f"An order that is {order.status} takes after-sales of kind {' or '.join(allowed)}.")
    amount = Money(0) if kind == "exchange" else Money.from_yuan(given.get("amount") or str(order.pay_amount))
    if amount > order.pay_amount or amount.fen < 0:
        raise InvalidBody(f"The refund must lie between 0 and {order.pay_amount} yuan, which is what was paid.")
    return {"kind": kind, "reason": given.get("reason", ""), "amount_fen": str(amount.fen)}
