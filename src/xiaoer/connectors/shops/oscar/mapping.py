"""django-oscar payloads → orders, products, variants, buyers, carts. Yuan as text; a variant's id is its UPC.

Oscar's order words are the shop's own (`OSCAR_ORDER_STATUS_PIPELINE`); these are the usual Chinese ones.
"""

from collections.abc import Mapping

from xiaoer.connectors.cart import CartPrice, PricedLine
from xiaoer.connectors.payload import (
    UNKNOWN,
    Json,
    instant,
    mapping,
    needed,
    needed_instant,
    only_yuan,
    pieces,
    rows,
    text,
    whole,
    yuan,
)
from xiaoer.kernel.commerce import Buyer, Order, OrderItem, Product, Refund, Shipment, Variant
from xiaoer.kernel.money import foreign

_STATUS = {
    "待付款": "unpaid",
    "待发货": "paid",
    "已发货": "shipped",
    "已完成": "completed",
    "退款中": "refunding",
    "已关闭": "closed",
}


def to_order(row: Json) -> Order:
    """Read an order of the bridge; its id is the number that the buyer sees."""
    order_id, raw, receiver = needed(row, "number"), text(row, "status"), mapping(row, "receiver")
    sent = rows(row, "shipments")
    return Order(
        order_id,
        text(row, "buyer_id"),
        _STATUS.get(raw, UNKNOWN),
        needed_instant(row.get("date_placed")),
        yuan(row.get("total_incl_tax")),
        tuple(_to_item(line) for line in rows(row, "lines")),
        tuple(_to_parcel(event, order_id) for event in sent if text(event, "notes")),
        tuple(_to_refund(event, order_id) for event in rows(row, "payments") if text(event, "kind") == "refund"),
        shipped_at=min((at for at in (instant(event.get("at")) for event in sent) if at), default=None),
        address=text(receiver, "address"),
        receiver=text(receiver, "name"),
        phone=text(receiver, "phone"),
        raw_status=raw,
        currency=foreign(row.get("currency")),
    )


def _to_item(line: Json) -> OrderItem:
    return OrderItem(
        text(line, "sku"),
        text(line, "title"),
        whole(line.get("quantity")),
        yuan(line.get("unit_price")),
        yuan(line.get("paid")),
    )


def _to_parcel(event: Json, order_id: str) -> Shipment:
    """The notes of a shipping event hold 「carrier number」, or the number alone."""
    carrier, _, number = text(event, "notes").rpartition(" ")
    return Shipment(number, order_id, carrier)


def _to_refund(event: Json, order_id: str) -> Refund:
    """A refund event exists only once the money went back."""
    amount, reason = yuan(event.get("amount")), text(event, "reference")
    return Refund(needed(event, "id"), order_id, "refund_only", "退款成功", amount, reason, instant(event.get("at")))


def to_product(row: Json) -> Product:
    images = rows(row, "images")
    return Product(needed(row, "id"), text(row, "title"), image=text(images[0], "original") if images else "")


def to_variant(row: Json) -> Variant:
    only_yuan(row.get("currency"), "The shop")
    named = row.get("attributes") or {}
    spec = {str(name): str(value) for name, value in named.items()} if isinstance(named, Mapping) else {}
    stock = pieces(row.get("num_available"))
    return Variant(needed(row, "sku"), text(row, "product_id"), yuan(row.get("price")), spec, stock)


def to_buyer(row: Json) -> Buyer:
    return Buyer(needed(row, "id"), text(row, "name"), phone=text(row, "phone").removeprefix("+86"))


def to_price(answer: Json) -> CartPrice:
    """Read what the bridge asks for a cart."""
    only_yuan(answer.get("currency"), "The shop")
    lines = tuple(
        PricedLine(text(line, "sku"), whole(line.get("quantity")), yuan(line.get("base")), yuan(line.get("paid")))
        for line in rows(answer, "lines")
    )
    refused = tuple((str(code), str(reason)) for code, reason in answer.get("refused") or ())
    applied = tuple((str(name), yuan(amount)) for name, amount in answer["applied"])
    return CartPrice(yuan(answer["total"]), lines, applied, refused)
