"""The generic HTTP contract's JSON → orders, parcels, products, variants, buyers. Field names are the import columns'.

Amounts in yuan (text, or a number that is rounded to the fen); times ISO 8601, without a zone Beijing time.
"""

from typing import Any

from xiaoer.connectors.payload import (
    UNKNOWN,
    Json,
    instant,
    needed,
    needed_instant,
    only_yuan,
    pieces,
    rows,
    text,
    whole,
    yuan,
)
from xiaoer.kernel.commerce import Buyer, Order, OrderItem, Product, Refund, Shipment, TraceStep, Variant
from xiaoer.kernel.money import foreign

_STATUS = frozenset({"unpaid", "paid", "shipped", "delivered", "completed", "closed", "refunding", "refunded"})


def to_order(row: Json) -> Order:
    """Read an order; a state that is no word of the contract is kept as `raw_status`."""
    raw, order_id = text(row, "status"), needed(row, "id")
    return Order(
        order_id,
        text(row, "buyer_id"),
        raw if raw in _STATUS else UNKNOWN,
        needed_instant(row.get("created_at")),
        yuan(row.get("pay_amount")),
        tuple(_to_item(line) for line in rows(row, "items")),
        tuple(to_shipment(parcel, order_id) for parcel in rows(row, "shipments")),
        tuple(_to_refund(claim, order_id) for claim in rows(row, "refunds")),
        paid_at=instant(row.get("paid_at")),
        shipped_at=instant(row.get("shipped_at")),
        delivered_at=instant(row.get("delivered_at")),
        promise_ship_at=instant(row.get("promise_ship_at")),
        address=text(row, "address"),
        receiver=text(row, "receiver"),
        phone=text(row, "phone"),
        raw_status=text(row, "raw_status") or ("" if raw in _STATUS else raw),
        note=text(row, "note"),
        currency=foreign(row.get("currency")),
    )


def _to_item(line: Json) -> OrderItem:
    quantity, price = whole(line.get("quantity")), yuan(line.get("price"))
    paid = yuan(line["pay_amount"]) if line.get("pay_amount") not in (None, "") else price * quantity
    return OrderItem(text(line, "variant_id"), text(line, "title"), quantity, price, paid)


def _to_refund(claim: Json, order_id: str) -> Refund:
    return Refund(
        text(claim, "id"),
        order_id,
        text(claim, "kind"),
        text(claim, "status"),
        yuan(claim.get("amount")),
        text(claim, "reason"),
        instant(claim.get("created_at")),
    )


def to_shipment(row: Json, order_id: str = "") -> Shipment:
    steps = [TraceStep(needed_instant(step.get("at")), text(step, "text")) for step in rows(row, "traces")]
    steps.sort(key=lambda step: step.at)
    return Shipment(needed(row, "waybill_no"), text(row, "order_id") or order_id, text(row, "carrier"), tuple(steps))


def to_product(row: Json) -> Product:
    """Read a product; everything but its id may be missing."""
    return Product(
        needed(row, "id"),
        text(row, "title"),
        text(row, "category"),
        text(row, "url"),
        text(row, "image"),
        _texts(row.get("attributes")),
        tuple(str(tag) for tag in row.get("tags") or ()),
        tuple(dict(size) for size in rows(row, "size_chart")),
        tuple(str(id) for id in row.get("related") or ()),
    )


def to_variant(row: Json, product_id: str = "") -> Variant:
    only_yuan(row.get("currency"), "The bridge")
    return Variant(
        needed(row, "id"),
        text(row, "product_id") or product_id,
        yuan(row.get("price")),
        _texts(row.get("spec")),
        pieces(row.get("stock")),
        instant(row.get("restock_at")),
    )


def to_buyer(row: Json) -> Buyer:
    return Buyer(
        needed(row, "id"),
        text(row, "nick"),
        text(row, "level"),
        tuple(str(tag) for tag in row.get("tags") or ()),
        text(row, "phone"),
        instant(row.get("created_at")),
    )


def _texts(value: Any) -> dict[str, str]:
    return {str(name): str(said) for name, said in (value or {}).items()}
