"""Tryton records → orders, products, variants, buyers. Decimals and times come as small objects; times are UTC.

Sellable stock (可售) is Tryton's forecast: on hand less what confirmed sales will take. A variant's id is its code.
Tryton knows no waybills without further modules, so orders name no parcels.
"""

from datetime import UTC, datetime
from typing import Any

from xiaoer.connectors.payload import UNKNOWN, Json, mapping, needed, pieces, text, whole, yuan
from xiaoer.kernel.commerce import Buyer, Order, OrderItem, Product, Variant
from xiaoer.kernel.money import foreign

_STATUS = {
    "draft": "unpaid",
    "quotation": "unpaid",
    "confirmed": "paid",
    "processing": "paid",
    "done": "completed",
    "cancelled": "closed",
}
_SENT = ("partially shipped", "sent")


def number(value: Any) -> Any:
    """`{"__class__": "Decimal", "decimal": "458.00"}` → `"458.00"`; a plain number stays."""
    return value.get("decimal") if isinstance(value, dict) else value


def moment(value: Json) -> datetime:
    """`{"__class__": "datetime", "year": …}` → an instant."""
    year, month, day, hour, minute, second = (
        int(value[part]) for part in ("year", "month", "day", "hour", "minute", "second")
    )
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def to_order(sale: Json, lines: tuple[Json, ...], phone: str) -> Order:
    """Read a sale. Confirmed means accepted by the shop; whether it left the warehouse says the shipment state."""
    state, sent = text(sale, "state"), text(sale, "shipment_state")
    status = _STATUS.get(state, UNKNOWN)
    if status == "paid" and sent in _SENT:
        status = "shipped"
    return Order(
        needed(sale, "number"),
        text(sale, "party"),
        status,
        moment(sale["create_date"]),
        yuan(number(sale.get("total_amount"))),
        tuple(_to_item(line) for line in lines),
        receiver=text(mapping(sale, "party."), "rec_name"),
        phone=phone,
        raw_status=f"{state}/{sent}" if sent else state,
        currency=foreign(mapping(sale, "currency.").get("code")),
    )


def _to_item(line: Json) -> OrderItem:
    product = mapping(line, "product.")
    title = text(mapping(product, "template."), "name") or text(product, "rec_name")
    price, paid = yuan(number(line.get("unit_price"))), yuan(number(line.get("amount")))
    return OrderItem(text(product, "code"), title, whole(number(line.get("quantity"))), price, paid)


def to_product(template: Json) -> Product:
    return Product(needed(template, "id"), text(template, "name"))


def to_variant(product: Json) -> Variant:
    price = yuan(number(mapping(product, "template.").get("list_price")))
    stock = pieces(number(product.get("forecast_quantity")))
    return Variant(needed(product, "code"), text(product, "template"), price, stock=stock)


def to_buyer(party: Json) -> Buyer:
    return Buyer(needed(party, "id"), text(party, "name"), phone=text(party, "mobile", "phone").replace(" ", ""))


def party_ids(sales: tuple[Json, ...]) -> list[int]:
    """The buyers of these sales, each once."""
    return list(dict.fromkeys(int(row["party"]) for row in sales))
