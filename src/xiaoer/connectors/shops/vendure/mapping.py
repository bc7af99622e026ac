"""Vendure nodes → orders, products, variants, buyers, carts. Amounts in fen; a variant's id is its SKU.

Sellable stock (可售) is on hand less allocated, summed over stock locations.
"""

from xiaoer.connectors.cart import CartPrice, PricedLine
from xiaoer.connectors.payload import (
    UNKNOWN,
    Json,
    fen,
    instant,
    mapping,
    needed,
    needed_instant,
    only_yuan,
    rows,
    text,
    whole,
)
from xiaoer.kernel.commerce import Buyer, Order, OrderItem, Product, Refund, Shipment, Variant
from xiaoer.kernel.money import foreign

_STATUS = {
    "AddingItems": "unpaid",
    "ArrangingPayment": "unpaid",
    "PaymentSettled": "paid",
    "PartiallyShipped": "shipped",
    "Shipped": "shipped",
    "PartiallyDelivered": "shipped",
    "Delivered": "delivered",
    "Cancelled": "closed",
}
_REFUND = {"Pending": "退款处理中", "Settled": "退款成功", "Failed": "退款失败"}


def to_order(node: Json) -> Order:
    """Read an order; its id is the code that the buyer sees.

    A cancelled order has no pieces left in its lines, so the pieces that were placed count there.
    """
    order_id, raw = needed(node, "code"), text(node, "state")
    address = mapping(node, "shippingAddress")
    payments, parcels = rows(node, "payments"), rows(node, "fulfillments")
    sent = [at for at in (instant(row.get("createdAt")) for row in parcels if text(row, "state") != "Cancelled") if at]
    arrived = [instant(row.get("updatedAt")) for row in parcels if text(row, "state") == "Delivered"]
    paid = [at for at in (instant(row.get("createdAt")) for row in payments if text(row, "state") == "Settled") if at]
    return Order(
        order_id,
        text(mapping(node, "customer"), "id"),
        _STATUS.get(raw, UNKNOWN),
        needed_instant(node.get("orderPlacedAt") or node.get("createdAt")),
        fen(node.get("totalWithTax")),
        tuple(_to_item(line) for line in rows(node, "lines")),
        tuple(
            Shipment(text(row, "trackingCode"), order_id, text(row, "method"))
            for row in parcels
            if text(row, "trackingCode")
        ),
        tuple(_to_refund(refund, order_id) for payment in payments for refund in rows(payment, "refunds")),
        paid_at=min(paid, default=None),
        shipped_at=min(sent, default=None),
        delivered_at=max((at for at in arrived if at), default=None) if raw == "Delivered" else None,
        address="".join(text(address, part) for part in ("province", "city", "streetLine1", "streetLine2")),
        receiver=text(address, "fullName"),
        phone=text(address, "phoneNumber"),
        raw_status=raw,
        currency=foreign(node.get("currencyCode")),
        note="\n".join(text(mapping(row, "data"), "note") for row in rows(node, "history", "items")),
    )


def _to_item(line: Json) -> OrderItem:
    variant, quantity = mapping(line, "productVariant"), whole(line.get("quantity"))
    return OrderItem(
        text(variant, "sku"),
        text(variant, "name"),
        quantity or whole(line.get("orderPlacedQuantity")),
        fen(line.get("unitPriceWithTax")),
        fen(line.get("proratedLinePriceWithTax")),
    )


def _to_refund(refund: Json, order_id: str) -> Refund:
    raw = text(refund, "state")
    return Refund(
        needed(refund, "id"),
        order_id,
        "refund_only",
        _REFUND.get(raw, raw),
        fen(refund.get("total")),
        text(refund, "reason"),
        instant(refund.get("createdAt")),
    )


def to_product(node: Json) -> Product:
    attributes = {text(mapping(v, "facet"), "name"): text(v, "name") for v in rows(node, "facetValues")}
    image = text(mapping(node, "featuredAsset"), "preview")
    return Product(needed(node, "id"), text(node, "name"), image=image, attributes=attributes)


def to_variant(node: Json) -> Variant:
    only_yuan(node.get("currencyCode"), "Vendure")
    levels = rows(node, "stockLevels")
    stock = sum(whole(level.get("stockOnHand")) - whole(level.get("stockAllocated")) for level in levels)
    return Variant(
        needed(node, "sku"),
        text(mapping(node, "product"), "id"),
        fen(node.get("priceWithTax")),
        {text(mapping(option, "group"), "name"): text(option, "name") for option in rows(node, "options")},
        max(0, stock),
    )


def to_buyer(node: Json) -> Buyer:
    """Chinese names are written without a blank, surname first."""
    return Buyer(
        needed(node, "id"),
        text(node, "lastName") + text(node, "firstName"),
        tags=tuple(text(group, "name") for group in rows(node, "groups")),
        phone=text(node, "phoneNumber"),
        created_at=instant(node.get("createdAt")),
    )


def to_price(order: Json, refused: tuple[tuple[str, str], ...]) -> CartPrice:
    """Read what the shop asks for a cart; the codes that it refused go with it."""
    lines = tuple(
        PricedLine(
            text(mapping(line, "productVariant"), "sku"),
            whole(line.get("quantity")),
            fen(line.get("linePriceWithTax")),
            fen(line.get("proratedLinePriceWithTax")),
        )
        for line in rows(order, "lines")
    )
    only_yuan(order.get("currencyCode"), "Vendure")
    applied = tuple((text(row, "description"), -fen(row.get("amountWithTax"))) for row in rows(order, "discounts"))
    return CartPrice(fen(order.get("subTotalWithTax")), lines, applied, refused)
