"""Changing orders in Vendure (办理): cancel with refund, new address, note, coupon code.

A cancelled order that could not be refunded, and every refusal of Vendure, goes to people. Vendure knows no request of
a buyer to return goods, so after-sales are not among `KINDS`.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from xiaoer.connectors.acting import act_on, split_address
from xiaoer.connectors.payload import Json, fen, mapping, reading, rows, text
from xiaoer.connectors.shops.vendure import queries
from xiaoer.connectors.shops.vendure.mapping import to_order
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.money import Money
from xiaoer.kernel.shop_facts import Outcome
from xiaoer.slices.orders.types import ActionKind, OrderAction

KINDS: frozenset[ActionKind] = frozenset(("cancel", "change_address", "change_note", "issue_coupon"))


class Ask(Protocol):
    """Asks the Admin API; see `Vendure._ask`."""

    async def __call__(self, query: str, variables: dict[str, Any], *, idempotent: bool = True) -> Json: ...


class Acting:
    """`OrderActions.act` over one Admin API."""

    def __init__(self, ask: Ask, language: str) -> None:
        self._ask, self._language = ask, language

    async def act(self, action: OrderAction) -> Outcome | None:
        """Do one action; see the port.

        Raises:
            SourceUnavailable: Vendure cannot be asked.
        """
        if action.kind == "issue_coupon":
            return await self._coupon(action.data)
        changes: dict[str, Callable[[Json, OrderAction], Awaitable[bool]]] = {
            "cancel": self._cancel, "change_address": self._address, "change_note": self._note
        }  # fmt: skip
        change, node = changes.get(action.kind), None

        async def read() -> Order | None:
            nonlocal node
            data = await self._ask(queries.ORDER, {"code": action.order_id})
            with reading("Vendure"):
                node = next(iter(rows(data["orders"], "items")), None)
                return to_order(node) if node else None

        async def write(_: Order) -> Outcome | None:
            return Outcome("done") if node and change and await change(node, action) else None

        return await act_on(read, write, action) if change else None

    async def _cancel(self, node: Json, action: OrderAction) -> bool:
        reason = action.data.get("reason", "")
        if not await self._did(queries.CANCEL, "cancelOrder", id=text(node, "id"), reason=reason):
            return False
        try:
            for payment in rows(node, "payments"):
                back = Money(sum(fen(refund.get("total")).fen for refund in rows(payment, "refunds")))
                left = fen(payment.get("amount")) - back
                told = {"payment": text(payment, "id"), "amount": left.fen, "reason": reason}
                owed = text(payment, "state") == "Settled" and left.fen > 0
                if owed and not await self._did(queries.REFUND, "refundOrder", **told):
                    return False
        except SourceUnavailable:  # cancelled, but the money is still there: people see to it
            return False
        return True

    async def _address(self, node: Json, action: OrderAction) -> bool:
        """Vendure changes an order only in the state Modifying, and it must come back from there."""
        id_, data, state = text(node, "id"), action.data, text(node, "state")
        if state != "PaymentSettled":  # an unpaid order belongs to the buyer's own session
            return False
        province, city, rest = split_address(data.get("address", ""))
        parts = {"province": province, "city": city, "streetLine1": rest, "streetLine2": ""} if rest else {}
        wanted = parts | {"fullName": data.get("receiver", ""), "phoneNumber": data.get("phone", "")}
        wanted = {name: value for name, value in wanted.items() if value or name == "streetLine2" or name in parts}
        if not await self._did(queries.MOVE, "transitionOrderToState", id=id_, to="Modifying"):
            return False
        try:
            return await self._did(queries.NEW_ADDRESS, "modifyOrder", id=id_, address=wanted)
        finally:
            await self._did(queries.MOVE, "transitionOrderToState", id=id_, to=state)

    async def _note(self, node: Json, action: OrderAction) -> bool:
        return await self._did(queries.NOTE, "addNoteToOrder", id=text(node, "id"), note=action.data["note"])

    async def _coupon(self, data: dict[str, str]) -> Outcome | None:
        """A promotion with a code for one use, found again by its code."""
        if not data.get("off_fen") or not data.get("code"):
            return None
        if await self._known(data["code"]):
            return Outcome("already", no=data["code"])
        title = {"languageCode": self._language, "name": data.get("title") or data["code"], "description": ""}
        least = [_argument("amount", data.get("least_fen") or "0"), _argument("taxInclusive", "true")]
        wanted = {
            "enabled": True, "translations": [title], "couponCode": data["code"], "usageLimit": 1,
            "perCustomerUsageLimit": 1, "endsAt": data.get("valid_to") or None,
            "conditions": [{"code": "minimum_order_amount", "arguments": least}],
            "actions": [{"code": "order_fixed_discount", "arguments": [_argument("discount", data["off_fen"])]}],
        }  # fmt: skip
        if not await self._did(queries.NEW_COUPON, "createPromotion", wanted=wanted):
            return None
        if not await self._known(data["code"]):
            raise SourceUnavailable("Vendure made the coupon, but does not show it.")
        return Outcome("done", no=data["code"])

    async def _known(self, code: str) -> bool:
        data = await self._ask(queries.COUPON, {"code": code})
        with reading("Vendure"):
            return bool(rows(data["promotions"], "items"))

    async def _did(self, query: str, field: str, **variables: Any) -> bool:
        """Make a change; False when Vendure refuses it."""
        answer = mapping(await self._ask(query, variables, idempotent=False), field)
        return not text(answer, "errorCode")


def _argument(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value}
