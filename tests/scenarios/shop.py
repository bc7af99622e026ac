"""The shop in which scenarios (场景) are played: the sample shop with a clock that is moved by hand.

Every scenario has a buyer of its own with the orders that it names, so scenarios do not see each other. Times are
written as hours from now (`-5h`, `+2d`); orders are called A, B, … in the file and have real numbers in the shop.
"""

import itertools
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from xiaoer.app.wiring import Wiring
from xiaoer.kernel.commerce import Buyer, Order, Refund, TraceStep
from xiaoer.kernel.ids import DEFAULT_SHOP, BuyerId
from xiaoer.kernel.money import Money
from xiaoer.kernel.terms import Terms
from xiaoer.kernel.turn import Content, TurnContext
from xiaoer.slices.buyers.store import BuyerSink
from xiaoer.slices.conversations.types import Incoming
from xiaoer.slices.orders.store.sinks import order_line_sink, order_sink, parcel_sink, refund_sink
from xiaoer.slices.orders.types import OrderLine, Parcel
from xiaoer.slices.tickets.tables import tickets

_numbers = itertools.count(1)
_UNITS = {"h": 3600, "d": 86400, "m": 60}
USUAL_TERMS = {
    "return_address": "浙江省嘉兴市海宁市荡湾路 18 号 小满生活馆售后组",
    "price_protect_days": 15,
    "refund_only_limit": "30.00",
    "freight_insurance": True,
}


class Stage:
    """One scenario being played."""

    def __init__(self, product: Wiring, given: dict[str, Any]) -> None:
        self.product = product
        self.number = next(_numbers)
        self.buyer = BuyerId(given.get("buyer_id") or f"s-{self.number:04d}")
        self.channel = given.get("channel", "api")
        self.orders: dict[str, str] = {}
        self.given = given
        context = dict(given.get("context", {}))
        if context.get("order_id"):
            context["order_id"] = self.id_of(context["order_id"])
        self.context = msgspec.convert(context, TurnContext)
        self.conversation_id = ""

    @property
    def now(self) -> datetime:
        return self.product.clock.now()

    def id_of(self, name: str) -> str:
        """The number of an order that the file calls A, B, …"""
        return self.orders.setdefault(name, f"26061{self.number:05d}{len(self.orders):02d}")

    def at(self, text: str | None) -> datetime | None:
        """`-5h`, `+2d`, `-30m` from now."""
        if not text:
            return None
        return self.now + timedelta(seconds=float(text[:-1]) * _UNITS[text[-1]])

    def words(self, text: str) -> str:
        """With {A} replaced by that order's number, {A6} by its last six digits."""
        for name, number in self.orders.items():
            text = text.replace(f"{{{name}}}", number).replace(f"{{{name}6}}", number[-6:])
        return text

    async def set_up(self) -> None:
        """Write buyer, orders and rules."""
        given = self.given
        rows = [await self._order(row) for row in given.get("orders", ())]
        buyer = Buyer(self.buyer, "买家", given.get("level", ""), phone="13900001234", created_at=self.now)

        def change(connection: Connection) -> None:
            BuyerSink().upsert(connection, DEFAULT_SHOP, [(buyer, "")], self.now)
            for head, lines, parcels, refunds in rows:
                order_sink.upsert(connection, DEFAULT_SHOP, [(head, "")], self.now)
                order_line_sink.upsert(connection, DEFAULT_SHOP, [(line, "") for line in lines], self.now)
                parcel_sink.upsert(connection, DEFAULT_SHOP, [(parcel, "") for parcel in parcels], self.now)
                refund_sink.upsert(connection, DEFAULT_SHOP, [(refund, "") for refund in refunds], self.now)

        await self.product.db.write(change)
        terms = msgspec.convert({**USUAL_TERMS, **given.get("terms", {})}, Terms)
        await self.product.answering.terms.save(DEFAULT_SHOP, terms, "scenario")

    async def _order(self, row: dict[str, Any]) -> tuple[Order, list[OrderLine], list[Parcel], list[Refund]]:
        number, status = self.id_of(row["id"]), row["status"]
        lines: list[OrderLine] = []
        for position, item in enumerate(row.get("items", ["V100103*1"])):
            variant_id, _, count = item.partition("*")
            variant = await self.product.catalog.variant(DEFAULT_SHOP, variant_id)
            assert variant is not None, variant_id
            product = await self.product.catalog.product(DEFAULT_SHOP, variant.product_id)
            assert product is not None
            total = variant.price * int(count or 1)
            paid = Money.from_yuan(row["paid_each"][position]) if "paid_each" in row else total
            price = Money.from_yuan(row["prices"][position]) if "prices" in row else variant.price
            lines.append(
                OrderLine(f"{number}-{position}", number, variant_id, product.title, int(count or 1), price, paid)
            )
        goods = Money(sum(line.pay_amount.fen for line in lines))
        sent = status not in ("unpaid", "paid", "closed")
        came = status in ("delivered", "completed", "refunding", "refunded")
        head = Order(
            number,
            row.get("of", self.buyer),
            status,
            self.at(row.get("placed", "-5h")) or self.now,
            Money.from_yuan(row["pay"]) if "pay" in row else goods,
            paid_at=None if status == "unpaid" else self.at(row.get("placed", "-5h")),
            shipped_at=self.at(row.get("shipped", "-4h" if sent else None)),
            delivered_at=self.at(row.get("delivered", "-1h" if came else None)),
            promise_ship_at=self.at(row.get("promise", "+40h" if status == "paid" else None)),
            address=row.get("address", "湖北省武汉市洪山区珞喻路 8 号 2 栋 301"),
            receiver="周晓雯",
            phone=row.get("phone", "13900001234"),
            raw_status=row.get("raw_status", ""),
            currency=row.get("currency", ""),
        )
        parcels = []
        if sent and "traces" in row:
            steps = tuple(TraceStep(self.at(at) or self.now, text) for at, text in row["traces"])
            waybill = row.get("waybill_no", f"YT26{self.number:08d}")
            parcels = [Parcel(f"{waybill}-{number}", waybill, number, row.get("carrier", "圆通速递"), "", steps)]
        refunds = [
            Refund(
                f"R{number}{position}",
                number,
                refund.get("kind", "return_refund"),
                refund["status"],
                Money.from_yuan(refund.get("amount", goods.yuan)),
                refund.get("reason", "不想要"),
                self.at(refund.get("created", "-20h")),
            )
            for position, refund in enumerate(row.get("refunds", ()))
        ]
        return head, lines, parcels, refunds

    async def say(self, said: Any, **context: str) -> dict[str, Any]:
        """Send one message as the buyer; return the answer. A mapping is a content other than text."""
        content = {"type": "text", "text": self.words(said)} if isinstance(said, str) else dict(said)
        if "order_id" in content:
            content["order_id"] = self.words(content["order_id"])
        incoming = Incoming(self.buyer, self.channel, msgspec.convert(content, Content), self.context)
        answer: dict[str, Any] = msgspec.json.decode(await self.product.take_message(DEFAULT_SHOP, incoming))
        self.conversation_id = answer["conversation_id"]
        return answer

    async def order(self, name: str) -> Order:
        """An order as it stands now."""
        found = await self.product.orders.order(DEFAULT_SHOP, self.id_of(name))
        assert found is not None
        return found

    async def tickets(self) -> list[dict[str, Any]]:
        """Tickets of the buyer, oldest first."""
        query = select(tickets).where(tickets.c.shop == DEFAULT_SHOP, tickets.c.buyer_id == self.buyer)
        rows = await self.product.db.read(lambda c: c.execute(query.order_by(tickets.c.id)).all())
        return [dict(row._mapping) for row in rows]
